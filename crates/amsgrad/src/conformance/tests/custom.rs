//! Rules that use every public operation of a number.

use super::check;
use crate::minimizer::Minimizer;
use crate::number::policy::{descend, flush, flush_square, maximum, quotient, saturate, scale};
use crate::number::{Number, Real};

crate::rule! {
    /// Descends, then cuts every coordinate off at 0, one element at a time.
    struct Clamped = "clamped" {
        /// alpha: finite, 0 or more.
        learning_rate = 0.05,
    }
    source: "";
    formula: "\
v = max(v, g * g)
x = max(x - alpha * g / sqrt(v), 0)";
    gradients: Square;
    memory: v;
    coefficients(self, clock): alpha;
    {
        let alpha = clock.value(&self.learning_rate);
    }
    step(x, g): {
        *v = maximum(*v, g * g);
        let y = descend(x, alpha * g, *v, N::constant(0.0));
        N::from_fn(|i| N::Real::from_f64(y.element(i).to_f64().max(0.0)))
    }
    weight: { v.sqrt() }
}

crate::rule! {
    /// Uses everything a number can do.
    struct Everything = "everything" {
        /// alpha: finite, 0 or more.
        learning_rate = 0.05,
        /// Decay of the moments.
        beta: f64 [Decay] = 0.9,
        /// Multiplies the first moment.
        factor: f64 [NonNegative] = 1.0,
    }
    source: "";
    formula: "x = x - alpha * (everything)";
    gradients: Square;
    memory: m, v, peak, sign;
    coefficients(self, clock): alpha, beta, one_minus_beta, factor;
    {
        let (alpha, beta, factor) = (clock.value(&self.learning_rate), self.beta, self.factor);
        let one_minus_beta = 1.0 - beta;
    }
    step(x, g): {
        let (zero, one) = (N::constant(0.0), N::splat(N::Real::from_f64(1.0)));
        let most = N::splat(N::Real::INFINITY.next_down().next_up().next_down());
        *m = flush(beta * *m + one_minus_beta * g);
        *v = flush_square(beta * *v + one_minus_beta * (g * g));
        // 1/0 where there is no gradient: the largest finite number then.
        *peak = maximum(*peak, saturate(one / g.abs()).if_less(most, *v, zero));
        *sign = quotient(*m, m.abs()).copysign(-g);
        let (down, up) = (g.if_less(zero, one, -one), g.if_at_most(zero, -one, one));
        let flat = g.if_equal(zero, one, down * up);
        let direction = scale(factor, *m) * flat.abs() + N::constant(1e-3) * *sign * *sign * *m;
        // The same either way: whether all elements agree depends on their number.
        let direction = if direction.all_at_most(most) { direction } else { N::from_fn(|i| direction.element(i)) };
        let y = descend(x, alpha * direction, *peak, N::constant(0.0));
        let nearest = |y: N::Real| if y.is_finite() { (y * y).sqrt().copysign(y) } else { N::Real::EPSILON };
        N::from_fn(|i| nearest(y.element(i)))
    }
    weight: { peak.sqrt() }
}

#[test]
fn a_rule_that_works_on_single_elements_conforms() {
    assert_eq!(check(&Clamped::new(0.07)), Ok(()));
}

#[test]
fn a_rule_that_uses_every_operation_conforms() {
    for factor in [1.0, 0.75] {
        assert_eq!(check(&Everything::new(0.07).factor(factor)), Ok(()));
    }
}

#[test]
fn the_rules_of_this_test_move_and_stay_where_the_gradient_is_zero() {
    let bowl = |x: &[f64], gradient: &mut [f64]| {
        (gradient[0], gradient[1]) = (2.0 * x[0], 0.0);
        x[0] * x[0]
    };
    let everything = Minimizer::new(bowl).rule(Everything::new(0.07)).start([1.5, 0.7]).run().unwrap();
    assert!(everything.best.value < 1e-2, "{everything:?}");
    assert_eq!(everything.last.point[1], 0.7);
    let clamped = Minimizer::new(bowl).rule(Clamped::new(0.5)).start([1.5, 0.7]).steps(9).run().unwrap();
    assert!(clamped.last.point[0] >= 0.0 && clamped.last.point[1] == 0.7, "{clamped:?}");
}
