//! Many at once, through the services, on every store: exactly the right number of winners.

use std::collections::HashSet;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use auth_core::{Attempt, Factor, Source};
use auth_issuer::accounts::AccountAdmin as _;
use auth_issuer::one_time::{OneTimeSecrets, Purpose};
use auth_issuer::refresh::{RefreshOutcome, RefreshTokens};
use auth_issuer::sealing::{SealingKey, SealingKeys};
use auth_issuer::sign_in::Granted;
use auth_issuer::stores::AnyStore;
use auth_issuer::throttle::Throttle;
use auth_issuer::totp::{CodeOutcome, Totp, TotpStore as _};
use auth_issuer::{
    Account, AccountStore as _, DigestKey, HashParams, HashPool, PasswordHash, SignIn, SignInOutcome, SignInRequest,
};
use tokio::sync::Barrier;

use crate::temporary::Place;

const LOGIN: &str = "alice@example.com";
const PASSWORD: &str = "correct horse battery";
const TOTP_SECRET: &[u8] = b"12345678901234567890";

/// Runs a race on a new store of each kind, with `alice` in it, id 1.
async fn on_every_store(race: impl AsyncFn(AnyStore)) {
    race(with_alice("memory:").await).await;
    for place in Place::all().await {
        race(with_alice(&place.url()).await).await;
    }
}

async fn with_alice(url: &str) -> AnyStore {
    let store = AnyStore::open(url).await.expect("a store");
    let hash = PasswordHash::create(PASSWORD.as_bytes(), cheap()).expect("a hash");
    let account = Account::new("1", LOGIN).expect("good").with_password_hash(hash);
    let _ = store.insert_account(account).await.expect("an answer");
    store
}

/// A request of source `n`, `seconds` later than the beginning of a time step.
fn from(n: u8, seconds: u64) -> Attempt {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000 + seconds);
    Attempt::new(now, Source::of([192, 0, 2, n].into()))
}

fn after(seconds: u64) -> Attempt {
    from(1, seconds)
}

fn cheap() -> HashParams {
    HashParams::new_insecure(8, 1, 1).expect("possible")
}

fn throttle(store: &AnyStore) -> Throttle {
    Throttle::new(store.clone(), DigestKey::random().expect("randomness"))
}

async fn alice(store: &AnyStore) -> Account {
    store.find_account_by_id("1").await.expect("an answer").expect("the account")
}

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

/// What 100 come to that rotate one token, and the service.
async fn rotate_together(
    store: &AnyStore,
    grace: Duration,
) -> (RefreshTokens<AnyStore, AnyStore>, Vec<RefreshOutcome>) {
    let service = RefreshTokens::new(store.clone(), store.clone()).with_grace(grace).expect("under a minute");
    let granted = Granted::new(alice(store).await, [Factor::new("pwd").at(after(0).now)], after(0).now);
    let token = service.begin(&granted, "app", &[], &after(0)).await.expect("an answer").token;
    let outcomes = together(100, || {
        let (service, token) = (service.clone(), token.clone());
        async move { service.refresh(token.reveal(), "app", None, &after(1)).await.expect("an answer") }
    })
    .await;
    (service, outcomes)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_100_that_rotate_one_token_without_grace_one_wins_and_the_chain_ends() {
    on_every_store(async |store| {
        let (service, outcomes) = rotate_together(&store, Duration::ZERO).await;
        let winners = outcomes.iter().filter(|outcome| matches!(outcome, RefreshOutcome::Renewed(_))).count();
        assert_eq!(winners, 1, "{store:?}");
        let live = service.list(&alice(&store).await, &after(2)).await.expect("an answer");
        assert!(live.is_empty(), "{store:?}: without grace the others are a reuse");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_100_that_rotate_one_token_within_grace_all_get_one_successor_and_the_chain_lives() {
    on_every_store(async |store| {
        let (service, outcomes) = rotate_together(&store, Duration::from_secs(10)).await;
        let (mut successors, mut first) = (HashSet::new(), 0);
        for outcome in outcomes {
            let RefreshOutcome::Renewed(renewed) = outcome else { panic!("{store:?}: {outcome:?}") };
            first += usize::from(!renewed.is_repetition);
            successors.insert(renewed.refresh.token.reveal().to_owned());
        }
        assert_eq!((successors.len(), first), (1, 1), "{store:?}");
        let successor = successors.into_iter().next().expect("one");
        let next = service.refresh(&successor, "app", None, &after(2)).await.expect("an answer");
        assert!(matches!(next, RefreshOutcome::Renewed(_)), "{store:?}: {next:?}");
    })
    .await;
}

/// The code of [`TOTP_SECRET`] at that time.
fn code(attempt: &Attempt) -> String {
    let seconds = attempt.now.duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_secs();
    let secret = totp_rs::Secret::from(TOTP_SECRET.to_vec());
    totp_rs::Builder::new().with_secret(secret).build().expect("good").generate(seconds).to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_100_that_send_one_code_one_wins() {
    on_every_store(async |store| {
        let keys = SealingKeys::new(SealingKey::new("test", &[7; 32]).expect("good"));
        // Nothing is guessed here: a limit in the way would hide a second winner.
        let service = Totp::new(store.clone(), keys, "Acme", Throttle::off());
        let sealed = service.seal_imported("1", TOTP_SECRET).expect("sealed");
        let epoch = alice(&store).await.epoch();
        assert!(store.begin_totp("1", epoch, &sealed).await.expect("an answer"));
        assert!(store.enable_totp("1", epoch, &sealed, 0, "none").await.expect("an answer").is_some());

        let account = alice(&store).await;
        let outcomes = together(100, || {
            let (service, account) = (service.clone(), account.clone());
            async move { service.verify(&account, &code(&after(0)), &after(0)).await.expect("an answer") }
        })
        .await;
        let accepted = outcomes.iter().filter(|outcome| matches!(outcome, CodeOutcome::Accepted)).count();
        assert_eq!(accepted, 1, "{store:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_200_that_redeem_one_secret_one_wins() {
    on_every_store(async |store| {
        let service = OneTimeSecrets::new(store.clone(), store.clone());
        let life = Duration::from_mins(10);
        let secret = service.issue(&alice(&store).await, Purpose::LOGIN, life, &after(0)).await.expect("an answer");
        let secret = secret.expect("a place");
        let outcomes = together(200, || {
            let (service, secret) = (service.clone(), secret.clone());
            async move { service.redeem(Purpose::LOGIN, secret.reveal(), &after(1)).await.expect("an answer") }
        })
        .await;
        assert_eq!(outcomes.iter().flatten().count(), 1, "{store:?}");
    })
    .await;
}

/// Ten at most are in flight, and the pool has places for eight of them, so some of the 1,000 are told that nothing can be
/// decided now (503). As clients do, they ask again; then ten guesses are looked at, whatever the order.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_1000_guesses_ten_are_looked_at_while_the_owner_signs_in_from_elsewhere() {
    on_every_store(async |store| {
        let pool = HashPool::new(2, cheap());
        let service = SignIn::new(store.clone(), pool.clone(), throttle(&store));
        let guesses = tokio::spawn(together(1_000, {
            let service = service.clone();
            move || {
                let service = service.clone();
                async move {
                    let guess = SignInRequest::new(LOGIN, "a guess");
                    loop {
                        if let Ok(outcome) = service.sign_in(&guess, &from(66, 0)).await {
                            break outcome;
                        }
                        tokio::task::yield_now().await;
                    }
                }
            }
        }));
        for _ in 0..3 {
            let request = SignInRequest::new(LOGIN, PASSWORD);
            let outcome = service.sign_in(&request, &from(1, 0)).await.expect("the owner is not kept out");
            assert!(matches!(outcome, SignInOutcome::Granted(_)), "{store:?}: {outcome:?}");
        }
        let outcomes = guesses.await.expect("no panic");
        let refused = outcomes.iter().filter(|outcome| matches!(outcome, SignInOutcome::Refused)).count();
        let throttled = outcomes.iter().filter(|outcome| matches!(outcome, SignInOutcome::Throttled { .. })).count();
        assert_eq!((refused, throttled), (10, 990), "{store:?}");
        assert_eq!(pool.hashes(), 13, "{store:?}: of ten guesses and three times of the owner");
        let request = SignInRequest::new(LOGIN, PASSWORD);
        let after_all = service.sign_in(&request, &from(66, 1)).await.expect("an answer");
        assert!(matches!(after_all, SignInOutcome::Throttled { .. }), "{store:?}: the right password too, from there");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_right_sign_ins_at_once_from_one_source_all_succeed() {
    on_every_store(async |store| {
        let service = SignIn::new(store.clone(), HashPool::new(2, cheap()), throttle(&store));
        let outcomes = together(8, || {
            let service = service.clone();
            async move { service.sign_in(&SignInRequest::new(LOGIN, PASSWORD), &after(0)).await }
        })
        .await;
        assert!(outcomes.iter().all(|outcome| matches!(outcome, Ok(SignInOutcome::Granted(_)))), "{outcomes:?}");
    })
    .await;
}
