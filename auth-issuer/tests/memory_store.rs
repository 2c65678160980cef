//! The store in memory keeps the rules of all stores.

use auth_issuer::store_suite;
use auth_issuer::stores::{AnyStore, MemoryStore, Store as _};

#[tokio::test(flavor = "multi_thread")]
async fn keeps_every_rule() {
    store_suite::everything(async || MemoryStore::new()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keeps_every_rule_if_a_configuration_names_it() {
    store_suite::everything(async || AnyStore::open("memory:").await.expect("a store")).await;
    assert!(AnyStore::open("memory:").await.expect("a store").is_single_process());
}

#[tokio::test]
async fn a_text_that_names_no_store_is_quoted_with_the_fix_and_without_a_password() {
    for text in ["", "memory", "memory:x", "s3cret", "mysql://ada:s3cret@db/auth", "sqlite:", "sqlite::memory:"] {
        let error = AnyStore::open(text).await.expect_err("no store").to_string();
        assert!(error.contains("postgres://user:password@host/database") || error.contains("sqlite"), "{error}");
        assert!(!error.contains("s3cret"), "{error}");
    }
}
