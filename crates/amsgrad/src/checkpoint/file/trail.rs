//! The trail of a run that finds its learning rates, as tensors.

use super::parts::{Read, counts, number, odd, read_seconds, write_seconds, wrong};
use crate::number::Real;
use crate::outcome::Iterate;
use crate::state::{Slot, State};
use crate::tensors::Tensors;
use crate::trail::{End, Made, Mark, Round, Trail};

pub(super) fn write<T: Real>(trail: &Trail<T>, tensors: &mut Tensors) {
    write_seconds(trail.elapsed, tensors);
    tensors.insert_counts("trail", &[trail.shown, trail.made.len() as u64]);
    if let Some(mark) = &trail.mark {
        write_mark(mark, tensors);
    }
    for (i, made) in trail.made.iter().enumerate() {
        let name = format!("made.{i}");
        tensors.insert_counts(format!("{name}.counts"), &[made.end as u64, made.steps]);
        write_iterate(&format!("{name}.best"), &made.best, tensors);
        write_iterate(&format!("{name}.last"), &made.last, tensors);
        if let Some(state) = &made.state {
            tensors.insert_counts(format!("{name}.state"), &[state.step, state.dimension as u64]);
            tensors.insert_number(format!("{name}.beta_product"), state.beta_product);
            tensors.note(format!("{name}.rule"), state.rule.clone());
            let slots: Vec<&str> = state.slots.iter().map(|slot| &*slot.name).collect();
            tensors.note(format!("{name}.slots"), slots.join(","));
            for slot in &state.slots {
                tensors.insert(format!("{name}.{}", slot.name), &slot.values);
            }
        }
    }
}

pub(super) fn read<T: Real>(tensors: &Tensors) -> Read<Trail<T>> {
    let counts = counts(tensors, "trail", 2)?;
    let mark = tensors.has("mark.counts").then(|| read_mark(tensors)).transpose()?;
    let made = (0..counts[1]).map(|i| read_made(tensors, &format!("made.{i}"))).collect::<Read<_>>()?;
    Ok(Trail { mark, made, shown: counts[0], elapsed: read_seconds(tensors)? })
}

fn write_mark<T: Real>(mark: &Mark<T>, tensors: &mut Tensors) {
    let Mark { seen, calls, trials, trial_steps, steps, round, .. } = mark;
    let Round { rate, slow, improved, steps: trial } = *round;
    let counts = [u64::from(*seen), *calls, *trials, *trial_steps, *steps, trial, slow.into(), improved.0];
    tensors.insert_counts("mark.counts", &counts);
    tensors.insert("mark.numbers", &[mark.first, mark.first_gradient_norm, rate, improved.1]);
    tensors.insert("mark.scales", &mark.scales);
    tensors.insert("mark.factors", &mark.factors);
    tensors.note("learning_rate", mark.learning_rate.to_string());
    write_iterate("mark.best", &mark.best, tensors);
    if let Some(last) = &mark.last {
        write_iterate("mark.last", last, tensors);
    }
}

fn read_mark<T: Real>(tensors: &Tensors) -> Read<Mark<T>> {
    let best: Iterate<T> = read_iterate(tensors, "mark.best")?;
    let (dimension, counts) = (best.point.len(), counts(tensors, "mark.counts", 8)?);
    let (steps, improved) = (counts[4], counts[7]);
    if best.step > steps || improved > counts[3] + steps {
        return Err(odd("mark.counts"));
    }
    let numbers = tensors.reals_of::<f64>("mark.numbers", 4)?;
    let rate = tensors.noted("learning_rate").and_then(|rate| rate.parse().ok());
    Ok(Mark {
        scales: tensors.reals_of("mark.scales", dimension)?,
        factors: tensors.reals_of("mark.factors", dimension)?,
        best,
        last: tensors.has("mark.last").then(|| read_iterate(tensors, "mark.last")).transpose()?,
        seen: counts[0] > 0,
        calls: counts[1],
        trials: counts[2],
        trial_steps: counts[3],
        steps,
        first: numbers[0],
        first_gradient_norm: numbers[1],
        learning_rate: rate.ok_or_else(|| wrong("learning_rate"))?,
        round: Round {
            rate: numbers[2],
            steps: counts[5],
            slow: u32::try_from(counts[6]).unwrap_or(u32::MAX),
            improved: (improved, numbers[3]),
        },
    })
}

fn read_made<T: Real>(tensors: &Tensors, name: &str) -> Read<Made<T>> {
    let counts = counts(tensors, &format!("{name}.counts"), 2)?;
    let end = [End::Limit, End::Converged, End::Failed].into_iter().find(|end| *end as u64 == counts[0]);
    let state = tensors.has(&format!("{name}.state")).then(|| read_state(tensors, name));
    Ok(Made {
        end: end.ok_or_else(|| wrong(name))?,
        steps: counts[1],
        best: read_iterate(tensors, &format!("{name}.best"))?,
        last: read_iterate(tensors, &format!("{name}.last"))?,
        state: state.transpose()?,
    })
}

fn read_state<T: Real>(tensors: &Tensors, name: &str) -> Read<State<T>> {
    let counts = counts(tensors, &format!("{name}.state"), 2)?;
    let noted = |note: &str| {
        let note = format!("{name}.{note}");
        tensors.noted(&note).map(str::to_owned).ok_or_else(|| wrong(&note))
    };
    let slot = |slot: &str| {
        let values = tensors.reals_of(&format!("{name}.{slot}"), counts[1] as usize)?;
        Ok(Slot { name: slot.to_owned().into(), values })
    };
    let slots = noted("slots")?;
    let mut state = State::empty("", &[]);
    (state.step, state.dimension) = (counts[0], counts[1] as usize);
    state.rule = noted("rule")?.into();
    state.beta_product = number(tensors, &format!("{name}.beta_product"))?;
    state.slots = slots.split(',').filter(|name| !name.is_empty()).map(slot).collect::<Read<_>>()?;
    Ok(state)
}

fn write_iterate<T: Real>(name: &str, iterate: &Iterate<T>, tensors: &mut Tensors) {
    tensors.insert(name, &iterate.point);
    tensors.insert_number(format!("{name}.value"), iterate.value);
    tensors.insert_counts(format!("{name}.step"), &[iterate.step]);
}

fn read_iterate<T: Real>(tensors: &Tensors, name: &str) -> Read<Iterate<T>> {
    Ok(Iterate {
        step: counts(tensors, &format!("{name}.step"), 1)?[0],
        point: tensors.reals(name)?,
        value: number(tensors, &format!("{name}.value"))?,
    })
}
