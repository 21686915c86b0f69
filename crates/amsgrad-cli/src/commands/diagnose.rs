//! `amsgrad diagnose`: would AMSGrad help here?

use std::ops::ControlFlow;

use amsgrad::diagnose::{Diagnosis, StepSizes};
use amsgrad::rule::Setting;
use amsgrad::{AnyRule, Dialect};
use rayon::prelude::*;

use super::Ending;
use super::compare;
use crate::failure::Failure;
use crate::keep::runs::Runs;
use crate::minimize::pictures::{Axis, Wanted};
use crate::minimize::plan::Plan;
use crate::minimize::score::Score;
use crate::minimize::solve::trace;
use crate::minimize::study::{Study, draw_for_tuning};
use crate::output;
use crate::watch::Watch;

mod args;
mod picture;
mod report;
mod sides;

pub(crate) use args::Args;

use report::Report;
use sides::{Seen, Side};

/// Learning rates that are tried for Adam where none is given.
const TRIALS: usize = 24;
/// A step is drawn after this many times the steps of the one before.
const RATIO: f64 = 1.03;

pub(crate) fn run(args: &Args) -> Result<Ending, Failure> {
    let target = args.settings.target()?;
    target.has_variables()?;
    let mut settings = args.settings.clone();
    if settings.rule.name.is_some() {
        return Err(Failure::input(
            "--rule",
            "cannot be used here, where Adam and AMSGrad are compared; leave it out",
        ));
    }
    match args.plot {
        None => args.look.is_for_nothing()?,
        Some(_) => picture::look(args, &target).check(&[Axis::X, Axis::Y])?,
    }
    let wanted = args.plot.as_deref().map(|path| Wanted::new("--plot", path)).transpose()?;
    let compared = draw_for_tuning(&mut settings);
    let plan = Plan::new(&settings, &target)?;
    let dialect =
        settings.rule.dialect.as_ref().map_or(Dialect::Torch.name().to_owned(), ToString::to_string);
    let corrected = dialect != Dialect::Paper.name();
    let adam = settings.rule.one_of_several(&format!("adam:bias_correction={corrected}"))?;
    let amsgrad = settings.rule.one_of_several(&format!("amsgrad:{dialect}"))?;

    let watch = Watch::without_end();
    let (study, goal, starts) = Study::beside(plan, compared, args.reach, &watch, &mut Runs::default())?;
    let given = study.plan.learning_rate.is_some();
    let adam = if given { adam } else { compare::at_best_rate(&study, adam, TRIALS)? };
    let mut amsgrad = amsgrad;
    amsgrad.set("learning_rate", &adam.learning_rate().to_string())?;
    let beta2 = adam.settings().into_iter().find(|(name, _)| *name == "beta2").map(|(_, beta2)| beta2);
    let begin = match beta2 {
        Some(Setting::Number(beta2)) if corrected => Diagnosis::corrected(beta2),
        _ => Diagnosis::default(),
    };
    let mut sides = Vec::new();
    for (label, rule) in [("adam".to_owned(), adam), (format!("amsgrad:{dialect}"), amsgrad)] {
        let runs: Result<Vec<Seen>, Failure> = starts
            .par_iter()
            .enumerate()
            .map(|(i, start)| seen(&study, &rule, begin.clone(), start, i == 0))
            .collect();
        sides.push(Side { label, rule, runs: runs? });
    }
    watch.clear();
    let stopped = watch.interrupted();
    let report = Report { args, plan: &study.plan, goal, sides: &sides, tuned: !given, stopped };
    if args.json {
        output::print_json(&report.document())?;
    } else {
        report.write(&mut output::stdout())?;
    }
    match wanted {
        Some(_) if stopped => output::note("no picture: stopped before the runs to draw"),
        Some(wanted) => wanted.write_or_tell(picture::draw(args, &study.plan, &sides))?,
        None => {}
    }
    let good = sides.iter().flat_map(|side| &side.runs).any(|run| !run.score.failed);
    Ok(if good && !stopped { Ending::Done } else { Ending::RunFailed })
}

/// Makes one run and looks on.
fn seen(
    study: &Study<'_>,
    rule: &AnyRule,
    mut diagnosis: Diagnosis,
    start: &[f64],
    drawn: bool,
) -> Result<Seen, Failure> {
    let (mut sizes, mut rates, mut due) = (StepSizes::default(), Vec::new(), 1);
    let ended = trace(&study.plan, study.watch, rule, start, &mut |seen| {
        seen.diagnose(&mut diagnosis);
        if drawn {
            let step = seen.step();
            let seen = seen.step_sizes(&mut sizes);
            if step >= due {
                rates.extend(seen.map(|rates| (step, rates)));
                due = ((step as f64 * RATIO) as u64).max(step + 1);
            }
        }
        ControlFlow::Continue(())
    })?;
    let score = Score::of(&ended, study.plan.stop.target, study.plan.settings.maximize);
    Ok(Seen { score, diagnosis, rates })
}
