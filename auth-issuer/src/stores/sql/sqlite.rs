//! Everything in a file, by SQLite.

use std::error::Error;
use std::fmt;
use std::path::Path;
use std::time::Duration;

use auth_core::{ConfigError, ConfigErrorKind, StoreError};
use sqlx::sqlite::{
    Sqlite, SqliteArguments, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteRow, SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Row as _, TypeInfo as _, ValueRef as _};

use super::changes::{Page, READ_SQLITE, RECORD_SQLITE};
use super::failure::Failure;
use super::feed::Follow;
use super::value::{Row, Value, corrupt};
use super::{Engine, SqlStore, Transaction, migrator};
use crate::stores::forward::forward_all;

/// How long a writer waits for another, in this process or another one.
const WAIT: Duration = Duration::from_secs(5);

/// A store in a file, by SQLite, which is built in: for services of one machine. Clones are handles to one store.
///
/// What another process changes is respected within a second: verified credentials are [cached](auth_core::cache) only
/// while the log of changes is read, four times a second from the moment that a verifier may cache.
///
/// Every change is on the disk before it is acknowledged. One connection writes, a few read, and neither waits for the
/// other. Several processes of one machine may share the file; a network file system they must not.
///
/// # Limits
///
/// A writer that waits more than 5 s is told so: the verb fails, and the request is answered with 503.
///
/// # Security
///
/// The file is made for its owner only (mode 0600 on Unix). It holds names, hashes of passwords and digests; nothing in
/// it signs anybody in. The directory has to be the program's own: two more files appear beside the first.
///
/// # Examples
///
/// ```
/// use auth_issuer::accounts::{AccountAdmin as _, Inserted};
/// use auth_issuer::stores::SqliteStore;
/// use auth_issuer::{Account, AccountStore as _, LoginKey};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let directory = std::env::temp_dir().join(format!("auth-issuer-doc-{}", std::process::id()));
/// # std::fs::create_dir_all(&directory)?;
/// let store = SqliteStore::open(directory.join("auth.db")).await?;
/// assert_eq!(store.insert_account(Account::new("1", "alice")?).await?, Inserted::Stored);
/// assert_eq!(store.insert_account(Account::new("2", "ALICE")?).await?, Inserted::DuplicateLogin);
/// assert!(store.find_account(&LoginKey::parse("alice")?).await?.is_some());
/// # store.close().await;
/// # std::fs::remove_dir_all(directory)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct SqliteStore(SqlStore<SqliteEngine>);

#[derive(Clone)]
struct SqliteEngine {
    /// One connection: of two that write, one would only wait in the database.
    writer: SqlitePool,
    readers: SqlitePool,
    #[cfg(feature = "store-tests")]
    waiting: std::sync::Arc<std::sync::atomic::AtomicUsize>,
}

impl SqliteStore {
    /// Opens the file, which is made where there is none, and brings its schema up to date.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the file cannot be made, opened or written, is no database, or has a schema that this version
    /// does not know.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        let path = path.as_ref();
        let wrong = |fix: &str, cause: Box<dyn Error + Send + Sync>| {
            let text = format!("the SQLite file {} cannot be opened: {cause}; {fix}", path.display());
            ConfigError::new(ConfigErrorKind::Store, text).with_source(cause)
        };
        create(path).map_err(|error| wrong("make its directory, and let this program write there", error.into()))?;

        let options = SqliteConnectOptions::new()
            .filename(path)
            .foreign_keys(true)
            .busy_timeout(WAIT)
            .synchronous(SqliteSynchronous::Full);
        let pool = SqlitePoolOptions::new().acquire_timeout(WAIT).idle_timeout(None).max_lifetime(None);
        let not_ours = "name a file that this version or an older one has made";
        let writer = options.clone().journal_mode(SqliteJournalMode::Wal);
        let writer = pool.clone().max_connections(1).connect_with(writer).await;
        let writer = writer.map_err(|error| wrong(not_ours, error.into()))?;
        // In one transaction, since several processes may start at once.
        let mut transaction =
            writer.begin_with("BEGIN IMMEDIATE").await.map_err(|error| wrong("try again", error.into()))?;
        migrator().run_direct(None, &mut *transaction, false).await.map_err(|error| wrong(not_ours, error.into()))?;
        transaction.commit().await.map_err(|error| wrong("try again", error.into()))?;

        let count = std::thread::available_parallelism().map_or(4, |n| n.get().clamp(2, 8));
        let readers = pool.max_connections(u32::try_from(count).unwrap_or(4));
        let readers = readers.connect_with(options.pragma("query_only", "ON")).await;
        let readers = readers.map_err(|error| wrong(not_ours, error.into()))?;
        Ok(Self(SqlStore::new(SqliteEngine {
            writer,
            readers,
            #[cfg(feature = "store-tests")]
            waiting: std::sync::Arc::default(),
        })))
    }

    /// The same store with room for fewer counters.
    #[cfg(feature = "store-tests")]
    #[doc(hidden)]
    #[must_use]
    pub fn with_max_counters(self, max: u64) -> Self {
        Self(self.0.with_max_counters(max))
    }

    /// Waits for what is under way, and closes the file; all later verbs fail.
    pub async fn close(&self) {
        self.0.feed.stop();
        self.0.engine.readers.close().await;
        self.0.engine.writer.close().await;
    }
}

/// Makes the file for its owner only. SQLite gives the two files beside it the same mode.
fn create(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

impl Engine for SqliteEngine {
    type Transaction = SqliteTransaction;
    type Follow = SqliteFollow;

    const RECORD: &'static str = RECORD_SQLITE;

    async fn read(&self, statement: &'static str, values: Vec<Value>) -> Result<Vec<Row>, Failure> {
        let rows = sqlx::query_with(statement, arguments(values)?).fetch_all(&self.readers).await?;
        rows.iter().map(row).collect()
    }

    async fn write(&self, statement: &'static str, values: Vec<Value>) -> Result<u64, Failure> {
        let mut transaction = self.begin().await?;
        let count = transaction.write(statement, values).await?;
        transaction.commit().await?;
        Ok(count)
    }

    async fn begin(&self) -> Result<SqliteTransaction, Failure> {
        #[cfg(feature = "store-tests")]
        let waiting = Waiting::new(&self.waiting);
        // Immediately: a transaction that reads first and writes then would fail if another one wrote in between.
        let transaction = self.writer.begin_with("BEGIN IMMEDIATE").await;
        #[cfg(feature = "store-tests")]
        drop(waiting);
        Ok(SqliteTransaction(transaction?))
    }

    async fn follow(&self) -> Result<SqliteFollow, Failure> {
        Ok(SqliteFollow(self.readers.connect_options().connect().await?))
    }
}

/// SQLite tells nobody of a change: it is asked, which is cheap.
struct SqliteFollow(SqliteConnection);

impl Follow for SqliteFollow {
    async fn read(&mut self, from: i64) -> Result<Page, Failure> {
        let rows = sqlx::query_with(READ_SQLITE, arguments(values![from])?).fetch_all(&mut self.0).await?;
        Page::of(rows.iter().map(row).collect::<Result<_, _>>()?)
    }

    async fn wait(&mut self, at_most: Duration) -> Result<(), Failure> {
        tokio::time::sleep(at_most).await;
        Ok(())
    }
}

struct SqliteTransaction(sqlx::Transaction<'static, Sqlite>);

impl Transaction for SqliteTransaction {
    async fn write(&mut self, statement: &'static str, values: Vec<Value>) -> Result<u64, Failure> {
        Ok(sqlx::query_with(statement, arguments(values)?).execute(&mut *self.0).await?.rows_affected())
    }

    async fn write_returning(&mut self, statement: &'static str, values: Vec<Value>) -> Result<Vec<Row>, Failure> {
        let rows = sqlx::query_with(statement, arguments(values)?).fetch_all(&mut *self.0).await?;
        rows.iter().map(row).collect()
    }

    async fn commit(self) -> Result<(), Failure> {
        Ok(self.0.commit().await?)
    }
}

fn arguments(values: Vec<Value>) -> Result<SqliteArguments, Failure> {
    use sqlx::Arguments as _;

    let mut arguments = SqliteArguments::default();
    for value in values {
        if !value.is_storable() {
            // As PostgreSQL does: what one of the two keeps the other has to keep.
            return Err(StoreError::new("a text has U+0000").into());
        }
        let added = match value {
            Value::Integer(integer) => arguments.add(integer),
            Value::Text(text) => arguments.add(text),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

fn row(row: &SqliteRow) -> Result<Row, Failure> {
    let values = (0..row.len()).map(|column| {
        let value = row.try_get_raw(column)?;
        if value.is_null() {
            return Ok(Value::Text(None));
        }
        Ok(match value.type_info().name() {
            "INTEGER" => Value::Integer(row.try_get(column)?),
            "TEXT" => Value::Text(row.try_get(column)?),
            _ => return Err(corrupt("a column is neither text nor integer").into()),
        })
    });
    Ok(Row::new(values.collect::<Result<_, Failure>>()?))
}

/// Counts who waits for the writer.
#[cfg(feature = "store-tests")]
struct Waiting<'a>(&'a std::sync::atomic::AtomicUsize);

#[cfg(feature = "store-tests")]
impl<'a> Waiting<'a> {
    fn new(count: &'a std::sync::atomic::AtomicUsize) -> Self {
        count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Self(count)
    }
}

#[cfg(feature = "store-tests")]
impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
    }
}

#[cfg(feature = "store-tests")]
impl crate::stores::Interleave for SqliteStore {
    fn held_at(&self, gate: &crate::stores::Gate) -> Self {
        Self(self.0.held_at(gate))
    }

    async fn is_a_write_waiting(&self) -> bool {
        self.0.engine.waiting.load(std::sync::atomic::Ordering::SeqCst) > 0
    }
}

macro_rules! with_inner {
    ($self:ident, $store:ident => $call:expr) => {{
        let $store = &$self.0;
        $call
    }};
}
forward_all!(SqliteStore, with_inner);

impl crate::stores::Store for SqliteStore {
    fn is_single_process(&self) -> bool {
        false
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").finish_non_exhaustive()
    }
}
