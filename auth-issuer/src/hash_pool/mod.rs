//! The hash pool: where password hashes are computed, and how many wait for it.
//!
//! A hash costs 19 MiB and tens of milliseconds, and anybody may ask for one by presenting a password. Without
//! bounds a few hundred requests a second take all memory and every core. So there are as many hashes at once as
//! there are workers; a bounded number waits, each at most two seconds; whoever comes after that is told to come
//! back (503). Hashes have threads of their own, which are kept. On Linux these leave a core as soon as anybody wants it
//! (`SCHED_IDLE`): every core may be busy with hashes, and a request that wants something else does not wait for the end of
//! one. Where others leave hashes less than a tenth of a core, those that begin in the next five minutes take a tenth
//! (nice 10), and those that starve go on beside them. Other programs on the same cores come first too: beside one that never
//! rests a hash takes ten times as long, so give such a machine a core to spare.
//!
//! | limit | value |
//! | --- | --- |
//! | hashes at once | the workers: by default one for each core |
//! | places, for those that are hashed and those that wait | 9 × workers: 8 × workers can wait while all work |
//! | places of one [`Source`] | a quarter of them, at least 8 |
//! | hashes at once for one name | 2 |
//! | places of one name from one source | 8 |
//! | places of one name over all sources | 16 |
//! | waiting | 2 seconds |
//!
//! At least 8 places for a source, and 8 for a name from it, since one browser or one program that starts up may
//! present the same right credentials several times at once, and all of these have to succeed. Only two of them are
//! computed at once; the others wait for their turn without holding a worker. A name has more places than one source
//! can take, so whoever guesses from one source does not keep the name's owner out; whoever guesses from several can,
//! as long as they go on.
//!
//! # Deployment
//!
//! The pool needs a tokio runtime with time enabled (`#[tokio::main]` does it); without it every job fails. Requests
//! whose [source is unknown](Source::Unknown) share the places of one source: behind a proxy, configure
//! [`ClientSource::forwarded`](auth_core::ClientSource::forwarded). Memory: 19 MiB a worker, wiped after each hash and freed
//! after ten seconds without one; as much again while hashes starve.

mod error;
mod pace;
mod places;
mod priority;
mod threads;

pub use error::{HashPoolError, HashPoolErrorKind};

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SendError, Sender, channel};
use std::thread::available_parallelism;
use std::time::Duration;

use auth_core::Source;
use sha2::{Digest as _, Sha256};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time;

use crate::hashing::{HashError, HashErrorKind, HashParams, PasswordHash, Pepper, Peppers};
use crate::meter::{self, Waiting};
use places::{Place, Places};
use threads::{Lost, Threads};

/// The longest that a hash waits for its turn.
pub const MAX_WAIT: Duration = Duration::from_secs(2);

/// The most workers that a pool has.
const MAX_WORKERS: usize = 1024;

/// Computes password hashes within [limits](self). Clones share one pool; make one for each process.
///
/// # Examples
///
/// ```
/// use auth_core::Source;
/// use auth_issuer::hash_pool::Requester;
/// use auth_issuer::{HashPool, PasswordHash};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let pool = HashPool::default();
/// let hash = PasswordHash::create(b"correct horse", pool.params())?;
///
/// let requester = Requester::new(Source::Unknown, "alice");
/// let (right, wrong) = pool
///     .run(requester, move |hasher| (hasher.verify(&hash, b"correct horse"), hasher.verify(&hash, b"battery")))
///     .await?;
/// assert_eq!((right?, wrong?), (true, false));
/// assert_eq!(pool.hashes(), 2);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct HashPool(Arc<Shared>);

struct Shared {
    hasher: Hasher,
    workers: Arc<Semaphore>,
    places: Arc<Places>,
    threads: Threads,
    size: usize,
}

/// Whose hash it is: the source of the request, and the name that it gives.
///
/// The name is kept as its SHA-256 only, so it may be as long as a request allows.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Requester {
    source: Source,
    name: [u8; 32],
}

/// Computes hashes for a [job](HashPool::run) and counts them.
#[derive(Clone)]
pub struct Hasher {
    params: HashParams,
    dummy: PasswordHash,
    peppers: Arc<Peppers>,
    hashes: Arc<AtomicU64>,
    /// Tells whoever waits for the job of peppers that are not known.
    unknown_peppers: Sender<String>,
}

/// What a running job holds. It moves into the blocking task, so that a caller who goes away does not make room for
/// another while the hash goes on. The place goes last.
struct Turn {
    worker: Option<OwnedSemaphorePermit>,
    _name: OwnedSemaphorePermit,
    _place: Place,
}

impl HashPool {
    /// A pool with `workers` workers, at least 1 and at most 1,024, that makes new hashes with `params`.
    #[must_use]
    pub fn new(workers: usize, params: HashParams) -> Self {
        if params.is_weak() {
            tracing::warn!(?params, "new password hashes are weaker than OWASP allows");
        }
        Self::of(workers.clamp(1, MAX_WORKERS), params, Peppers::default())
    }

    /// A pool of the same size, instead of this one, that makes new hashes with a [pepper](crate::hashing::pepper). Say so
    /// before the pool is given to services.
    #[must_use]
    pub fn with_peppers(self, peppers: Peppers) -> Self {
        Self::of(self.0.size, self.params(), peppers)
    }

    fn of(size: usize, params: HashParams, peppers: Peppers) -> Self {
        let dummy = PasswordHash::dummy(params);
        // Nobody waits for this one: each job has its own.
        let (unknown_peppers, _) = channel();
        let hasher = Hasher { params, dummy, peppers: Arc::new(peppers), hashes: Arc::default(), unknown_peppers };
        let (workers, places) = (Arc::new(Semaphore::new(size)), Arc::new(Places::new(size)));
        Self(Arc::new(Shared { hasher, workers, places, threads: Threads::default(), size }))
    }

    /// A pool with a worker for each core.
    #[must_use]
    pub fn with_params(params: HashParams) -> Self {
        Self::new(available_parallelism().map_or(1, Into::into), params)
    }

    /// The parameters of new hashes.
    #[must_use]
    pub fn params(&self) -> HashParams {
        self.0.hasher.params
    }

    /// How many hashes were computed since the pool was made.
    #[must_use]
    pub fn hashes(&self) -> u64 {
        self.0.hasher.hashes.load(Ordering::Relaxed)
    }

    /// How many places are taken: jobs that run and jobs that wait.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.0.places.taken()
    }

    /// Runs a job that computes hashes, on a thread of the pool, when it is its turn.
    ///
    /// Once the job has begun it goes on to its end and keeps its place, even if the caller goes away. Its thread may stop for
    /// long, wherever it is: a job that logs, or takes a lock that others want, keeps them waiting as long.
    ///
    /// # Errors
    ///
    /// [`HashPoolErrorKind::QueueFull`] if there is no place for the requester, or its turn does not come within
    /// [`MAX_WAIT`]; [`HashPoolErrorKind::Failed`] if the job panics, no thread can be made for it, or there is no
    /// tokio runtime, or one that was built without time. A program compiled with `panic = "abort"` ends in place of failing where the job
    /// panics or the runtime has no time.
    pub async fn run<T, F>(&self, requester: Requester, job: F) -> Result<T, HashPoolError>
    where
        F: FnOnce(&Hasher) -> T + Send + 'static,
        T: Send + 'static,
    {
        let failed = HashPoolError::new(HashPoolErrorKind::Failed);
        let runtime = Handle::try_current().or(Err(failed))?;
        let mut turn = self.turn(requester).await?;
        let (unknown_peppers, told) = channel();
        let (hasher, threads) = (Hasher { unknown_peppers, ..self.0.hasher.clone() }, self.0.threads.clone());
        // Tokio is told of the work: a runtime that ends waits for it, and so does a paused clock.
        let task = runtime.spawn_blocking(move || {
            // One that starves uses no core, so another takes its turn.
            let result = threads.run(move || job(&hasher), || turn.worker = None);
            drop(turn);
            result
        });
        let done = task.await;
        for pepper in told.try_iter() {
            tell_of_unknown(&pepper);
        }
        match done {
            Ok(Ok(result)) => Ok(result),
            Ok(Err(Lost::NoThread(error))) => {
                tracing::error!(cause = %error, auth.reason = "hash_thread", "no thread can be made for a password hash");
                Err(failed)
            }
            Ok(Err(Lost::Panicked)) | Err(_) => Err(failed),
        }
    }

    async fn turn(&self, requester: Requester) -> Result<Turn, HashPoolError> {
        let full = HashPoolError::new(HashPoolErrorKind::QueueFull);
        let failed = HashPoolError::new(HashPoolErrorKind::Failed);
        let waiting = Waiting::begin();
        let Some((place, turns_of_name)) = Places::enter(&self.0.places, requester) else {
            meter::hash_refused("no_place");
            return Err(full);
        };
        let workers = Arc::clone(&self.0.workers);
        // The name first: who waits for another hash of the same name must not hold a worker.
        let permits = async move { Ok((turns_of_name.acquire_owned().await?, workers.acquire_owned().await?)) };
        // Panics if the runtime has no time, which cannot be asked beforehand.
        let permits = catch_unwind(AssertUnwindSafe(|| time::timeout(MAX_WAIT, permits))).or(Err(failed))?;
        match permits.await {
            Ok(Ok((name, worker))) => {
                waiting.end();
                Ok(Turn { worker: Some(worker), _name: name, _place: place })
            }
            Ok(Err(tokio::sync::AcquireError { .. })) => Err(failed),
            Err(_elapsed) => {
                meter::hash_refused("waited");
                Err(full)
            }
        }
    }
}

/// A worker for each core, and OWASP's parameters.
impl Default for HashPool {
    fn default() -> Self {
        Self::with_params(HashParams::default())
    }
}

impl fmt::Debug for HashPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HashPool").field("params", &self.params()).field("depth", &self.depth()).finish_non_exhaustive()
    }
}

impl Requester {
    /// Whoever gives `name` from `source`. Give the [login key](crate::LoginKey) where the name has one.
    #[must_use]
    pub fn new(source: Source, name: &str) -> Self {
        Self { source, name: Sha256::digest(name.as_bytes()).into() }
    }
}

impl fmt::Debug for Requester {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Requester").field("source", &self.source).finish_non_exhaustive()
    }
}

impl Hasher {
    /// Whether `hash` is the hash of `password`. One that was made with a pepper which is not known matches none, and costs
    /// what another costs: an error would say that there is such an account. The operator is told. A password that an
    /// [imported](crate::hashing#imported-hashes) hash cannot be of costs the same, as for a name that nobody has.
    ///
    /// # Errors
    ///
    /// As [`PasswordHash::verify`].
    pub fn verify(&self, hash: &PasswordHash, password: &[u8]) -> Result<bool, HashError> {
        match hash.verify_with(password, &self.peppers) {
            Ok(Some(is_right)) => {
                self.count();
                return Ok(is_right);
            }
            Ok(None) => {}
            Err(error) if error.kind() == HashErrorKind::UnknownPepper => {
                let pepper = hash.pepper_id().unwrap_or_default().to_owned();
                // Not from here: a thread that yields to all others may stop while it has the lock of the log.
                if let Err(SendError(pepper)) = self.unknown_peppers.send(pepper) {
                    // The job is over, so this is no thread of the pool.
                    tell_of_unknown(&pepper);
                }
            }
            Err(error) => return Err(error),
        }
        self.verify_nothing(password)?;
        Ok(false)
    }

    /// Whether a hash made today would have another pepper, or [other parameters](PasswordHash::needs_rehash).
    #[must_use]
    pub fn needs_rehash(&self, hash: &PasswordHash) -> bool {
        hash.needs_rehash(self.params) || hash.pepper_id() != self.peppers.active().map(Pepper::id)
    }

    /// Does the work of verifying a password against a hash of today's parameters, where there is no hash.
    ///
    /// # Errors
    ///
    /// As [`PasswordHash::verify`].
    pub fn verify_nothing(&self, password: &[u8]) -> Result<(), HashError> {
        if self.dummy.verify_nothing(password)? {
            self.count();
        }
        Ok(())
    }

    /// Hashes a password with today's parameters and pepper.
    ///
    /// # Errors
    ///
    /// As [`PasswordHash::create`].
    pub fn create(&self, password: &[u8]) -> Result<PasswordHash, HashError> {
        let hash = PasswordHash::create_with(password, self.params, self.peppers.active())?;
        self.count();
        Ok(hash)
    }

    /// The parameters of new hashes.
    #[must_use]
    pub fn params(&self) -> HashParams {
        self.params
    }

    fn count(&self) {
        self.hashes.fetch_add(1, Ordering::Relaxed);
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hasher").field("params", &self.params).finish_non_exhaustive()
    }
}

fn tell_of_unknown(pepper: &str) {
    tracing::error!(pepper, "a password counts as wrong: the pepper of its hash is not known");
}

#[cfg(test)]
mod tests;
