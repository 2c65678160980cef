//! The sign-in.

use std::net::Ipv6Addr;
use std::time::{Duration, SystemTime};

use auth_core::{Attempt, Source, StoreError};
use auth_issuer::accounts::AccountAdmin as _;
use auth_issuer::audit::{Audit, AuditError, AuditEvent, AuditName, AuditSink, OnSinkFailure};
use auth_issuer::one_time::{OneTimeSecrets, Purpose};
use auth_issuer::sign_in::Obstacle;
use auth_issuer::throttle::{CounterKey, Reserved, Rule, Settled, ThrottleStore};
use auth_issuer::token_ids::TokenIdStore;
use auth_issuer::{
    Account, AccountState, DigestKey, HashParams, HashPool, MemoryStore, PasswordHash, SignIn, SignInOutcome,
    SignInRequest, Throttle, Unavailable,
};

use super::held::{Held, told_without_caller};
use super::support::{
    Events, PASSWORD, account, after, alice, code, enrol, from, pool, read, sign_in, store, store_with, totp,
    wrong_code,
};

fn service(store: &MemoryStore, pool: &HashPool) -> SignIn<MemoryStore> {
    let throttle = Throttle::in_memory();
    SignIn::new(store.clone(), pool.clone(), throttle.clone())
        .with_totp(totp(store, &throttle))
        .with_reset_tokens(store.clone())
        .in_two_steps(store.clone())
        .admit_only_if(|account| !account.login().starts_with("elsewhere"))
}

async fn accounts_of_every_kind() -> MemoryStore {
    let store = store_with([
        account("1", "alice@example.com").with_scopes(["read", "write"]).expect("good").with_roles(["user"]),
        account("2", "suspended").with_state(AccountState::Suspended),
        account("3", "inactive").with_state(AccountState::Inactive),
        account("4", "reset").with_state(AccountState::MustReset),
        account("5", "elsewhere"),
        account("6", "elsewhere, suspended").with_state(AccountState::Suspended),
        Account::new("7", "passwordless").expect("good"),
        account("8", "two"),
        account("9", "two, reset").with_state(AccountState::MustReset),
        account("10", "two, suspended").with_state(AccountState::Suspended),
    ]);
    for login in ["two", "two, reset", "two, suspended"] {
        enrol(&store, &totp(&store, &Throttle::in_memory()), login).await;
    }
    store
}

fn name(outcome: &SignInOutcome) -> &'static str {
    match outcome {
        SignInOutcome::Granted(_) => "granted",
        SignInOutcome::Inactive => "inactive",
        SignInOutcome::MustResetPassword { .. } => "must reset",
        SignInOutcome::Refused => "refused",
        SignInOutcome::SecondFactorNeeded { is_code_wrong: false, .. } => "code needed",
        SignInOutcome::SecondFactorNeeded { is_code_wrong: true, .. } => "code wrong",
        SignInOutcome::Suspended => "suspended",
        SignInOutcome::Throttled { .. } => "throttled",
        _ => "other",
    }
}

#[tokio::test]
async fn the_order_is_password_place_state_code_reset() {
    let store = accounts_of_every_kind().await;
    let wrong = "wrong password";
    let (good_code, bad_code) = (code(&after(0)), wrong_code(&after(0)));
    for (login, password, code, expected) in [
        ("alice@example.com", PASSWORD, None, "granted"),
        ("alice@example.com", wrong, None, "refused"),
        ("nobody", PASSWORD, None, "refused"),
        ("", PASSWORD, None, "refused"),
        ("a\0b", PASSWORD, None, "refused"),
        ("passwordless", PASSWORD, None, "refused"),
        ("elsewhere", PASSWORD, None, "refused"),
        ("elsewhere", wrong, None, "refused"),
        ("elsewhere, suspended", PASSWORD, None, "refused"),
        ("suspended", PASSWORD, None, "suspended"),
        ("suspended", wrong, None, "refused"),
        ("inactive", PASSWORD, None, "inactive"),
        ("inactive", wrong, None, "refused"),
        ("reset", PASSWORD, None, "must reset"),
        ("reset", wrong, None, "refused"),
        ("two", PASSWORD, None, "code needed"),
        ("two", PASSWORD, Some(""), "code wrong"),
        ("two", PASSWORD, Some(bad_code.as_str()), "code wrong"),
        ("two", wrong, Some(good_code.as_str()), "refused"),
        ("two", PASSWORD, Some(good_code.as_str()), "granted"),
        ("two", PASSWORD, Some(good_code.as_str()), "code wrong"),
        ("two, reset", PASSWORD, None, "code needed"),
        ("two, reset", PASSWORD, Some(bad_code.as_str()), "code wrong"),
        ("two, reset", PASSWORD, Some(good_code.as_str()), "must reset"),
        ("two, suspended", PASSWORD, Some(good_code.as_str()), "suspended"),
        // A needless code is not looked at.
        ("alice@example.com", PASSWORD, Some(bad_code.as_str()), "granted"),
    ] {
        let pool = pool();
        let mut request = SignInRequest::new(login, password);
        if let Some(code) = code {
            request = request.with_code(code);
        }
        let outcome = service(&store, &pool).sign_in(&request, &after(0)).await.expect("an answer");
        assert_eq!(name(&outcome), expected, "{login} {password} {code:?}");
        assert_eq!(pool.hashes(), 1, "every case costs one hash: {login} {password}");
    }
}

#[tokio::test]
async fn a_grant_carries_epoch_factors_and_times() {
    let store = accounts_of_every_kind().await;
    let service = service(&store, &pool());
    assert_eq!(read(&store, "two").await.epoch(), 1, "enrolment has raised it");
    let request = SignInRequest::new("two", PASSWORD).with_code(code(&after(5)));
    let SignInOutcome::Granted(granted) = service.sign_in(&request, &after(5)).await.expect("an answer") else {
        panic!("everything is right");
    };
    assert_eq!((granted.account.id(), granted.epoch(), granted.auth_time), ("8", 1, after(5).now));
    let facts = granted.facts();
    for method in ["pwd", "otp"] {
        assert!(facts.has_factor(method, Some(Duration::ZERO), after(5).now), "{method}");
    }
    assert!(service.sign_in(&SignInRequest::new("reset", PASSWORD), &after(0)).await.is_ok());
}

#[tokio::test]
async fn without_a_checker_of_codes_nobody_with_a_second_factor_signs_in() {
    let store = accounts_of_every_kind().await;
    let service = SignIn::new(store, pool(), Throttle::in_memory());
    for code in [code(&after(0)), String::new()] {
        let request = SignInRequest::new("two", PASSWORD).with_code(code);
        let outcome = service.sign_in(&request, &after(0)).await.expect("an answer");
        assert!(matches!(outcome, SignInOutcome::SecondFactorNeeded { token: None, .. }));
    }
}

#[tokio::test]
async fn a_wrong_code_leaves_the_password_right() {
    let store = accounts_of_every_kind().await;
    let service = service(&store, &pool());
    let request = |code: String| SignInRequest::new("two", PASSWORD).with_code(code);
    for _ in 0..11 {
        let outcome = service.sign_in(&request(wrong_code(&after(0))), &after(0)).await.expect("an answer");
        assert_eq!(name(&outcome), "code wrong", "no failed password is counted");
    }
    let outcome = service.sign_in(&request(code(&after(0))), &after(0)).await.expect("an answer");
    assert_eq!(name(&outcome), "granted");
}

#[tokio::test]
async fn twelve_wrong_codes_are_borne_whatever_the_source_and_the_password_counter() {
    let store = accounts_of_every_kind().await;
    let service = service(&store, &pool());
    let attempt = |n: u8, seconds| {
        let (service, attempt) = (&service, from(n, seconds));
        async move {
            let request = SignInRequest::new("two", PASSWORD).with_code(wrong_code(&attempt));
            service.sign_in(&request, &attempt).await.expect("an answer")
        }
    };
    for n in 0..12 {
        assert_eq!(name(&attempt(n, 0).await), "code wrong");
    }
    let SignInOutcome::Throttled { retry_after } = attempt(13, 1).await else { panic!("the thirteenth") };
    assert!(retry_after <= Duration::from_secs(60) && !retry_after.is_zero());
    let right = |seconds| SignInRequest::new("two", PASSWORD).with_code(code(&after(seconds)));
    let outcome = service.sign_in(&right(2), &after(2)).await.expect("an answer");
    assert_eq!(name(&outcome), "throttled", "the right code too");
    let outcome = service.sign_in(&right(60), &after(60)).await.expect("an answer");
    assert_eq!(name(&outcome), "granted", "one attempt a minute");
    assert_eq!(name(&attempt(1, 61).await), "code wrong", "an accepted code has cleared the counter");
}

#[tokio::test]
async fn too_many_wrong_passwords_are_throttled_for_known_and_unknown_names_alike() {
    let store = accounts_of_every_kind().await;
    for login in ["alice@example.com", "nobody", "suspended", "passwordless", "elsewhere", "a\0b"] {
        let pool = pool();
        let service = service(&store, &pool);
        let attempt = |password: &'static str, seconds| {
            let service = &service;
            async move { service.sign_in(&SignInRequest::new(login, password), &after(seconds)).await.expect("an answer") }
        };
        for _ in 0..10 {
            assert_eq!(name(&attempt("wrong", 0).await), "refused", "{login}");
        }
        for (password, seconds) in [("wrong", 0), (PASSWORD, 59)] {
            let SignInOutcome::Throttled { retry_after } = attempt(password, seconds).await else { panic!("{login}") };
            assert_eq!(retry_after, Duration::from_secs(60 - seconds), "{login}");
        }
        assert_eq!(pool.hashes(), 10, "what is throttled costs no hash");
    }
}

#[tokio::test]
async fn what_is_not_shown_is_no_different_from_a_wrong_password_and_throttled_like_one() {
    let store = accounts_of_every_kind().await;
    let bad_code = wrong_code(&after(0));
    for (login, code) in [
        ("alice@example.com", None),
        ("suspended", None),
        ("inactive", None),
        ("reset", None),
        ("two", None),
        ("two", Some(&bad_code)),
        ("two, reset", None),
        ("two, reset", Some(&bad_code)),
        ("two, suspended", None),
    ] {
        let (pool, events) = (pool(), Events::default());
        let service = service(&store, &pool).show_only([]).with_audit(events.audit());
        // The right password of alice is no case: hers is a wrong one.
        let password = if login.starts_with("alice") { "wrong" } else { PASSWORD };
        let mut outcomes = Vec::new();
        for n in 0..11 {
            let mut request = SignInRequest::new(login, password);
            if let Some(code) = code {
                request = request.with_code(code);
            }
            outcomes.push(name(&service.sign_in(&request, &after(0)).await.expect("an answer")));
            assert_eq!(pool.hashes(), (n + 1).min(10), "{login} {code:?}");
        }
        assert_eq!((&outcomes[..10], outcomes[10]), (&["refused"; 10][..], "throttled"), "{login} {code:?}");
        // A wrong code is told by what checks it.
        let told = if login == "two" && code.is_some() { 0 } else { 10 };
        assert_eq!(events.count(AuditName::LOGIN_FAIL), told, "{login} {code:?}");
        assert_eq!(events.count(AuditName::LOGIN_FAIL_MAX), 1, "{login} {code:?}");
    }
}

#[tokio::test]
async fn a_full_counter_of_codes_does_not_tell_of_a_hidden_second_factor() {
    let store = accounts_of_every_kind().await;
    let service = service(&store, &pool()).show_only([]);
    let attempt = async |n, code: String| {
        let request = SignInRequest::new("two", PASSWORD).with_code(code);
        name(&service.sign_in(&request, &from(n, 0)).await.expect("an answer"))
    };
    for n in 0..14 {
        assert_eq!(attempt(n, wrong_code(&after(0))).await, "refused", "{n}");
    }
    assert_eq!(attempt(20, code(&after(0))).await, "refused", "the right code too");
}

/// That takes as long as another hash, and only the right password would be followed by it.
#[tokio::test]
async fn an_old_hash_is_not_renewed_where_the_second_factor_is_hidden() {
    let hashed_by = async |store: &MemoryStore| read(store, "two").await.password_hash().and_then(PasswordHash::params);
    let newer = HashParams::new_insecure(16, 1, 1).expect("possible");
    let request = SignInRequest::new("two", PASSWORD).with_code(wrong_code(&after(0)));
    for (shows, is_renewed) in [(false, false), (true, true)] {
        let store = accounts_of_every_kind().await;
        let mut service = service(&store, &HashPool::new(2, newer));
        if !shows {
            service = service.show_only([]);
        }
        let before = hashed_by(&store).await;
        let outcome = service.sign_in(&request, &after(0)).await.expect("an answer");
        assert_eq!(name(&outcome), if shows { "code wrong" } else { "refused" });
        assert_eq!(hashed_by(&store).await != before, is_renewed);
    }
}

#[tokio::test]
async fn hidden_obstacles_leave_the_others_shown_and_everybody_else_in() {
    let store = accounts_of_every_kind().await;
    let good_code = code(&after(0));
    for (shown, login, code, expected) in [
        (Some(Obstacle::Inactive), "inactive", None, "inactive"),
        (Some(Obstacle::Suspended), "suspended", None, "suspended"),
        (Some(Obstacle::Suspended), "inactive", None, "refused"),
        (Some(Obstacle::MustResetPassword), "reset", None, "must reset"),
        (Some(Obstacle::MustResetPassword), "two, reset", None, "refused"),
        (Some(Obstacle::SecondFactorNeeded), "two, reset", None, "refused"),
        (Some(Obstacle::SecondFactorNeeded), "two, reset", Some(&good_code), "refused"),
        (Some(Obstacle::Suspended), "two, suspended", None, "suspended"),
        (None, "alice@example.com", None, "granted"),
        (None, "two", Some(&good_code), "granted"),
    ] {
        let service = service(&store, &pool()).show_only(shown).show_only([
            Obstacle::Inactive,
            Obstacle::MustResetPassword,
            Obstacle::SecondFactorNeeded,
            Obstacle::Suspended,
        ]);
        let mut request = SignInRequest::new(login, PASSWORD);
        if let Some(code) = code {
            request = request.with_code(code);
        }
        let outcome = service.sign_in(&request, &after(0)).await.expect("an answer");
        assert_eq!(name(&outcome), expected, "{shown:?} {login}");
    }
}

#[tokio::test]
async fn owners_who_are_asked_for_a_code_are_not_throttled_by_their_first_steps() {
    let store = accounts_of_every_kind().await;
    let service = service(&store, &pool()).show_only([Obstacle::SecondFactorNeeded]);
    for _ in 0..20 {
        let outcome = service.sign_in(&SignInRequest::new("two", PASSWORD), &after(0)).await.expect("an answer");
        assert_eq!(name(&outcome), "code needed");
    }
}

#[tokio::test]
async fn a_sign_in_that_is_completed_in_a_second_step_clears_what_one_step_clears() {
    let store = accounts_of_every_kind().await;
    let service = service(&store, &pool());
    let guess = async |seconds| {
        name(&service.sign_in(&SignInRequest::new("two", "wrong"), &after(seconds)).await.expect("an answer"))
    };
    for _ in 0..9 {
        assert_eq!(guess(0).await, "refused");
    }
    let token = begin(&service, &after(1)).await;
    let outcome = service.complete(&token, &wrong_code(&after(2)), &after(2)).await.expect("an answer");
    assert_eq!(name(&outcome), "code wrong");
    assert_eq!((guess(2).await, guess(2).await), ("refused", "throttled"), "the password alone clears nothing");
    // Meanwhile the minute ends, and another one is as full.
    for _ in 0..9 {
        assert_eq!(guess(62).await, "refused");
    }
    let outcome = service.complete(&token, &code(&after(62)), &after(62)).await.expect("an answer");
    assert_eq!(name(&outcome), "granted");
    for _ in 0..10 {
        assert_eq!(guess(63).await, "refused");
    }
    assert_eq!(guess(63).await, "throttled");
}

#[tokio::test]
async fn a_password_over_1024_bytes_costs_neither_a_hash_nor_a_counter() {
    let (store, pool) = (store(), pool());
    let throttle = Throttle::new(Untouched, DigestKey::random().expect("randomness"));
    let service = SignIn::new(store, pool.clone(), throttle);
    for login in ["alice@example.com", "nobody"] {
        let request = SignInRequest::new(login, "a".repeat(1_025));
        let outcome = service.sign_in(&request, &after(0)).await.expect("an answer");
        assert_eq!(name(&outcome), "refused", "like a wrong one: {login}");
    }
    assert_eq!(pool.hashes(), 0);
}

#[tokio::test]
async fn no_number_of_passwords_over_1024_bytes_ends_the_limit_of_a_name() {
    let (store, pool) = (store(), pool());
    let service = SignIn::new(store.clone(), pool, Throttle::new(store, DigestKey::random().expect("randomness")));
    let guess = async |n: u8| sign_in(&service, "wrong", &from(n, 0)).await;
    for n in 0..99 {
        assert_eq!(name(&guess(n).await), "refused");
    }
    let long = "a".repeat(1_025);
    // A hundred from each of a thousand networks: within every limit.
    for n in 0..100_000_u32 {
        let [.., high, low] = (n / 100).to_be_bytes();
        let network = Ipv6Addr::new(0x2001, 0xdb8, u16::from(high), u16::from(low), 0, 0, 0, 1);
        let attempt = Attempt::new(after(0).now, Source::of(network.into()));
        let request = SignInRequest::new(format!("user {n}"), long.as_str());
        let outcome = service.sign_in(&request, &attempt).await.expect("an answer");
        assert_eq!(name(&outcome), "refused");
    }
    assert_eq!(name(&guess(100).await), "refused", "the hundredth");
    assert_eq!(name(&guess(101).await), "throttled");
}

/// Code and token are spent by then.
#[tokio::test]
async fn a_sign_in_that_is_completed_is_granted_where_its_counter_cannot_be_cleared() {
    let store = accounts_of_every_kind().await;
    let key = DigestKey::random().expect("randomness");
    let begun = service(&store, &pool());
    let broken = SignIn::new(store.clone(), pool(), Throttle::new(Unreachable, key))
        .with_totp(totp(&store, &Throttle::in_memory()))
        .in_two_steps(store.clone());
    let token = begin(&begun, &after(0)).await;
    let outcome = broken.complete(&token, &code(&after(1)), &after(1)).await.expect("an answer");
    assert_eq!(name(&outcome), "granted");
}

/// A store that does not answer.
struct Unreachable;

impl ThrottleStore for Unreachable {
    async fn reserve(&self, _: CounterKey, _: Rule, _: SystemTime) -> Result<Reserved, StoreError> {
        Err(StoreError::new("no answer"))
    }

    fn counts_in_process(&self) -> bool {
        true
    }

    async fn settle(&self, _: CounterKey, _: Rule, _: Settled, _: SystemTime) -> Result<(), StoreError> {
        Err(StoreError::new("no answer"))
    }
}

/// A store that nobody may ask.
struct Untouched;

impl ThrottleStore for Untouched {
    async fn reserve(&self, _: CounterKey, _: Rule, _: SystemTime) -> Result<Reserved, StoreError> {
        panic!("something was counted")
    }

    fn counts_in_process(&self) -> bool {
        true
    }

    async fn settle(&self, _: CounterKey, _: Rule, _: Settled, _: SystemTime) -> Result<(), StoreError> {
        panic!("something was counted")
    }
}

#[tokio::test]
async fn a_reset_token_replaces_its_predecessor() {
    let store = accounts_of_every_kind().await;
    let (service, secrets) = (service(&store, &pool()), OneTimeSecrets::new(store.clone(), store.clone()));
    let mut tokens = Vec::new();
    for _ in 0..5 {
        let outcome = service.sign_in(&SignInRequest::new("reset", PASSWORD), &after(0)).await.expect("an answer");
        let SignInOutcome::MustResetPassword { token: Some(token) } = outcome else { panic!("{outcome:?}") };
        tokens.push(token);
    }
    let last = tokens.pop().expect("five");
    for token in &tokens {
        assert!(secrets.peek(Purpose::MUST_RESET, token.reveal(), &after(1)).await.expect("an answer").is_none());
    }
    let peek = |seconds| secrets.peek(Purpose::MUST_RESET, last.reveal(), Box::leak(Box::new(after(seconds))));
    assert!(peek(3_599).await.expect("an answer").is_some());
    assert!(peek(3_600).await.expect("an answer").is_none(), "after an hour");
}

#[tokio::test]
async fn a_sign_in_in_two_steps_is_completed_by_a_code_once() {
    let store = accounts_of_every_kind().await;
    let service = service(&store, &pool());
    let outcome = service.sign_in(&SignInRequest::new("two", PASSWORD), &after(0)).await.expect("an answer");
    let SignInOutcome::SecondFactorNeeded { token: Some(token), .. } = outcome else { panic!("{outcome:?}") };
    let complete = |token: String, code: String, seconds| {
        let service = &service;
        async move { service.complete(&token, &code, &after(seconds)).await.expect("an answer") }
    };
    let token = token.reveal().to_owned();

    assert_eq!(name(&complete("x".repeat(43), code(&after(1)), 1).await), "refused");
    assert_eq!(name(&complete(token.clone(), wrong_code(&after(1)), 1).await), "code wrong");
    let outcome = complete(token.clone(), code(&after(31)), 31).await;
    let SignInOutcome::Granted(granted) = outcome else { panic!("{outcome:?}") };
    assert!(granted.facts().has_factor("pwd", Some(Duration::from_secs(31)), after(31).now));
    assert!(
        !granted.facts().has_factor("pwd", Some(Duration::from_secs(30)), after(31).now),
        "the password's own time"
    );
    assert_eq!(name(&complete(token, code(&after(61)), 61).await), "refused", "it is spent");
}

/// A sign-in of the account with a second factor, up to the code.
async fn begin(service: &SignIn<MemoryStore>, attempt: &Attempt) -> String {
    let outcome = service.sign_in(&SignInRequest::new("two", PASSWORD), attempt).await.expect("an answer");
    let SignInOutcome::SecondFactorNeeded { token: Some(token), .. } = outcome else { panic!("{outcome:?}") };
    token.reveal().to_owned()
}

/// Whoever knows the password, and no code, cannot keep the owner from completing.
#[tokio::test]
async fn sign_ins_between_their_steps_stay_good_side_by_side() {
    let store = accounts_of_every_kind().await;
    let service = service(&store, &pool());
    let first = begin(&service, &after(0)).await;
    for n in 0..20 {
        begin(&service, &from(n, 1)).await;
    }
    let outcome = service.complete(&first, &code(&after(2)), &after(2)).await.expect("an answer");
    assert_eq!(name(&outcome), "granted");
    let last = begin(&service, &after(60)).await;
    let outcome = service.complete(&last, &code(&after(61)), &after(61)).await.expect("an answer");
    assert_eq!(name(&outcome), "granted", "nor are there places that are taken");
}

#[tokio::test]
async fn codes_are_counted_for_the_account_however_many_sign_ins_wait_for_one() {
    let store = accounts_of_every_kind().await;
    let service = service(&store, &pool());
    let mut tokens = Vec::new();
    for n in 0..20 {
        tokens.push(begin(&service, &from(n, 0)).await);
    }
    let mut outcomes = Vec::new();
    for (n, token) in (0..).zip(&tokens) {
        let attempt = from(n, 1);
        outcomes.push(name(&service.complete(token, &wrong_code(&attempt), &attempt).await.expect("an answer")));
    }
    assert_eq!(outcomes, [vec!["code wrong"; 12], vec!["throttled"; 8]].concat());
    let request = SignInRequest::new("two", PASSWORD).with_code(code(&after(2)));
    let outcome = service.sign_in(&request, &after(2)).await.expect("an answer");
    assert_eq!(name(&outcome), "throttled", "together with those that come with the password");
}

/// To each of two requests at once a token looks as if it was not spent.
struct AtOnce(MemoryStore);

impl TokenIdStore for AtOnce {
    async fn spend_token_id(&self, kind: &'static str, id: &str, expires_at: SystemTime) -> Result<bool, StoreError> {
        self.0.spend_token_id(kind, id, expires_at).await
    }

    async fn is_token_id_spent(&self, _: &'static str, _: &str) -> Result<bool, StoreError> {
        Ok(false)
    }
}

#[tokio::test]
async fn of_two_requests_at_once_one_completes_a_sign_in() {
    let store = accounts_of_every_kind().await;
    let service = service(&store, &pool()).in_two_steps(AtOnce(store));
    let token = begin(&service, &after(30)).await;
    // Both codes are good, the first for the step before.
    let outcome = service.complete(&token, &code(&after(0)), &after(30)).await.expect("an answer");
    assert_eq!(name(&outcome), "granted");
    let outcome = service.complete(&token, &code(&after(30)), &after(30)).await.expect("an answer");
    assert_eq!(name(&outcome), "refused");
}

#[tokio::test]
async fn a_sign_in_waits_five_minutes_for_its_code() {
    let store = accounts_of_every_kind().await;
    let service = service(&store, &pool());
    let (one, other) = (begin(&service, &after(0)).await, begin(&service, &after(0)).await);
    let outcome = service.complete(&one, &code(&after(299)), &after(299)).await.expect("an answer");
    assert_eq!(name(&outcome), "granted");
    let outcome = service.complete(&other, &code(&after(330)), &after(330)).await.expect("an answer");
    assert_eq!(name(&outcome), "refused");
}

#[tokio::test]
async fn a_change_of_password_ends_a_sign_in_between_its_steps() {
    let store = accounts_of_every_kind().await;
    let service = service(&store, &pool());
    let outcome = service.sign_in(&SignInRequest::new("two", PASSWORD), &after(0)).await.expect("an answer");
    let SignInOutcome::SecondFactorNeeded { token: Some(token), .. } = outcome else { panic!("{outcome:?}") };
    store.raise_epoch("8").await.expect("an answer");
    let outcome = service.complete(token.reveal(), &code(&after(1)), &after(1)).await.expect("an answer");
    assert_eq!(name(&outcome), "refused");
}

#[tokio::test]
async fn a_service_with_one_account_takes_a_password_and_no_name() {
    let (store, pool) = (store(), pool());
    let service = SignIn::new(store.clone(), pool.clone(), Throttle::in_memory()).for_one_account("alice@example.com");
    let granted = service.sign_in(&SignInRequest::password_only(PASSWORD), &after(0)).await.expect("an answer");
    assert_eq!(name(&granted), "granted");
    for request in [SignInRequest::password_only("wrong"), SignInRequest::new("alice@example.com", PASSWORD)] {
        assert_eq!(name(&service.sign_in(&request, &after(0)).await.expect("an answer")), "refused");
    }
    assert_eq!(pool.hashes(), 3);

    let many = SignIn::new(store, pool.clone(), Throttle::in_memory());
    let outcome = many.sign_in(&SignInRequest::password_only(PASSWORD), &after(0)).await.expect("an answer");
    assert_eq!((name(&outcome), pool.hashes()), ("refused", 4), "a name is needed, and its absence costs the same");
}

#[tokio::test]
async fn a_service_with_one_account_completes_no_sign_in_of_others() {
    let store = accounts_of_every_kind().await;
    let service = service(&store, &pool());
    let token = begin(&service, &after(0)).await;
    let of_alice = service.clone().for_one_account("alice@example.com");
    let outcome = of_alice.complete(&token, &code(&after(0)), &after(0)).await.expect("an answer");
    assert_eq!(name(&outcome), "refused");
    let own = service.for_one_account("two");
    let outcome = own.complete(&token, &code(&after(0)), &after(0)).await.expect("an answer");
    assert_eq!(name(&outcome), "granted");
}

#[tokio::test]
async fn events_name_accounts_and_digest_unknown_names() {
    let store = accounts_of_every_kind().await;
    let events = Events::default();
    let audit = events.audit();
    let service = service(&store, &pool()).with_audit(audit.clone());
    for (login, password) in [("alice@example.com", PASSWORD), ("alice@example.com", "wrong"), ("nobody", "wrong")] {
        let _outcome = service.sign_in(&SignInRequest::new(login, password), &after(0)).await.expect("an answer");
    }
    let all = events.all();
    let names: Vec<AuditName> = all.iter().map(|event| event.name).collect();
    assert_eq!(names, [AuditName::LOGIN_SUCCESS, AuditName::LOGIN_FAIL, AuditName::LOGIN_FAIL]);
    assert_eq!(all[1].account.as_deref(), Some("1"));
    assert_eq!((all[2].account.as_ref(), all[2].name_digest.clone()), (None, audit.digest_name("nobody")));
    assert!(all[2].name_digest.as_ref().is_some_and(|digest| !digest.contains("nobody")));
}

#[tokio::test]
async fn where_events_must_not_be_lost_nothing_is_granted_without() {
    struct Outage;
    impl AuditSink for Outage {
        async fn record(&self, _: &AuditEvent) -> Result<(), AuditError> {
            Err(AuditError::new("the disk is full"))
        }
    }
    let store = store();
    let strict = service(&store, &pool()).with_audit(Audit::new(Outage).on_failure(OnSinkFailure::Fail));
    let request = SignInRequest::new("alice@example.com", PASSWORD);
    let error = strict.sign_in(&request, &after(0)).await.expect_err("no event, no sign-in");
    assert_eq!(error.reason(), Unavailable::AUDIT_FAILED);

    let lenient = service(&store, &pool()).with_audit(Audit::new(Outage));
    assert_eq!(name(&lenient.sign_in(&request, &after(0)).await.expect("an answer")), "granted");
    assert_eq!(alice(&store).await.epoch(), 0);
}

#[tokio::test]
async fn a_token_for_a_new_password_is_told_though_the_caller_goes_away() {
    let store = store_with([account("1", "alice@example.com").with_state(AccountState::MustReset)]);
    let sign_in = async |held: Held, audit: Audit| {
        let service = SignIn::new(store.clone(), pool(), Throttle::in_memory()).with_reset_tokens(held);
        service.with_audit(audit).sign_in(&SignInRequest::new("alice@example.com", PASSWORD), &after(0)).await
    };
    assert_eq!(told_without_caller(&store, sign_in).await, [AuditName::LOGIN_FAIL]);
}
