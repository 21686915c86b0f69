//! The projection against the conditions of Karush, Kuhn and Tucker, and against the set alone.

use super::*;
use proptest::prelude::*;

/// Sides, point and weights of up to 6 coordinates.
fn problem(decades: f64, far: f64) -> impl Strategy<Value = (Vec<(f64, f64)>, Vec<f64>, Vec<f64>)> {
    let weight = (-decades..decades).prop_map(libm::exp10);
    let side = (-0.5..0.6_f64, 0.0..0.8_f64).prop_map(|(lower, width)| (lower, lower + width));
    (1..7_usize).prop_flat_map(move |n| {
        let from = prop::collection::vec(-far..far, n);
        (prop::collection::vec(side.clone(), n), from, prop::collection::vec(weight.clone(), n))
    })
}

fn projected<T: Real>(both: &Intersection, y: &[T], weights: &[f64]) -> Vec<T> {
    let mut meeting = both.rounded::<T>().unwrap();
    let mut x = y.to_vec();
    meeting.project(&mut x, &mut weights.iter().map(|weight| T::from_f64(*weight)));
    assert!(meeting.contains(&x), "{x:?}");
    let wide: Vec<f64> = x.iter().map(|x| x.to_f64()).collect();
    assert!(both.bounds().contains(&wide), "{x:?}");
    x
}

/// Returns the largest violation of the conditions of Karush, Kuhn and Tucker, as a share of the largest pull: by how much
/// the pull on coordinates between their bounds differs from the multiplier that fits best, or points inwards at a bound.
fn violation(both: &Intersection, y: &[f64], weights: &[f64], z: &[f64]) -> f64 {
    // w (y - z) = multiplier * normal, where nothing holds the coordinate.
    let normal: Vec<f64> = match &both.set {
        Set::Ball(ball) => z.iter().zip(ball.center()).map(|(z, c)| z - c).collect(),
        Set::Simplex(_) => vec![1.0; z.len()],
    };
    let pull: Vec<f64> = (0..z.len()).map(|i| weights[i] * (y[i] - z[i])).collect();
    let side = |i: usize| match &both.set {
        Set::Ball(_) => both.bounds().sides()[i],
        Set::Simplex(_) => {
            let (lower, upper) = both.bounds().sides()[i];
            (lower.max(0.0), upper.min(1.0))
        }
    };
    let held = |i: usize| z[i] <= side(i).0 + 1e-12 || z[i] >= side(i).1 - 1e-12;
    let size = (0..z.len()).fold(1e-300, |most: f64, i| most.max(pull[i].abs()).max(weights[i]));
    let free: Vec<usize> = (0..z.len()).filter(|i| !held(*i)).collect();
    let square: f64 = free.iter().map(|i| normal[*i] * normal[*i]).sum();
    if square == 0.0 {
        return 0.0;
    }
    let multiplier = free.iter().map(|i| pull[*i] * normal[*i]).sum::<f64>() / square;
    let wrong = |i: usize| {
        let error = pull[i] - multiplier * normal[i];
        match (held(i), z[i] >= side(i).1 - 1e-12, z[i] <= side(i).0 + 1e-12) {
            (false, ..) => error.abs(),
            (true, true, true) => 0.0,
            (true, true, false) => (-error).max(0.0),
            (true, false, _) => error.max(0.0),
        }
    };
    (0..z.len()).map(wrong).fold(0.0, f64::max) / size
}

proptest! {
    #[test]
    fn nearest((sides, y, weights) in problem(2.0, 3.0), radius in 0.1..1.0_f64) {
        let n = sides.len();
        let bounds = Bounds::new(sides).unwrap();
        let sets = [Ball::new(vec![0.1; n], radius).unwrap().into(), Constraint::from(Simplex::new(n).unwrap())];
        for set in sets {
            let Ok(both) = Intersection::new(bounds.clone(), set) else { continue };
            let z = projected(&both, &y, &weights);
            prop_assert!(violation(&both, &y, &weights, &z) < 1e-9, "{z:?} {}", violation(&both, &y, &weights, &z));
            let narrow: Vec<f32> = y.iter().map(|y| *y as f32).collect();
            if both.rounded::<f32>().is_ok() {
                for (narrow, z) in projected(&both, &narrow, &weights).iter().zip(&z) {
                    prop_assert!((f64::from(*narrow) - z).abs() < 2e-5, "{narrow} {z}");
                }
            }
        }
    }

    #[test]
    fn with_open_bounds_the_set_alone((_, y, weights) in problem(3.0, 5.0)) {
        let n = y.len();
        let open = || Bounds::cube(n, f64::NEG_INFINITY, f64::INFINITY).unwrap();
        let ball = Ball::new(vec![0.3; n], 0.7).unwrap();
        let simplex = Simplex::with_total(n, 2.0).unwrap();
        for set in [Constraint::from(ball), simplex.into()] {
            let both = Intersection::new(open(), set.clone()).unwrap();
            let mut alone = y.clone();
            set.region::<f64>().unwrap().project(&mut alone, &mut weights.iter().copied());
            for (z, alone) in projected(&both, &y, &weights).iter().zip(&alone) {
                prop_assert!((z - alone).abs() < 1e-13, "{z} {alone}");
            }
        }
    }

    #[test]
    fn inside_whatever_is_given(
        (sides, _, _) in problem(1.0, 1.0),
        y in prop::collection::vec(any::<f64>(), 6),
        weights in prop::collection::vec(any::<f64>(), 6),
    ) {
        let n = sides.len();
        let y = &y[..n];
        prop_assume!(y.iter().all(|y| y.is_finite()));
        let bounds = Bounds::new(sides).unwrap();
        let sets = [Ball::new(vec![0.0; n], 1.0).unwrap().into(), Constraint::from(Simplex::new(n).unwrap())];
        for set in sets {
            let Ok(both) = Intersection::new(bounds.clone(), set) else { continue };
            projected(&both, y, &weights);
        }
    }
}

#[test]
fn limits_on_shares() {
    let both = |upper| Intersection::new(Bounds::cube(3, 0.0, upper).unwrap(), Simplex::new(3).unwrap());
    assert_eq!(projected(&both(0.5).unwrap(), &[3.0, 0.5, 0.25], &[1.0; 3]), [0.5, 0.375, 0.125]);
    assert_eq!(projected(&both(0.5).unwrap(), &[1e300, -1e300, 1e300], &[1.0; 3]), [0.5, 0.0, 0.5]);
    assert_eq!(projected(&both(1.0 / 3.0).unwrap(), &[1.0, 2.0, 3.0], &[1.0; 3]), [1.0 / 3.0; 3]);
    assert!(both(0.3).unwrap_err().to_string().starts_with("bounds is too low for the simplex"));
}

#[test]
fn coordinates_of_weight_0_are_held_while_there_is_room() {
    let both = Intersection::new(Bounds::cube(3, 0.0, 0.625).unwrap(), Simplex::new(3).unwrap()).unwrap();
    assert_eq!(projected(&both, &[0.25, 2.0, 3.0], &[0.0, 1.0, 1.0]), [0.25, 0.125, 0.625]);
    let both =
        Intersection::new(Bounds::cube(2, 0.0, 1.0).unwrap(), Ball::new([0.0; 2], 1.0).unwrap()).unwrap();
    let z: Vec<f64> = projected(&both, &[0.6, 3.0], &[0.0, 1.0]);
    assert!(z[0] == 0.6 && (z[1] - 0.8).abs() <= 2.0 * f64::EPSILON, "{z:?}");
    assert_eq!(projected(&both, &[2.0, -3.0], &[0.0, 1.0]), [1.0, 0.0]);
}

#[test]
fn sets_that_do_not_meet_are_named() {
    let bounds = |lower, upper| Bounds::cube(2, lower, upper).unwrap();
    let error = Intersection::new(bounds(2.0, 3.0), Ball::new([0.0; 2], 1.0).unwrap()).unwrap_err();
    assert_eq!(error.field, "radius");
    for (lower, upper) in [(0.6, 1.0), (-1.0, 0.4), (2.0, 3.0), (-3.0, -2.0)] {
        let error = Intersection::new(bounds(lower, upper), Simplex::new(2).unwrap()).unwrap_err();
        assert_eq!(error.field, "bounds", "{lower} {upper}");
    }
    let error = Intersection::new(bounds(0.0, 1.0), Simplex::new(3).unwrap()).unwrap_err();
    assert_eq!(error.field, "dimension of the set");
    let error = Intersection::new(bounds(0.0, 1.0), bounds(0.0, 1.0)).unwrap_err();
    assert_eq!(error.field, "set");
}
