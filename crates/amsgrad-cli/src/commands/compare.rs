//! `amsgrad compare`: rules beside each other, from the same starts.

use amsgrad::AnyRule;
use amsgrad::tune::Rounds;

use super::Ending;
use crate::failure::Failure;
use crate::keep::runs::Runs;
use crate::minimize::pictures::Wanted;
use crate::minimize::plan::Plan;
use crate::minimize::score::Score;
use crate::minimize::solve::rate_across;
use crate::minimize::study::{Study, draw_for_tuning};
use crate::minimize::vary::Vary;
use crate::output;
use crate::watch::Watch;

mod args;
mod contender;
mod pictures;
mod report;

pub(crate) use args::Args;

use contender::Contender;

pub(crate) fn run(args: &Args) -> Result<Ending, Failure> {
    let target = args.settings.target()?;
    target.has_variables()?;
    args.check(&target)?;
    let mut wanted = Vec::new();
    for (option, path) in args.outputs() {
        wanted.push(path.as_deref().map(|path| Wanted::new(option, path)).transpose()?);
    }
    let mut settings = args.settings.clone();
    let compared = draw_for_tuning(&mut settings);
    let plan = Plan::new(&settings, &target)?;
    let mut contenders = contender::all(args)?;
    let watch = Watch::without_end();
    let mut kept = Runs::open(args.keep.place()?, "compare", &args.identity(&target))?;
    let (study, goal, starts) = Study::beside(plan, compared, args.reach, &watch, &mut kept)?;
    let (starts, tuning) = (&starts[..], &study.plan.starts[..]);
    let tried = if args.as_given { 0 } else { args.trials.saturating_mul(tuning.len()) };
    let runs = tried.saturating_add(starts.len()).saturating_mul(contenders.len()) as u64;
    watch.expect(runs.saturating_mul(study.plan.stop.step_limit()));
    for contender in &mut contenders {
        if !args.as_given {
            tune(&study, contender, args.trials, &args.vary, (&mut kept, compared))?;
        }
        if !watch.interrupted() {
            contender.scores = study.kept_runs(&mut kept, &contender.rule, 0, starts)?;
        }
    }
    drop(kept);
    contender::rank(&mut contenders, settings.maximize);
    let stopped = watch.interrupted();
    let traced = if wanted.iter().any(Option::is_some) && !stopped {
        pictures::trace(&study, &contenders, starts)?
    } else {
        Vec::new()
    };
    watch.clear();
    let comparison = report::Comparison {
        args,
        plan: &study.plan,
        goal,
        contenders: &contenders,
        starts,
        tuning,
        stopped,
    };
    if args.json {
        output::print_json(&comparison.document())?;
    } else {
        comparison.write(&mut output::stdout())?;
    }
    let arrived = contenders.iter().flat_map(|contender| &contender.scores).any(|score| !score.failed);
    let ending = if arrived && !stopped { Ending::Done } else { Ending::RunFailed };
    if traced.is_empty() {
        if wanted.iter().any(Option::is_some) {
            output::note("no picture: stopped before the runs to draw");
        }
        return Ok(ending);
    }
    let picture = pictures::Picture { args, plan: &study.plan, goal, traced: &traced };
    let draw = [pictures::Picture::values, pictures::Picture::paths, pictures::Picture::step_sizes];
    for (wanted, draw) in wanted.iter().zip(draw) {
        if let Some(wanted) = wanted {
            wanted.write_or_tell(draw(&picture))?;
        }
    }
    Ok(ending)
}

/// Tries settings for a rule, from the starts of the study, and gives it the best ones. The first of the starts has a number
/// among those that are kept.
fn tune(
    study: &Study<'_>,
    contender: &mut Contender,
    trials: usize,
    vary: &[Vary],
    (kept, first): (&mut Runs, usize),
) -> Result<(), Failure> {
    let across = rate_across(&study.plan, study.watch, &contender.rule)?;
    let candidates = contender.candidates(across, trials, vary)?;
    let starts = &study.plan.starts;
    let mut rounds = Rounds::all(candidates.len(), starts.len());
    let mut scores = kept.scores(&candidates, first, starts.len());
    let made = |candidate: usize, start: usize, score: &Score| {
        kept.keep(&candidates[candidate], first + start, score);
        Ok(())
    };
    study.search(&candidates, starts, &mut rounds, &mut scores, made, || false)?;
    if let Some(best) = rounds.ranking().first().and_then(|best| candidates.get(*best)) {
        contender.rule = best.clone();
        contender.tried = candidates.len();
    }
    Ok(())
}

/// Returns the rule at the best of `trials` learning rates, from the starts of the study.
pub(super) fn at_best_rate(study: &Study<'_>, rule: AnyRule, trials: usize) -> Result<AnyRule, Failure> {
    let mut contender = Contender::new(rule.name(), rule.clone(), None);
    tune(study, &mut contender, trials, &[], (&mut Runs::default(), 0))?;
    Ok(contender.rule)
}
