//! The update rule as it is typed: its name, its settings, its learning rate.

use amsgrad::error::SettingError;
use amsgrad::rule::Setting;
use amsgrad::{AnyRule, Dialect, LearningRate, Schedule};
use serde::Serialize;

use crate::failure::Failure;
use crate::text::{self, Text};

/// An update rule, as it is typed.
#[derive(Clone, Debug, Default, PartialEq, clap::Args, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct RuleArgs {
    /// The update rule; `amsgrad rules` lists them [default: amsgrad]
    #[arg(id = "rule", long = "rule", value_name = "NAME", hide_possible_values = true, value_parser = text::one_of::<String>(text::rules()), help_heading = "Method")]
    #[serde(rename = "rule", skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,

    /// Whose AMSGrad; `amsgrad dialects` lists them [default: paper]
    #[arg(long, value_name = "NAME", hide_possible_values = true, value_parser = text::one_of::<Text>(Dialect::ALL.map(Dialect::name)), help_heading = "Method")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) dialect: Option<Text>,

    /// alpha: a number, a schedule such as '0.1/sqrt(t)' or 'cosine(0.1, 0, 5000)', or auto, which finds
    /// them by trial runs [default: auto]
    #[arg(long, visible_aliases = ["lr", "alpha"], allow_negative_numbers = true, value_name = "RATE", value_parser = text::rate, help_heading = "Method")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) learning_rate: Option<Text>,

    /// The decay of the first moment, a number or a schedule
    #[arg(long, allow_negative_numbers = true, value_name = "DECAY", value_parser = text::beta1, help_heading = "Method")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) beta1: Option<Text>,

    /// The decay of the second moment
    #[arg(long, allow_negative_numbers = true, value_name = "DECAY", value_parser = text::beta2, help_heading = "Method")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) beta2: Option<Text>,

    /// A small number that keeps the denominator from 0
    #[arg(long, visible_alias = "eps", allow_negative_numbers = true, value_name = "NUMBER", value_parser = text::epsilon, help_heading = "Method")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) epsilon: Option<Text>,

    /// Any other setting of the rule, such as momentum=0.9; may be given several times
    #[arg(long, value_name = "NAME=VALUE", value_parser = text::assignment, help_heading = "Method")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) set: Vec<String>,
}

impl RuleArgs {
    /// Returns the rule with every setting that is given, but for the learning rate.
    pub(crate) fn rule(&self) -> Result<AnyRule, Failure> {
        let name = self.name.as_deref().unwrap_or("amsgrad");
        let unknown = |error: SettingError| {
            Failure::input("--rule", format!("there is no '{name}'; use {}", error.allowed))
        };
        let mut rule = AnyRule::named(name).map_err(unknown)?;
        let named = [
            ("beta1", &self.beta1),
            ("beta2", &self.beta2),
            ("epsilon", &self.epsilon),
            ("dialect", &self.dialect),
        ];
        for (setting, value) in named {
            if let Some(value) = value {
                set(&mut rule, &format!("--{setting}"), (setting, &value.to_string()))?;
            }
        }
        for setting in &self.set {
            // That there is one was seen as it was typed.
            let (setting, value) = setting.split_once('=').unwrap_or_default();
            set(&mut rule, "--set", (setting.trim(), value.trim()))?;
        }
        Ok(rule)
    }

    /// Returns a rule as one of several is typed: its name, then, behind colons, a dialect or settings, such as `amsgrad:torch`
    /// or `adam:beta2=0.99`. It also has the settings that are given for all, as far as it knows them.
    pub(crate) fn one_of_several(&self, text: &str) -> Result<AnyRule, Failure> {
        const OPTION: &str = "--rules";
        let mut parts = text.split(':').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let unknown = |error: SettingError| {
            let meant = text::meant(name, text::rules());
            Failure::input(OPTION, format!("there is no '{name}'{meant}; use {}", error.allowed))
        };
        let mut rule = AnyRule::named(name).map_err(unknown)?;
        let known: Vec<&str> = rule.settings().into_iter().map(|(name, _)| name).collect();
        let shared = [
            ("learning_rate", &self.learning_rate),
            ("beta1", &self.beta1),
            ("beta2", &self.beta2),
            ("epsilon", &self.epsilon),
            ("dialect", &self.dialect),
        ];
        let shared = shared.iter().filter_map(|(name, value)| Some((*name, value.as_ref()?.to_string())));
        let others = self.set.iter().filter_map(|setting| setting.split_once('='));
        let all = shared.chain(others.map(|(name, value)| (name.trim(), value.trim().to_owned())));
        for (name, value) in all.filter(|(name, value)| known.contains(name) && value != "auto") {
            set(&mut rule, &format!("--{}", name.replace('_', "-")), (name, &value))?;
        }
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or(("dialect", part));
            set(&mut rule, OPTION, (name.trim(), value.trim()))?;
        }
        let refused = |error: SettingError| {
            let allowed = &error.allowed;
            Failure::input(
                OPTION,
                format!("{} of '{text}' cannot be '{}'; use {allowed}", error.name(), error.value),
            )
        };
        rule.validate().map_err(refused)?;
        Ok(rule)
    }

    /// Returns the rule as [`rule`](Self::rule) does, with the learning rate too where one is given.
    pub(crate) fn rule_at_its_rate(&self) -> Result<AnyRule, Failure> {
        let mut rule = self.rule()?;
        if let Some(LearningRate::Schedule(schedule)) = self.learning_rate()? {
            rule.set("learning_rate", &schedule.to_string())?;
        }
        Ok(rule)
    }

    /// Writes out the rule and those of its settings that have options of their own.
    pub(crate) fn fill(&mut self, name: &str, settings: &[(&'static str, Setting)]) {
        let value = |name: &str| {
            let setting = settings.iter().find(|(known, _)| *known == name);
            setting.and_then(|(_, value)| value.to_string().parse().ok())
        };
        self.name = Some(name.to_owned());
        self.learning_rate = value("learning_rate");
        self.beta1 = value("beta1");
        self.beta2 = value("beta2");
        self.epsilon = value("epsilon");
        self.dialect = value("dialect");
    }

    /// Returns the learning rate where one is given.
    pub(crate) fn learning_rate(&self) -> Result<Option<LearningRate>, Failure> {
        let Some(given) = self.learning_rate.as_ref().map(ToString::to_string) else { return Ok(None) };
        if given == "auto" {
            return Ok(Some(LearningRate::Automatic));
        }
        let schedule = given.parse::<Schedule>();
        let refused = |error| Failure::input("--learning-rate", format!("{error}, auto"));
        Ok(Some(schedule.map_err(refused)?.into()))
    }

    /// Returns the name of the first option that is given.
    pub(crate) fn given(&self) -> Option<&'static str> {
        let options = [
            ("--rule", self.name.is_some()),
            ("--dialect", self.dialect.is_some()),
            ("--learning-rate", self.learning_rate.is_some()),
            ("--beta1", self.beta1.is_some()),
            ("--beta2", self.beta2.is_some()),
            ("--epsilon", self.epsilon.is_some()),
            ("--set", !self.set.is_empty()),
        ];
        options.into_iter().find(|(_, given)| *given).map(|(option, _)| option)
    }
}

/// Gives the rule a setting, as `option` asks.
fn set(rule: &mut AnyRule, option: &str, (name, value): (&str, &str)) -> Result<(), Failure> {
    let known: Vec<&str> = rule.settings().into_iter().map(|(name, _)| name).collect();
    if !known.contains(&name) {
        let reason = format!("{} has no setting '{name}'; use {}", rule.name(), known.join(", "));
        return Err(Failure::input(option, reason));
    }
    let refused = |error: SettingError| format!("{name} cannot be '{value}'; use {}", error.allowed);
    rule.set(name, value).map_err(|error| Failure::input(option, refused(error)))
}
