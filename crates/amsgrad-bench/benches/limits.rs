//! Every speed beside the limit that the machine sets, measured in the same run:
//! `cargo bench -p amsgrad-bench`. Arguments after `--` choose parts: `small`, `vectors`, `subnormal`,
//! `batches`.

#![allow(clippy::print_stdout, reason = "a benchmark prints its results")]

use std::time::Duration;

use amsgrad::{AmsGrad, AnyRule, Real};
use amsgrad_bench::{Check, Comparison, Look, batches, long_run, long_vectors, small_problem};

fn main() {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let wanted = |part: &str| arguments.is_empty() || arguments.iter().any(|argument| argument == part);
    println!("instruction set: {}", amsgrad::instruction_set());
    if wanted("small") {
        for steps in [100, 1000] {
            let budget = Duration::from_secs(3);
            show(&small_problem::<2, AmsGrad>(false, Look::StepLimit, steps, budget));
        }
        small::<1>();
        small::<2>();
        small::<3>();
        small::<8>();
        show(&long_run::<AmsGrad>(Duration::from_secs(3)));
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    for threads in [1, cores] {
        let Ok(pool) = rayon::ThreadPoolBuilder::new().num_threads(threads).build() else { continue };
        println!("\nthreads: {threads}");
        pool.install(|| {
            if wanted("vectors") {
                vectors::<f32>();
                vectors::<f64>();
            }
            if wanted("subnormal") {
                show(&long_vectors::<f32>(1 << 20, Check::Subnormal, Duration::from_secs(2)));
                show(&long_vectors::<f64>(1 << 20, Check::Subnormal, Duration::from_secs(2)));
            }
            if wanted("batches") {
                show(&batches::<f32>(1_000_000, Duration::from_secs(3)));
                show(&batches::<f64>(1_000_000, Duration::from_secs(3)));
            }
        });
    }
}

/// A few coordinates, free and in a box, under every look; and with a rule chosen at run time.
fn small<const N: usize>() {
    let budget = Duration::from_secs(1);
    for boxed in [false, true] {
        for look in [Look::StepLimit, Look::GradientTest, Look::Observer] {
            show(&small_problem::<N, AmsGrad>(boxed, look, 1000, budget));
        }
    }
    println!("\nthe rule chosen at run time:");
    show(&small_problem::<N, AnyRule>(false, Look::StepLimit, 1000, budget));
}

fn vectors<T: Real>() {
    for power in [3, 5, 7, 8] {
        show(&long_vectors::<T>(10_usize.pow(power), Check::Gradient, Duration::from_secs(3)));
    }
}

fn show(comparison: &Comparison) {
    println!("\n{} ({})", comparison.title, comparison.unit);
    for measured in &comparison.measured {
        println!("  {:<44}{:>10.1}{:>9.3}", measured.name, measured.speed, measured.ratio);
    }
}
