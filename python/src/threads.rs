//! Threads that belong to this process, and work on them while Python goes on.
//!
//! A fork takes none of its parent's threads along, so a child that waited for a pool of its parent's would wait for ever. Every
//! pool is therefore remembered with its process, and all work that may use several threads is done in one of these.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// Work on fewer numbers than this is done before another thread of Python could take over.
const SHORT: usize = 4096;
/// Work on fewer numbers than this uses one thread, whatever there are.
const ALONE: usize = 1 << 14;
/// How long a signal may wait.
const POLL: Duration = Duration::from_millis(20);

/// The pools of one process, by their number of threads; 0 for all cores.
struct Pools {
    process: u32,
    by_threads: HashMap<usize, Arc<ThreadPool>>,
}

static POOLS: Mutex<Option<Pools>> = Mutex::new(None);

fn pool(threads: Option<usize>) -> PyResult<Arc<ThreadPool>> {
    let (threads, process) = (threads.unwrap_or(0), std::process::id());
    let mut kept = POOLS.lock().unwrap_or_else(PoisonError::into_inner);
    if kept.as_ref().is_some_and(|pools| pools.process != process) {
        // To end the threads of another process is not possible, nor needed.
        std::mem::forget(kept.take());
    }
    let pools = kept.get_or_insert_with(|| Pools { process, by_threads: HashMap::new() });
    if let Some(pool) = pools.by_threads.get(&threads) {
        return Ok(pool.clone());
    }
    let pool = ThreadPoolBuilder::new()
        .num_threads(threads)
        .thread_name(|i| format!("amsgrad-{i}"))
        .panic_handler(|_| {})
        .build()
        .map_err(|error| PyRuntimeError::new_err(format!("no threads can be started: {error}")))?;
    Ok(pools.by_threads.entry(threads).or_insert(Arc::new(pool)).clone())
}

/// Does `work` on `size` numbers, with the interpreter released unless it is short.
pub(crate) fn released<T: Send>(
    py: Python<'_>,
    size: usize,
    threads: Option<usize>,
    work: impl FnOnce() -> T + Send,
) -> PyResult<T> {
    match size {
        0..SHORT => Ok(work()),
        SHORT..ALONE => Ok(py.detach(work)),
        _ => pooled(py, threads, work),
    }
}

/// Does `work` on these threads, with the interpreter released.
pub(crate) fn pooled<T: Send>(
    py: Python<'_>,
    threads: Option<usize>,
    work: impl FnOnce() -> T + Send,
) -> PyResult<T> {
    let pool = pool(threads)?;
    Ok(py.detach(|| pool.install(work)))
}

/// Does `work` with the interpreter released; a signal that raises, such as Ctrl-C, sets the flag that `work` is given, and
/// is raised once it has ended.
pub(crate) fn interruptible<T: Send + 'static>(
    py: Python<'_>,
    work: impl FnOnce(Arc<AtomicBool>) -> T + Send + 'static,
) -> PyResult<T> {
    let (sender, receiver) = channel();
    let (receiver, flag) = (Mutex::new(receiver), Arc::new(AtomicBool::new(false)));
    let given = flag.clone();
    pool(None)?.spawn(move || {
        // Where nobody waits any more, there is nobody to tell.
        let _ = sender.send(work(given));
    });
    let mut raised = None;
    loop {
        let waited = py.detach(|| receiver.lock().unwrap_or_else(PoisonError::into_inner).recv_timeout(POLL));
        match waited {
            Ok(done) => return raised.map_or(Ok(done), Err),
            Err(RecvTimeoutError::Disconnected) => {
                return Err(PyRuntimeError::new_err("a thread has ended before its work"));
            }
            Err(RecvTimeoutError::Timeout) => {
                if let Err(error) = py.check_signals() {
                    flag.store(true, Ordering::Relaxed);
                    raised.get_or_insert(error);
                }
            }
        }
    }
}
