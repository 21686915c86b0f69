//! What becomes of every step of the run that is reported: printed, added to the document, saved, drawn.

use std::io::{self, IsTerminal as _, Write as _};
use std::ops::ControlFlow;
use std::path::Path;

use super::history::{self, Line};
use super::lines::Lines;
use super::seen::Seen;
use crate::failure::Failure;
use crate::json::Spool;
use crate::{numpy, output};

/// What is wanted of every step.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    /// Print it in the tutorial's style.
    pub(crate) prints: bool,
    /// Add it to the document.
    pub(crate) trace: Option<Spool>,
    /// Save it.
    pub(crate) history: Option<history::Writer>,
    /// Keep it for a picture.
    pub(crate) lines: Option<Lines>,
    /// Why the history could not be written on; the run went on without it.
    lost: Option<Failure>,
}

impl Recorder {
    /// The observer of a run, and what it has to say after the run.
    pub(crate) fn observe<R>(
        &mut self,
        run: impl FnOnce(&mut dyn FnMut(&dyn Seen, &[&str]) -> ControlFlow<()>) -> Result<R, Failure>,
    ) -> Result<R, Failure> {
        let (mut out, live) = (output::stdout(), io::stdout().is_terminal());
        let mut failed = None;
        let result = run(&mut |seen, slots| {
            let printed = match self.prints {
                true => print(&mut out, live, seen).map_err(Failure::from),
                false => Ok(()),
            };
            match printed.and_then(|()| self.keep(seen, slots)) {
                Ok(()) => ControlFlow::Continue(()),
                Err(failure) => {
                    failed = Some(failure);
                    ControlFlow::Break(())
                }
            }
        })?;
        failed.map_or(Ok(()), Err)?;
        out.flush()?;
        Ok(result)
    }

    fn keep(&mut self, seen: &dyn Seen, slots: &[&str]) -> Result<(), Failure> {
        if let Some(trace) = &mut self.trace {
            trace.push(&crate::json::record(seen, slots))?;
        }
        if let Some(lines) = &mut self.lines {
            let (step, value, gradient_norm, point) =
                (seen.step(), seen.value(), seen.gradient_norm(), seen.point());
            lines.push(Line { step, value, gradient_norm, point });
        }
        if let Some(history) = &mut self.history
            && let Err(failure) = history.write(seen, slots)
        {
            (self.history, self.lost) = (None, Some(failure));
        }
        Ok(())
    }

    /// Gives the history its name, if the run that is reported was `observed`.
    pub(crate) fn finish(&mut self, path: Option<&Path>, observed: bool) -> Result<(), Failure> {
        if let Some(failure) = self.lost.take() {
            return Err(failure);
        }
        match (self.history.take(), path) {
            (Some(history), _) if observed => history.finish(),
            (Some(_), Some(path)) => {
                output::note(&format!(
                    "{} is not written: a signal came before the reported run was made step by step",
                    path.display()
                ));
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

/// At a terminal each line is seen at once.
fn print(out: &mut impl io::Write, live: bool, seen: &dyn Seen) -> io::Result<()> {
    writeln!(out, ">{} f({}) = {:?}", seen.step(), numpy::vector(&seen.point()), seen.value())?;
    if live { out.flush() } else { Ok(()) }
}
