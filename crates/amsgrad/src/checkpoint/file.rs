//! A checkpoint as tensors, all numbers to the bit (feature `safetensors`).

use super::{Checkpoint, Course};
use crate::history::{Entry, History};
use crate::number::Real;
use crate::position::{Changes, Memory, Moved, Position};
use crate::schedule::Schedule;
use crate::state::State;
use crate::tensors::{TensorError, Tensors};

mod parts;
mod trail;

use parts::{MOST, Read, counts, number, odd, read_seconds, write_seconds, wrong};

/// The version of the format that is written and read.
const VERSION: &str = "1";
const KIND: &str = "run";
const LOOP: &str = "loop";
const STRETCHES: &str = "stretches";

impl<T: Real> Checkpoint<T> {
    /// Adds everything to tensors that may hold more. A run at one learning rate has its point and memory under PyTorch's
    /// names, as [`State::to_tensors`] writes them.
    ///
    /// ```
    /// use std::ops::ControlFlow;
    ///
    /// use amsgrad::tensors::Tensors;
    /// use amsgrad::{Checkpoint, Minimizer, Moment};
    ///
    /// let run = Minimizer::new(|x: &[f64], gradient: &mut [f64]| {
    ///     gradient[0] = 2.0 * x[0];
    ///     x[0] * x[0]
    /// })
    /// .start([1.0]);
    /// let mut kept = Tensors::default();
    /// let save = |moment: &Moment<'_, f64>| moment.checkpoint().to_tensors(&mut kept);
    /// run.run_saved(None, save, |_| ControlFlow::Continue(()))?;
    /// let bytes = kept.to_bytes().unwrap();
    /// let checkpoint = Checkpoint::<f64>::from_tensors(&Tensors::from_bytes(&bytes).unwrap());
    /// assert!(checkpoint.is_ok());
    /// # Ok::<(), amsgrad::Error>(())
    /// ```
    pub fn to_tensors(&self, tensors: &mut Tensors) {
        tensors.note("version", VERSION);
        match &self.course {
            Course::Loop(position) => {
                tensors.note(KIND, LOOP);
                write_position(position, tensors);
            }
            Course::Stretches(trail) => {
                tensors.note(KIND, STRETCHES);
                trail::write(trail, tensors);
            }
        }
        if let Some(history) = &self.history {
            write_history(history, tensors);
        }
    }

    /// Reads what [`to_tensors`](Checkpoint::to_tensors) wrote.
    ///
    /// # Errors
    /// The tensors are no checkpoint of this version and number type.
    pub fn from_tensors(tensors: &Tensors) -> Result<Self, TensorError> {
        match tensors.noted("version") {
            Some(VERSION) => {}
            Some(found) => return Err(TensorError::Version { found: found.to_owned(), expected: VERSION }),
            None => return Err(wrong("version")),
        }
        let course = match tensors.noted(KIND) {
            Some(LOOP) => Course::Loop(Box::new(read_position(tensors)?)),
            Some(STRETCHES) => Course::Stretches(Box::new(trail::read(tensors)?)),
            _ => return Err(wrong(KIND)),
        };
        let history = tensors.has("history.seen").then(|| read_history(tensors)).transpose()?;
        Ok(Self { course, history })
    }
}

fn write_position<T: Real>(position: &Position<T>, tensors: &mut Tensors) {
    position.state.to_tensors(&position.point, tensors);
    let Position { steps, evaluations, examples, best_step, memory, .. } = position;
    let Memory { first_gradient_norm, improved, changes } = memory;
    tensors.insert_counts("counts", &[*steps, *evaluations, *examples, *best_step, improved.0]);
    tensors.insert("best", &position.best);
    tensors.insert_number("best_value", position.best_value);
    tensors.insert_number("improved", improved.1);
    write_seconds(position.elapsed, tensors);
    if let Some(norm) = first_gradient_norm {
        tensors.insert_number("first_gradient_norm", *norm);
    }
    if let Some(changes) = changes {
        let Changes { seen, moved, .. } = changes;
        let counts = [u64::from(seen.is_some()), seen.unwrap_or(0), u64::from(moved.is_some())];
        let moved = moved.unwrap_or(Moved { point_change: 0.0, value_change: 0.0 });
        tensors.insert("changes.point", &changes.point);
        tensors.insert("changes.step", &changes.step);
        tensors.insert_number("changes.value", changes.value);
        tensors.insert_counts("changes.counts", &counts);
        tensors.insert("changes.moved", &[changes.largest_rate, moved.point_change, moved.value_change]);
    }
}

fn read_position<T: Real>(tensors: &Tensors) -> Read<Position<T>> {
    // The product of beta1 is in the file.
    let (point, state) = State::<T>::from_tensors(tensors, &Schedule::Constant(0.0))?;
    let counts = counts(tensors, "counts", 5)?;
    let (steps, improved) = (counts[0], counts[4]);
    if steps > state.step || improved > steps || state.examples > MOST {
        return Err(odd("counts"));
    }
    let first = tensors.has("first_gradient_norm").then(|| number(tensors, "first_gradient_norm"));
    let changes = tensors.has("changes.counts").then(|| read_changes(tensors, point.len()));
    Ok(Position {
        state,
        steps,
        evaluations: counts[1],
        examples: counts[2],
        best: tensors.reals_of("best", point.len())?,
        best_value: number(tensors, "best_value")?,
        best_step: counts[3],
        memory: Memory {
            first_gradient_norm: first.transpose()?,
            improved: (improved, number(tensors, "improved")?),
            changes: changes.transpose()?,
        },
        elapsed: read_seconds(tensors)?,
        point,
    })
}

fn read_changes<T: Real>(tensors: &Tensors, dimension: usize) -> Read<Changes<T>> {
    let counts = counts(tensors, "changes.counts", 3)?;
    let moved = tensors.reals_of("changes.moved", 3)?;
    Ok(Changes {
        point: tensors.reals_of("changes.point", dimension)?,
        value: number(tensors, "changes.value")?,
        step: tensors.reals_of("changes.step", dimension)?,
        largest_rate: moved[0],
        seen: (counts[0] > 0).then_some(counts[1]),
        moved: (counts[2] > 0).then_some(Moved { point_change: moved[1], value_change: moved[2] }),
    })
}

fn write_history<T: Real>(history: &History<T>, tensors: &mut Tensors) {
    let entries = history.entries();
    let all = |numbers: fn(&Entry<T>) -> &[T]| entries.iter().flat_map(numbers).copied().collect::<Vec<T>>();
    let rates = |rate: fn(&Entry<T>) -> Option<f64>| {
        entries.iter().map(|entry| rate(entry).unwrap_or(f64::NAN)).collect::<Vec<f64>>()
    };
    tensors.insert_counts("history.seen", &[history.stride, history.seen]);
    tensors.insert_counts("history.step", &entries.iter().map(|entry| entry.step).collect::<Vec<_>>());
    tensors.insert("history.value", &entries.iter().map(|entry| entry.value).collect::<Vec<_>>());
    tensors.insert("history.point", &all(|entry| &entry.point));
    tensors.insert("history.gradient", &all(|entry| &entry.gradient));
    tensors.insert("history.learning_rate", &rates(|entry| entry.learning_rate));
    tensors.insert("history.beta1", &rates(|entry| entry.beta1));
}

fn read_history<T: Real>(tensors: &Tensors) -> Read<History<T>> {
    let seen = counts(tensors, "history.seen", 2)?;
    let values = tensors.reals::<T>("history.value")?;
    let steps = tensors.counts("history.step", values.len())?;
    let points = tensors.reals::<T>("history.point")?;
    let gradients = tensors.reals_of::<T>("history.gradient", points.len())?;
    let rates = tensors.reals_of::<f64>("history.learning_rate", values.len())?;
    let betas = tensors.reals_of::<f64>("history.beta1", values.len())?;
    let dimension = (points.len() / values.len().max(1)).max(1);
    let parts = points.chunks(dimension).zip(gradients.chunks(dimension));
    let numbers = values.into_iter().zip(steps).zip(rates.into_iter().zip(betas));
    let some = |rate: f64| Some(rate).filter(|rate| !rate.is_nan());
    let entry = |(((value, step), (rate, beta1)), (point, gradient)): (_, (&[T], &[T]))| Entry {
        step,
        point: point.to_vec(),
        value,
        gradient: gradient.to_vec(),
        learning_rate: some(rate),
        beta1: some(beta1),
    };
    Ok(History { entries: numbers.zip(parts).map(entry).collect(), stride: seen[0], seen: seen[1] })
}
