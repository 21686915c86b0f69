//! Objectives that are compiled once for each number type.

use core::slice::from_mut;

use crate::memory::{same, same_mut};
use crate::number::{Elementary, Pack};

/// An objective in every number type that runs: its code is compiled where it is defined, and not once more in every crate that
/// minimizes it. [`concrete_objective!`](crate::concrete_objective) implements it.
#[doc(hidden)]
pub trait ConcreteObjective: Sync {
    /// Returns the value at a point in `f32`, and writes the gradient.
    fn in_f32(&self, point: &[f32], gradient: &mut [f32], scratch: &mut Vec<f32>) -> f32;

    /// Returns the value at a point in `f64`, and writes the gradient.
    fn in_f64(&self, point: &[f64], gradient: &mut [f64], scratch: &mut Vec<f64>) -> f64;

    /// Returns the values at points in lines of `f32`, and writes the gradients.
    fn in_lines_of_f32(
        &self,
        point: &[Pack<f32, 16>],
        gradient: &mut [Pack<f32, 16>],
        scratch: &mut Vec<Pack<f32, 16>>,
    ) -> Pack<f32, 16>;

    /// Returns the values at points in lines of `f64`, and writes the gradients.
    fn in_lines_of_f64(
        &self,
        point: &[Pack<f64, 16>],
        gradient: &mut [Pack<f64, 16>],
        scratch: &mut Vec<Pack<f64, 16>>,
    ) -> Pack<f64, 16>;

    /// Does the same in any number type.
    #[inline]
    fn in_any<N: Elementary>(&self, point: &[N], gradient: &mut [N], scratch: &mut Vec<N>) -> N {
        macro_rules! evaluate_as {
            ($($number:ty: $method:ident;)*) => {$(
                if let (Some(point), Some(gradient), Some([scratch])) =
                    (same(point), same_mut(&mut *gradient), same_mut(from_mut(&mut *scratch)))
                {
                    let value: $number = self.$method(point, gradient, scratch);
                    if let Some([value]) = same(&[value]) {
                        return *value;
                    }
                }
            )*};
        }
        evaluate_as! {
            f64: in_f64;
            f32: in_f32;
            Pack<f64, 16>: in_lines_of_f64;
            Pack<f32, 16>: in_lines_of_f32;
        }
        element_by_element(self, point, gradient)
    }
}

/// Evaluates packs of another width.
#[cold]
fn element_by_element<N: Elementary>(
    objective: &(impl ConcreteObjective + ?Sized),
    point: &[N],
    gradient: &mut [N],
) -> N {
    let mut scratch = Vec::new();
    let mut components = vec![N::Real::default(); gradient.len()];
    N::from_fn(|element| {
        let point: Vec<N::Real> = point.iter().map(|x| x.element(element)).collect();
        let value = objective.in_any(&point, &mut components, &mut scratch);
        for (pack, component) in gradient.iter_mut().zip(&components) {
            let kept = *pack;
            *pack = N::from_fn(|i| if i == element { *component } else { kept.element(i) });
        }
        value
    })
}

/// Makes an objective of a type whose method of the name given has the signature of
/// [`VectorizedObjective::evaluate`](crate::VectorizedObjective::evaluate), compiled once for each number type.
#[doc(hidden)]
#[macro_export]
macro_rules! __concrete_objective {
    ($objective:ty: $compute:ident) => {
        impl $crate::objective::ConcreteObjective for $objective {
            $crate::__concrete_objective! { in_f32(f32): self, point, gradient, scratch, {
                self.$compute(point, gradient, scratch)
            }}
            $crate::__concrete_objective! { in_f64(f64): self, point, gradient, scratch, {
                self.$compute(point, gradient, scratch)
            }}
            $crate::__concrete_objective! { in_lines_of_f32($crate::Pack<f32, 16>): self, point, gradient, scratch, {
                $crate::accelerate(ConcreteEvaluation { objective: self, point, gradient, scratch })
            }}
            $crate::__concrete_objective! { in_lines_of_f64($crate::Pack<f64, 16>): self, point, gradient, scratch, {
                $crate::accelerate(ConcreteEvaluation { objective: self, point, gradient, scratch })
            }}
        }

        /// An evaluation, compiled for every instruction set.
        struct ConcreteEvaluation<'a, N> {
            objective: &'a $objective,
            point: &'a [N],
            gradient: &'a mut [N],
            scratch: &'a mut Vec<N>,
        }

        impl<N: $crate::Elementary> $crate::Kernel for ConcreteEvaluation<'_, N> {
            type Output = N;

            #[inline(always)]
            fn run(self) -> N {
                self.objective.$compute(self.point, self.gradient, self.scratch)
            }
        }
    };
    ($method:ident($number:ty): $this:ident, $point:ident, $gradient:ident, $scratch:ident, $body:block) => {
        fn $method(&$this, $point: &[$number], $gradient: &mut [$number], $scratch: &mut Vec<$number>) -> $number $body
    };
}
#[doc(hidden)]
pub use __concrete_objective as concrete_objective;
