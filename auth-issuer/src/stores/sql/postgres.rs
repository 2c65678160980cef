//! Everything in a PostgreSQL server.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use auth_core::{ConfigError, ConfigErrorKind, StoreError};
use sqlx::postgres::{PgArguments, PgConnectOptions, PgListener, PgPool, PgPoolOptions, PgRow, Postgres};
use sqlx::{ConnectOptions as _, Connection as _, Row as _, TypeInfo as _, ValueRef as _};

use super::changes::{CHANNEL, Page, READ_POSTGRES, RECORD_POSTGRES};
use super::failure::Failure;
use super::feed::Follow;
use super::value::{Row, Value, corrupt};
use super::{Engine, SqlStore, Transaction, migrator};
use crate::stores::forward::forward_all;
use crate::stores::url::shown;

/// How long a request waits for a connection.
const ACQUIRE: Duration = Duration::from_secs(5);

const IS_STANDBY: &str = "SELECT CAST(CASE WHEN pg_is_in_recovery() THEN 1 ELSE 0 END AS BIGINT)";

/// A store in a PostgreSQL server, for services of several nodes. Clones are handles to one store.
///
/// # Limits
///
/// What another node changes is respected within a second, and as a rule at once: verified credentials are
/// [cached](auth_core::cache) only while the log of changes is read, four times a second and when NOTIFY says so, over one
/// more connection that a node opens when a verifier may cache. Behind a pooler that gives a connection to several
/// clients in turn NOTIFY is not heard; the bound is the same. PostgreSQL 13 is the oldest that can do it.
///
/// At most 16 connections beside; a verb waits 5 s for one of them, and the server works 5 s on a statement. Beyond that the
/// verb fails, and the request is answered with 503; so it is when a connection is lost.
///
/// # Security
///
/// All nodes have to reach the primary: what a standby has not heard of yet would count twice. Where the server is
/// another machine, end the URL in `?sslmode=verify-full`; `prefer`, the default, takes a server without TLS too.
///
/// `synchronous_commit` has to be on, as it is by default: else a crash of the server loses what was acknowledged.
#[derive(Clone)]
pub struct PostgresStore(SqlStore<PostgresEngine>);

#[derive(Clone)]
struct PostgresEngine(PgPool);

impl PostgresStore {
    /// Connects to the database of a URL, `postgres://user:password@host/database`, and brings its schema up to date.
    ///
    /// The tables begin with `auth_` and lie in the first schema of the search path.
    ///
    /// # Errors
    ///
    /// [`ConfigError`], which does not show the password, if the URL is not one, the server does not answer or is a
    /// standby, the user may not make tables, or the schema is one that this version does not know.
    pub async fn open(url: &str) -> Result<Self, ConfigError> {
        let wrong = |fix: &str, cause: Box<dyn Error + Send + Sync>| {
            let text = format!("the PostgreSQL database {} cannot be opened: {cause}; {fix}", shown(url));
            ConfigError::new(ConfigErrorKind::Store, text).with_source(cause)
        };
        let form = "write it as postgres://user:password@host:5432/database";
        let options: PgConnectOptions =
            url.parse().ok().ok_or_else(|| wrong(form, "it is not the URL of a database".into()))?;
        let start = "start the server, and check host, user and password";
        let fix = "let its user make tables, and do not start an older version on the schema of a newer one";

        // A connection with more time: another node may be making the tables at this moment.
        let patient = options.clone().options([("statement_timeout", "60s")]);
        let mut connection = patient.connect().await.map_err(|error| wrong(start, error.into()))?;
        let is_standby = sqlx::query_scalar::<_, i64>(IS_STANDBY).fetch_one(&mut connection).await;
        if is_standby.map_err(|error| wrong(start, error.into()))? != 0 {
            return Err(wrong("name the primary", "the server is a standby".into()));
        }
        migrator().run_direct(None, &mut connection, false).await.map_err(|error| wrong(fix, error.into()))?;
        // What it was for is done; the server notices if it goes without a word.
        drop(connection.close().await);

        let options = options.options([
            ("default_transaction_isolation", "read committed"),
            ("idle_in_transaction_session_timeout", "10s"),
            ("statement_timeout", "5s"),
        ]);
        let pool = PgPoolOptions::new().max_connections(16).acquire_timeout(ACQUIRE).connect_with(options).await;
        Ok(Self(SqlStore::new(PostgresEngine(pool.map_err(|error| wrong(start, error.into()))?))))
    }

    /// The same store with room for fewer counters.
    #[cfg(feature = "store-tests")]
    #[doc(hidden)]
    #[must_use]
    pub fn with_max_counters(self, max: u64) -> Self {
        Self(self.0.with_max_counters(max))
    }

    /// Waits for what is under way, and closes all connections; all later verbs fail.
    pub async fn close(&self) {
        self.0.feed.stop();
        self.0.engine.0.close().await;
    }
}

impl Engine for PostgresEngine {
    type Transaction = PostgresTransaction;
    type Follow = PostgresFollow;

    const RECORD: &'static str = RECORD_POSTGRES;

    async fn read(&self, statement: &'static str, values: Vec<Value>) -> Result<Vec<Row>, Failure> {
        let rows = sqlx::query_with(statement, arguments(values)?).fetch_all(&self.0).await?;
        rows.iter().map(row).collect()
    }

    async fn write(&self, statement: &'static str, values: Vec<Value>) -> Result<u64, Failure> {
        Ok(sqlx::query_with(statement, arguments(values)?).execute(&self.0).await?.rows_affected())
    }

    async fn begin(&self) -> Result<PostgresTransaction, Failure> {
        Ok(PostgresTransaction(self.0.begin().await?))
    }

    async fn follow(&self) -> Result<PostgresFollow, Failure> {
        // A pool of its own: the others may all be taken.
        let options = (*self.0.connect_options()).clone();
        let pool = PgPoolOptions::new().max_connections(1).idle_timeout(None).max_lifetime(None);
        let mut listener = PgListener::connect_with(&pool.connect_with(options).await?).await?;
        listener.eager_reconnect(false);
        listener.listen(CHANNEL).await?;
        Ok(PostgresFollow(listener))
    }
}

/// Woken by NOTIFY. It reads over the connection that listens.
struct PostgresFollow(PgListener);

impl Follow for PostgresFollow {
    async fn read(&mut self, from: i64) -> Result<Page, Failure> {
        let query = sqlx::query_with(READ_POSTGRES, arguments(values![from])?);
        let rows = query.fetch_all(&mut self.0).await?;
        Page::of(rows.iter().map(row).collect::<Result<_, _>>()?)
    }

    async fn wait(&mut self, at_most: Duration) -> Result<(), Failure> {
        match tokio::time::timeout(at_most, self.0.try_recv()).await {
            Ok(Ok(None)) => Err(Failure::Other(StoreError::new("the connection that listens was lost"))),
            Ok(Err(error)) => Err(error.into()),
            Ok(Ok(Some(_))) => {
                // Whoever else has spoken meanwhile is heard by the same look.
                while self.0.next_buffered().is_some() {}
                Ok(())
            }
            Err(_elapsed) => Ok(()),
        }
    }
}

struct PostgresTransaction(sqlx::Transaction<'static, Postgres>);

impl Transaction for PostgresTransaction {
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

fn arguments(values: Vec<Value>) -> Result<PgArguments, Failure> {
    use sqlx::Arguments as _;

    let mut arguments = PgArguments::default();
    for value in values {
        let added = match value {
            Value::Integer(integer) => arguments.add(integer),
            Value::Text(text) => arguments.add(text),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

fn row(row: &PgRow) -> Result<Row, Failure> {
    let values = (0..row.len()).map(|column| {
        Ok(match row.try_get_raw(column)?.type_info().name() {
            "INT8" => Value::Integer(row.try_get(column)?),
            "TEXT" => Value::Text(row.try_get(column)?),
            _ => return Err(corrupt("a column is neither text nor integer").into()),
        })
    });
    Ok(Row::new(values.collect::<Result<_, Failure>>()?))
}

#[cfg(feature = "store-tests")]
const WAITING: &str = "SELECT COUNT(*) FROM pg_catalog.pg_stat_activity \
                       WHERE datname = current_database() AND wait_event_type = 'Lock'";

#[cfg(feature = "store-tests")]
impl crate::stores::Interleave for PostgresStore {
    fn held_at(&self, gate: &crate::stores::Gate) -> Self {
        Self(self.0.held_at(gate))
    }

    async fn is_a_write_waiting(&self) -> bool {
        let rows = self.0.read(WAITING, values![]).await.unwrap_or_default();
        rows.into_iter().next().is_some_and(|mut row| row.integer().is_ok_and(|count| count > 0))
    }
}

macro_rules! with_inner {
    ($self:ident, $store:ident => $call:expr) => {{
        let $store = &$self.0;
        $call
    }};
}
forward_all!(PostgresStore, with_inner);

impl crate::stores::Store for PostgresStore {
    fn is_single_process(&self) -> bool {
        false
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore").finish_non_exhaustive()
    }
}
