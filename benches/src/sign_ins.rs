//! How long another handler takes while 200 people sign in.
//!
//! Hashes are computed on threads of their own, as many at once as there are cores, so they take every core. What is
//! measured is whether a request that has nothing to do with them still gets its turn. One client asks a plain handler
//! over loopback, from a thread of its own, first with nothing else going on and then with 200 tasks that sign in
//! through one default [`HashPool`], half of them by [`SignIn`] and half by [`PasswordVerifier`]. Windows of both
//! alternate, so that both see the same machine. Between them come windows in which as many threads only count, at
//! nice 10: what the operating system makes of cores that are taken, whatever takes them. Each percentile is the median
//! of those of the windows: what else the machine does for a moment spoils the windows it falls into, not the result.

use std::hint::black_box;
use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle, available_parallelism};
use std::time::{Duration, Instant, SystemTime};

use auth_core::credential::BasicCredentials;
use auth_core::{Attempt, Source, Verifier as _};
use auth_issuer::{
    Account, HashPool, MemoryStore, PasswordHash, PasswordVerifier, SignIn, SignInOutcome, SignInRequest, Throttle,
};
use axum::Router;
use axum::routing::get;
use tokio::runtime::{self, Runtime};
use tokio::task::JoinSet;

use crate::Failure;
use auth_request_bench::statistics::{micros, percentile, ratio};
use auth_request_bench::table::Table;

/// How many sign in at once.
const PEOPLE: usize = 200;
/// Windows of each kind.
const WINDOWS: usize = 9;
/// Requests to the other handler in one window.
const REQUESTS: usize = 1_000;
/// Between two requests, so that the client does not keep a core busy by itself.
const PAUSE: Duration = Duration::from_millis(2);
/// How long somebody waits whom the pool had no place for, at least and at most: people are not in step.
const COME_BACK: RangeInclusive<u64> = 50..=150;
/// The priority of the threads that only count: that of hashes on a machine that leaves them nothing.
const NICE: i32 = 10;
const PASSWORD: &str = "correct horse battery staple";

/// What came of the sign-ins.
#[derive(Debug, Default)]
struct Counts {
    granted: AtomicU64,
    turned_away: AtomicU64,
}

/// Runs the benchmark; the answer is the text for the page.
///
/// # Errors
///
/// If a password is not believed, or the service does not answer.
pub fn run() -> Result<String, Failure> {
    let runtime = runtime::Builder::new_multi_thread().enable_all().build()?;
    let address = serve(&runtime)?;
    let people = People::new()?;
    let counts = Arc::new(Counts::default());
    let mut client = Client::connect(address)?;

    // Both warm: connection, threads and the memory of the hashes.
    client.ask(REQUESTS / 4)?;
    let warm_up = people.begin(&runtime, &Arc::default());
    client.ask(REQUESTS / 4)?;
    stop(&runtime, warm_up)?;

    let (mut idle, mut taken, mut busy, mut took) = (Vec::new(), Vec::new(), Vec::new(), Duration::ZERO);
    for _ in 0..WINDOWS {
        idle.push(client.ask(REQUESTS)?);
        let counting = Counting::begin()?;
        taken.push(client.ask(REQUESTS)?);
        counting.stop()?;
        let signing_in = people.begin(&runtime, &counts);
        let began = Instant::now();
        busy.push(client.ask(REQUESTS)?);
        took += began.elapsed();
        stop(&runtime, signing_in)?;
    }

    let mut table =
        Table::new(&["percentile", "idle, µs", "beside counting threads, µs", "ratio", "under sign-ins, µs", "ratio"]);
    for percent in [50, 90, 99] {
        let [idle, taken, busy] = [&mut idle, &mut taken, &mut busy].map(|windows| median(windows, percent));
        let over_idle = |time| format!("{:.2}", ratio(time, idle));
        table.row(&[
            format!("{percent}"),
            micros(idle),
            micros(taken),
            over_idle(taken),
            micros(busy),
            over_idle(busy),
        ]);
    }
    let granted = counts.granted.load(Ordering::Relaxed);
    let rate = f64::from(u32::try_from(granted)?) / took.as_secs_f64();
    Ok(format!(
        "{}\nMedians of {WINDOWS} windows of {REQUESTS} requests. {granted} sign-ins granted, {rate:.0} a second; {} turned away with 503 by the pool, who came back after {} to {} ms.\n",
        table.into_text(),
        counts.turned_away.load(Ordering::Relaxed),
        COME_BACK.start(),
        COME_BACK.end(),
    ))
}

/// The median of a percentile of each window.
fn median(windows: &mut [Vec<Duration>], percent: usize) -> Duration {
    let mut values: Vec<_> = windows.iter_mut().map(|window| percentile(window, percent)).collect();
    percentile(&mut values, 50)
}

/// The accounts, and the two ways in.
struct People {
    sign_in: SignIn<MemoryStore>,
    passwords: PasswordVerifier<MemoryStore>,
}

impl People {
    fn new() -> Result<Self, Failure> {
        let (store, pool) = (MemoryStore::new(), HashPool::default());
        let hash = PasswordHash::create(PASSWORD.as_bytes(), pool.params())?;
        for person in 0..PEOPLE {
            let account = Account::new(&person.to_string(), name(person))?.with_password_hash(hash.clone());
            store.accounts().insert(account)?;
        }
        Ok(Self {
            sign_in: SignIn::new(store.clone(), pool.clone(), Throttle::in_memory()),
            passwords: PasswordVerifier::new(store, pool),
        })
    }

    /// Each signs in again and again, from an address of their own.
    fn begin(&self, runtime: &Runtime, counts: &Arc<Counts>) -> JoinSet<Result<(), Failure>> {
        let mut tasks = JoinSet::new();
        for person in 0..PEOPLE {
            let (sign_in, passwords, counts) = (self.sign_in.clone(), self.passwords.clone(), Arc::clone(counts));
            let last = u8::try_from(person).unwrap_or_default();
            let source = Source::of(IpAddr::V4(Ipv4Addr::new(192, 0, 2, last)));
            let again_and_again = async move {
                for time in 0.. {
                    let attempt = Attempt::new(SystemTime::now(), source);
                    let granted = if person % 2 == 0 {
                        match sign_in.sign_in(&SignInRequest::new(name(person), PASSWORD), &attempt).await {
                            Ok(SignInOutcome::Granted(_)) => true,
                            Ok(other) => return Err(format!("a right password: {other:?}").into()),
                            Err(_unavailable) => false,
                        }
                    } else {
                        match passwords.verify(BasicCredentials::new(name(person), PASSWORD), attempt).await {
                            Ok(_) => true,
                            Err(error) if error.kind() == auth_core::VerifyErrorKind::Unavailable => false,
                            Err(error) => return Err(error.into()),
                        }
                    };
                    if granted {
                        counts.granted.fetch_add(1, Ordering::Relaxed);
                    } else {
                        counts.turned_away.fetch_add(1, Ordering::Relaxed);
                        tokio::time::sleep(comes_back(person, time)).await;
                    }
                }
                Ok(())
            };
            tasks.spawn_on(again_and_again, runtime.handle());
        }
        tasks
    }
}

/// After how long somebody comes back who was turned away, this time: as good as any, and the same in each run.
fn comes_back(person: usize, time: usize) -> Duration {
    let span = COME_BACK.end() - COME_BACK.start() + 1;
    let spread = person.wrapping_mul(37).wrapping_add(time.wrapping_mul(61));
    Duration::from_millis(COME_BACK.start() + u64::try_from(spread).unwrap_or_default() % span)
}

fn name(person: usize) -> String {
    format!("person-{person}@example.com")
}

/// Threads that take every core, and do nothing but count.
struct Counting {
    is_over: Arc<AtomicBool>,
    threads: Vec<JoinHandle<Result<(), Failure>>>,
}

impl Counting {
    fn begin() -> Result<Self, Failure> {
        let is_over = Arc::new(AtomicBool::new(false));
        let threads = (0..available_parallelism()?.get()).map(|_| {
            let is_over = Arc::clone(&is_over);
            thread::spawn(move || {
                rustix::process::setpriority_process(None, NICE)?;
                let mut count = 0_u64;
                while !is_over.load(Ordering::Relaxed) {
                    count = black_box(count.wrapping_add(1));
                }
                Ok(())
            })
        });
        let threads = threads.collect();
        Ok(Self { is_over, threads })
    }

    fn stop(self) -> Result<(), Failure> {
        self.is_over.store(true, Ordering::Relaxed);
        for thread in self.threads {
            thread.join().map_err(|_panic| "a thread that counts has panicked")??;
        }
        Ok(())
    }
}

/// Ends the sign-ins; one that failed before is the benchmark's failure.
fn stop(runtime: &Runtime, mut tasks: JoinSet<Result<(), Failure>>) -> Result<(), Failure> {
    runtime.block_on(async {
        while let Some(ended) = tasks.try_join_next() {
            ended??;
        }
        tasks.shutdown().await;
        // Hashes that had begun go on without them.
        tokio::time::sleep(Duration::from_millis(*COME_BACK.end())).await;
        Ok(())
    })
}

fn serve(runtime: &Runtime) -> Result<SocketAddr, Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let app = Router::new().route("/", get(async || "hello"));
    runtime.spawn(async move { axum::serve(tokio::net::TcpListener::from_std(listener)?, app).await });
    Ok(address)
}

/// A client with one connection.
struct Client(TcpStream);

impl Client {
    fn connect(address: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        Ok(Self(stream))
    }

    /// How long each of so many requests took.
    fn ask(&mut self, requests: usize) -> Result<Vec<Duration>, Failure> {
        let mut answer = [0; 512];
        let mut took = Vec::with_capacity(requests);
        for _ in 0..requests {
            thread::sleep(PAUSE);
            let began = Instant::now();
            self.0.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n")?;
            let mut read = 0;
            while !answer[..read].ends_with(b"hello") {
                let more = self.0.read(&mut answer[read..])?;
                if more == 0 {
                    return Err("the service does not answer".into());
                }
                read += more;
            }
            took.push(began.elapsed());
        }
        Ok(took)
    }
}
