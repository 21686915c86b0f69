//! Ctrl-C, SIGTERM and SIGHUP: work that looks out for them stops with what it has, everything else ends at once.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Once};
use std::time::{Duration, Instant};

use crate::files;

/// What comes no later than this after the first signal is that signal once more.
const AT_ONCE: Duration = Duration::from_millis(200);

/// Whether a signal has come.
static CAME: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);
/// How many pieces of work look out for one.
static LOOKOUTS: AtomicUsize = AtomicUsize::new(0);

/// Listens from now on. Where signals cannot be had, they keep their usual effect.
pub(crate) fn listen() {
    static ONCE: Once = Once::new();
    CAME.store(false, Ordering::Relaxed);
    ONCE.call_once(install);
}

/// What is set once a signal has come, for runs to look at.
pub(crate) fn flag() -> Arc<AtomicBool> {
    Arc::clone(&CAME)
}

/// Whether a signal has come.
pub(crate) fn came() -> bool {
    CAME.load(Ordering::Relaxed)
}

/// While this lives, the first signal only makes [`came`] true.
#[derive(Debug)]
pub(crate) struct Lookout(());

impl Lookout {
    pub(crate) fn new() -> Self {
        LOOKOUTS.fetch_add(1, Ordering::SeqCst);
        Self(())
    }
}

impl Drop for Lookout {
    fn drop(&mut self) {
        LOOKOUTS.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Called on a thread of its own. A second signal ends the program, as does one that nobody looks out for. One that comes at once
/// behind the first is the same: `timeout`, for one, sends it to the program and then to its group.
#[expect(clippy::exit, reason = "a signal has asked for it; unfinished files are removed first")]
fn on_signal(code: i32, first: &mut Option<Instant>) {
    let again = CAME.swap(true, Ordering::SeqCst);
    let when = *first.get_or_insert_with(Instant::now);
    if again && when.elapsed() > AT_ONCE || LOOKOUTS.load(Ordering::SeqCst) == 0 {
        let _none_begun_meanwhile = files::remove_unfinished();
        std::process::exit(code);
    }
}

#[cfg(unix)]
fn install() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    let listened = [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| !ignored(*signal));
    let Ok(mut signals) = Signals::new(listened) else { return };
    let mut first = None;
    let listener = move || signals.forever().for_each(|signal| on_signal(128 + signal, &mut first));
    let _listens = std::thread::Builder::new().spawn(listener);
}

/// Whether the program was started with the signal ignored, as `nohup` does with SIGHUP; then it stays so.
#[cfg(unix)]
fn ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

#[cfg(not(unix))]
fn install() {
    // Ctrl-C's own exit code there.
    let mut first = None;
    let _ = ctrlc::set_handler(move || on_signal(130, &mut first));
}
