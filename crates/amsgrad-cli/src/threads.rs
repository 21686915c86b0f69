//! The threads that a run of the program has.

use std::env;
use std::num::NonZero;
use std::thread;

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

/// The most threads per core that are started, whatever is asked for.
const PER_CORE: usize = 4;
/// The room of a thread, in bytes; the command itself runs on one of them.
const STACK: usize = 8 << 20;

/// Does the work on a thread for each core, or as many as `RAYON_NUM_THREADS` says; on the caller's alone where the system gives
/// no more.
pub(crate) fn within<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let asked =
        env::var("RAYON_NUM_THREADS").ok().and_then(|text| text.parse().ok()).filter(|count| *count > 0);
    let pool = asked.unwrap_or(cores).min(cores.saturating_mul(PER_CORE));
    match threads(pool).or_else(|_| ThreadPoolBuilder::new().num_threads(1).use_current_thread().build()) {
        Ok(pool) => pool.install(work),
        Err(_) => work(),
    }
}

fn threads(count: usize) -> Result<ThreadPool, ThreadPoolBuildError> {
    ThreadPoolBuilder::new().num_threads(count).stack_size(STACK).build()
}
