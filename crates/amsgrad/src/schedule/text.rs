//! Schedules as text: what is printed parses back to the same schedule.

use core::fmt;
use core::str::FromStr;

use super::Schedule;
use crate::error::setting::SettingError;

const FORMS: &str = "a number, B^t, A * F^(t-1), A / t, A / (1 + D * (t-1)), A / sqrt(t), linear(FROM, TO, STEPS), cosine(FROM, TO, STEPS), \
    warmup(STEPS, SCHEDULE), piecewise(1: A, STEP: B, ...)";

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant(value) => write!(f, "{value:?}"),
            Self::Power { base } => write!(f, "{base}^t"),
            Self::Exponential { initial, factor } => write!(f, "{initial} * {factor}^(t-1)"),
            Self::Inverse { initial } => write!(f, "{initial} / t"),
            Self::InverseTime { initial, decay } => write!(f, "{initial} / (1 + {decay} * (t-1))"),
            Self::InverseSqrt { initial } => write!(f, "{initial} / sqrt(t)"),
            Self::Linear { from, to, steps } => write!(f, "linear({from}, {to}, {steps})"),
            Self::Cosine { from, to, steps } => write!(f, "cosine({from}, {to}, {steps})"),
            Self::WarmUp { steps, then } => write!(f, "warmup({steps}, {then})"),
            Self::Piecewise(pieces) => {
                let pieces: Vec<String> =
                    pieces.iter().map(|(first, value)| format!("{first}: {value}")).collect();
                write!(f, "piecewise({})", pieces.join(", "))
            }
        }
    }
}

impl FromStr for Schedule {
    type Err = SettingError;

    /// Reads the forms that are printed; spaces do not matter.
    fn from_str(text: &str) -> Result<Self, SettingError> {
        let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        parse(&compact).ok_or_else(|| SettingError::new("schedule", text, FORMS))
    }
}

fn parse(text: &str) -> Option<Schedule> {
    match text.split_once('(').and_then(|(name, rest)| Some((name, rest.strip_suffix(')')?))) {
        Some(("warmup", arguments)) => {
            let (steps, then) = arguments.split_once(',')?;
            // A warm-up of a warm-up has no use, and no text may nest without end.
            let then = if then.starts_with("warmup") { None } else { parse(then) };
            Some(then?.warm_up(steps.parse().ok()?))
        }
        Some(("linear", arguments)) => {
            line(arguments).map(|(from, to, steps)| Schedule::linear(from, to, steps))
        }
        Some(("cosine", arguments)) => {
            line(arguments).map(|(from, to, steps)| Schedule::cosine(from, to, steps))
        }
        Some(("piecewise", arguments)) => {
            let piece = |piece: &str| {
                let (first, value) = piece.split_once(':')?;
                Some((first.parse().ok()?, number(value)?))
            };
            arguments.split(',').map(piece).collect::<Option<Vec<_>>>().map(Schedule::Piecewise)
        }
        _ => decaying(text),
    }
}

/// Returns the forms with the step t in them, and the plain number.
fn decaying(text: &str) -> Option<Schedule> {
    if let Some(initial) = text.strip_suffix("/sqrt(t)") {
        return Some(Schedule::inverse_sqrt(number(initial)?));
    }
    if let Some(initial) = text.strip_suffix("/t") {
        return Some(Schedule::inverse(number(initial)?));
    }
    if let Some((initial, decay)) = text.strip_suffix("*(t-1))").and_then(|rest| rest.split_once("/(1+")) {
        return Some(Schedule::inverse_time(number(initial)?, number(decay)?));
    }
    if let Some((initial, factor)) = text.strip_suffix("^(t-1)").and_then(|rest| rest.split_once('*')) {
        return Some(Schedule::exponential(number(initial)?, number(factor)?));
    }
    match text.strip_suffix("^t") {
        Some(base) => Some(Schedule::power(number(base)?)),
        None => Some(Schedule::constant(number(text)?)),
    }
}

fn line(arguments: &str) -> Option<(f64, f64, u64)> {
    let mut arguments = arguments.split(',');
    let line = (number(arguments.next()?)?, number(arguments.next()?)?, arguments.next()?.parse().ok()?);
    arguments.next().is_none().then_some(line)
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn simple() -> impl Strategy<Value = Schedule> {
        let number = || -1e3..1e3_f64;
        prop_oneof![
            number().prop_map(Schedule::constant),
            number().prop_map(Schedule::power),
            (number(), number()).prop_map(|(a, b)| Schedule::exponential(a, b)),
            number().prop_map(Schedule::inverse),
            number().prop_map(Schedule::inverse_sqrt),
            (number(), number()).prop_map(|(a, b)| Schedule::inverse_time(a, b)),
            (number(), number(), any::<u64>()).prop_map(|(a, b, n)| Schedule::linear(a, b, n)),
            (number(), number(), any::<u64>()).prop_map(|(a, b, n)| Schedule::cosine(a, b, n)),
            prop::collection::vec((any::<u64>(), number()), 1..4).prop_map(Schedule::Piecewise),
        ]
    }

    proptest! {
        #[test]
        fn what_is_printed_parses_back(schedule in simple(), steps in any::<u64>()) {
            prop_assert_eq!(schedule.to_string().parse(), Ok(schedule.clone()));
            let warm = schedule.warm_up(steps);
            prop_assert_eq!(warm.to_string().parse(), Ok(warm));
        }

        #[test]
        fn no_text_panics(text in "\\PC*") {
            let _ = text.parse::<Schedule>();
        }
    }

    #[test]
    fn forms_as_people_type_them() {
        assert_eq!("0.1/sqrt(t)".parse(), Ok(Schedule::inverse_sqrt(0.1)));
        assert_eq!("0.1/(1 + 1e-3*(t-1))".parse(), Ok(Schedule::inverse_time(0.1, 1e-3)));
        assert_eq!("1e-3".parse(), Ok(Schedule::constant(1e-3)));
        assert_eq!("warmup(10,0.1/t)".parse(), Ok(Schedule::inverse(0.1).warm_up(10)));
        for wrong in [
            "",
            "fast",
            "0.1/x",
            "linear(1,2)",
            "linear(1,2,3,4)",
            "inf",
            "warmup(1,warmup(1,2))",
            "0.9^",
            "0.1/(2+1*(t-1))",
            "(",
        ] {
            assert!(wrong.parse::<Schedule>().is_err(), "{wrong}");
        }
    }
}
