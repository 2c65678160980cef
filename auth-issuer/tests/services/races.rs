//! Many at once: exactly the right number of winners.

use std::collections::HashSet;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use auth_issuer::one_time::{OneTimeSecrets, Purpose};
use auth_issuer::refresh::{RefreshOutcome, RefreshTokens};
use auth_issuer::totp::CodeOutcome;
use auth_issuer::{SignIn, SignInOutcome, SignInRequest, Throttle};
use tokio::sync::Barrier;

use super::support::{PASSWORD, after, alice, code, enrol, from, granted, pool, store, totp};

/// Lets `count` tasks begin together and collects what they come to.
async fn together<T, F>(count: usize, task: impl Fn() -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let start = Arc::new(Barrier::new(count));
    let tasks: Vec<_> = (0..count)
        .map(|_| {
            let (start, task) = (Arc::clone(&start), task());
            tokio::spawn(async move {
                start.wait().await;
                task.await
            })
        })
        .collect();
    let mut results = Vec::new();
    for task in tasks {
        results.push(task.await.expect("no panic"));
    }
    results
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_100_that_rotate_one_token_without_grace_one_wins_and_the_chain_ends() {
    let store = store();
    let service = RefreshTokens::new(store.clone(), store.clone());
    let token = service.begin(&granted(&store).await, "app", &[], &after(0)).await.expect("an answer").token;
    let outcomes = together(100, || {
        let (service, token) = (service.clone(), token.clone());
        async move { service.refresh(token.reveal(), "app", None, &after(1)).await.expect("an answer") }
    })
    .await;
    let winners: Vec<_> = outcomes.iter().filter(|outcome| matches!(outcome, RefreshOutcome::Renewed(_))).collect();
    assert_eq!(winners.len(), 1);
    let live = service.list(&alice(&store).await, &after(2)).await.expect("an answer");
    assert!(live.is_empty(), "without grace the others are a reuse");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_100_that_rotate_one_token_within_grace_all_get_one_successor_and_the_chain_lives() {
    let store = store();
    let service = RefreshTokens::new(store.clone(), store.clone());
    let service = service.with_grace(Duration::from_secs(10)).expect("under a minute");
    let token = service.begin(&granted(&store).await, "app", &[], &after(0)).await.expect("an answer").token;
    let outcomes = together(100, || {
        let (service, token) = (service.clone(), token.clone());
        async move { service.refresh(token.reveal(), "app", None, &after(1)).await.expect("an answer") }
    })
    .await;
    let (mut successors, mut first) = (HashSet::new(), 0);
    for outcome in outcomes {
        let RefreshOutcome::Renewed(renewed) = outcome else { panic!("{outcome:?}") };
        first += usize::from(!renewed.is_repetition);
        successors.insert(renewed.refresh.token.reveal().to_owned());
    }
    assert_eq!((successors.len(), first), (1, 1));
    let successor = successors.into_iter().next().expect("one");
    let next = service.refresh(&successor, "app", None, &after(2)).await.expect("an answer");
    assert!(matches!(next, RefreshOutcome::Renewed(_)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_100_that_send_one_code_one_wins() {
    let store = store();
    let service = totp(&store, &Throttle::in_memory());
    enrol(&store, &service, "alice@example.com").await;
    let account = alice(&store).await;
    let outcomes = together(100, || {
        let (service, account) = (service.clone(), account.clone());
        async move { service.verify(&account, &code(&after(0)), &after(0)).await }
    })
    .await;
    let accepted = outcomes.iter().filter(|outcome| matches!(outcome, Ok(CodeOutcome::Accepted))).count();
    assert_eq!(accepted, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_200_that_redeem_one_secret_one_wins() {
    let store = store();
    let service = OneTimeSecrets::new(store.clone(), store.clone());
    let life = Duration::from_secs(600);
    let secret = service.issue(&alice(&store).await, Purpose::LOGIN, life, &after(0)).await.expect("an answer");
    let secret = secret.expect("a place");
    let outcomes = together(200, || {
        let (service, secret) = (service.clone(), secret.clone());
        async move { service.redeem(Purpose::LOGIN, secret.reveal(), &after(1)).await.expect("an answer") }
    })
    .await;
    assert_eq!(outcomes.iter().flatten().count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_1000_guesses_ten_are_looked_at_while_the_owner_signs_in_from_elsewhere() {
    let (store, pool) = (store(), pool());
    let service = SignIn::new(store.clone(), pool.clone(), Throttle::in_memory());
    let guesses = tokio::spawn(together(1_000, {
        let service = service.clone();
        move || {
            let service = service.clone();
            async move {
                let guess = SignInRequest::new("alice@example.com", "a guess");
                service.sign_in(&guess, &from(66, 0)).await
            }
        }
    }));
    for _ in 0..3 {
        let request = SignInRequest::new("alice@example.com", PASSWORD);
        let outcome = service.sign_in(&request, &from(1, 0)).await.expect("the owner is not kept out");
        assert!(matches!(outcome, SignInOutcome::Granted(_)), "{outcome:?}");
    }
    let (mut refused, mut throttled, mut busy) = (0, 0, 0);
    for outcome in guesses.await.expect("no panic") {
        match outcome {
            Ok(SignInOutcome::Refused) => refused += 1,
            Ok(SignInOutcome::Throttled { .. }) => throttled += 1,
            Ok(other) => panic!("{other:?}"),
            Err(_cannot_decide) => busy += 1,
        }
    }
    assert!(refused <= 10, "{refused} guesses were looked at");
    assert_eq!(refused + throttled + busy, 1_000);
    assert!(pool.hashes() <= 13, "{} hashes: those of the guesses and of the owner", pool.hashes());
    let after_all = service.sign_in(&SignInRequest::new("alice@example.com", PASSWORD), &from(66, 1)).await;
    let is_throttled = matches!(after_all, Ok(SignInOutcome::Throttled { .. }));
    assert!(is_throttled || refused < 10, "the right password too, from there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_right_sign_ins_at_once_from_one_source_all_succeed() {
    let service = SignIn::new(store(), pool(), Throttle::in_memory());
    let outcomes = together(8, || {
        let service = service.clone();
        async move { service.sign_in(&SignInRequest::new("alice@example.com", PASSWORD), &after(0)).await }
    })
    .await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Ok(SignInOutcome::Granted(_)))), "{outcomes:?}");
}
