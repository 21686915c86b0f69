//! Whether a run ended at a minimum, be it one where no gradient is small.

use amsgrad::{Elementary, Number as _, Pack, VectorizedObjective as _};

use crate::minimize::ended::Ended;
use crate::minimize::pictures::Slice;
use crate::minimize::plan::Plan;

/// Ends farther from each other than this share of the domain, along either side, are at different places unless others
/// lie in between; ends nearer than half of it are at one place.
const NEAR: f64 = 0.01;
/// Points around an end that are looked at: this many packs of [`WIDTH`].
const PACKS: usize = 4;
const WIDTH: usize = 16;

/// Where a run came to rest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct End {
    pub(crate) point: [f64; 2],
    /// The value there; its sign is turned where a maximum is looked for.
    pub(crate) cost: f64,
    /// How much higher the function is all around.
    pub(crate) depth: f64,
    pub(crate) steps: u64,
    /// Whether a test of the run was passed.
    pub(crate) arrived: bool,
}

/// Looks around the ends of a plan's runs.
#[derive(Debug)]
pub(crate) struct Pit<'a> {
    pub(crate) plan: &'a Plan<'a>,
    axes: [usize; 2],
    /// How far to look along each side.
    pub(crate) radii: [f64; 2],
}

impl<'a> Pit<'a> {
    pub(crate) fn new(plan: &'a Plan<'a>, axes: [usize; 2]) -> Self {
        let radius = |axis: usize| plan.domain.get(axis).map_or(0.0, |(lower, upper)| upper - lower);
        Self { plan, axes, radii: axes.map(|axis| NEAR / 2.0 * radius(axis)) }
    }

    /// Returns the end of a run that came to rest. One that used up its steps did where the function is nowhere lower
    /// around its last point, at the distance at which places are told apart: then a minimum lies within that distance,
    /// though it may be a kink, at which steps never settle. Around means along the two axes.
    pub(crate) fn end(&self, ended: &Ended) -> Option<End> {
        let plane = Slice { axes: self.axes, through: ended.last_point.clone() };
        let (point, cost, arrived) =
            (plane.of(&plane.through), self.sign() * ended.last_value, ended.arrived());
        let rim = match (arrived, ended.exit.is_failure()) {
            (true, _) => cost,
            (false, true) => return None,
            (false, false) => self.rim(&plane)?,
        };
        (rim >= cost).then_some(End { point, cost, depth: rim - cost, steps: ended.steps, arrived })
    }

    pub(crate) fn sign(&self) -> f64 {
        if self.plan.settings.maximize { -1.0 } else { 1.0 }
    }

    /// Returns the least cost around the point that a plane goes through, if any of it is allowed there.
    fn rim(&self, plane: &Slice) -> Option<f64> {
        let point = plane.of(&plane.through);
        let (mut gradient, mut scratch) = (vec![Pack([0.0; WIDTH]); plane.through.len()], Vec::new());
        let mut least: Option<f64> = None;
        for pack in 0..PACKS {
            let around = |i: usize| {
                let angle = std::f64::consts::TAU * (pack * WIDTH + i) as f64 / (PACKS * WIDTH) as f64;
                [
                    point[0] + self.radii[0] * Elementary::cos(angle),
                    point[1] + self.radii[1] * Elementary::sin(angle),
                ]
            };
            let inside: Vec<usize> =
                (0..WIDTH).filter(|i| self.plan.constraint.contains(&plane.at(around(*i)))).collect();
            // Places outside repeat one inside.
            let Some(&known) = inside.first() else { continue };
            let allowed = |i: usize| around(if inside.contains(&i) { i } else { known });
            let at = [0, 1].map(|axis| Pack::from_fn(|i| allowed(i)[axis]));
            let Pack(values) = self.plan.target.evaluate(&plane.at(at), &mut gradient, &mut scratch);
            let costs = values.map(|value| self.sign() * value);
            least = costs.into_iter().chain(least).reduce(f64::min);
        }
        least
    }
}
