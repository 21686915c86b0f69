//! `amsgrad reproduce`: the experiments of the AMSGrad paper, run anew.

use super::Ending;
use crate::failure::Failure;
use crate::minimize::pictures::Wanted;
use crate::watch::Watch;

mod args;
mod counterexample;
mod theorem4;
mod track;

pub(crate) use args::Args;
use args::What;

pub(crate) fn run(args: &Args) -> Result<Ending, Failure> {
    args.check()?;
    let wanted = args.output.as_deref().map(|path| Wanted::new("--output", path)).transpose()?;
    let watch = Watch::without_end();
    let figure = match args.what {
        What::Theorem4 => theorem4::run(args, &watch)?,
        _ => counterexample::run(args, &watch)?,
    };
    let stopped = watch.interrupted();
    if let Some(wanted) = wanted {
        wanted.write_or_tell(figure)?;
    }
    Ok(if stopped { Ending::RunFailed } else { Ending::Done })
}
