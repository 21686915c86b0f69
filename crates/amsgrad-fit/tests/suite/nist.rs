//! NIST's certified nonlinear sets.

mod digits;

/// Lanczos1 has residuals of 1e-13 on data of size 1, so doubles cannot hold more than four digits of their squares;
/// the flat valley from the first start of MGH10 is too long for any descent here.
#[test]
fn certified_digits_are_found() {
    let sets = digits::of_all_sets().unwrap();
    assert_eq!(sets.len(), 18);
    for start in [0, 1] {
        let good =
            |which: usize, least: f64| sets.iter().filter(|set| set.starts[start][which] >= least).count();
        assert!(good(0, 9.0) >= 17, "parameters from start {}: {sets:#?}", start + 1);
        assert!(good(1, 8.0) >= 16, "standard errors from start {}: {sets:#?}", start + 1);
        assert!(good(2, 8.0) >= 16, "squares from start {}: {sets:#?}", start + 1);
    }
    let missed: Vec<_> = sets
        .iter()
        .filter(|set| set.bounds < 9.0)
        .map(|set| format!("{} of {} parameters", set.name, set.parameters))
        .collect();
    assert!(missed.is_empty(), "from bounds: {missed:#?}");
}
