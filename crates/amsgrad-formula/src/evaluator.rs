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
        self.tape.prepare(scratch);
        self.tape.run(point, scratch);
        self.tape.other_outputs(scratch, gradient);
        let value = self.tape.first_output(scratch);
        if self.graph.is_tame(self.root) {
            return value;
        }
        // A sum is not finite where a term is not; where it overflows itself, the look is for nothing.
        let (fours, rest) = gradient.as_chunks::<4>();
        let sum = fours.iter().fold(value, |sum, [a, b, c, d]| sum + ((*a + *b) + (*c + *d)));
        let sum = rest.iter().fold(sum, |sum, partial| sum + *partial);
        if sum.abs().all_at_most(N::splat(N::Real::INFINITY.next_down())) {
            return value;
        }
        self.mended(point, value, gradient)
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
