//! Timings.
#![allow(missing_docs, clippy::all, reason = "timings")]
use amsgrad::measure::*;
use std::time::Duration;
fn row<const N: usize>(b: Duration) {
    for boxed in [false, true] {
        for look in [Look::StepLimit, Look::GradientTest, Look::Observer] {
            let c = small_problem::<N>(boxed, look, 1000, b);
            println!(
                "{:55} bare {:5.1} ns  ours {:5.1} ns  {:.2}",
                c.title,
                1e3 / c.measured[0].speed,
                1e3 / c.measured[1].speed,
                c.measured[0].speed / c.measured[1].speed
            );
        }
    }
}
fn main() {
    let b = Duration::from_millis(300);
    row::<1>(b);
    row::<2>(b);
    row::<3>(b);
    row::<8>(b);
    let c = long_run(b);
    println!("{} {:.2}", c.title, c.measured[0].speed / c.measured[1].speed);
}
