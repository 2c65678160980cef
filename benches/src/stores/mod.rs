//! What the operations of a store cost when it is small and when it is not.
//!
//! Two stores of the same kind stand beside each other: one of 100 accounts and one of 50,000, each with four refresh
//! chains, two API keys and a one-time secret an account. Every operation runs on both in turn, on rows that lie spread over the whole
//! store, so both see the same machine; the median counts. What is to grow with the logarithm of the rows, or not at
//! all, has a ratio near 1; what reads every row has one near 500. Then refresh tokens are exchanged on the large one, by
//! the service and by its statements alone.

mod fill;
mod operations;
mod refreshes;

use std::path::PathBuf;
use std::time::{Duration, Instant};
use std::{env, fs, process};

use auth_issuer::stores::{PostgresStore, SqliteStore, Store};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _};
use tokio::runtime;

use crate::Failure;
use auth_request_bench::statistics::{micros, percentile, ratio};
use auth_request_bench::table::Table;
use fill::{Scale, fill};
use operations::{Operation, Rows};
use refreshes::Bare;

const SMALL: Scale = Scale { accounts: 100 };
const LARGE: Scale = Scale { accounts: 50_000 };
/// How often each operation runs on each store.
const SAMPLES: usize = 100;

/// Runs the benchmark; the answer is the text for the page.
///
/// # Errors
///
/// If a store fails.
pub fn run() -> Result<String, Failure> {
    runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let mut text = format!(
            "Accounts, chains, keys: {} and {}.\n\n### SQLite\n\n{}",
            SMALL.describe(),
            LARGE.describe(),
            sqlite().await?
        );
        if let Some(table) = postgres().await? {
            text.push_str("\n### PostgreSQL\n\n");
            text.push_str(&table);
        }
        Ok(text)
    })
}

async fn sqlite() -> Result<String, Failure> {
    let directory = Directory::new()?;
    let (small, large) = (directory.0.join("small.db"), directory.0.join("large.db"));
    for (path, scale) in [(&small, SMALL), (&large, LARGE)] {
        let store = SqliteStore::open(path).await?;
        let templates = fill::templates(&store).await?;
        store.close().await;
        fill::<sqlx::Sqlite>(&format!("sqlite:{}", path.display()), scale, &templates).await?;
    }
    let file = large.clone();
    let (small, large) = (SqliteStore::open(small).await?, SqliteStore::open(large).await?);
    let table = compare(&small, &large).await?;
    let options = SqliteConnectOptions::new().filename(&file).foreign_keys(true).synchronous(SqliteSynchronous::Full);
    let writer = options.clone().journal_mode(SqliteJournalMode::Wal).connect().await?;
    let reader = Some(options.pragma("query_only", "ON").connect().await?);
    let mut bare = Bare::<sqlx::Sqlite> { reader, writer, begin: "BEGIN IMMEDIATE" };
    let refreshes = refreshes::compare(&large, LARGE, &mut bare).await?;
    small.close().await;
    large.close().await;
    Ok(format!("{table}\n{refreshes}"))
}

/// `None` where there is no server and none can be started.
async fn postgres() -> Result<Option<String>, Failure> {
    let (Some(small), Some(large)) = (auth_test::postgres::database().await, auth_test::postgres::database().await)
    else {
        return Ok(None);
    };
    for (database, scale) in [(&small, SMALL), (&large, LARGE)] {
        let store = PostgresStore::open(database.url()).await?;
        let templates = fill::templates(&store).await?;
        store.close().await;
        fill::<sqlx::Postgres>(database.url(), scale, &templates).await?;
    }
    let stores = (PostgresStore::open(small.url()).await?, PostgresStore::open(large.url()).await?);
    let table = compare(&stores.0, &stores.1).await?;
    let writer = sqlx::PgConnection::connect(large.url()).await?;
    let mut bare = Bare::<sqlx::Postgres> { reader: None, writer, begin: "BEGIN" };
    let refreshes = refreshes::compare(&stores.1, LARGE, &mut bare).await?;
    stores.0.close().await;
    stores.1.close().await;
    Ok(Some(format!("{table}\n{refreshes}")))
}

async fn compare(small: &impl Store, large: &impl Store) -> Result<String, Failure> {
    let mut table = Table::new(&["operation", "small, µs", "large, µs", "ratio"]);
    let (small_rows, large_rows) = (Rows::of(SMALL), Rows::of(LARGE));
    for operation in Operation::ALL {
        let (mut in_small, mut in_large) = (Vec::new(), Vec::new());
        // Each file and connection is warm after the first tenth.
        for sample in 0..SAMPLES + SAMPLES / 10 {
            in_small.push(time(operation, small, &small_rows, sample).await?);
            in_large.push(time(operation, large, &large_rows, sample).await?);
        }
        let (mut in_small, mut in_large) = (in_small.split_off(SAMPLES / 10), in_large.split_off(SAMPLES / 10));
        let (small, large) = (percentile(&mut in_small, 50), percentile(&mut in_large, 50));
        table.row(&[operation.name(), &micros(small), &micros(large), &format!("{:.2}", ratio(large, small))]);
    }
    Ok(table.into_text())
}

async fn time(operation: Operation, store: &impl Store, rows: &Rows, sample: usize) -> Result<Duration, Failure> {
    operation.prepare(store, rows, sample).await?;
    let began = Instant::now();
    operation.run(store, rows, sample).await?;
    Ok(began.elapsed())
}

/// A directory that goes when this is dropped.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Result<Self, Failure> {
        let path = env::temp_dir().join(format!("auth-benches-{}", process::id()));
        fs::create_dir(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            eprintln!("{} is left behind: {error}", self.0.display());
        }
    }
}
