//! The thread of one job.
//!
//! A thread of its own, since it gives up its priority for good: on Linux it runs at nice 10, where it leaves the core to a
//! request that is there to be served, at the latest with the next tick of the kernel. So every core may hash, and other
//! handlers do not wait for the end of one. Where others want a core all the time a hash still gets a tenth of it: at nice
//! 19 it would be a seventieth, and under `SCHED_IDLE` a three-hundredth, and a machine that is busy would refuse every
//! sign-in. `SCHED_IDLE` alone has not made requests faster where it was measured (docs/performance.md), and Linux lets
//! nobody leave it without a privilege. Making a thread costs some tens of microseconds, a hash some tens of milliseconds.

use std::io;
use std::thread;

/// The name of the threads, as the operating system shows it.
pub(super) const NAME: &str = "auth-hash";

/// A tenth of the weight of others (`sched(7)`).
#[cfg(any(target_os = "android", target_os = "linux"))]
pub(super) const NICE: i32 = 10;

/// Why a job has no result.
#[derive(Debug)]
pub(super) enum Lost {
    /// There is no thread for it.
    NoThread(io::Error),
    /// It panicked.
    Panicked,
}

/// Runs a job to its end, on a thread that yields to all others. Blocks.
pub(super) fn run<T, F>(job: F) -> Result<T, Lost>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    let thread = thread::Builder::new().name(NAME.to_owned()).spawn(move || {
        yield_to_others();
        job()
    });
    thread.map_err(Lost::NoThread)?.join().map_err(|_payload| Lost::Panicked)
}

/// Linux keeps a priority for each thread; elsewhere there is one for the whole process, which stays as it is.
#[cfg(any(target_os = "android", target_os = "linux"))]
fn yield_to_others() {
    use std::sync::Once;

    static TOLD: Once = Once::new();
    if let Err(error) = rustix::process::setpriority_process(None, NICE) {
        // A sandbox may forbid it. The hash is as good.
        TOLD.call_once(|| {
            tracing::warn!(%error, reason = "hash_priority", "password hashes cannot yield to other work of this process");
        });
    }
}

#[cfg(not(any(target_os = "android", target_os = "linux")))]
fn yield_to_others() {}
