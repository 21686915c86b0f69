//! `amsgrad fit`: a model and data.

use std::path::PathBuf;

use amsgrad_fit::{FirstOrder, Fit, Method, Model, Predictor, Settings, Table};
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::Ending;
use crate::cost::{self, CostArgs};
use crate::failure::Failure;
use crate::keep::KeepArgs;
use crate::keep::fits::{Fits, Groups};
use crate::rule::RuleArgs;
use crate::shards::{Call, Job, ShardArgs};
use crate::table::{TableArgs, refused, told};
use crate::watch::Watch;
use crate::{output, text};

mod document;
mod groups;
pub(crate) mod picture;
pub(crate) mod predictions;
mod report;
mod typed;

use picture::Picture;
use predictions::{Fitted, Lines};

/// The method that first-order rules are for.
const ALONE: &str = "amsgrad";

const RATE: &str = "alpha, for parameters of size 1: a number, a schedule such as '0.1/sqrt(t)', or auto, which finds \
                    one by short trial runs [default: from 0.05 to 5e-5 by a cosine, four times over without mini-batches]";

const EXAMPLES: &str = "Examples:
  amsgrad fit 'y ~ a*t + b' decay.csv --save line.json
  amsgrad fit 'y ~ a*exp(-b*t)' decay.csv --bounds b=0..10 --plot fit.png
  amsgrad fit 'y ~ a*t + b' decay.csv --loss huber:0.5 --json
  amsgrad fit 'y ~ a*exp(-b*t)' decay.csv --bounds a=0..9,b=0..9 --starts 99 --checkpoint fit.jsonl
  amsgrad fit 'y ~ a*t + b' decay.csv --method amsgrad --rule adam --batch-size 16 --epochs 200";

/// Fit a model to a table of data.
///
/// Left of ~ stands an expression of columns, right of it the model; names that are columns are data, all other names
/// are parameters. The table is CSV, TSV or separated by spaces, with a header, compressed or not; - is stdin.
#[derive(Debug, clap::Args, Serialize)]
#[serde(rename_all = "kebab-case")]
#[command(
    after_help = EXAMPLES,
    mut_arg("learning_rate", |rate| rate.help(RATE)),
    mut_arg("shard", |shard| shard.requires("by")),
)]
pub(crate) struct Args {
    /// The model and the table: 'y ~ a*exp(-b*t) + c' decay.csv; the table alone with --log-likelihood or
    /// --minimize-sum
    #[arg(value_names = ["MODEL", "DATA"], num_args = 1..=2, required = true)]
    #[serde(rename = "model", serialize_with = "without_data")]
    words: Vec<String>,

    #[command(flatten)]
    #[serde(flatten)]
    table: TableArgs,

    #[command(flatten)]
    #[serde(flatten)]
    cost: CostArgs,

    /// A function that the model may call, such as 'f(t) = exp(-t/tau)'; may be given several times
    #[arg(long = "define", value_name = "FUNCTION", allow_hyphen_values = true, help_heading = "Cost")]
    definitions: Vec<String>,

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
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = text::up_to_million, help_heading = "Parameters")]
    starts: Option<usize>,

    /// The seed of what is drawn [default: 0]
    #[arg(long, value_name = "SEED", allow_negative_numbers = true, value_parser = text::count, help_heading = "Parameters")]
    seed: Option<u64>,

    /// How to minimize: staged, or amsgrad alone [default: staged]
    #[arg(long, value_name = "METHOD", value_parser = text::one_of::<String>(["staged", ALONE]), help_heading = "Method")]
    method: Option<String>,

    /// The most steps per descent [default: 500; 20000 for amsgrad alone]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = text::natural, help_heading = "Method")]
    steps: Option<u64>,

    /// Rows per step of amsgrad alone: mini-batches, drawn with --seed [default: all rows]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = text::positive, help_heading = "Method")]
    batch_size: Option<usize>,

    /// The most passes of amsgrad alone over the rows
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = text::natural, help_heading = "Method")]
    epochs: Option<u64>,

    #[command(flatten)]
    #[serde(flatten)]
    rule: RuleArgs,

    /// One fit per group of rows that agree in these columns
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',', help_heading = "Output",
        conflicts_with_all = ["predictions", "plot", "save", "json"])]
    by: Vec<String>,

    /// Write columns, fitted values, residuals and the 95 % band to this CSV file
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    #[serde(skip)]
    predictions: Option<PathBuf>,

    /// Draw data, model and residuals, .png, .svg or .pdf
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    #[serde(skip)]
    plot: Option<PathBuf>,

    /// Save the fitted model for `amsgrad predict`
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    #[serde(skip)]
    save: Option<PathBuf>,

    #[command(flatten)]
    #[serde(skip)]
    keep: KeepArgs,

    #[command(flatten)]
    #[serde(skip)]
    shard: ShardArgs,

    /// Print one JSON document
    #[arg(long, help_heading = "Output")]
    #[serde(skip)]
    json: bool,
}

/// The model alone: what the data are is told by their numbers.
fn without_data<S: Serializer>(words: &[String], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(words.split_last().map_or(&[][..], |(_, model)| model))
}

pub(crate) fn run(args: &Args, call: Call<'_>) -> Result<Ending, Failure> {
    let job = match call.job(&args.shard, args)? {
        Job::Merge(parts) => return groups::merge(&args.by, &parts),
        job => job,
    };
    let settings = args.settings()?;
    let source = args.table.open(args.data()?)?;
    let by = args.by.iter().try_for_each(|name| source.require("by", name));
    by.map_err(|error| refused(&error))?;
    let model =
        args.cost.model(("MODEL", args.model()), &source, &settings.parameters(), &args.definitions)?;
    let settings = args.placed(settings, &model)?;
    let sum = !model.has_response();
    if let (true, Some(option)) = (sum, args.output_of_residuals()) {
        return Err(Failure::Input(format!(
            "{option}: a sum of terms has no fitted values; allowed: a MODEL with ~"
        )));
    }
    let fit = Fit::new(&model, settings).map_err(|error| refused(&error))?;
    // What cannot be written is found before the work.
    let lines = args.predictions.as_deref().map(|path| Lines::new("--predictions", path)).transpose()?;
    let picture = args.plot.as_deref().map(|path| Picture::new("--plot", path)).transpose()?;
    let save = args.save.as_deref().map(|path| Lines::new("--save", path)).transpose()?;

    let table = cost::read(&fit, &args.table, source, &args.by)?;
    let watch = Watch::without_end();
    if !args.by.is_empty() {
        let kept = args.keep.place()?.map(|place| Groups::open(place, &args.identity(&table))).transpose()?;
        return groups::run(&fit, &table, &args.by, job, kept.as_ref(), &watch);
    }
    let stop = || {
        watch.beat();
        watch.interrupted()
    };
    let kept = match args.keep.place()? {
        Some(place) => Some(Fits::open(place, args.identity(&table), args.is_one_run())?),
        None => None,
    };
    let outcome = match &kept {
        Some(kept) => fit.run_kept(&table, &stop, kept),
        None => fit.run(&table, &stop),
    };
    let outcome = outcome.map_err(|error| refused(&error))?;
    watch.clear();
    let predictor = Predictor::new(&model, &outcome);
    if lines.is_some() || picture.is_some() {
        let fitted = Fitted::new(&predictor, &table).map_err(|error| refused(&error))?;
        lines.map_or(Ok(()), |lines| lines.predictions(&fitted))?;
        picture.map_or(Ok(()), |picture| picture.draw(&fitted, fit.settings()))?;
    }
    if let Some(save) = save {
        save.text(&predictor.to_json())?;
    }
    if args.json {
        output::print_json(&document::of(&fit, &table, &outcome))?;
    } else {
        report::write(&mut output::stdout(), &fit, &table, &outcome)?;
    }
    Ok(if outcome.status.is_failure() { Ending::RunFailed } else { Ending::Done })
}

impl Args {
    /// What must be the same for fits to be the same.
    fn identity(&self, table: &Table) -> Value {
        let mut identity = serde_json::to_value(self).unwrap_or_default();
        identity["table"] = told(table).into();
        identity
    }

    /// Whether it is one run of a first-order rule, whose learning rate is not looked for.
    fn is_one_run(&self) -> bool {
        let rate = self.rule.learning_rate.as_ref().map(ToString::to_string);
        let alone = self.method.as_deref() == Some(ALONE) && self.starts.is_none_or(|starts| starts == 1);
        alone && rate.as_deref() != Some("auto")
    }

    fn data(&self) -> Result<&str, Failure> {
        match (self.words.as_slice(), self.cost.sum()) {
            ([_, data], _) | ([data], Some(_)) => Ok(data),
            ([_], None) => {
                Err(Failure::Input("DATA: no table is given; allowed: a file, or - for stdin".into()))
            }
            _ => Err(Failure::Input("MODEL: nothing to fit".into())),
        }
    }

    fn model(&self) -> Option<&str> {
        match self.words.as_slice() {
            [model, _] => Some(model),
            _ => None,
        }
    }

    /// The settings as far as they can be read without the model.
    fn settings(&self) -> Result<Settings, Failure> {
        Ok(Settings {
            bounds: typed::bounds(&self.bounds)?,
            simplices: self.simplex.iter().map(|text| typed::simplex(text)).collect::<Result<_, _>>()?,
            start: self.start.as_deref().map(typed::named_start).transpose()?.unwrap_or_default(),
            starts: self.starts,
            seed: self.seed.unwrap_or_default(),
            method: self.method()?,
            steps: self.steps,
            ..self.cost.settings()?
        })
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

    fn method(&self) -> Result<Method, Failure> {
        if self.method.as_deref() == Some(ALONE) {
            return Ok(Method::FirstOrder(FirstOrder {
                rule: self.rule.rule()?,
                learning_rate: self.rule.learning_rate()?,
                batch: self.batch_size,
                epochs: self.epochs,
            }));
        }
        let batches = [("--batch-size", self.batch_size.is_some()), ("--epochs", self.epochs.is_some())];
        let batches = batches.into_iter().find(|(_, given)| *given).map(|(option, _)| option);
        match self.rule.given().or(batches) {
            Some(option) => {
                Err(Failure::input(option, "needs --method amsgrad, which has steps of this kind"))
            }
            None => Ok(Method::Staged),
        }
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
