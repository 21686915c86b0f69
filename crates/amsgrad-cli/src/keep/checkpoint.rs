//! One run in a file: a checkpoint in the safetensors format, replaced whole.

use std::fs;
use std::ops::ControlFlow;

use amsgrad::state::StateError;
use amsgrad::tensors::{TensorError, Tensors};
use amsgrad::{Checkpoint, Moment, Real, Schedule, State};
use serde_json::Value;

use super::track::{self, Track, Tracked};
use super::{Pace, Place, difference};
use crate::failure::Failure;
use crate::files::{self, Lock, cause};
use crate::minimize::seen::Seen;
use crate::output;

const COMMAND: &str = "command";
const SETTINGS: &str = "settings";
/// Where it is there, every step is kept.
const STEPS: &str = "steps";

/// Keeps one run.
#[derive(Debug)]
pub(crate) struct Keeper {
    place: Place,
    pace: Pace,
    command: &'static str,
    settings: Value,
    /// What was in the file.
    found: Option<Tensors>,
    /// Held where the file is written.
    lock: Option<Lock>,
    /// Whether it was told that the file cannot be written.
    told: bool,
    track: Option<Track>,
}

impl Keeper {
    /// Reads the file if it is there. One of another command or other settings is refused.
    pub(crate) fn open(place: Place, command: &'static str, settings: Value) -> Result<Self, Failure> {
        let lock = Lock::take(&place.path);
        if matches!(lock, Ok(None)) {
            return Err(place.taken());
        }
        place.begin(|source| Self::found(source, command, &settings))?;
        let found = Self::found(&place, command, &settings)?;
        let pace = Pace::new(place.every);
        let mut keeper = Self { place, pace, command, settings, found, lock: None, told: false, track: None };
        // What was only to be begun from stays as it is.
        if !(keeper.is_torch() && keeper.place.is_resumed) {
            keeper.lock = lock.map_err(|error| keeper.place.refused(&cause(&error)))?;
        }
        Ok(keeper)
    }

    /// Returns what is in the file, if it is there.
    fn found(place: &Place, command: &str, settings: &Value) -> Result<Option<Tensors>, Failure> {
        if place.path.exists() && !place.path.is_file() {
            return Err(place.refused("is no regular file, which is what a checkpoint replaces; use another"));
        }
        let found = match fs::read(&place.path) {
            Ok(bytes) => {
                Some(Tensors::from_bytes(&bytes).map_err(|error| place.refused(&error.to_string()))?)
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(place.refused(&cause(&error))),
        };
        if let Some(found) = found.as_ref().filter(|found| found.noted(COMMAND).is_some()) {
            let kept = found.noted(SETTINGS).and_then(|text| serde_json::from_str(text).ok());
            let other = found.noted(COMMAND).filter(|kept| *kept != command);
            let reason = match other {
                Some(other) => Some(format!("is a checkpoint of 'amsgrad {other}'; use another file")),
                None => difference(&kept.unwrap_or(Value::Null), settings),
            };
            if let Some(reason) = reason {
                return Err(place.refused(&reason));
            }
        }
        Ok(found)
    }

    /// Keeps every step too, in a file beside that of the run, where something `is_made_of_all` or was as the run began.
    pub(crate) fn track(
        &mut self,
        is_made_of_all: bool,
        dimension: usize,
        slots: &[&'static str],
    ) -> Result<(), Failure> {
        let begun = self.found.as_ref().filter(|_| !self.is_torch());
        let was_made_of_all = begun.map(|found| found.noted(STEPS).is_some());
        if is_made_of_all && was_made_of_all == Some(false) {
            let reason = "was begun without --history, --trace, --plot and --curve, so its first steps are not known; leave these out, or use another file";
            return Err(self.place.refused(reason));
        }
        if self.lock.is_some() && was_made_of_all.unwrap_or(is_made_of_all) {
            let beside = track::beside(&self.place.path);
            if self.found.is_none() && fs::metadata(&beside).is_ok_and(|file| file.len() > 0) {
                let reason = format!(
                    "is to have its steps beside it in {}, which is there already; remove that, or use another file",
                    beside.display()
                );
                return Err(self.place.refused(&reason));
            }
            let track = Track::open(&self.place.path, dimension, slots);
            self.track = Some(track.map_err(|error| self.place.refused(&cause(&error)))?);
        }
        Ok(())
    }

    /// Whether PyTorch has written the file.
    pub(crate) fn is_torch(&self) -> bool {
        self.found.as_ref().is_some_and(|found| found.noted(COMMAND).is_none())
    }

    /// Returns the point and the memory that PyTorch has left, if the file is such a one.
    pub(crate) fn torch<T: Real>(
        &self,
        beta1: &Schedule,
        dimension: usize,
    ) -> Result<Option<(Vec<T>, State<T>)>, Failure> {
        let Some(found) = self.found.as_ref().filter(|_| self.is_torch()) else { return Ok(None) };
        let refused = |error: TensorError| self.place.refused(&error.to_string());
        let (point, state) = State::from_tensors(found, beta1).map_err(refused)?;
        if point.len() != dimension {
            let (name, found, expected) = ("parameters".to_owned(), point.len(), dimension);
            return Err(refused(TensorError::Length { name, expected, found }));
        }
        Ok(Some((point, state)))
    }

    /// Returns what the run is continued from, if it was begun before.
    pub(crate) fn checkpoint<T: Real>(&mut self) -> Result<Option<Checkpoint<T>>, Failure> {
        self.read(Checkpoint::from_tensors)
    }

    /// Takes what was in the file, if a run was begun before.
    pub(crate) fn read<A>(
        &mut self,
        read: impl FnOnce(&Tensors) -> Result<A, TensorError>,
    ) -> Result<Option<A>, Failure> {
        let torch = self.is_torch();
        let Some(found) = self.found.take().filter(|_| !torch) else { return Ok(None) };
        read(&found).map(Some).map_err(|error| self.place.refused(&error.to_string()))
    }

    /// Tells why the rule cannot go on from the memory in the file, under the names that it has there.
    pub(crate) fn unfit(&self, error: StateError) -> Failure {
        self.place.refused(&error.under_torch_names().to_string())
    }

    /// Shows the steps that were seen before the run was interrupted.
    pub(crate) fn replay(
        &mut self,
        shown: u64,
        look: &mut dyn FnMut(&Tracked<'_>) -> ControlFlow<()>,
    ) -> Result<(), Failure> {
        let Some(track) = &mut self.track else { return Ok(()) };
        track.replay(shown, look).map_err(|error| self.place.refused(&error))
    }

    /// A step was seen.
    pub(crate) fn saw(&mut self, seen: &dyn Seen) {
        if let Some(track) = &mut self.track {
            track.push(seen);
        }
    }

    /// Keeps the run if that is due.
    pub(crate) fn offer<T: Real>(&mut self, moment: &Moment<'_, T>) {
        self.keep(moment.steps(), moment.is_last(), || {
            let mut tensors = Tensors::default();
            moment.checkpoint().to_tensors(&mut tensors);
            tensors
        });
    }

    /// Keeps what `make` makes, if that is due after this many steps. Where the file cannot be written, the last one stays and
    /// the run goes on.
    pub(crate) fn keep(&mut self, steps: u64, is_last: bool, make: impl FnOnce() -> Tensors) {
        if self.lock.is_none() || !(is_last || self.pace.is_due(steps)) {
            return;
        }
        let mut tensors = make();
        tensors.note(COMMAND, self.command);
        tensors.note(SETTINGS, self.settings.to_string());
        if self.track.is_some() {
            tensors.note(STEPS, "kept");
        }
        let tracked = self.track.as_mut().map_or(Ok(()), Track::sync);
        let written = tracked.map_err(|error| cause(&error)).and_then(|()| {
            let bytes = tensors.to_bytes().map_err(|error| error.to_string())?;
            files::replace(&self.place.path, &bytes).map_err(|error| cause(&error))
        });
        self.pace.kept(steps);
        if let (Err(reason), false) = (&written, self.told) {
            let path = self.place.path.display();
            output::note(&format!("warning: {}: {path}: {reason}; the run goes on", self.place.option));
        }
        self.told = written.is_err();
    }
}
