//! A tape and the formula it stands for, which is looked into where the tape's answer is not finite.

use std::sync::Arc;

use amsgrad::{Elementary, Real};

use crate::edge::mend;
use crate::graph::{Graph, Id};
use crate::tape::Tape;

/// Computes the value of a formula and its derivatives by some of the variables.
#[derive(Clone, Debug)]
pub(crate) struct Evaluator {
    graph: Arc<Graph>,
    root: Id,
    dimension: usize,
    /// The variables of the derivatives.
    chosen: Vec<u32>,
    tape: Tape,
}

impl Evaluator {
    /// The value at `root` of `graph` alone.
    pub(crate) fn value(graph: &Arc<Graph>, root: Id, dimension: usize) -> Self {
        let tape = Tape::new(graph, &[root], dimension);
        Self { graph: graph.clone(), root, dimension, chosen: Vec::new(), tape }
    }

    /// The value and derivatives: variables and the nodes of their partial derivatives in `derived`, which `graph` is the
    /// beginning of.
    pub(crate) fn with_gradient(
        graph: &Arc<Graph>,
        root: Id,
        dimension: usize,
        derived: &Graph,
        partials: impl Iterator<Item = (u32, Id)>,
    ) -> Self {
        let (chosen, mut roots): (Vec<u32>, Vec<Id>) = partials.unzip();
        roots.insert(0, root);
        let tape = Tape::new(derived, &roots, dimension);
        Self { graph: graph.clone(), root, dimension, chosen, tape }
    }

    /// Returns the value at `point` and writes the derivatives; all are NaN where a length does not fit.
    #[inline(always)]
    pub(crate) fn run<N: Elementary>(&self, point: &[N], gradient: &mut [N], scratch: &mut Vec<N>) -> N {
        if point.len() != self.dimension || gradient.len() != self.chosen.len() {
            gradient.fill(N::constant(f64::NAN));
            return N::constant(f64::NAN);
        }
        let mut here = self.in_place(scratch);
        here.variables().copy_from_slice(point);
        here.evaluate(|first, partials| match partials {
            [partial] => gradient[first] = *partial,
            _ => gradient[first..][..partials.len()].copy_from_slice(partials),
        })
    }

    /// Prepares evaluations in `scratch`.
    #[inline(always)]
    pub(crate) fn in_place<'a, N: Elementary>(&'a self, scratch: &'a mut Vec<N>) -> InPlace<'a, N> {
        self.tape.prepare(scratch);
        InPlace { evaluator: self, slots: scratch }
    }

    /// The number of operations.
    pub(crate) fn operations(&self) -> usize {
        self.tape.operations()
    }

    #[cold]
    #[inline(never)]
    fn mended<N: Elementary>(&self, point: &[N], mut value: N, gradient: &mut [N]) -> N {
        for place in 0..N::WIDTH {
            let elements = |numbers: &[N]| numbers.iter().map(|it| it.element(place)).collect::<Vec<_>>();
            let with = |pack: N, element| {
                N::from_fn(|index| if index == place { element } else { pack.element(index) })
            };
            let (mut one, mut partials) = (value.element(place), elements(gradient));
            let slopes = self.chosen.iter().copied().zip(&mut partials);
            mend(&self.graph, self.root, &elements(point), &mut one, slopes);
            value = with(value, one);
            for (partial, mended) in gradient.iter_mut().zip(partials) {
                *partial = with(*partial, mended);
            }
        }
        value
    }
}

/// Evaluations that keep the coordinates between them, for those of which only some change; from
/// [`Formula::in_place`](crate::Formula::in_place) and [`Derivatives::in_place`](crate::Derivatives::in_place).
///
/// The bits are those of one evaluation after the other.
///
/// ```
/// use amsgrad_formula::{Formula, Options};
/// let line = Formula::parse("a*t + b", &Options::new().variables(["a", "b", "t"]))?;
/// let by_parameters = line.derivatives([0, 1]);
///
/// let mut scratch = Vec::new();
/// let mut here = by_parameters.in_place(&mut scratch);
/// here.variables().copy_from_slice(&[2.0, 1.0, 0.0]);
/// let mut table = Vec::new();
/// for t in [0.0, 1.0, 2.0] {
///     here.variables()[2] = t;
///     let mut partials = [0.0; 2];
///     let value = here.evaluate(|first, some| partials[first..][..some.len()].copy_from_slice(some));
///     table.push((value, partials));
/// }
/// assert_eq!(table, [(1.0, [0.0, 1.0]), (3.0, [1.0, 1.0]), (5.0, [2.0, 1.0])]);
/// # Ok::<(), amsgrad_formula::FormulaError>(())
/// ```
#[derive(Debug)]
pub struct InPlace<'a, N> {
    evaluator: &'a Evaluator,
    slots: &'a mut [N],
}

impl<N: Elementary> InPlace<'_, N> {
    /// Returns the coordinates, in the order of the formula's variables.
    #[inline(always)]
    pub fn variables(&mut self) -> &mut [N] {
        &mut self.slots[..self.evaluator.dimension]
    }

    /// Returns the value, and hands on the derivatives in stretches, each with the place of its first one.
    #[inline(always)]
    pub fn evaluate(&mut self, mut take: impl FnMut(usize, &[N])) -> N {
        let Evaluator { tape, graph, root, chosen, .. } = self.evaluator;
        tape.run(self.slots);
        let value = tape.first_output(self.slots);
        let is_certain = graph.is_tame(*root) || {
            // A sum is not finite where a term is not; where it overflows itself, the look is for nothing.
            let mut sum = value;
            for partials in tape.other_outputs(self.slots) {
                let (fours, rest) = partials.as_chunks::<4>();
                sum = fours.iter().fold(sum, |sum, [a, b, c, d]| sum + ((*a + *b) + (*c + *d)));
                sum = rest.iter().fold(sum, |sum, partial| sum + *partial);
            }
            sum.abs().all_at_most(N::splat(N::Real::INFINITY.next_down()))
        };
        if !is_certain {
            let mut gradient = Vec::with_capacity(chosen.len());
            for partials in tape.other_outputs(self.slots) {
                gradient.extend_from_slice(partials);
            }
            let value = self.evaluator.mended(self.variables(), value, &mut gradient);
            take(0, &gradient);
            return value;
        }
        let mut first = 0;
        for partials in tape.other_outputs(self.slots) {
            take(first, partials);
            first += partials.len();
        }
        value
    }
}
