//! Settings of a fit as they are typed.

use amsgrad_fit::Noise;

use crate::failure::Failure;

fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

fn wrong(option: &str, what: &str, allowed: &str) -> Failure {
    Failure::Input(format!("{option}: {what}; allowed: {allowed}"))
}

/// A column, or a number for all rows.
pub(super) fn noise(sigma: Option<&str>, weights: Option<&str>) -> Result<Noise, Failure> {
    Ok(match (sigma, weights) {
        (Some(sigma), _) => match sigma.trim().parse::<f64>() {
            Ok(sigma) if sigma > 0.0 && sigma.is_finite() => Noise::Sigma(sigma),
            Ok(_) => {
                let what = format!("'{sigma}' is not a standard deviation");
                return Err(wrong("--sigma", &what, "a column, or a number above 0"));
            }
            Err(_) => Noise::SigmaColumn(sigma.to_owned()),
        },
        (None, Some(weights)) => Noise::Weights(weights.to_owned()),
        (None, None) => Noise::Unknown,
    })
}

/// `b=0..,c=-1..1`.
pub(super) fn bounds(texts: &[String]) -> Result<Vec<(String, (f64, f64))>, Failure> {
    const ALLOWED: &str = "NAME=LOWER..UPPER with commas between; a side left out is open";
    let one = |part: &str| {
        let (name, interval) = part
            .split_once('=')
            .ok_or_else(|| wrong("--bounds", &format!("'{part}' names no parameter"), ALLOWED))?;
        let refuse = || wrong("--bounds", &format!("'{part}' holds no interval"), ALLOWED);
        let (lower, upper) = interval.split_once("..").ok_or_else(refuse)?;
        let side = |text: &str, open: f64| match text.trim().is_empty() {
            true => Some(open),
            false => number(text),
        };
        let lower = side(lower, f64::NEG_INFINITY).ok_or_else(refuse)?;
        let upper = side(upper, f64::INFINITY).ok_or_else(refuse)?;
        Ok((name.trim().to_owned(), (lower, upper)))
    };
    texts.iter().flat_map(|text| text.split(',')).map(one).collect()
}

/// `a=1,b=0.1`.
pub(super) fn start(text: &str) -> Result<Vec<(String, f64)>, Failure> {
    let one = |part: &str| {
        let pair =
            part.split_once('=').and_then(|(name, value)| Some((name.trim().to_owned(), number(value)?)));
        pair.ok_or_else(|| {
            wrong("--start", &format!("'{part}' is no start value"), "NAME=NUMBER with commas between")
        })
    };
    text.split(',').map(one).collect()
}

/// Numbers in the order of the parameters.
pub(super) fn ordered_start(text: &str, parameters: &[String]) -> Result<Vec<(String, f64)>, Failure> {
    let numbers: Option<Vec<f64>> = text.split(',').map(number).collect();
    match numbers {
        Some(numbers) if numbers.len() == parameters.len() => {
            Ok(parameters.iter().cloned().zip(numbers).collect())
        }
        Some(numbers) => {
            let what = format!("'{text}' has {} numbers", numbers.len());
            let allowed = format!("{}, in the order {}", parameters.len(), parameters.join(", "));
            Err(wrong("--start", &what, &allowed))
        }
        None => Err(wrong(
            "--start",
            &format!("'{text}' is no start"),
            "a=1,b=0.1 or finite numbers with commas between",
        )),
    }
}

/// Groups of names.
pub(super) fn simplices(texts: &[String]) -> Result<Vec<Vec<String>>, Failure> {
    let group = |text: &String| {
        let names: Vec<String> = text.split(',').map(|name| name.trim().to_owned()).collect();
        match names.iter().any(String::is_empty) {
            true => {
                Err(wrong("--simplex", &format!("'{text}' has an empty name"), "names with commas between"))
            }
            false => Ok(names),
        }
    };
    texts.iter().map(group).collect()
}

/// A whole number of at least 1, at most a million.
pub(super) fn count(option: &str, text: &str) -> Result<usize, Failure> {
    let count = text.trim().parse().ok().filter(|count| (1..=1_000_000).contains(count));
    count.ok_or_else(|| wrong(option, &format!("'{text}' is no such number"), "a whole number, 1 to 1000000"))
}

pub(super) fn seed(text: &str) -> Result<u64, Failure> {
    let seed = text.trim().parse().ok();
    seed.ok_or_else(|| wrong("--seed", &format!("'{text}' is no seed"), "a whole number, 0 or more"))
}
