//! Long work: a progress bar on a terminal, and a look out for signals, which stop it with what it has so far.

use std::ops::ControlFlow;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::signals::{self, Lookout};
use crate::text;

/// The bar of work whose number of steps is known.
const KNOWN: &str = "{wide_bar} {percent}% {msg}, {eta} left";

/// Looks after one command's work. Shared by all threads.
#[derive(Debug)]
pub(crate) struct Watch {
    steps: AtomicU64,
    starts: AtomicU64,
    /// The last step of the run that is observed and its best value so far, as bits.
    step: AtomicU64,
    best: AtomicU64,
    /// 0 where it is not known.
    most: AtomicU64,
    began: Instant,
    bar: OnceLock<ProgressBar>,
    _lookout: Lookout,
}

impl Watch {
    /// Number of steps from one look at the clock to the next.
    const SHOWN: u64 = 1 << 4;

    /// Over work of at most `most` steps in all.
    pub(crate) fn new(most: u64) -> Self {
        let [steps, starts, step] = [0; 3].map(AtomicU64::new);
        let best = AtomicU64::new(f64::NAN.to_bits());
        let (began, bar, _lookout) = (Instant::now(), OnceLock::new(), Lookout::new());
        Self { steps, starts, step, best, most: most.into(), began, bar, _lookout }
    }

    /// Over work whose number of steps nobody knows.
    pub(crate) fn without_end() -> Self {
        Self::new(0)
    }

    /// From now on it is work of at most `most` steps; what came before is not counted.
    pub(crate) fn expect(&self, most: u64) {
        self.most.store(most, Ordering::Relaxed);
        self.steps.store(0, Ordering::Relaxed);
        self.starts.store(0, Ordering::Relaxed);
        if let (Some(bar), 1..) = (self.bar.get(), most) {
            bar.set_length(most);
            bar.set_style(style(KNOWN));
        }
    }

    /// One more step, which is shown now and then.
    pub(crate) fn beat(&self) {
        let steps = self.steps.fetch_add(1, Ordering::Relaxed) + 1;
        if steps.is_multiple_of(Self::SHOWN) {
            self.show(steps);
        }
    }

    /// The counter of one run's steps.
    pub(crate) fn pulse(&self) -> Pulse<'_> {
        Pulse { watch: self, steps: 0 }
    }

    /// The run that is observed has evaluated `value`, where `maximize` tells which is better, after `step` steps.
    #[inline]
    pub(crate) fn saw(&self, step: u64, value: f64, maximize: bool) {
        self.step.store(step, Ordering::Relaxed);
        let best = f64::from_bits(self.best.load(Ordering::Relaxed));
        let better = if maximize { best.max(value) } else { best.min(value) };
        self.best.store(better.to_bits(), Ordering::Relaxed);
    }

    /// A number of starts have ended together, after `steps` steps in all.
    pub(crate) fn batch_done(&self, starts: usize, steps: u64) {
        self.starts.fetch_add(starts as u64, Ordering::Relaxed);
        self.show(self.steps.fetch_add(steps, Ordering::Relaxed) + steps);
    }

    /// Whether a signal has asked for an end.
    pub(crate) fn interrupted(&self) -> bool {
        signals::came()
    }

    /// Takes the bar from the terminal, before a report is printed there.
    pub(crate) fn clear(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }

    /// Work that is done at once shows no bar; without a terminal there is none either.
    fn show(&self, steps: u64) {
        if self.began.elapsed() < Duration::from_millis(500) {
            return;
        }
        let most = self.most.load(Ordering::Relaxed);
        let bar = self.bar.get_or_init(|| match most {
            0 => styled(ProgressBar::no_length(), "{spinner} {pos} steps, {elapsed}"),
            most => styled(ProgressBar::new(most), KNOWN),
        });
        bar.set_position(if most == 0 { steps } else { steps.min(most) });
        let starts = self.starts.load(Ordering::Relaxed);
        let best = f64::from_bits(self.best.load(Ordering::Relaxed));
        bar.set_message(match (starts, best.is_nan()) {
            (0, true) => "working".to_owned(),
            (0, false) => {
                format!("step {}, best value {}", self.step.load(Ordering::Relaxed), text::shown(best))
            }
            (starts, _) => format!("{starts} starts done"),
        });
    }
}

/// A bar in a style of its own.
pub(crate) fn styled(bar: ProgressBar, template: &str) -> ProgressBar {
    bar.with_style(style(template))
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Counts the steps of one run, and tells the watch now and then.
pub(crate) struct Pulse<'a> {
    watch: &'a Watch,
    steps: u64,
}

impl Pulse<'_> {
    const TOGETHER: u64 = 1 << 10;

    /// One more step; breaks when the work is to stop.
    #[inline]
    pub(crate) fn beat(&mut self) -> ControlFlow<()> {
        self.steps += 1;
        if self.steps == Self::TOGETHER {
            self.steps = 0;
            let before = self.watch.steps.fetch_add(Self::TOGETHER, Ordering::Relaxed);
            self.watch.show(before + Self::TOGETHER);
        }
        if self.watch.interrupted() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.clear();
    }
}
