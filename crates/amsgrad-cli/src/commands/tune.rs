//! `amsgrad tune`: settings of a rule that are good for a problem.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use amsgrad::AnyRule;
use amsgrad::tune::Rounds;

use super::Ending;
use crate::failure::Failure;
use crate::files::Draft;
use crate::keep::runs::Runs;
use crate::minimize::pictures::Wanted;
use crate::minimize::plan::Plan;
use crate::minimize::score::{Goal, Score};
use crate::minimize::shards;
use crate::minimize::solve::rate_across;
use crate::minimize::study::{Items, Study};
use crate::minimize::vary::{Values, Vary};
use crate::output;
use crate::shards::{Call, Job};
use crate::watch::Watch;

mod args;
mod candidates;
mod picture;
mod report;

pub(crate) use args::Args;
use args::{Budget, Method};

use candidates::{Candidate, candidates};
use report::Tuned;

/// Learning rates are tried from this many times the one whose first step crosses the domain, down to this share of it.
const LARGEST: f64 = 10.0;
const SMALLEST: f64 = 1e-5;

pub(crate) fn run(args: &Args, call: Call<'_>) -> Result<Ending, Failure> {
    args.check()?;
    let target = args.settings.target()?;
    target.has_variables()?;
    let mut settings = args.settings.clone();
    if settings.start.is_none() {
        settings.starts = Some(args.seeds.saturating_add(args.check));
    }
    let plan = Plan::new(&settings, &target)?;
    let rule = settings.rule.rule_at_its_rate()?;
    let job = call.job(&args.shard, &target.identity(args))?;
    // A shard has no report, and so no files beside it.
    let file = |path: &'_ Option<PathBuf>| path.clone().filter(|_| job.shard().is_none());
    let wanted = file(&args.plot).map(|path| Wanted::new("--plot", &path)).transpose()?;
    let save = file(&args.save_config).map(|path| Draft::new("--save-config", &path)).transpose()?;

    let watch = Watch::without_end();
    let mut kept = match &job {
        Job::Merge(_) => Runs::default(),
        _ => Runs::open(args.keep.place()?, "tune", &args.identity(&target))?,
    };
    let goal = match &job {
        Job::Merge(parts) => parts.found()?,
        _ => kept.goal(|| Goal::of(&plan, args.reach, &watch), || watch.interrupted())?,
    };
    let mut plan = plan.at_one_rate()?;
    plan.stop.target = goal.map(|goal| goal.target);
    let starts = plan.starts.clone();
    let (starts, checks) =
        if settings.start.is_some() { (&starts[..], &starts[..0]) } else { starts.split_at(args.seeds) };
    let study = Study { plan, watch: &watch, shard: job.shard() };
    let axes = axes(args, &study, &rule)?;
    let candidates: Vec<Candidate> = candidates(args, &rule, &axes)?;
    let rules: Vec<_> = candidates.iter().map(|candidate| candidate.rule.clone()).collect();
    let items = Items { candidates: candidates.len(), starts: starts.len() };
    let mut scores = kept.scores(&rules, 0, starts.len());
    let read = scores.len();
    let part = match job {
        Job::Whole => None,
        Job::Part(part) => Some(part),
        Job::Merge(parts) => {
            scores = shards::scores(&parts, items)?;
            None
        }
    };

    let mut rounds = match args.method {
        Method::Halving => Rounds::halving(rules.len(), starts.len()),
        Method::Grid | Method::Random => Rounds::all(rules.len(), starts.len()),
    };
    let runs = (rounds.runs() + checks.len() as u64).saturating_sub(read as u64);
    let runs = study.shard.map_or(runs, |shard| shard.share(runs));
    watch.expect(runs.saturating_mul(study.plan.stop.step_limit()));
    let (began, made) = (Instant::now(), AtomicU64::new(0));
    let over = || match args.budget {
        Some(Budget::Runs(runs)) => made.load(Ordering::Relaxed) >= runs,
        Some(Budget::Time(time)) => began.elapsed() >= time,
        None => false,
    };
    let keep = |candidate: usize, start: usize, score: &Score| {
        made.fetch_add(1, Ordering::Relaxed);
        kept.keep(&rules[candidate], start, score);
        Ok(())
    };
    let whole = study.search(&rules, starts, &mut rounds, &mut scores, keep, over)?;
    if let Some(part) = part {
        watch.clear();
        return shards::print(part, goal, &scores, items);
    }
    let ranking = report::ranking(&study, &candidates, &scores);
    let mut checked = match ranking.first() {
        Some(best) if !watch.interrupted() => {
            study.kept_runs(&mut kept, &rules[best.candidate], starts.len(), checks)?
        }
        _ => Vec::new(),
    };
    let stopped = watch.interrupted();
    if stopped {
        checked.clear();
    }
    watch.clear();
    drop(kept);
    let tuned = Tuned {
        args,
        plan: &study.plan,
        goal,
        axes: &axes,
        candidates: &candidates,
        ranking: &ranking,
        scores: &scores,
        starts: starts.len(),
        checked: &checked,
        whole,
        stopped,
    };
    if args.json {
        output::print_json(&tuned.document())?;
    } else {
        let mut out = output::stdout();
        tuned.write(&mut out)?;
        out.flush()?;
    }
    let saved = match (save, tuned.best()) {
        (Some(save), Some(best)) => save.fill(best.to_file()?.as_bytes()),
        _ => Ok(()),
    };
    saved.and(wanted.map_or(Ok(()), |wanted| wanted.write_or_tell(picture::draw(&tuned))))?;
    let good = ranking.first().is_some_and(|best| best.finite);
    Ok(if stopped || !good { Ending::RunFailed } else { Ending::Done })
}

/// What is varied: what is asked for, and learning rates of every size where nothing says which.
fn axes(args: &Args, study: &Study<'_>, rule: &AnyRule) -> Result<Vec<Vary>, Failure> {
    let mut axes = args.vary.clone();
    for axis in &axes {
        if !axis.is_of(rule) {
            let known: Vec<&str> = rule.settings().into_iter().map(|(name, _)| name).collect();
            let reason =
                format!("{} has no setting '{}'; use {}", rule.name(), axis.setting, known.join(", "));
            return Err(Failure::input("--vary", reason));
        }
    }
    let given = args.settings.rule.learning_rate.as_ref().is_some_and(|rate| rate.to_string() != "auto");
    if !given && axes.iter().all(|axis| axis.setting != "learning_rate") {
        let across = rate_across(&study.plan, study.watch, rule)?;
        let values = Values::Range(across * SMALLEST, across * LARGEST);
        axes.insert(0, Vary { setting: "learning_rate".to_owned(), values });
    }
    Ok(axes)
}
