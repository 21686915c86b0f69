//! `amsgrad predict`: a saved model over new data.

use std::path::PathBuf;

use amsgrad_fit::{Prediction, Predictor};

use super::Ending;
use super::fit::predictions::beside;
use crate::failure::Failure;
use crate::table::{TableArgs, refused};
use crate::{files, output};

/// A saved model has at most this many bytes.
const LONGEST: u64 = 1 << 24;

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
    table: TableArgs,
}

pub(crate) fn run(args: &Args) -> Result<Ending, Failure> {
    let text = files::read("MODEL", &args.model, LONGEST)?;
    let predictor = Predictor::from_json(&text)
        .map_err(|error| Failure::input("MODEL", format!("{}: {error}", args.model.display())))?;
    let source = args.table.open(&args.data)?;
    let table = args.table.read(source, predictor.columns(), &[])?;
    let rows = predictor.predict(&table).map_err(|error| refused(&error))?;
    let found = |row: usize| {
        let Prediction { value, band } = rows[row];
        [value, value - band, value + band]
    };
    beside(output::stdout(), &table, ["predicted", "band_low", "band_high"], found)?;
    Ok(Ending::Done)
}
