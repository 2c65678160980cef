//! What the operator is told of hashes, and by whom.

use auth_core::Source;
use auth_issuer::hash_pool::Requester;
use auth_issuer::hashing::{HashParams, Pepper, Peppers};
use auth_issuer::{HashPool, PasswordHash};

use super::log::Log;

const TOLD: &str = "the pepper of its hash is not known pepper=\"2025\"";

fn pool() -> HashPool {
    HashPool::new(1, HashParams::new_insecure(8, 1, 1).expect("possible"))
}

fn alice() -> Requester {
    Requester::new(Source::Unknown, "alice")
}

async fn hash_with_pepper() -> PasswordHash {
    let pool = pool().with_peppers(Peppers::new(Pepper::new("2025", &[1; 32]).expect("a pepper")));
    pool.run(alice(), |hasher| hasher.create(b"secret")).await.expect("a turn").expect("a hash")
}

/// The log is that of this thread alone: one that computes hashes may stop while it has the lock of a log, and writes none.
#[tokio::test]
async fn who_waits_for_a_hash_tells_of_an_unknown_pepper() {
    let (pool, hash) = (pool(), hash_with_pepper().await);
    let log = Log::begin();
    let checked = pool.run(alice(), move |hasher| hasher.verify(&hash, b"secret")).await.expect("a turn");
    assert_eq!(checked, Ok(false));
    let text = log.end();
    assert_eq!(text.matches(TOLD).count(), 1, "{text}");
}

#[tokio::test]
async fn an_unknown_pepper_is_told_after_the_job_too() {
    let (pool, hash) = (pool(), hash_with_pepper().await);
    let hasher = pool.run(alice(), Clone::clone).await.expect("a turn");
    let log = Log::begin();
    assert_eq!(hasher.verify(&hash, b"secret"), Ok(false));
    let text = log.end();
    assert_eq!(text.matches(TOLD).count(), 1, "{text}");
}
