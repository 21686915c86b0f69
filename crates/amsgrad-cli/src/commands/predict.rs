//! `amsgrad predict`: a saved model over new data.

use std::fs;
use std::path::PathBuf;

use amsgrad_fit::Predictor;

use super::Ending;
use super::fit::input::{InputArgs, refused};
use super::fit::predictions::cell;
use crate::failure::Failure;
use crate::output;

const EXAMPLES: &str = "Examples:
  amsgrad predict line.json decay.csv";

/// Predict with a model that `amsgrad fit --save` wrote.
///
/// Prints CSV: the columns that the model uses, the predicted value, and the 95 % band that the errors of the parameters
/// make.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The saved model
    #[arg(value_name = "MODEL")]
    model: PathBuf,

    /// A table with the columns that the model uses; - is stdin
    #[arg(value_name = "DATA")]
    data: String,

    #[command(flatten)]
    input: InputArgs,
}

pub(crate) fn run(args: &Args) -> Result<Ending, Failure> {
    let named =
        |reason: &dyn std::fmt::Display| Failure::Input(format!("{}: {reason}", args.model.display()));
    let text = fs::read_to_string(&args.model).map_err(|error| named(&error))?;
    let predictor = Predictor::from_json(&text).map_err(|error| named(&error))?;
    let source = args.input.open(&args.data)?;
    let table = args.input.read(source, predictor.columns(), &[])?;
    if table.skipped() > 0 {
        output::note(&format!("note: {} rows with a missing cell were skipped", table.skipped()));
    }
    let rows = predictor.predict(&table).map_err(|error| refused(&error))?;
    let columns: Vec<&[f64]> = table.names().iter().filter_map(|name| table.column(name)).collect();
    let mut out = csv::Writer::from_writer(output::stdout());
    let written = |error: csv::Error| Failure::from(std::io::Error::from(error));
    let names = table.names().iter().map(String::as_str);
    out.write_record(names.chain(["predicted", "band_low", "band_high"])).map_err(written)?;
    for (index, row) in rows.iter().enumerate() {
        let cells = columns.iter().map(|column| column[index]);
        let found = [row.value, row.value - row.band, row.value + row.band];
        out.write_record(cells.chain(found).map(cell)).map_err(written)?;
    }
    out.flush()?;
    Ok(Ending::Done)
}
