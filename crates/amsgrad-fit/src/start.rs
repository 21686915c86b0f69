//! Where to begin: given, drawn from the bounds, or found by the scale of the data.

use amsgrad::random::Uniform;
use rayon::prelude::*;

use crate::FitError;
use crate::descend::Problem;
use crate::model::Model;
use crate::objective::Objective;
use crate::outcome::Status;
use crate::sample::Sample;
use crate::scale::scales;
use crate::settings::Settings;
use crate::space::Space;

/// Candidates that are evaluated where nothing is known, and those of them that are followed.
const CANDIDATES: u64 = 400;
const FOLLOWED: usize = 12;
/// Rows that candidates are judged by.
const JUDGED: usize = 400;
/// The most starts that are drawn, so that there is memory for them.
const MOST: usize = 1_000_000;
/// Points drawn per start that is asked for; half of the starts are the best of them.
const DRAWN: usize = 16;
/// Bounds whose ends differ by more than this factor are drawn from on a logarithmic scale.
const WIDE: f64 = 30.0;

/// The starts that the settings give or ask to draw; none where neither is so.
pub(crate) fn settled(
    settings: &Settings,
    given: &[Option<f64>],
    model: &Model,
    space: &Space,
) -> Result<Vec<Vec<f64>>, FitError> {
    let whole: Option<Vec<f64>> = given.iter().copied().collect();
    let Some(count) = settings.starts else {
        if let Some(start) = whole {
            return Ok(vec![start]);
        }
        if let (false, Some(missing)) = (settings.start.is_empty(), given.iter().position(Option::is_none)) {
            let name = &model.parameters()[missing];
            let what =
                format!("'{name}' has no start; give one for every parameter, or none, or draw starts");
            return Err(FitError::setting("start", what));
        }
        return Ok(Vec::new());
    };
    if count == 0 {
        return Err(FitError::setting("starts", "is 0; allowed: 1 and more"));
    }
    if count > MOST {
        return Err(FitError::setting("starts", format!("is {count}; allowed: up to {MOST}")));
    }
    let open = |place: &usize| {
        let (lower, upper) = space.sides[*place];
        given[*place].is_none() && !(upper - lower).is_finite()
    };
    if let Some(place) = (0..given.len()).find(open) {
        let name = &model.parameters()[place];
        let what = format!("starts are drawn from bounds, and '{name}' has an open side; bound it");
        return Err(FitError::setting("starts", what));
    }
    let mut starts: Vec<Vec<f64>> = whole.into_iter().collect();
    for index in starts.len()..count * DRAWN {
        let mut uniform = Uniform::numpy_spawned(settings.seed, index as u64);
        let mut start: Vec<f64> = space.sides.iter().map(|sides| drawn(*sides, &mut uniform)).collect();
        if index == 0 {
            // The first keeps what is given of it.
            start.iter_mut().zip(given).for_each(|(x, given)| *x = given.unwrap_or(*x));
        }
        draw_shares(&mut start, space, &mut uniform);
        starts.push(start);
    }
    Ok(starts)
}

/// A number between finite sides.
fn drawn((lower, upper): (f64, f64), uniform: &mut Uniform) -> f64 {
    let share = uniform.next();
    if lower > 0.0 && upper / lower > WIDE {
        return lower * libm::pow(upper / lower, share);
    }
    if upper < 0.0 && lower / upper > WIDE {
        return upper * libm::pow(lower / upper, share);
    }
    lower + share * (upper - lower)
}

/// Draws the members of each simplex evenly.
fn draw_shares(start: &mut [f64], space: &Space, uniform: &mut Uniform) {
    for group in &space.simplices {
        group.iter().for_each(|member| start[*member] = -libm::log(1.0 - uniform.next()));
        let total: f64 = group.iter().map(|member| start[*member]).sum();
        group.iter().for_each(|member| start[*member] /= total);
    }
}

/// The starts to follow: half of those that were drawn first, and the best of the others, judged by some of the rows
/// with the linear parameters solved for.
pub(crate) fn followed(
    objective: &Objective<'_>,
    model: &Model,
    space: &Space,
    count: usize,
    mut drawn: Vec<Vec<f64>>,
    stop: &(dyn Fn() -> bool + Sync),
) -> Vec<Vec<f64>> {
    if drawn.len() <= count {
        return drawn;
    }
    let sample = Sample::spaced(objective, JUDGED);
    let few = sample.objective(objective);
    let rest = drawn.split_off(count.div_ceil(2));
    let judge = |point: Vec<f64>| {
        let scale = scales(space, &point, |_| 1.0);
        let problem =
            Problem { objective: &few, space, scale: &scale, linear: model.linear(), limit: 0, stop };
        let judged = problem.descend(point);
        (if judged.value.is_nan() { f64::INFINITY } else { judged.value }, judged.point)
    };
    let mut judged: Vec<(f64, Vec<f64>)> = rest.into_par_iter().map(judge).collect();
    judged.sort_by(|a, b| a.0.total_cmp(&b.0));
    drawn.extend(judged.into_iter().take(count / 2).map(|(_, point)| point));
    drawn
}

/// Finds a start by the scale of the data: many candidates are judged by some of the rows, and the best followed.
pub(crate) fn searched(
    objective: &Objective<'_>,
    model: &Model,
    space: &Space,
    given: &[Option<f64>],
    seed: u64,
    stop: &(dyn Fn() -> bool + Sync),
) -> Vec<f64> {
    let sample = Sample::spaced(objective, JUDGED);
    let few = sample.objective(objective);
    let sizes = sizes(&sample);
    let mut candidates: Vec<(f64, Vec<f64>)> = (0..CANDIDATES)
        .map(|index| {
            let mut uniform = Uniform::numpy_spawned(seed, index);
            let mut point: Vec<f64> = space
                .sides
                .iter()
                .map(|(lower, upper)| match (upper - lower).is_finite() {
                    true => drawn((*lower, *upper), &mut uniform),
                    false => guessed(&sizes, index, &mut uniform),
                })
                .collect();
            point.iter_mut().zip(given).for_each(|(x, given)| *x = given.unwrap_or(*x));
            draw_shares(&mut point, space, &mut uniform);
            space.project(&mut point);
            (few.value(&point), point)
        })
        .filter(|(value, _)| value.is_finite())
        .collect();
    candidates.sort_by(|a, b| a.0.total_cmp(&b.0));
    candidates.truncate(FOLLOWED);
    let follow = |(value, point): (f64, Vec<f64>)| {
        let scale = scales(space, &point, |_| 1.0);
        let problem =
            Problem { objective: &few, space, scale: &scale, linear: model.linear(), limit: 60, stop };
        let found = problem.descend(point.clone());
        if found.status == Status::NotFinite { (value, point) } else { (found.value, found.point) }
    };
    let found = candidates.into_iter().map(follow).min_by(|a, b| a.0.total_cmp(&b.0));
    let mut fallback = vec![1.0; model.parameters().len()];
    space.project(&mut fallback);
    found.map_or(fallback, |(_, point)| point)
}

/// A number of a size that occurs in the data, or of its inverse, or of a ratio.
fn guessed(sizes: &[f64], index: u64, uniform: &mut Uniform) -> f64 {
    let pick = ((uniform.next() * sizes.len() as f64) as usize).min(sizes.len() - 1);
    let spread = libm::exp(2.0 * (uniform.next() - 0.5));
    let sign = if uniform.next() < 0.25 { -1.0 } else { 1.0 };
    if index == 0 { 1.0 } else { sign * sizes[pick] * spread }
}

/// Sizes that parameters may have: 1, those of the data, and their ratios.
fn sizes(sample: &Sample) -> Vec<f64> {
    let measures = |column: &[f64]| {
        let (mut low, mut high, mut sum) = (f64::INFINITY, f64::NEG_INFINITY, 0.0);
        for x in column {
            low = x.min(low);
            high = x.max(high);
            sum += x.abs();
        }
        [high - low, sum / column.len() as f64]
    };
    let data: Vec<f64> = if sample.data.is_empty() { Vec::new() } else { measures(&sample.data).into() };
    let mut sizes = vec![1.0, 0.1, 10.0];
    sizes.extend(&data);
    for column in &sample.columns {
        for size in measures(column) {
            sizes.extend([size, 1.0 / size]);
            sizes.extend(data.iter().map(|data| data / size));
        }
    }
    sizes.retain(|size| size.is_finite() && *size > 0.0);
    sizes
}
