//! The flat program a formula is evaluated by.

use amsgrad::Elementary;

use crate::op::Op;

mod build;
mod layout;

/// Instructions over slots: first the variables, then what is computed, then the constants.
#[derive(Clone, Debug)]
pub(crate) struct Tape {
    steps: Vec<Step>,
    /// The number of slots before the constants.
    slots: usize,
    /// The constants as computed by `f64` and as computed by `f32`.
    constants: [Vec<f64>; 2],
    /// Where the results are once the tape has run: stretches of slots, as their start and length.
    outputs: Vec<(u32, u32)>,
    /// Whether [`SMALL`] slots are enough and no step is longer than one slot.
    is_small: bool,
}

/// A small tape runs on a fixed number of slots, where no index needs a check.
const SMALL: usize = 64;

/// One instruction, on one slot or on many that follow one another.
#[derive(Clone, Copy, Debug)]
struct Step {
    op: Op,
    reach: Reach,
    /// For [`Reach::Run`], how far each operand moves from one slot to the next: 0 or 1.
    strides: [u8; 3],
    length: u32,
    to: u32,
    operands: [u32; 3],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// The operation on one slot.
    One,
    /// The same operation on `length` slots, whose operands are fixed or follow one another too.
    Run,
    /// `length` operations in a row: the first operand, then each of the slots from the second on, left to right.
    Fold,
}

/// Runs are at least this long.
const SHORTEST_RUN: usize = 4;
/// How many slots of a run of single numbers are computed at once.
const BLOCK: usize = 32;

impl Tape {
    /// Makes room for all slots and writes the constants, for any number of calls of [`Tape::run`].
    #[inline(always)]
    pub(crate) fn prepare<N: Elementary>(&self, slots: &mut Vec<N>) {
        let constants = &self.constants[usize::from(size_of::<N::Real>() == size_of::<f32>())];
        slots.resize((self.slots + constants.len()).max(SMALL), N::constant(0.0));
        for (slot, constant) in slots[self.slots..].iter_mut().zip(constants) {
            *slot = N::constant(*constant);
        }
    }

    /// Evaluates on prepared slots, the first of which hold the variables.
    #[inline(always)]
    pub(crate) fn run<N: Elementary>(&self, slots: &mut [N]) {
        if N::WIDTH == 1
            && self.is_small
            && let Some(slots) = slots.first_chunk_mut::<SMALL>()
        {
            for step in &self.steps {
                let [a, b, c] = step.operands.map(|operand| operand as usize % SMALL);
                slots[step.to as usize % SMALL] = step.op.apply(&slots[a], &slots[b], &slots[c]);
            }
            return;
        }
        for step in &self.steps {
            match step.reach {
                Reach::One => {
                    let [a, b, c] = step.operands.map(|operand| operand as usize);
                    slots[step.to as usize] = step.op.apply(&slots[a], &slots[b], &slots[c]);
                }
                Reach::Run => step.run(slots),
                Reach::Fold => step.fold(slots),
            }
        }
    }

    /// The first result after a run.
    #[inline(always)]
    pub(crate) fn first_output<N: Elementary>(&self, slots: &[N]) -> N {
        self.outputs.first().map_or(N::constant(f64::NAN), |&(start, _)| slots[start as usize])
    }

    /// The results after the first one, as stretches that follow one another.
    #[inline(always)]
    pub(crate) fn other_outputs<'s, N>(&self, slots: &'s [N]) -> impl Iterator<Item = &'s [N]> {
        let others = self.outputs.get(1..).unwrap_or_default();
        others.iter().map(|&(start, length)| &slots[start as usize..][..length as usize])
    }

    /// The number of operations.
    pub(crate) fn operations(&self) -> usize {
        self.steps.iter().map(|step| step.length as usize).sum()
    }
}

impl Step {
    /// The operation on every slot of a run. For the usual operations the choice of the operation is made once.
    #[inline(always)]
    fn run<N: Elementary>(&self, slots: &mut [N]) {
        macro_rules! usual {
            ($($op:ident)*) => {
                match self.op {
                    $(Op::$op if N::WIDTH == 1 => self.blocks(slots, |a, b, c| Op::$op.apply(a, b, c)),)*
                    $(Op::$op => self.each(slots, |a, b, c| Op::$op.apply(a, b, c)),)*
                    op => self.each(slots, |a, b, c| op.apply(a, b, c)),
                }
            };
        }
        usual! { Add Sub Mul Div MulAdd MulSub SubMul Sqrt Product Quotient NormalProduct Share Select }
    }

    #[inline(always)]
    fn each<N: Elementary>(&self, slots: &mut [N], operation: impl Fn(&N, &N, &N) -> N) {
        for index in 0..self.length as usize {
            let [a, b, c] = self.places(index);
            slots[self.to as usize + index] = operation(&slots[a], &slots[b], &slots[c]);
        }
    }

    /// [`Step::each`] for single numbers, in a form that becomes vector instructions.
    #[inline(always)]
    fn blocks<N: Elementary>(&self, slots: &mut [N], operation: impl Fn(&N, &N, &N) -> N) {
        let (to, length) = (self.to as usize, self.length as usize);
        // No run writes to its own operands: each of them is before or after its target.
        let (before, rest) = slots.split_at_mut(to);
        let (target, after) = rest.split_at_mut(length);
        let (before, after) = (&*before, &*after);
        let (buffer_a, buffer_b, buffer_c);
        macro_rules! operand {
            ($position:literal, $buffer:ident) => {{
                let place = self.operands[$position] as usize;
                let from = if place < to { &before[place..] } else { &after[place - to - length..] };
                if self.strides[$position] == 0 {
                    $buffer = [from[0]; BLOCK];
                    (&$buffer[..], 0)
                } else {
                    (&from[..length], BLOCK)
                }
            }};
        }
        let (a, of_a) = operand!(0, buffer_a);
        let (b, of_b) = operand!(1, buffer_b);
        let (c, of_c) = operand!(2, buffer_c);
        for (index, target) in target.chunks_mut(BLOCK).enumerate() {
            let width = target.len();
            let (a, b, c) =
                (&a[index * of_a..][..width], &b[index * of_b..][..width], &c[index * of_c..][..width]);
            for k in 0..width {
                target[k] = operation(&a[k], &b[k], &c[k]);
            }
        }
    }

    /// The slots of the operands for the slot at `index` of the run.
    #[inline(always)]
    fn places(&self, index: usize) -> [usize; 3] {
        let [a, b, c] = self.operands.map(|operand| operand as usize);
        let [of_a, of_b, of_c] = self.strides.map(usize::from);
        [a + index * of_a, b + index * of_b, c + index * of_c]
    }

    #[inline(always)]
    fn fold<N: Elementary>(&self, slots: &mut [N]) {
        let [first, rest, _] = self.operands.map(|operand| operand as usize);
        let start = slots[first];
        let rest = &slots[rest..][..self.length as usize];
        slots[self.to as usize] = match self.op {
            Op::Mul => rest.iter().fold(start, |product, factor| product * *factor),
            _ => rest.iter().fold(start, |sum, term| sum + *term),
        };
    }
}
