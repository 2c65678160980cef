//! Hundreds of tasks at once: exactly the right number of them wins.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::samples::{account, at, chain, digest, full_account, hash, insert, one_time_record, rotation};
use crate::accounts::Inserted;
use crate::one_time::Slot;
use crate::refresh::Rotation;
use crate::stores::Store;
use crate::throttle::{CounterKey, Reserved, Rule, Settled};
use crate::totp::SealedSecret;

/// How many requests are on their way at once; the others have come already and wait.
const AT_ONCE: usize = 64;

/// Runs races of many tasks on an empty store.
///
/// # Panics
///
/// If a rule is broken, or the store fails.
pub async fn crowds<S: Store>(store: &S) {
    insert(store, full_account("ada", "ada")).await;
    one_of_200_redeems_a_secret(store).await;
    one_of_100_exchanges_a_token(store).await;
    one_of_100_spends_a_step_and_a_code(store).await;
    ten_of_1000_guesses_are_admitted(store).await;
    one_of_100_spends_a_token_id(store).await;
    one_of_50_takes_a_name(store).await;
    three_of_50_secrets_find_a_place(store).await;
    one_of_50_changes_the_password(store).await;
}

/// How many of `count` tasks win.
async fn winners<S, F, R>(store: &S, count: u32, attempt: F) -> usize
where
    S: Store,
    F: Fn(S, u32) -> R,
    R: Future<Output = bool> + Send + 'static,
{
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut tasks = JoinSet::new();
    for n in 0..count {
        let (places, attempt) = (Arc::clone(&places), attempt(store.clone(), n));
        tasks.spawn(async move {
            let _place = places.acquire().await.expect("it is not closed");
            attempt.await
        });
    }
    tasks.join_all().await.into_iter().filter(|has_won| *has_won).count()
}

async fn one_of_200_redeems_a_secret<S: Store>(store: &S) {
    let record = one_time_record("ada", "secret", 3, at(600));
    assert!(store.insert_one_time(record.clone(), Slot::Free, at(0)).await.expect("an answer"));
    let redeem = |store: S, _| {
        let record = record.clone();
        async move { store.redeem_one_time(&record, at(1)).await.expect("an answer") }
    };
    assert_eq!(winners(store, 200, redeem).await, 1);
}

async fn one_of_100_exchanges_a_token<S: Store>(store: &S) {
    store.insert_chain(chain("c", "ada", "web")).await.expect("an answer");
    let rotate = |store: S, n| async move {
        let rotation = Rotation { to: digest(&format!("successor {n}")), ..rotation("c", 0, at(1)) };
        store.rotate_chain(rotation).await.expect("an answer")
    };
    assert_eq!(winners(store, 100, rotate).await, 1);
    let chain = store.find_chain(&digest("c-0")).await.expect("an answer").expect("the chain");
    assert_eq!((chain.generation, chain.ended), (1, None), "the chain is intact");
    let mut live = 0;
    for n in 0..100 {
        let found = store.find_chain(&digest(&format!("successor {n}"))).await.expect("an answer");
        live += u32::from(found.is_some());
    }
    assert_eq!(live, 1, "one successor is good");
}

async fn one_of_100_spends_a_step_and_a_code<S: Store>(store: &S) {
    let pending = SealedSecret::from_text("sealed");
    assert!(store.begin_totp("ada", 3, &pending).await.expect("an answer"));
    store.add_recovery_codes("ada", "one", &[digest("code")]).await.expect("an answer");
    let enable = |store: S, _| {
        let pending = pending.clone();
        async move { store.enable_totp("ada", 3, &pending, 100, "one").await.expect("an answer").is_some() }
    };
    assert_eq!(winners(store, 100, enable).await, 1);
    let advance = |store: S, _| async move { store.advance_totp("ada", 4, 101).await.expect("an answer") };
    assert_eq!(winners(store, 100, advance).await, 1);
    let redeem = |store: S, _| async move {
        store.redeem_recovery_code("ada", "one", &digest("code"), at(1)).await.expect("an answer")
    };
    assert_eq!(winners(store, 100, redeem).await, 1);
}

async fn ten_of_1000_guesses_are_admitted<S: Store>(store: &S) {
    let rule = Rule { limit: 10, window: Duration::from_mins(1), then_one_per: None };
    let key = CounterKey::from_bytes([1; 32]);
    let guess = |store: S, _| async move {
        let is_admitted = store.reserve(key, rule, at(1)).await.expect("an answer") == Reserved::Admitted;
        if is_admitted {
            store.settle(key, rule, Settled::Failure, at(2)).await.expect("an answer");
        }
        is_admitted
    };
    assert_eq!(winners(store, 1_000, guess).await, 10);
    let refused = store.reserve(key, rule, at(3)).await.expect("an answer");
    assert!(matches!(refused, Reserved::Refused { .. }), "{refused:?}");
}

async fn one_of_100_spends_a_token_id<S: Store>(store: &S) {
    let spend = |store: S, _| async move { store.spend_token_id("reset", "id", at(9)).await.expect("an answer") };
    assert_eq!(winners(store, 100, spend).await, 1);
}

async fn one_of_50_takes_a_name<S: Store>(store: &S) {
    let sign_up = |store: S, n| async move {
        let account = account(&format!("id {n}"), "The Name");
        match store.insert_account(account).await.expect("an answer") {
            Inserted::Stored => true,
            other => {
                assert_eq!(other, Inserted::DuplicateLogin);
                false
            }
        }
    };
    assert_eq!(winners(store, 50, sign_up).await, 1);
}

async fn three_of_50_secrets_find_a_place<S: Store>(store: &S) {
    let request = |store: S, n| async move {
        let record = one_time_record("bob", &format!("link {n}"), 0, at(600));
        store.insert_one_time(record, Slot::Free, at(1)).await.expect("an answer")
    };
    assert_eq!(winners(store, 50, request).await, 3);
}

async fn one_of_50_changes_the_password<S: Store>(store: &S) {
    let new = hash();
    let change = |store: S, _| {
        let new = new.clone();
        async move { store.set_password("ada", 4, new).await.expect("an answer").is_some() }
    };
    assert_eq!(winners(store, 50, change).await, 1);
    let account = store.find_account_by_id("ada").await.expect("an answer").expect("the account");
    assert_eq!(account.epoch(), 5);
}
