//! Everything in a database: one set of statements for SQLite and PostgreSQL.
//!
//! The schema knows two types, `TEXT` and `BIGINT`, so what both databases have to do is small: take [`Value`]s, give
//! [`Row`]s of them, and hold transactions. That is an [`Engine`]; the verbs are written once over it.
//!
//! Each verb that writes is one statement whose whole condition is on the row that it writes. Under PostgreSQL's READ
//! COMMITTED a statement that had to wait for a row looks at that row again, and at nothing else.
//!
//! What a verb withdraws is written into a [log](changes) in the same transaction, which every process that caches
//! [follows](feed).

#[macro_use]
mod value;

mod accounts;
mod chains;
mod changes;
mod convert;
mod counters;
mod failure;
mod feed;
mod key_ids;
mod keys;
mod one_time;
#[cfg(feature = "postgres")]
mod postgres;
mod sessions;
#[cfg(feature = "sqlite")]
mod sqlite;
mod statements;
mod sweep;
mod throttle;
mod token_ids;
mod totp;

use std::future::Future;

use auth_core::StoreError;
use auth_core::cache::Revocations;
use sqlx::migrate::Migrator;

use counters::CounterBound;
use failure::Failure;
use feed::{Feed, Follow};
#[cfg(feature = "postgres")]
pub use postgres::PostgresStore;
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteStore;
use value::{Row, Value};

#[cfg(feature = "store-tests")]
use super::interleave::Gate;

/// What a database has to do.
trait Engine: Clone + Send + Sync + 'static {
    /// A transaction; rolled back where it is dropped.
    type Transaction: Transaction;
    /// A connection that follows the log of changes.
    type Follow: Follow;

    /// The statement that adds a change to the log: its kind and its name.
    const RECORD: &'static str;

    /// Reads rows, outside of any transaction.
    fn read(
        &self,
        statement: &'static str,
        values: Vec<Value>,
    ) -> impl Future<Output = Result<Vec<Row>, Failure>> + Send;

    /// Runs one statement that writes, commits it and returns how many rows it wrote.
    fn write(&self, statement: &'static str, values: Vec<Value>) -> impl Future<Output = Result<u64, Failure>> + Send;

    /// Begins a transaction that writes.
    fn begin(&self) -> impl Future<Output = Result<Self::Transaction, Failure>> + Send;

    /// Connects to follow the log of changes.
    fn follow(&self) -> impl Future<Output = Result<Self::Follow, Failure>> + Send;
}

/// A transaction that writes.
trait Transaction: Send {
    /// Runs a statement and returns how many rows it wrote.
    fn write(
        &mut self,
        statement: &'static str,
        values: Vec<Value>,
    ) -> impl Future<Output = Result<u64, Failure>> + Send;

    /// Runs a statement to its end and returns what it returns.
    fn write_returning(
        &mut self,
        statement: &'static str,
        values: Vec<Value>,
    ) -> impl Future<Output = Result<Vec<Row>, Failure>> + Send;

    /// Commits. After an error nobody knows whether it did.
    fn commit(self) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// All verbs over one engine.
#[derive(Clone)]
struct SqlStore<E> {
    engine: E,
    feed: Feed,
    counters: CounterBound,
    /// Where transactions wait before they commit.
    #[cfg(feature = "store-tests")]
    gate: Option<Gate>,
}

impl<E: Engine> SqlStore<E> {
    fn new(engine: E) -> Self {
        Self {
            engine,
            feed: Feed::new(),
            counters: CounterBound::default(),
            #[cfg(feature = "store-tests")]
            gate: None,
        }
    }

    /// The rows that have these values. What no row can have is not asked for: callers choose ids, and PostgreSQL would
    /// fail.
    async fn read(&self, statement: &'static str, values: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        if !values.iter().all(Value::is_storable) {
            return Ok(Vec::new());
        }
        Ok(self.engine.read(statement, values).await?)
    }

    async fn read_one(&self, statement: &'static str, values: Vec<Value>) -> Result<Option<Row>, StoreError> {
        Ok(self.read(statement, values).await?.into_iter().next())
    }

    /// One statement; says how many rows it wrote.
    async fn write(&self, statement: &'static str, values: Vec<Value>) -> Result<u64, Failure> {
        #[cfg(feature = "store-tests")]
        if self.gate.is_some() {
            let mut transaction = self.begin().await?;
            let count = transaction.write(statement, values).await?;
            self.commit(transaction).await?;
            return Ok(count);
        }
        self.engine.write(statement, values).await
    }

    /// One statement on one row; says whether the row was there and met the condition.
    async fn write_one(&self, statement: &'static str, values: Vec<Value>) -> Result<bool, Failure> {
        Ok(self.write(statement, values).await? > 0)
    }

    /// Who withdraws what was read; others' changes are followed from the first call on.
    fn follow_changes(&self) -> Revocations {
        self.feed.start(&self.engine)
    }

    async fn begin(&self) -> Result<E::Transaction, Failure> {
        self.engine.begin().await
    }

    async fn commit(&self, transaction: E::Transaction) -> Result<(), Failure> {
        #[cfg(feature = "store-tests")]
        if let Some(gate) = &self.gate {
            gate.pass().await;
        }
        transaction.commit().await
    }

    #[cfg(feature = "store-tests")]
    fn held_at(&self, gate: &Gate) -> Self {
        Self { gate: Some(gate.clone()), ..self.clone() }
    }

    #[cfg(feature = "store-tests")]
    fn with_max_counters(self, max: u64) -> Self {
        Self { counters: CounterBound::of(max), ..self }
    }
}

fn read_epoch(rows: Vec<Row>) -> Result<Option<u64>, StoreError> {
    rows.into_iter().next().map(|mut row| row.number()).transpose()
}

/// The migrations, whose table has a name of its own: the database may be the program's too.
fn migrator() -> Migrator {
    let mut migrator = sqlx::migrate!();
    migrator.dangerous_set_table_name("auth_migrations");
    migrator
}

/// Every statement of every verb, by the name of the constant, for tests of how a database would run them.
#[cfg(feature = "store-tests")]
#[doc(hidden)]
pub fn statements() -> impl Iterator<Item = (&'static str, &'static str)> {
    statements::all()
}
