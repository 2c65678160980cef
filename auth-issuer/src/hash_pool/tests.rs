use std::net::{IpAddr, Ipv4Addr};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Instant;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::{JoinHandle, yield_now};

use super::*;

fn pool(workers: usize) -> HashPool {
    HashPool::new(workers, HashParams::new_insecure(8, 1, 1).expect("possible"))
}

fn from(source: u8, name: &str) -> Requester {
    Requester::new(Source::of(IpAddr::V4(Ipv4Addr::new(192, 0, 2, source))), name)
}

/// Starts jobs that say when they begin, and go on until the test lets them.
struct Bench {
    pool: HashPool,
    began: UnboundedReceiver<&'static str>,
    say: UnboundedSender<&'static str>,
}

/// A job on the bench; it ends when this is dropped or told to.
struct Job {
    release: Sender<()>,
    task: JoinHandle<Result<(), HashPoolError>>,
}

impl Bench {
    fn new(workers: usize) -> Self {
        let (say, began) = unbounded_channel();
        Self { pool: pool(workers), began, say }
    }

    fn start(&self, requester: Requester, label: &'static str) -> Job {
        let (release, hold): (Sender<()>, Receiver<()>) = channel();
        let (pool, say) = (self.pool.clone(), self.say.clone());
        let task = tokio::spawn(async move {
            pool.run(requester, move |_| {
                say.send(label).expect("the test listens");
                // An error means that the test is over.
                let _ended = hold.recv();
            })
            .await
        });
        Job { release, task }
    }

    /// Waits until as many places are taken; everybody who has entered by then has asked for their turn.
    async fn depth(&self, depth: usize) {
        let begin = Instant::now();
        while self.pool.depth() != depth {
            assert!(begin.elapsed() < Duration::from_mins(1), "the depth stays {}", self.pool.depth());
            yield_now().await;
        }
    }
}

impl Job {
    async fn finish(self) -> Result<(), HashPoolError> {
        drop(self.release);
        self.task.await.expect("no panic")
    }
}

fn kind<T>(result: Result<T, HashPoolError>) -> Option<HashPoolErrorKind> {
    result.err().map(|error| error.kind())
}

#[tokio::test]
async fn as_many_hashes_at_once_as_workers() {
    let mut bench = Bench::new(2);
    let jobs: Vec<_> = (0..5).map(|n| bench.start(from(n, &n.to_string()), "job")).collect();
    bench.depth(5).await;
    bench.began.recv().await.expect("the first");
    bench.began.recv().await.expect("the second");
    assert_eq!(bench.pool.0.workers.available_permits(), 0);
    for job in jobs {
        assert_eq!(job.finish().await, Ok(()));
    }
    assert_eq!(bench.pool.depth(), 0);
}

#[tokio::test]
async fn refuses_at_once_when_the_queue_is_full() {
    let bench = Bench::new(1);
    let jobs: Vec<_> = (0..9).map(|n| bench.start(from(n, &n.to_string()), "job")).collect();
    bench.depth(9).await;
    let late = bench.pool.run(from(99, "late"), |_| ()).await;
    assert_eq!(kind(late), Some(HashPoolErrorKind::QueueFull));
    for job in jobs {
        assert_eq!(job.finish().await, Ok(()));
    }
    assert_eq!(bench.pool.run(from(99, "late"), |_| ()).await, Ok(()));
}

#[tokio::test]
async fn one_source_cannot_fill_the_queue() {
    let bench = Bench::new(2);
    let jobs: Vec<_> = (0..8).map(|n: u8| bench.start(from(1, &n.to_string()), "job")).collect();
    bench.depth(8).await;
    assert_eq!(kind(bench.pool.run(from(1, "ninth"), |_| ()).await), Some(HashPoolErrorKind::QueueFull));
    let other = bench.start(from(2, "other"), "other");
    bench.depth(9).await;
    for job in jobs.into_iter().chain([other]) {
        assert_eq!(job.finish().await, Ok(()));
    }
}

#[tokio::test]
async fn one_name_is_hashed_twice_at_once_and_holds_no_further_worker() {
    let mut bench = Bench::new(4);
    let jobs: Vec<_> = (0..6).map(|n| bench.start(from(n, "alice"), "alice")).collect();
    bench.depth(6).await;
    assert_eq!(bench.pool.0.workers.available_permits(), 2, "four of alice's wait without a worker");
    let others: Vec<_> = (0..2).map(|n: u8| bench.start(from(9, &n.to_string()), "other")).collect();

    let mut began = Vec::new();
    for _ in 0..4 {
        began.push(bench.began.recv().await.expect("a job"));
    }
    began.sort_unstable();
    assert_eq!(began, ["alice", "alice", "other", "other"], "four workers, though six of alice's were first");
    for job in jobs.into_iter().chain(others) {
        assert_eq!(job.finish().await, Ok(()));
    }
}

#[tokio::test]
async fn a_burst_of_eight_from_one_name_and_source_succeeds() {
    for workers in [1, 2, 8] {
        let pool = pool(workers);
        let burst: Vec<_> = (0..8)
            .map(|_| {
                let pool = pool.clone();
                tokio::spawn(async move { pool.run(from(1, "alice"), |hasher| hasher.create(b"secret")).await })
            })
            .collect();
        for task in burst {
            task.await.expect("no panic").expect("a turn").expect("a hash");
        }
        assert_eq!(pool.hashes(), 8);
    }
}

#[tokio::test(start_paused = true)]
async fn waits_two_seconds_and_no_longer() {
    let mut bench = Bench::new(1);
    let holder = bench.start(from(1, "holder"), "holder");
    bench.began.recv().await.expect("the holder");
    let waiting = bench.start(from(2, "waiting"), "waiting");
    bench.depth(2).await;

    // The job that runs keeps the paused clock from moving by itself.
    time::advance(Duration::from_millis(1_999)).await;
    yield_now().await;
    assert_eq!(bench.pool.depth(), 2, "still waiting");
    time::advance(Duration::from_millis(2)).await;
    assert_eq!(kind(waiting.task.await.expect("no panic")), Some(HashPoolErrorKind::QueueFull));
    assert_eq!(bench.pool.depth(), 1, "its place is free again");
    assert_eq!(holder.finish().await, Ok(()), "who runs is not interrupted");
}

#[tokio::test(start_paused = true)]
async fn waiting_for_the_name_counts_too() {
    let mut bench = Bench::new(4);
    let holders = [1, 2].map(|source| bench.start(from(source, "alice"), "alice"));
    bench.began.recv().await.expect("the first");
    bench.began.recv().await.expect("the second");
    let third = bench.start(from(3, "alice"), "third");
    bench.depth(3).await;
    time::advance(MAX_WAIT + Duration::from_millis(1)).await;
    assert_eq!(kind(third.task.await.expect("no panic")), Some(HashPoolErrorKind::QueueFull));
    for job in holders {
        assert_eq!(job.finish().await, Ok(()));
    }
}

#[tokio::test]
async fn a_caller_who_leaves_makes_no_room_while_the_hash_goes_on() {
    let mut bench = Bench::new(1);
    let Job { release, task } = bench.start(from(1, "gone"), "gone");
    bench.began.recv().await.expect("the job");
    task.abort();
    assert!(task.await.expect_err("aborted").is_cancelled());
    assert_eq!(bench.pool.depth(), 1);
    assert_eq!(bench.pool.0.workers.available_permits(), 0);

    drop(release);
    bench.depth(0).await;
    assert_eq!(bench.pool.run(from(2, "next"), |_| ()).await, Ok(()));
}

#[tokio::test]
async fn a_caller_who_leaves_the_queue_gives_the_place_back() {
    let mut bench = Bench::new(1);
    let holder = bench.start(from(1, "holder"), "holder");
    bench.began.recv().await.expect("the holder");
    let waiting = bench.start(from(2, "waiting"), "waiting");
    bench.depth(2).await;
    waiting.task.abort();
    bench.depth(1).await;
    assert_eq!(holder.finish().await, Ok(()));
    assert!(bench.began.try_recv().is_err(), "the abandoned job never began");
}

#[tokio::test]
async fn a_job_that_panics_fails_and_frees_its_worker() {
    let pool = pool(1);
    let result: Result<bool, _> = pool.run(from(1, "alice"), |_| panic!("a bug in a hash")).await;
    assert_eq!(kind(result), Some(HashPoolErrorKind::Failed));
    assert_eq!(pool.depth(), 0);
    assert_eq!(pool.run(from(1, "alice"), |_| true).await, Ok(true));
}

#[test]
fn fails_closed_without_a_runtime() {
    let pool = pool(1);
    let mut task = std::pin::pin!(pool.run(from(1, "alice"), |_| true));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let polled = Future::poll(task.as_mut(), &mut context);
    assert_eq!(polled.map(kind), std::task::Poll::Ready(Some(HashPoolErrorKind::Failed)));
}

#[test]
fn fails_closed_on_a_runtime_without_time() {
    let pool = pool(1);
    let timeless = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    assert_eq!(kind(timeless.block_on(pool.run(from(1, "alice"), |_| true))), Some(HashPoolErrorKind::Failed));
    assert_eq!(pool.depth(), 0, "its place is free again");
    let timed = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    assert_eq!(timed.block_on(pool.run(from(1, "alice"), |_| true)), Ok(true));
}

#[tokio::test]
async fn counts_every_hash() {
    let pool = pool(1);
    pool.run(from(1, "alice"), |hasher| {
        let hash = hasher.create(b"secret").expect("a hash");
        assert_eq!(hasher.verify(&hash, b"secret"), Ok(true));
        assert_eq!(hasher.verify(&hash, b"other"), Ok(false));
        assert_eq!(hasher.verify_nothing(b"other"), Ok(()));
    })
    .await
    .expect("a turn");
    assert_eq!(pool.hashes(), 4);
}

#[test]
fn workers_are_bounded() {
    assert_eq!(pool(0).0.workers.available_permits(), 1);
    assert_eq!(pool(usize::MAX).0.workers.available_permits(), MAX_WORKERS);
}

#[test]
fn prints_no_name() {
    assert!(!format!("{:?}", from(1, "alice")).contains("name"));
}

/// The scheduling policy and the nice value of this thread.
#[cfg(target_os = "linux")]
#[derive(Debug, PartialEq, Eq)]
struct Scheduling {
    name: String,
    nice: i32,
    policy: u32,
}

#[cfg(target_os = "linux")]
impl Scheduling {
    /// `SCHED_OTHER` and `SCHED_IDLE` of `sched.h`.
    const OTHER: u32 = 0;
    const IDLE: u32 = 5;

    fn of_this_thread() -> Self {
        // Fields 19 and 41 of proc_pid_stat(5); the name in the second may hold spaces, and ends with a parenthesis.
        let stat = std::fs::read_to_string("/proc/thread-self/stat").expect("procfs");
        let (before, after) = stat.rsplit_once(')').expect("a name");
        let name = before.split_once('(').expect("a name").1.to_owned();
        let fields: Vec<_> = after.split_ascii_whitespace().collect();
        Self { name, nice: fields[16].parse().expect("a number"), policy: fields[38].parse().expect("a number") }
    }
}

/// Everything else on the machine comes first, and the threads that serve requests keep their priority.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn hashes_yield_to_everything_else() {
    let before = Scheduling::of_this_thread();
    assert_eq!(before.policy, Scheduling::OTHER);
    for pool in [pool(1), pool(8)] {
        let at_work = pool.run(from(1, "alice"), |_| Scheduling::of_this_thread()).await.expect("a turn");
        assert_eq!((at_work.name.as_str(), at_work.policy), (threads::NAME, Scheduling::IDLE));
    }
    assert_eq!(Scheduling::of_this_thread(), before);
    let next = tokio::task::spawn_blocking(Scheduling::of_this_thread).await.expect("no panic");
    assert_eq!((next.nice, next.policy), (before.nice, before.policy), "the threads of others stay as they are");
}

/// Whoever waits for a thread waits for one that has its share of a core, and sees from then on whether it starves.
#[cfg(target_os = "linux")]
#[test]
fn a_thread_can_be_looked_at_before_it_yields() {
    let new = std::thread::spawn(|| {
        let mut handed_over = None;
        threads::begin(priority::Priority::Last, |look| {
            handed_over = Some((look.is_some(), Scheduling::of_this_thread().policy));
        });
        (handed_over, Scheduling::of_this_thread().policy)
    });
    assert_eq!(new.join().expect("no panic"), (Some((true, Scheduling::OTHER)), Scheduling::IDLE));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn after_a_hash_has_starved_others_take_a_tenth() {
    let (pool, before) = (pool(1), Scheduling::of_this_thread());
    pool.0.threads.pace().starved(Instant::now());
    let at_work = pool.run(from(1, "alice"), |_| Scheduling::of_this_thread()).await.expect("a turn");
    assert_eq!((at_work.nice, at_work.policy), (before.nice.max(priority::NICE), Scheduling::OTHER));
}

/// A worker's thread and its memory serve one hash after another.
#[tokio::test]
async fn there_are_no_more_threads_than_workers() {
    let pool = pool(2);
    let mut jobs = tokio::task::JoinSet::new();
    for source in 0..16 {
        let pool = pool.clone();
        let of_thread =
            async move { pool.run(from(source, &source.to_string()), |_| std::thread::current().id()).await };
        jobs.spawn(of_thread);
    }
    let threads: std::collections::HashSet<_> =
        jobs.join_all().await.into_iter().map(|thread| thread.expect("a turn")).collect();
    assert!(threads.len() <= 2, "{threads:?}");
}
