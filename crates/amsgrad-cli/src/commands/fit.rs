//! `amsgrad fit`: a model and data.

use std::path::PathBuf;

use amsgrad_fit::{Fit, Method, Model, Predictor, Settings, Source};

use super::Ending;
use crate::failure::Failure;
use crate::output;
use crate::watch::Watch;

mod document;
mod groups;
pub(crate) mod input;
mod picture;
pub(crate) mod predictions;
mod report;
mod typed;

use input::{InputArgs, refused};
use picture::Picture;
use predictions::Lines;

const EXAMPLES: &str = "Examples:
  amsgrad fit 'y ~ a*t + b' decay.csv --save line.json
  amsgrad fit 'y ~ a*exp(-b*t)' decay.csv --bounds b=0..10 --plot fit.png
  amsgrad fit 'y ~ a*t + b' decay.csv --loss huber:0.5 --json";

/// Fit a model to a table of data.
///
/// Left of ~ stands an expression of columns, right of it the model; names that are columns are data, all other names
/// are parameters. The table is CSV, TSV or separated by spaces, with a header, compressed or not; - is stdin.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The model and the table: 'y ~ a*exp(-b*t) + c' decay.csv; the table alone with --log-likelihood or
    /// --minimize-sum
    #[arg(value_names = ["MODEL", "DATA"], num_args = 1..=2, required = true)]
    words: Vec<String>,

    #[command(flatten)]
    input: InputArgs,

    /// Standard deviation of the data: a column or a number. Parameter errors then do not depend on the residuals
    #[arg(
        long,
        value_name = "COLUMN|NUMBER",
        allow_negative_numbers = true,
        help_heading = "Cost",
        conflicts_with = "weights"
    )]
    sigma: Option<String>,

    /// A column of weights for the squared residuals; their common factor has no meaning
    #[arg(long, value_name = "COLUMN", help_heading = "Cost")]
    weights: Option<String>,

    /// What a residual costs: squares, huber:D, soft-l1:D, cauchy:D or absolute [default: squares]
    #[arg(long, value_name = "LOSS", help_heading = "Cost")]
    loss: Option<String>,

    /// Maximise the sum over the rows of this log-density instead
    #[arg(long, value_name = "EXPR", allow_hyphen_values = true, help_heading = "Cost")]
    log_likelihood: Option<String>,

    /// Minimise the sum over the rows of this expression instead
    #[arg(
        long,
        value_name = "EXPR",
        allow_hyphen_values = true,
        help_heading = "Cost",
        conflicts_with = "log_likelihood"
    )]
    minimize_sum: Option<String>,

    /// Bounds of parameters: NAME=LOWER..UPPER with commas between; a side left out is open
    #[arg(long, value_name = "BOUNDS", allow_hyphen_values = true, help_heading = "Parameters")]
    bounds: Vec<String>,

    /// Parameters that are at least 0 and sum to 1: a1,a2,a3; may be given several times
    #[arg(long, value_name = "NAMES", help_heading = "Parameters")]
    simplex: Vec<String>,

    /// Start values: a=1,b=0.1, or numbers in the order of the parameters
    #[arg(long, value_name = "START", allow_hyphen_values = true, help_heading = "Parameters")]
    start: Option<String>,

    /// Number of starts to draw from the bounds
    #[arg(long, value_name = "N", allow_negative_numbers = true, help_heading = "Parameters")]
    starts: Option<String>,

    /// The seed of what is drawn [default: 0]
    #[arg(long, value_name = "SEED", allow_negative_numbers = true, help_heading = "Parameters")]
    seed: Option<String>,

    /// How to minimise: staged, or amsgrad alone [default: staged]
    #[arg(long, value_name = "METHOD", help_heading = "Parameters")]
    method: Option<String>,

    /// At most this many steps per descent
    #[arg(long, value_name = "N", allow_negative_numbers = true, help_heading = "Parameters")]
    steps: Option<String>,

    /// One fit per group of rows that agree in these columns
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',', help_heading = "Output",
        conflicts_with_all = ["predictions", "plot", "save", "json"])]
    by: Vec<String>,

    /// Write columns, fitted values, residuals and the 95 % band to this CSV file
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    predictions: Option<PathBuf>,

    /// Draw data, model and residuals, .png, .svg or .pdf
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    plot: Option<PathBuf>,

    /// Save the fitted model for `amsgrad predict`
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    save: Option<PathBuf>,

    /// Print one JSON document
    #[arg(long, help_heading = "Output")]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Result<Ending, Failure> {
    let settings = args.settings()?;
    let source = args.input.open(args.data()?)?;
    args.columns_exist(&source)?;
    let model = args.model(source.names(), &settings)?;
    for name in model.constants() {
        output::note(&format!("note: '{name}' is the constant; to fit it, name it in --start or --bounds"));
    }
    let settings = args.placed(settings, &model)?;
    let sum = args.expression().is_some();
    if let (true, Some(option)) = (sum, args.output_of_residuals()) {
        return Err(Failure::Input(format!(
            "{option}: a sum of terms has no fitted values; allowed: a MODEL with ~"
        )));
    }
    let fit = Fit::new(&model, settings).map_err(|error| refused(&error))?;
    for (parameter, column) in model.doubts(source.names()) {
        output::note(&format!(
            "note: '{parameter}' is taken as a parameter; the column '{column}' is not used"
        ));
    }
    // What cannot be written is found before the work.
    let lines = args.predictions.as_deref().map(|path| Lines::new("--predictions", path)).transpose()?;
    let picture = args.plot.as_deref().map(|path| Picture::new("--plot", path)).transpose()?;
    let save = args.save.as_deref().map(|path| Lines::new("--save", path)).transpose()?;

    let mut columns = model.columns();
    columns.extend(
        fit.settings().column().filter(|name| !columns.iter().any(|one| one == name)).map(str::to_owned),
    );
    let table = args.input.read(source, &columns, &args.by)?;
    if table.skipped() > 0 {
        output::note(&format!("note: {} rows with a missing cell were skipped", table.skipped()));
    }
    let watch = Watch::new(1);
    let stop = || watch.interrupted();
    if !args.by.is_empty() {
        return groups::run(&fit, &table, &args.by, &stop);
    }
    let outcome = fit.run(&table, &stop).map_err(|error| refused(&error))?;
    let predictor = Predictor::new(&model, &outcome);
    if let Some(lines) = lines {
        lines.predictions(&predictor, &table)?;
    }
    if let Some(picture) = picture {
        picture.draw(&predictor, &table, fit.settings())?;
    }
    if let Some(save) = save {
        save.text(&predictor.to_json())?;
    }
    if args.json {
        output::print_json(&document::of(&fit, &table, &outcome))?;
    } else {
        report::write(&mut output::stdout(), &fit, &table, &outcome)?;
    }
    let failed = outcome.status != amsgrad_fit::Status::StepLimit && !outcome.status.is_converged();
    Ok(if failed { Ending::RunFailed } else { Ending::Done })
}

impl Args {
    /// The expression of a sum, where there is one.
    fn expression(&self) -> Option<&str> {
        self.log_likelihood.as_deref().or(self.minimize_sum.as_deref())
    }

    /// Refuses options that name a column the table does not have.
    fn columns_exist(&self, source: &Source) -> Result<(), Failure> {
        let column = |name: &&String| name.trim().parse::<f64>().is_err();
        let named = self.sigma.iter().filter(column).map(|name| ("--sigma", name));
        let named = named.chain(self.weights.iter().map(|name| ("--weights", name)));
        let mut named = named.chain(self.by.iter().map(|name| ("--by", name)));
        named.try_for_each(|(option, name)| source.require(option, name)).map_err(|error| refused(&error))
    }

    fn data(&self) -> Result<&str, Failure> {
        match (self.words.as_slice(), self.expression()) {
            ([_, data], None) | ([data], Some(_)) => Ok(data),
            ([_], None) => {
                Err(Failure::Input("DATA: no table is given; allowed: a file, or - for stdin".into()))
            }
            ([model, _], Some(_)) => {
                let option =
                    if self.log_likelihood.is_some() { "--log-likelihood" } else { "--minimize-sum" };
                let reason = format!("takes the place of the model '{model}'; leave one of them out");
                Err(Failure::input(option, reason))
            }
            _ => Err(Failure::Input("MODEL: nothing to fit".into())),
        }
    }

    fn model(&self, columns: &[String], settings: &Settings) -> Result<Model, Failure> {
        let named = settings.parameters();
        let (argument, text) = match (&self.log_likelihood, &self.minimize_sum) {
            (Some(text), _) => ("--log-likelihood", text),
            (None, Some(text)) => ("--minimize-sum", text),
            (None, None) => ("MODEL", &self.words[0]),
        };
        let model = match argument {
            "MODEL" => Model::parse(text, columns, &named),
            "--minimize-sum" => Model::sum(text, columns, &named),
            _ => Model::log_likelihood(text, columns, &named),
        };
        model.map_err(|error| input::unreadable(argument, text, &error))
    }

    /// The settings as far as they can be read without the model.
    fn settings(&self) -> Result<Settings, Failure> {
        let mut settings = Settings {
            noise: typed::noise(self.sigma.as_deref(), self.weights.as_deref())?,
            bounds: typed::bounds(&self.bounds)?,
            simplices: typed::simplices(&self.simplex)?,
            ..Settings::default()
        };
        if let Some(start) = &self.start
            && start.contains('=')
        {
            settings.start = typed::start(start)?;
        }
        if let Some(loss) = &self.loss {
            settings.loss = loss.parse().map_err(|error: String| Failure::input("--loss", error))?;
        }
        settings.starts = self.starts.as_deref().map(|text| typed::count("--starts", text)).transpose()?;
        settings.seed = self.seed.as_deref().map(typed::seed).transpose()?.unwrap_or_default();
        settings.steps =
            self.steps.as_deref().map(|text| typed::count("--steps", text)).transpose()?.map(|n| n as u64);
        settings.method = match self.method.as_deref() {
            None | Some("staged") => Method::Staged,
            Some("amsgrad") => Method::AmsGrad,
            Some(other) => {
                return Err(Failure::Input(format!(
                    "--method: '{other}' is no method; allowed: staged, amsgrad"
                )));
            }
        };
        Ok(settings)
    }

    /// The settings with a start that is given in the order of the parameters.
    fn placed(&self, mut settings: Settings, model: &Model) -> Result<Settings, Failure> {
        if let Some(start) = &self.start
            && !start.contains('=')
        {
            settings.start = typed::ordered_start(start, model.parameters())?;
        }
        Ok(settings)
    }

    fn output_of_residuals(&self) -> Option<&'static str> {
        let options = [
            (self.predictions.is_some(), "--predictions"),
            (self.plot.is_some(), "--plot"),
            (self.save.is_some(), "--save"),
        ];
        options.into_iter().find(|(given, _)| *given).map(|(_, option)| option)
    }
}
