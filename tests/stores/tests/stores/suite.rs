//! The store suite on both databases.

use std::sync::atomic::{AtomicU32, Ordering};

use auth_issuer::store_suite;
use auth_issuer::stores::{PostgresStore, SqliteStore};
use auth_test::postgres::{TestDatabase, database};
use tokio::sync::Mutex;

use crate::temporary::TempDir;

/// Makes files in one directory.
fn files(directory: &TempDir) -> impl AsyncFn() -> SqliteStore {
    let count = AtomicU32::new(0);
    async move || {
        let name = format!("{}.db", count.fetch_add(1, Ordering::Relaxed));
        SqliteStore::open(directory.path().join(name)).await.expect("a store")
    }
}

/// Makes databases, which stay until the list goes.
fn databases(list: &Mutex<Vec<TestDatabase>>) -> impl AsyncFn() -> PostgresStore {
    async move || {
        let database = database().await.expect("there was one before");
        let store = PostgresStore::open(database.url()).await.expect("a store");
        list.lock().await.push(database);
        store
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sqlite_keeps_every_rule() {
    let directory = TempDir::new();
    store_suite::everything(files(&directory)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sqlite_keeps_every_rule_in_every_race() {
    let directory = TempDir::new();
    store_suite::interleaved(files(&directory)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn postgres_keeps_every_rule() {
    let Some(first) = database().await else { return };
    let list = Mutex::new(vec![first]);
    store_suite::everything(databases(&list)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn postgres_keeps_every_rule_in_every_race() {
    let Some(first) = database().await else { return };
    let list = Mutex::new(vec![first]);
    store_suite::interleaved(databases(&list)).await;
}
