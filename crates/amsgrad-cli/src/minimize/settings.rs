//! The settings of a run: typed, read from a file, or both; what is typed wins.

use std::collections::BTreeMap;
use std::path::Path;

use clap::{Args as _, Command, FromArgMatches as _};
use serde::{Serialize, Serializer};
use toml::{Spanned, Value};

use crate::failure::Failure;
use crate::rule::RuleArgs;
use crate::target::{Target, TargetArgs};
use crate::text;
use crate::{files, usage};

/// A file of settings has at most this many bytes.
const LONGEST_FILE: u64 = 1 << 24;

/// Everything that decides what a run computes. A file of settings has the same names.
#[derive(Clone, Debug, Default, PartialEq, clap::Args, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Settings {
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) target: TargetArgs,

    /// Bounds, kept at every evaluation: LOWER..UPPER for all variables or NAME=LOWER..UPPER,...; sides may be open
    #[arg(long, value_name = "BOUNDS", allow_hyphen_values = true, help_heading = "Where")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bounds: Option<String>,

    /// A set, kept at every evaluation, with --bounds besides: ball:RADIUS around 0, simplex, or simplex:TOTAL
    #[arg(long, value_name = "SET", help_heading = "Where")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) within: Option<String>,

    /// The first point, such as 0.3,0.4 or x=0.3,y=0.4; else one is drawn from the bounds, or from -1..1 where they are open
    #[arg(long, value_name = "POINT", allow_hyphen_values = true, conflicts_with_all = ["starts", "seed", "numpy_seed"], help_heading = "Where")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) start: Option<String>,

    /// The seed of the draw, as NumPy's default_rng(SEED).random [default: 0]
    #[arg(long, allow_negative_numbers = true, value_name = "SEED", value_parser = text::count, conflicts_with = "numpy_seed", help_heading = "Where")]
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "whole")]
    pub(crate) seed: Option<u64>,

    /// The seed of the draw, as numpy.random.seed(SEED) and rand
    #[arg(long, allow_negative_numbers = true, value_name = "SEED", value_parser = text::seed_32, help_heading = "Where")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) numpy_seed: Option<u32>,

    /// Number of random starts to run from, on all cores; the best run is reported, and the minima that were found
    #[arg(long, allow_negative_numbers = true, value_name = "N", value_parser = text::positive, help_heading = "Where")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) starts: Option<usize>,

    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) rule: RuleArgs,

    /// Weight decay: l2:RATE or decoupled:RATE
    #[arg(long, value_name = "KIND:RATE", help_heading = "Method")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) weight_decay: Option<String>,

    /// Find a maximum instead of a minimum
    #[arg(long, help_heading = "Method")]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) maximize: bool,

    /// Compute in 32-bit numbers instead of 64-bit ones
    #[arg(long, help_heading = "Method")]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) f32: bool,

    /// Limit of steps per start, those of trials included [default: 50000; 10000 with --starts; 5000 with a learning rate]
    #[arg(long, allow_negative_numbers = true, value_name = "N", value_parser = text::count, help_heading = "When to stop")]
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "whole")]
    pub(crate) steps: Option<u64>,

    /// Limit of evaluations per start
    #[arg(long, allow_negative_numbers = true, value_name = "N", value_parser = text::natural, help_heading = "When to stop")]
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "whole")]
    pub(crate) evaluations: Option<u64>,

    /// Limit of time per start: seconds, or with a unit such as 90s, 5min or 2h
    #[arg(long, allow_negative_numbers = true, value_name = "SECONDS", value_parser = text::duration, help_heading = "When to stop")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) time: Option<f64>,

    /// Stop when the value is this good
    #[arg(long = "target", value_name = "VALUE", value_parser = text::number, allow_hyphen_values = true, help_heading = "When to stop")]
    #[serde(rename = "target", skip_serializing_if = "Option::is_none")]
    pub(crate) target_value: Option<f64>,

    /// Stop when no component of the gradient is larger [default: with a learning rate 1e-6, or 1e-6 of the
    /// gradient at the start where that is less; else until no rate finds a better value]
    #[arg(long, visible_alias = "tolerance", allow_negative_numbers = true, value_name = "NUMBER", value_parser = text::tolerance, help_heading = "When to stop")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) gradient_tolerance: Option<f64>,

    /// Stop when the largest gradient component is this share of that at the start
    #[arg(long, allow_negative_numbers = true, value_name = "SHARE", value_parser = text::tolerance, help_heading = "When to stop")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) relative_gradient: Option<f64>,

    /// Stop when no coordinate moves by more, relative to itself where it is larger than 1
    #[arg(long, allow_negative_numbers = true, value_name = "NUMBER", value_parser = text::tolerance, help_heading = "When to stop")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) point_change: Option<f64>,

    /// Stop when the value changes by no more, relative to itself where it is larger than 1
    #[arg(long, allow_negative_numbers = true, value_name = "NUMBER", value_parser = text::tolerance, help_heading = "When to stop")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value_change: Option<f64>,

    /// Stop when the best value has not improved for N steps
    #[arg(long, allow_negative_numbers = true, value_name = "N", value_parser = text::natural, help_heading = "When to stop")]
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "whole")]
    pub(crate) patience: Option<u64>,
}

/// Writes a whole number as TOML can hold it: in quotes where it is above its largest integer.
fn whole<S: Serializer>(number: &Option<u64>, serializer: S) -> Result<S::Ok, S::Error> {
    match number.map(|number| i64::try_from(number).map_err(|_| number.to_string())) {
        Some(Ok(number)) => serializer.serialize_i64(number),
        Some(Err(digits)) => serializer.serialize_str(&digits),
        None => serializer.serialize_none(),
    }
}

impl Settings {
    /// Returns what is minimized.
    pub(crate) fn target(&self) -> Result<Target, Failure> {
        self.target.target(&[&self.bounds, &self.start])
    }

    /// These settings over those of a file.
    pub(crate) fn over(self, file: &Path) -> Result<Self, Failure> {
        let text = files::read("--config", file, LONGEST_FILE)?;
        let refused = |place: Option<usize>, reason: &str| {
            let line = place.map(|place| text.get(..place).unwrap_or_default().matches('\n').count() + 1);
            let line = line.map(|line| format!(", line {line}")).unwrap_or_default();
            Failure::input("--config", format!("{}{line}: {reason}", file.display()))
        };
        let below: BTreeMap<Spanned<String>, Spanned<Value>> = toml::from_str(&text)
            .map_err(|error| refused(error.span().map(|span| span.start), error.message()))?;
        let known = Self::known();
        for name in below.keys() {
            let (place, name) = (name.span().start, name.get_ref());
            if !known.contains(&name.as_str()) {
                let meant = text::meant(name, known.iter().copied());
                let way = "the options of 'amsgrad minimize --help' are the names";
                return Err(refused(Some(place), &format!("there is no setting '{name}'{meant}; {way}")));
            }
        }
        let places: BTreeMap<String, usize> =
            below.keys().map(|name| (name.get_ref().clone(), name.span().start)).collect();
        let mut below: toml::Table =
            below.into_iter().map(|(name, value)| (name.into_inner(), value.into_inner())).collect();
        let typed = toml::Table::try_from(&self).map_err(|error| refused(None, &error.to_string()))?;
        // One way to say what is minimized, and where it starts, replaces another.
        for group in [&["formula", "problem"][..], &["start", "starts", "seed", "numpy-seed"][..]] {
            if group.iter().any(|name| typed.contains_key(*name)) {
                group.iter().for_each(|name| drop(below.remove(*name)));
            }
        }
        below.extend(typed);
        Self::of_table(&below).map_err(|error| {
            let line = usage::line(&error, "amsgrad help minimize");
            let line = line.trim_start_matches("--");
            let name = line.split(':').next().unwrap_or_default().to_lowercase();
            refused(places.get(&name).copied(), line)
        })
    }

    /// Read as if the settings had been typed, so that the same values and combinations are allowed.
    fn of_table(table: &toml::Table) -> Result<Self, clap::Error> {
        let command = Self::augment_args(Command::new("settings").no_binary_name(true));
        Self::from_arg_matches(&command.try_get_matches_from(Self::words(table))?)
    }

    /// The settings as they would be typed.
    fn words(table: &toml::Table) -> Vec<String> {
        let mut words = Vec::new();
        for (name, value) in table.iter().filter(|(name, _)| *name != "formula") {
            let values = match value {
                Value::Array(values) => values.as_slice(),
                value => std::slice::from_ref(value),
            };
            for value in values {
                match value {
                    Value::Boolean(false) => {}
                    Value::Boolean(true) => words.push(format!("--{name}")),
                    Value::String(text) => words.push(format!("--{name}={text}")),
                    Value::Float(number) => words.push(format!("--{name}={number:?}")),
                    other => words.push(format!("--{name}={other}")),
                }
            }
        }
        if let Some(formula) = table.get("formula") {
            words.extend(["--".to_owned(), formula.as_str().map_or(formula.to_string(), str::to_owned)]);
        }
        words
    }

    /// The names of all settings.
    fn known() -> Vec<&'static str> {
        static NAMES: std::sync::LazyLock<Vec<String>> = std::sync::LazyLock::new(|| {
            let command = Settings::augment_args(Command::new("settings"));
            let name = |argument: &clap::Arg| argument.get_long().unwrap_or("formula").to_owned();
            command.get_arguments().map(name).collect()
        });
        NAMES.iter().map(String::as_str).collect()
    }

    /// As a command line to paste into a shell.
    pub(crate) fn to_command(&self, command: &str) -> Result<String, Failure> {
        let table = toml::Table::try_from(self).map_err(|error| Failure::input("--save-config", error))?;
        let words = Self::words(&table);
        Ok(words.iter().fold(format!("amsgrad {command}"), |line, word| line + " " + &text::quoted(word)))
    }

    /// As a file that repeats the run.
    pub(crate) fn to_file(&self) -> Result<String, Failure> {
        toml::to_string(self).map_err(|error| Failure::input("--save-config", error))
    }
}
