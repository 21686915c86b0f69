//! Any text: read as a schedule, written and read again, and asked for its values.
//!
//!     cargo +nightly fuzz run schedule

#![no_main]

use amsgrad::Schedule;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(schedule) = text.parse::<Schedule>() else { return };
    let again: Schedule = schedule.to_string().parse().expect("it was a schedule");
    assert_eq!(again.to_string(), schedule.to_string());
    if schedule.validate_rate("learning_rate").is_err() {
        return;
    }
    for step in [1, 2, 3, 1000, u64::MAX - 1, u64::MAX] {
        let rate = schedule.at(step);
        assert!(rate.is_finite() && rate >= 0.0, "{schedule} is {rate} at step {step}");
        assert_eq!(again.at(step).to_bits(), rate.to_bits());
    }
    for (step, rate) in (1..).zip(schedule.samples(100)) {
        let exact = schedule.at(step);
        assert!((rate - exact).abs() <= 1e-12 * exact.abs(), "{schedule} at step {step}: {rate}, {exact}");
    }
});
