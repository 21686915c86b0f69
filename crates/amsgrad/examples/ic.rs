//! x
fn main() {
    let a = std::env::args().nth(1).unwrap();
    let n: u32 = std::env::args().nth(2).unwrap().parse().unwrap();
    for _ in 0..n {
        amsgrad::measure::small_path(&a);
    }
}
