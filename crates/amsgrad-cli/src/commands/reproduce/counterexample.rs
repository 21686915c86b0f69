//! The losses on which Adam goes the wrong way: Figure 1 and Section 3.

use std::io::Write as _;

use amsgrad::problem::Counterexample;
use amsgrad::{AdaGrad, Adam, AmsGrad, AnyRule, GradientDescent, Schedule};
use amsgrad_plot::{Axes, Figure, PlotError, Scale, Series};
use rayon::prelude::*;
use serde_json::{Map, Value, json};

use super::args::{Args, What, document, look};
use super::track::{Row, Sequence, Track};
use crate::failure::Failure;
use crate::minimize::pictures::Axis;
use crate::watch::Watch;
use crate::{json, output, text};

/// The rules beside each other: Adam and AMSGrad as the paper has them, and two more for context.
fn rules(alpha: &Schedule, beta1: f64, beta2: f64, largest: f64) -> Vec<AnyRule> {
    let adam = Adam::new(alpha.clone()).beta1(beta1).beta2(beta2).epsilon(0.0).bias_correction(false);
    let amsgrad = AmsGrad::new(alpha.clone()).beta1(beta1).beta2(beta2).epsilon(0.0);
    // Its own sum of squares makes the rate fall.
    let adagrad = AdaGrad::new(alpha.at(1)).epsilon(0.0);
    let descent = GradientDescent::new(alpha.scaled(1.0 / largest));
    vec![adam.into(), amsgrad.into(), adagrad.into(), descent.into()]
}

pub(super) fn run(args: &Args, watch: &Watch) -> Result<Result<Figure, PlotError>, Failure> {
    let (alpha, steps, c) = (args.alpha()?, args.steps(), args.slope);
    let figure1 = args.what == What::Figure1;
    let sequence = |name, formula: String, losses| Sequence { name, formula, losses, tracks: Vec::new() };
    let (mut sequences, [beta1, beta2, largest]) = if figure1 {
        let (rare, online) = ("1010 x with probability 0.01, else -10 x", Counterexample::figure1());
        let stochastic = Counterexample::figure1_stochastic(args.seed);
        let online = sequence("online", "1010 x where t mod 101 = 1, else -10 x".to_owned(), online);
        (vec![online, sequence("stochastic", rare.to_owned(), stochastic)], [0.9, 0.99, 1010.0])
    } else {
        let refused = |error: amsgrad::error::SettingError| {
            Failure::input("--slope", format!("'{}' is out of range; use {}", error.value, error.allowed))
        };
        let losses = Counterexample::section3(c).map_err(refused)?;
        let formula = format!("{} x where t mod 3 = 1, else -x", text::shown(c));
        (vec![sequence("section 3", formula, losses)], [0.0, 1.0 / (1.0 + c * c), c])
    };
    let runs: Vec<(usize, _)> = (0..sequences.len())
        .flat_map(|i| rules(&alpha, beta1, beta2, largest).into_iter().map(move |rule| (i, rule)))
        .collect();
    watch.expect(steps.saturating_mul(runs.len() as u64));
    let played = |(i, rule): (usize, _)| {
        let losses = sequences[i].losses.clone();
        Ok((i, Track::of(losses, rule, (args.start, steps), watch)?))
    };
    let tracks: Result<Vec<(usize, Track)>, Failure> = runs.into_par_iter().map(played).collect();
    tracks?.into_iter().for_each(|(i, track)| sequences[i].tracks.push(track));
    watch.clear();

    let stated = json!({ "domain": [-1, 1], "beta1": beta1, "beta2": beta2 });
    let mut chosen = json!({ "learning_rate": alpha.to_string(), "start": args.start, "steps": steps });
    if let (Value::Object(chosen), true) = (&mut chosen, figure1) {
        chosen.insert("seed".into(), args.seed.into());
    }
    let stopped = watch.interrupted();
    if args.json {
        let mut document = document(args, stated, chosen, stopped);
        document.insert("sequences".into(), sequences.iter().map(told).collect());
        output::print_json(&document)?;
    } else {
        report(args, &sequences, &alpha.to_string(), [beta1, beta2], stopped)?;
    }
    Ok(draw(args, &sequences))
}

fn told(sequence: &Sequence) -> Value {
    let track = |track: &Track| {
        let mut told = Map::new();
        told.insert("settings".into(), json::settings(&track.rule).into());
        told.insert("best_fixed_point".into(), track.best.into());
        let row = |row: &Row| json!({ "t": row.t, "x": row.x, "average_regret": row.average_regret });
        told.insert("rows".into(), track.rows.iter().map(row).collect());
        Value::from(told)
    };
    let tracks: Vec<Value> = sequence.tracks.iter().map(track).collect();
    json!({ "name": sequence.name, "losses": sequence.formula, "rules": tracks })
}

fn report(
    args: &Args,
    sequences: &[Sequence],
    alpha: &str,
    [beta1, beta2]: [f64; 2],
    stopped: bool,
) -> Result<(), Failure> {
    let mut out = output::stdout();
    let (beta1, beta2, x1) = (text::shown(beta1), text::shown(beta2), text::shown(args.start));
    writeln!(
        out,
        "stated         x in -1.0..1.0, beta1 {beta1}, beta2 {beta2}, epsilon 0, no bias correction"
    )?;
    writeln!(out, "our choice     alpha_t = {alpha}, x_1 = {x1}, {} rounds", args.steps())?;
    writeln!(
        out,
        "for context    AdaGrad with alpha_1; gradient descent with alpha_t over the largest slope"
    )?;
    for Sequence { name, formula, tracks, .. } in sequences {
        let seed = if *name == "stochastic" { format!(", seed {}", args.seed) } else { String::new() };
        writeln!(out, "\n{name:<14} f_t(x) = {formula}{seed}")?;
        let best = tracks.first().map_or(f64::NAN, |track| track.best);
        writeln!(out, "best fixed x   {}", text::shown(best))?;
        writeln!(out, "\n{:<18}{:>12}{:>12}{:>18}", "rule", "rounds", "x", "average regret")?;
        for track in tracks {
            let Some(Row { t, x, average_regret }) = track.last() else { continue };
            let numbers = (text::shown(*x), text::shown(*average_regret));
            writeln!(out, "{:<18}{t:>12}{:>12}{:>18}", track.rule.name(), numbers.0, numbers.1)?;
        }
    }
    if stopped {
        writeln!(out, "\nstopped by a signal; the rows end where it came")?;
    }
    Ok(out.flush()?)
}

fn draw(args: &Args, sequences: &[Sequence]) -> Result<Figure, PlotError> {
    let look = look(&args.look, args.what);
    let panel = |sequence: &Sequence, title: &str, label: &str, y: fn(&Row) -> f64, scale: Scale| {
        let series = |track: &Track| {
            let points: Vec<[f64; 2]> = track.rows.iter().map(|row| [row.t as f64, y(row)]).collect();
            Series::new(track.rule.name(), points)
        };
        let series: Vec<Series> = sequence.tracks.iter().map(series).collect();
        let style = look.style(title, ["round t", label, ""]);
        let x = look.scale(Axis::X).unwrap_or(Scale::Log);
        amsgrad_plot::curves(&series, Axes { x, y: scale }, &style)
    };
    let of = |sequence: &Sequence| match sequence.name {
        "section 3" => String::new(),
        name => format!(", {name}"),
    };
    let mut figure: Option<Figure> = None;
    for (i, sequence) in sequences.iter().enumerate() {
        let of = of(sequence);
        let iterate = panel(sequence, &format!("Iterate{of}"), "x", |row| row.x, Scale::Linear)?;
        let (title, y) = (format!("Average regret{of}"), look.scale(Axis::Y).unwrap_or(Scale::Log));
        let regret = || panel(sequence, &title, "R_t / t", |row| row.average_regret, y);
        let regret = (i == 0).then(regret).transpose()?;
        for part in regret.into_iter().chain([iterate]) {
            figure = Some(match figure {
                None => part,
                Some(before) => before.beside(part),
            });
        }
    }
    figure.ok_or_else(|| PlotError::NothingToDraw { what: "no round was played".to_owned() })
}
