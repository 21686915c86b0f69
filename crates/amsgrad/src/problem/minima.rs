//! Where the test functions are least, and how little that is.

use core::f64::consts::PI;

use super::function::Function;

/// The function's minimum over one coordinate and its place: the sum over coordinates has no other parts.
const STYBLINSKI_TANG: (f64, f64) = (-39.16616570377141, -2.903534027771177);

/// The same for each of Michalewicz's coordinates. Computed with 40 digits.
const MICHALEWICZ: [(f64, f64); 10] = [
    (-0.8013034100985525, 2.2029055201726093),
    (-1.0, PI / 2.0),
    (-0.9590912698960059, 1.2849915705529245),
    (-0.9384624184720834, 1.9230584698663629),
    (-0.9888010806215044, 1.7204697725658413),
    (-1.0, PI / 2.0),
    (-0.9932271353558816, 1.454413971362379),
    (-0.9828720362722106, 1.7560865209450263),
    (-0.9963943649251029, 1.6557174168210291),
    (-1.0, PI / 2.0),
];

pub(super) fn minimum(function: Function, dimension: usize) -> Option<f64> {
    Some(match function {
        Function::StyblinskiTang => dimension as f64 * STYBLINSKI_TANG.0,
        Function::Easom => -1.0,
        Function::GoldsteinPrice => 3.0,
        Function::McCormick => -1.9132229549810364,
        Function::SixHumpCamel => -1.0316284534898774,
        Function::Branin => 1.25 / PI,
        Function::Michalewicz => MICHALEWICZ.get(..dimension)?.iter().map(|(value, _)| value).sum(),
        _ => 0.0,
    })
}

pub(super) fn minimizers(function: Function, dimension: usize) -> Vec<Vec<f64>> {
    match function {
        Function::Rosenbrock | Function::Levy => vec![vec![1.0; dimension]],
        Function::StyblinskiTang => vec![vec![STYBLINSKI_TANG.1; dimension]],
        Function::DixonPrice => dixon_price(dimension),
        Function::Beale => points([[3.0, 0.5]]),
        Function::Booth => points([[1.0, 3.0]]),
        Function::Himmelblau => points([
            [3.0, 2.0],
            [-2.805118086952745, 3.131312518250573],
            [-3.779310253377747, -3.2831859912861696],
            [3.5844283403304917, -1.8481265269644036],
        ]),
        Function::Easom => points([[PI, PI]]),
        Function::GoldsteinPrice => points([[0.0, -1.0]]),
        Function::McCormick => points([[-0.5471975511965977, -1.5471975511965979]]),
        Function::SixHumpCamel => {
            let (x, y) = (0.08984201310031806, 0.7126564030207396);
            points([[x, -y], [-x, y]])
        }
        Function::Branin => points([[-PI, 12.275], [PI, 2.275], [3.0 * PI, 2.475]]),
        Function::Michalewicz => {
            let known = MICHALEWICZ.get(..dimension);
            known.map(|known| known.iter().map(|(_, place)| *place).collect()).into_iter().collect()
        }
        _ => vec![vec![0.0; dimension]],
    }
}

fn points<const N: usize>(points: [[f64; 2]; N]) -> Vec<Vec<f64>> {
    points.map(Vec::from).into()
}

/// x[1] = 1, then each the root of half the one before. The last enters squared alone, so its sign is free.
fn dixon_price(dimension: usize) -> Vec<Vec<f64>> {
    let place = core::iter::successors(Some(1.0_f64), |x| Some((x / 2.0).sqrt()));
    let place: Vec<f64> = place.take(dimension).collect();
    let mut mirrored = place.clone();
    if let Some(last) = mirrored.last_mut() {
        *last = -*last;
    }
    vec![place, mirrored]
}
