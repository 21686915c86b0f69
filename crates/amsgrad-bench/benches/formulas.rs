//! Formulas beside hand-written Rust, in one run: value and gradient at one point and in blocks, parsing, a grid.

use core::hint::black_box;

use amsgrad::{Elementary, Kernel, Pack, VectorizedObjective, accelerate};
use amsgrad_formula::{Formula, Options};
use criterion::{Bencher, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

const ROSENBROCK: &str = "sum(i, 1, n-1, 100*(x[i+1] - x[i]^2)^2 + (1 - x[i])^2)";
const WAVES: &str = "sin(3*x)*exp(-x^2/2) + cos(x*y) + 0.1*exp(y)";

#[inline(always)]
fn rosenbrock<N: Elementary>(x: &[N], gradient: &mut [N]) -> N {
    let number = N::constant;
    gradient.fill(number(0.0));
    let mut value = number(0.0);
    for i in 0..x.len() - 1 {
        let (t, u) = (x[i + 1] - x[i] * x[i], number(1.0) - x[i]);
        value = value + number(100.0) * t * t + u * u;
        gradient[i] = gradient[i] - number(400.0) * t * x[i] - number(2.0) * u;
        gradient[i + 1] = gradient[i + 1] + number(200.0) * t;
    }
    value
}

#[inline(always)]
fn waves<N: Elementary>(point: &[N], gradient: &mut [N]) -> N {
    let number = N::constant;
    let (x, y) = (point[0], point[1]);
    let (phase, bell) = (number(3.0) * x, (-(x * x) / number(2.0)).exp());
    let (sine, product, growth) = (phase.sin(), x * y, number(0.1) * y.exp());
    let slope = product.sin();
    gradient[0] = number(3.0) * phase.cos() * bell - sine * bell * x - slope * y;
    gradient[1] = growth - slope * x;
    sine * bell + product.cos() + growth
}

fn point<N: Elementary>(dimension: usize) -> Vec<N> {
    (0..dimension).map(|i| N::constant(-1.2 + 0.37 * (i % 7) as f64)).collect()
}

fn parsed(text: &str, dimension: usize) -> Formula {
    Formula::parse(text, &Options::new().dimension(dimension)).expect("the formula is right")
}

fn measure<N: Elementary>(
    criterion: &mut Criterion,
    group: &str,
    text: &str,
    dimension: usize,
    by_hand: fn(&[N], &mut [N]) -> N,
) {
    let formula = parsed(text, dimension);
    let (point, mut gradient, mut scratch) = (point::<N>(dimension), point::<N>(dimension), Vec::new());
    let mut group = criterion.benchmark_group(group);
    group.throughput(Throughput::Elements(N::WIDTH as u64));
    group.bench_function(BenchmarkId::new("closure", dimension), |bencher| {
        let by_hand = black_box(by_hand);
        bencher.iter(|| by_hand(black_box(&point), black_box(&mut gradient)));
    });
    group.bench_function(BenchmarkId::new("formula", dimension), |bencher| {
        bencher.iter(|| formula.evaluate(black_box(&point), black_box(&mut gradient), &mut scratch));
    });
}

fn single(criterion: &mut Criterion) {
    for dimension in [2, 10, 100, 1000] {
        measure(criterion, "rosenbrock f64", ROSENBROCK, dimension, rosenbrock::<f64>);
    }
    measure(criterion, "waves f64", WAVES, 2, waves::<f64>);
}

/// One evaluation with the best instructions, as batches and pictures are computed.
struct Evaluation<'a, N, O> {
    objective: &'a O,
    point: &'a [N],
    gradient: &'a mut [N],
    scratch: &'a mut Vec<N>,
}

impl<N: Elementary, O: VectorizedObjective> Kernel for Evaluation<'_, N, O> {
    type Output = N;

    #[inline(always)]
    fn run(self) -> N {
        self.objective.evaluate(self.point, self.gradient, self.scratch)
    }
}

struct Rosenbrock(usize);

impl VectorizedObjective for Rosenbrock {
    fn dimension(&self) -> usize {
        self.0
    }

    #[inline(always)]
    fn evaluate<N: Elementary>(&self, point: &[N], gradient: &mut [N], _: &mut Vec<N>) -> N {
        rosenbrock(point, gradient)
    }
}

struct Waves;

impl VectorizedObjective for Waves {
    fn dimension(&self) -> usize {
        2
    }

    #[inline(always)]
    fn evaluate<N: Elementary>(&self, point: &[N], gradient: &mut [N], _: &mut Vec<N>) -> N {
        waves(point, gradient)
    }
}

/// Packs of points, the best a hand can write beside the formula; what the formula is to keep up with is the closure at one
/// point.
fn block<N: Elementary>(
    criterion: &mut Criterion,
    group: &str,
    text: &str,
    by_hand: &impl VectorizedObjective,
) {
    let dimension = by_hand.dimension();
    let formula = parsed(text, dimension);
    let mut group = criterion.benchmark_group(group);
    group.throughput(Throughput::Elements(N::WIDTH as u64));
    let name = |who| BenchmarkId::new(who, dimension);
    group.bench_function(name("by hand"), |bencher| evaluate::<N>(bencher, by_hand));
    group.bench_function(name("formula"), |bencher| evaluate::<N>(bencher, &formula));
}

fn evaluate<N: Elementary>(bencher: &mut Bencher<'_>, objective: &impl VectorizedObjective) {
    let dimension = objective.dimension();
    let (point, mut gradient, mut scratch) = (point::<N>(dimension), point::<N>(dimension), Vec::new());
    bencher.iter(|| {
        let (point, gradient, scratch) = (black_box(&point), black_box(&mut gradient), &mut scratch);
        accelerate(Evaluation { objective, point, gradient, scratch })
    });
}

fn blocks(criterion: &mut Criterion) {
    for dimension in [2, 10, 100, 1000] {
        block::<Pack<f64, 16>>(criterion, "rosenbrock 16 x f64", ROSENBROCK, &Rosenbrock(dimension));
        block::<Pack<f32, 16>>(criterion, "rosenbrock 16 x f32", ROSENBROCK, &Rosenbrock(dimension));
    }
    block::<Pack<f64, 16>>(criterion, "waves 16 x f64", WAVES, &Waves);
}

fn parsing(criterion: &mut Criterion) {
    criterion.bench_function("parse and differentiate 1000 variables", |bencher| {
        bencher.iter(|| parsed(black_box(ROSENBROCK), 1000));
    });
}

/// The values at a million points, as pictures are computed: one core.
fn grid(criterion: &mut Criterion) {
    const SIDE: usize = 1000;
    let formula = parsed("(1-x)^2 + 100*(y-x^2)^2", 2);
    let at = |i: usize| -2.0 + 4.0 * i as f64 / (SIDE - 1) as f64;
    let mut values = vec![0.0_f64; SIDE * SIDE];
    criterion.bench_function("values on a grid of 1000 x 1000", |bencher| {
        bencher.iter(|| {
            formula.values(&mut values, |point, variable| at([point % SIDE, point / SIDE][variable]));
            black_box(values.last().copied())
        });
    });
}

criterion_group!(benches, single, blocks, parsing, grid);
criterion_main!(benches);
