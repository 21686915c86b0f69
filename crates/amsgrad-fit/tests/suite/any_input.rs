//! Nothing panics, bounds hold, and what is said of the end is true, whatever the settings.

use amsgrad_fit::{FirstOrder, Fit, Loss, Method, Model, Names, Noise, Settings, Table};
use proptest::prelude::*;

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        -10.0..10.0,
        prop::sample::select(vec![0.0, -0.0, 1.0, 1e-300, -1e300, 1e300, 5e-324, 1e15, -1e-9]),
        any::<f64>().prop_filter("finite", |x| x.is_finite()),
    ]
}

fn losses() -> impl Strategy<Value = Loss> {
    prop::sample::select(vec![
        Loss::Squares,
        Loss::Huber(1.0),
        Loss::SoftL1(1e-3),
        Loss::Cauchy(10.0),
        Loss::Absolute,
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_fit_ends_inside_and_says_how(
        text in prop::sample::select(vec![
            "y ~ a + b*x", "y ~ a*exp(-b*x)", "y ~ a/(b + x)", "y ~ a*x^b", "y ~ sqrt(a)*log(b + x)", "y ~ abs(a) + min(b, x)",
            "y ~ 1/0*a + b", "y ~ a*b", "y ~ (a + b)*0",
        ]),
        rows in prop::collection::vec((number(), number(), number()), 1..40),
        sides in prop::collection::vec(prop::option::of((number(), number())), 2),
        start in prop::option::of((number(), number())),
        simplex in prop::bool::weighted(0.2),
        starts in prop::option::of(1_usize..4),
        loss in losses(),
        alone in prop::bool::weighted(0.3),
        batch in prop::option::of(1_usize..50),
        weighted: bool,
    ) {
        let names = ["a", "b"].map(str::to_owned);
        let bounds: Vec<(String, (f64, f64))> = names.iter().cloned().zip(&sides).filter_map(|(name, sides)| {
            let (a, b) = (*sides)?;
            (!simplex).then(|| (name, (a.min(b), a.max(b))))
        }).collect();
        let first_order = FirstOrder { batch, ..FirstOrder::default() };
        let method = if alone { Method::FirstOrder(first_order) } else { Method::Staged };
        let settings = Settings {
            loss,
            noise: if weighted { Noise::Weights("w".into()) } else { Noise::Unknown },
            bounds: bounds.clone(),
            simplices: if simplex { vec![names.to_vec()] } else { vec![] },
            start: start.map_or(vec![], |(a, b)| vec![("a".into(), a), ("b".into(), b)]),
            starts,
            method,
            steps: Some(40),
            ..Settings::default()
        };
        let column = |of: fn(&(f64, f64, f64)) -> f64| rows.iter().map(of).collect::<Vec<f64>>();
        let table = Table::new([("x", column(|row| row.0)), ("y", column(|row| row.1)), ("w", column(|row| row.2.abs()))]).unwrap();
        let model = Model::parse(text, Names { parameters: &settings.parameters(), ..table.names().into() }).unwrap();
        let Ok(fit) = Fit::new(&model, settings) else { return Ok(()) };
        let Ok(outcome) = fit.run(&table, &|| false) else { return Ok(()) };
        if outcome.status.is_converged() {
            prop_assert!(outcome.parameters.iter().all(|one| one.value.is_finite()), "{:?}", outcome);
            prop_assert!(outcome.cost.is_finite(), "{:?}", outcome);
        }
        for (name, (lower, upper)) in bounds {
            let value = outcome.parameter(&name).unwrap().value;
            prop_assert!((lower..=upper).contains(&value), "{name} = {value} in {lower}..{upper}");
        }
        if simplex {
            let shares = names.map(|name| outcome.parameter(&name).unwrap().value);
            prop_assert!(shares.iter().all(|share| *share >= 0.0), "{:?}", shares);
            prop_assert!((shares[0] + shares[1] - 1.0).abs() <= 2.0 * f64::EPSILON, "{:?}", shares);
        }
    }
}
