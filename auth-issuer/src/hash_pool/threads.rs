//! The threads of a pool.
//!
//! They are the pool's own, since they give up their [priority](super::priority) for good: every core may hash, and a request
//! that wants something else takes a core from a hash at once. And each is kept for the next hash, with the memory of the
//! last: to begin and to end a thread, and to map and to unmap 19 MiB, keeps the rest of the process waiting longer than the
//! hash does. One that has had nothing to do for [a while](KEPT) frees the memory.
//!
//! Such a thread stops for as long as others want its core, so it must hold nothing that others wait for: it computes, and
//! says what came of it to a thread that blocks.

use std::hint;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::pace::Pace;
use super::priority::{Look, Priority};
use crate::hashing::memory;

/// The name of the threads, as the operating system shows it.
pub(super) const NAME: &str = "auth-hash";

/// How long a thread that waits for a job keeps its memory.
const KEPT: Duration = Duration::from_secs(10);

/// How long a thread of the last priority stays awake for the next job. It takes the core from nobody by that, and where
/// people wait there is one after some tens of microseconds. Around the moments when such a thread sleeps or wakes up, the
/// kernel (Linux 6.18) has let threads that serve requests wait beside it until the next tick (docs/performance.md).
const AWAKE: Duration = Duration::from_micros(300);

/// How often a thread that has not answered yet is looked at.
const PERIOD: Duration = Duration::from_millis(250);

/// One that had less than this part of a core in a period starves: at [`Priority::Tenth`] it would have had as much.
const PART: u32 = 10;

/// Why a job has no result.
#[derive(Debug)]
pub(super) enum Lost {
    /// There is no thread for it.
    NoThread(io::Error),
    /// It panicked.
    Panicked,
}

/// Clones share the threads.
#[derive(Clone, Default)]
pub(super) struct Threads(Arc<Shared>);

#[derive(Default)]
struct Shared {
    pace: Pace,
    /// The threads that wait for a job. Whoever has a job takes one, and puts it back with the result.
    idle: Mutex<Vec<Worker>>,
}

/// A thread; it ends when this is dropped.
struct Worker {
    jobs: Sender<Job>,
    priority: Priority,
    look: Option<Look>,
}

type Job = Box<dyn FnOnce() + Send>;

impl Threads {
    /// Runs a job to its end, on a thread that yields to all others. Blocks.
    ///
    /// If the job starves, `make_room` is called, once, and the job goes on.
    pub(super) fn run<T, F>(&self, job: F, make_room: impl FnOnce()) -> Result<T, Lost>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        let worker = self.0.take()?;
        let (answer, result) = sync_channel(1);
        let answering = move || {
            // The other end waits until it has the answer.
            drop(answer.send(catch_unwind(AssertUnwindSafe(job))));
        };
        worker.jobs.send(Box::new(answering)).or(Err(Lost::Panicked))?;
        let look = worker.look.as_ref().map(|look| || look.processor_time());
        let result = wait(&result, PERIOD, look, || {
            self.0.pace.starved(Instant::now());
            make_room();
        });
        self.0.idle().push(worker);
        result.ok_or(Lost::Panicked)?.or(Err(Lost::Panicked))
    }

    #[cfg(test)]
    pub(super) fn pace(&self) -> &Pace {
        &self.0.pace
    }
}

impl Shared {
    /// The thread that had a job last, since its memory is most likely still there; a new one if all are at work.
    fn take(&self) -> Result<Worker, Lost> {
        let priority = self.pace.priority(Instant::now());
        let mut idle = self.idle();
        while let Some(worker) = idle.pop() {
            if worker.priority == priority {
                return Ok(worker);
            }
        }
        drop(idle);
        Worker::start(priority).map_err(Lost::NoThread)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Worker>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Worker {
    fn start(priority: Priority) -> io::Result<Self> {
        let (jobs, to_do) = channel();
        let (say, begun) = sync_channel(1);
        thread::Builder::new().name(NAME.to_owned()).spawn(move || {
            let awake = begin(priority, |look| drop(say.send(look)));
            memory::keep();
            work(&to_do, awake);
        })?;
        let look = begun.recv().map_err(io::Error::other)?;
        Ok(Self { jobs, priority, look })
    }
}

/// What a new thread does first: whoever has a job for it can look at it before it stops for others. Returns how long it
/// stays awake.
pub(super) fn begin(priority: Priority, hand_over: impl FnOnce(Option<Look>)) -> Duration {
    let look = priority.look();
    let is_seen = look.is_some();
    hand_over(look);
    if priority.take(is_seen) { AWAKE } else { Duration::ZERO }
}

/// What the thread does, until nobody can have a job for it.
fn work(jobs: &Receiver<Job>, awake: Duration) {
    while let Some(job) = next(jobs, awake) {
        job();
    }
}

fn next(jobs: &Receiver<Job>, awake: Duration) -> Option<Job> {
    let begin = Instant::now();
    while begin.elapsed() < awake {
        if let Ok(job) = jobs.try_recv() {
            return Some(job);
        }
        hint::spin_loop();
    }
    match jobs.recv_timeout(KEPT) {
        Ok(job) => Some(job),
        Err(RecvTimeoutError::Timeout) => {
            memory::free();
            jobs.recv().ok()
        }
        Err(RecvTimeoutError::Disconnected) => None,
    }
}

/// The answer, or nothing if there will be none. Of a thread that wants a core and had less than a tenth of one in a whole
/// period, it is said once that it `starves`.
fn wait<T>(
    answer: &Receiver<T>,
    period: Duration,
    processor_time: Option<impl Fn() -> Option<Duration>>,
    starves: impl FnOnce(),
) -> Option<T> {
    let Some(processor_time) = processor_time else { return answer.recv().ok() };
    let mut before = None;
    loop {
        match answer.recv_timeout(period) {
            Ok(answer) => return Some(answer),
            Err(RecvTimeoutError::Disconnected) => return None,
            Err(RecvTimeoutError::Timeout) => {}
        }
        let now = processor_time();
        if let (Some(now), Some(before)) = (now, before)
            && now.saturating_sub(before).saturating_mul(PART) < period
        {
            starves();
            return answer.recv().ok();
        }
        before = now;
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn run<T: Send + 'static>(threads: &Threads, job: impl FnOnce() -> T + Send + 'static) -> Result<T, Lost> {
        threads.run(job, || panic!("no job of a test starves"))
    }

    fn this_thread() -> thread::ThreadId {
        thread::current().id()
    }

    #[test]
    fn a_thread_is_kept_for_the_next_job() {
        let threads = Threads::default();
        let first = run(&threads, this_thread).expect("run");
        assert_eq!(run(&threads, this_thread).expect("run"), first);
        assert_eq!(threads.0.idle().len(), 1);
    }

    #[test]
    fn jobs_run_side_by_side() {
        let threads = Threads::default();
        let (say, hear) = channel();
        let other = threads.clone();
        // Each ends after the other has begun.
        let second = thread::spawn(move || run(&other, move || hear.recv().expect("said")).expect("run"));
        run(&threads, move || say.send(()).expect("heard")).expect("run");
        second.join().expect("no panic");
        assert!(threads.0.idle().len() <= 2);
    }

    #[test]
    fn a_thread_outlives_a_job_that_panics() {
        let threads = Threads::default();
        let first = run(&threads, this_thread).expect("run");
        assert!(matches!(run(&threads, || panic!("a test")), Err::<(), _>(Lost::Panicked)));
        assert_eq!(run(&threads, this_thread).expect("run"), first);
    }

    /// A thread whose priority is not today's is given up.
    #[test]
    fn after_one_has_starved_others_do_the_work() {
        let threads = Threads::default();
        let first = run(&threads, this_thread).expect("run");
        threads.pace().starved(Instant::now());
        assert_ne!(run(&threads, this_thread).expect("run"), first);
        assert_eq!(threads.0.idle().iter().map(|worker| worker.priority).collect::<Vec<_>>(), [Priority::Tenth]);
    }

    #[test]
    fn a_job_that_gets_no_core_is_said_to_starve_and_goes_on() {
        let (answer, result) = channel();
        let stuck = || Some(Duration::from_millis(1));
        let said = wait(&result, Duration::from_millis(1), Some(stuck), || answer.send(7).expect("heard"));
        assert_eq!(said, Some(7));
    }

    /// One that waits for something else than a core, and one that gets more than a tenth of one.
    #[test]
    fn no_other_job_starves() {
        let period = Duration::from_millis(1);
        for gets in [None, Some(period)] {
            let (answer, result) = channel();
            let looks = Cell::new(0_u32);
            let processor_time = || {
                looks.set(looks.get().saturating_add(1));
                if looks.get() == 4 {
                    answer.send(7).expect("heard");
                }
                gets.map(|part: Duration| part.saturating_mul(looks.get()))
            };
            assert_eq!(wait(&result, period, Some(processor_time), || panic!("it starves")), Some(7));
        }
    }
}
