//! The small paths, run as often as the first argument says: for `benches/instructions`, which counts instructions.

use std::hint::black_box;

use amsgrad::AmsGrad;
use amsgrad_bench::small_path;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (path, runs) = (arguments.next(), arguments.next().and_then(|runs| runs.parse::<u32>().ok()));
    // Plain `cargo bench` names no path.
    let (Some(path), Some(runs)) = (path, runs) else { return };
    for _ in 0..runs {
        small_path::<AmsGrad>(black_box(&path));
    }
}
