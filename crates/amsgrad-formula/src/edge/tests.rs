use proptest::prelude::*;

use super::*;
use crate::gradient::gradient;

#[test]
fn sides_that_differ_have_their_mean() {
    assert_eq!(between(Some(1.0), Some(-1.0)), Some(0.0));
    assert_eq!(between(Some(f64::INFINITY), Some(f64::NEG_INFINITY)), Some(0.0));
    assert_eq!(between(Some(1.0), Some(2.0)), Some(1.5));
    assert_eq!(between(None, Some(2.0)), Some(2.0));
    assert_eq!(between(None, None), None);
}

const BINARY: [Op; 9] =
    [Op::Add, Op::Sub, Op::Mul, Op::Div, Op::Pow, Op::Hypot, Op::Atan2, Op::LogSumExp, Op::Max];

/// The graph that takes operands from a stack of nodes, its root and its value at the variables.
fn graph(program: &[(u8, u8, u8)]) -> (Graph, Id) {
    let mut graph = Graph::default();
    let mut nodes = vec![graph.variable(0), graph.variable(1), graph.number(1.5)];
    for &(kind, a, b) in program {
        let operand = |place: u8| nodes[nodes.len() - 1 - usize::from(place) % nodes.len()];
        let (a, b) = (operand(a), operand(b));
        nodes.push(match usize::from(kind) {
            kind if kind < 90 => graph.binary(BINARY[kind % BINARY.len()], a, b),
            kind if kind < 120 => graph.multiplied(a, (kind % 7 + 2) as u8),
            kind => graph.unary(Op::UNARY[kind % Op::UNARY.len()], a),
        });
    }
    let root = nodes[nodes.len() - 1];
    (graph, root)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Reverse and forward, by other formulas: what the sweep computes with numbers and what an expansion tells.
    #[test]
    fn expansions_agree_with_the_reverse_sweep(program: [(u8, u8, u8); 6], point in [0.2..2.0, 0.2..2.0]) {
        let (graph, root) = graph(&program);
        let mut derived = graph.clone();
        let partials = gradient(&mut derived, root, 2);
        let computed: Vec<f64> = derived.values(&point);
        let edge = Edge { graph: &graph, root, values: graph.values(&point) };
        // Rounding grows with what cancels.
        let largest = computed.iter().fold(1.0_f64, |most, it| most.max(it.abs()));
        if largest > 1e5 || !computed.iter().all(|it| it.is_finite()) {
            return Ok(());
        }
        for (variable, &partial) in partials.iter().enumerate() {
            let slope = computed[partial as usize];
            for sign in [1.0, -1.0] {
                let germ = edge.expansion(Some((variable as u32, sign)));
                let (Some(start), Some(told)) = (germ.value(), germ.slope()) else { continue };
                prop_assert!((start.to_f64() - computed[root as usize]).abs() <= 1e-9 * largest * largest);
                let is_tie = computed.contains(&0.5);
                if !is_tie {
                    prop_assert!(
                        (sign * told - slope).abs() <= 1e-8 * largest * largest,
                        "{graph:?} at {point:?}: {slope} and {told}"
                    );
                }
            }
        }
    }
}
