//! Second factors.

use std::time::Duration;

use auth_core::{Attempt, Factor, Facts};
use auth_issuer::accounts::AccountAdmin as _;
use auth_issuer::audit::{Audit, AuditName};
use auth_issuer::sealing::{SealingKey, SealingKeys};
use auth_issuer::sweep::SweepStore as _;
use auth_issuer::totp::{CodeOutcome, FactorChange, RecoveryCodes, Resealer, Totp, TotpStore as _, TotpWindow};
use auth_issuer::{Account, MemoryStore, RecentSignIn, Throttle};

use super::held::{Held, told_without_caller};
use super::log::Log;
use super::support::{account, after, alice, code, enrol, from, now, read, store, store_with, totp, wrong_code};

fn proof(factors: &[&str], seconds_ago: u64) -> Option<RecentSignIn> {
    let at = now() - Duration::from_secs(seconds_ago);
    let facts = factors.iter().map(|method| Factor::new(*method).at(at)).fold(Facts::new("1"), Facts::with_factor);
    RecentSignIn::of(&facts.with_auth_time(at), RecentSignIn::LIMIT, now())
}

fn password() -> RecentSignIn {
    proof(&["pwd"], 0).expect("recent")
}

fn both() -> RecentSignIn {
    proof(&["pwd", "otp"], 0).expect("recent")
}

/// The code that the authenticator shows after it has learnt `secret` (base32).
fn code_of(secret: &str, attempt: &Attempt) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).expect("base32");
    let seconds = attempt.now.duration_since(std::time::SystemTime::UNIX_EPOCH).expect("after 1970").as_secs();
    totp_rs::Builder::new().with_secret(secret).build().expect("good").generate(seconds).to_string()
}

/// Enrols through the service.
async fn enrolled(store: &MemoryStore, service: &Totp<MemoryStore>) -> (String, RecoveryCodes) {
    let account = alice(store).await;
    let enrolment = service.begin(&account, &password()).await.expect("an answer").expect("proven");
    let secret = enrolment.reveal_secret().to_owned();
    let first = code_of(&secret, &after(0));
    match service.confirm(&account, &password(), &first, &after(0)).await.expect("an answer") {
        FactorChange::Done { epoch: 1, value } => (secret, value),
        other => panic!("{other:?}"),
    }
}

async fn verify(service: &Totp<MemoryStore>, account: &Account, code: &str, seconds: u64) -> CodeOutcome {
    service.verify(account, code, &after(seconds)).await.expect("an answer")
}

#[tokio::test]
async fn enrolment_needs_a_recent_sign_in_and_a_code() {
    let store = store();
    let service = totp(&store, &Throttle::in_memory());
    let account = alice(&store).await;
    assert!(proof(&["pwd"], 601).is_none(), "too long ago");
    assert!(proof(&[], 0).is_none(), "an API key proves nothing");
    let enrolment = service.begin(&account, &password()).await.expect("an answer").expect("proven");
    assert!(enrolment.reveal_url().starts_with("otpauth://totp/"));
    assert_eq!(enrolment.reveal_secret().len(), 32, "160 bits");
    assert!(!alice(&store).await.has_second_factor(), "nothing has changed yet");

    let wrong = service.confirm(&account, &password(), "000000", &after(0)).await.expect("an answer");
    let right = code_of(enrolment.reveal_secret(), &after(0));
    assert!(matches!(wrong, FactorChange::WrongCode) || right == "000000");
    let done = service.confirm(&account, &password(), &right, &after(0)).await.expect("an answer");
    assert!(matches!(done, FactorChange::Done { epoch: 1, .. }), "{done:?}");
    let account = alice(&store).await;
    assert!(account.has_second_factor());
    assert_eq!(verify(&service, &account, &right, 0).await, CodeOutcome::Wrong, "enrolment has spent the code");
    let next = code_of(enrolment.reveal_secret(), &after(30));
    assert_eq!(verify(&service, &account, &next, 30).await, CodeOutcome::Accepted);
}

#[tokio::test]
async fn confirming_what_is_not_being_enrolled_does_nothing() {
    let store = store();
    let service = totp(&store, &Throttle::in_memory());
    let account = alice(&store).await;
    let outcome = service.confirm(&account, &password(), "123456", &after(0)).await.expect("an answer");
    assert!(matches!(outcome, FactorChange::Stale));
    let enrolment = service.begin(&account, &password()).await.expect("an answer").expect("proven");
    store.raise_epoch("1").await.expect("an answer");
    let code = code_of(enrolment.reveal_secret(), &after(0));
    let outcome = service.confirm(&account, &password(), &code, &after(0)).await.expect("an answer");
    assert!(matches!(outcome, FactorChange::Stale), "the account has changed meanwhile");
}

#[tokio::test]
async fn each_code_is_accepted_once_and_none_of_an_earlier_step_after_it() {
    let store = store();
    let service = totp(&store, &Throttle::in_memory());
    enrol(&store, &service, "alice@example.com").await;
    let account = alice(&store).await;
    assert_eq!(verify(&service, &account, &code(&after(30)), 30).await, CodeOutcome::Accepted);
    assert_eq!(verify(&service, &account, &code(&after(30)), 31).await, CodeOutcome::Wrong, "again");
    assert_eq!(verify(&service, &account, &code(&after(0)), 31).await, CodeOutcome::Wrong, "the step before");
    assert_eq!(verify(&service, &account, &code(&after(60)), 31).await, CodeOutcome::Accepted, "a clock that is ahead");
    assert_eq!(verify(&service, &account, &code(&after(60)), 61).await, CodeOutcome::Wrong);
    for bad in ["", " ", "12345", "1234567", "abcdef", "+23456"] {
        assert_eq!(verify(&service, &account, bad, 61).await, CodeOutcome::Wrong, "{bad:?}");
    }
}

#[tokio::test]
async fn the_window_is_what_is_configured() {
    let store = store();
    let service = totp(&store, &Throttle::in_memory()).with_window(TotpWindow { past: 1, future: 0 });
    enrol(&store, &service, "alice@example.com").await;
    let account = alice(&store).await;
    assert_eq!(verify(&service, &account, &code(&after(60)), 59).await, CodeOutcome::Wrong, "none ahead");
    assert_eq!(verify(&service, &account, &code(&after(0)), 60).await, CodeOutcome::Wrong, "two steps old");
    assert_eq!(verify(&service, &account, &code(&after(30)), 60).await, CodeOutcome::Accepted);
}

#[tokio::test]
async fn wrong_codes_are_counted_for_the_account_and_slowed_down_for_good() {
    let store = store();
    let service = totp(&store, &Throttle::in_memory());
    enrol(&store, &service, "alice@example.com").await;
    let account = alice(&store).await;
    for _ in 0..12 {
        assert_eq!(verify(&service, &account, &wrong_code(&after(0)), 0).await, CodeOutcome::Wrong);
    }
    let right = code(&after(0));
    let throttled = verify(&service, &account, &right, 0).await;
    assert_eq!(throttled, CodeOutcome::Throttled { retry_after: Duration::from_secs(60) });
    // One a minute for 88 minutes, then one an hour.
    for minute in 1..=88 {
        let outcome = verify(&service, &account, &wrong_code(&after(minute * 60)), minute * 60).await;
        assert_eq!(outcome, CodeOutcome::Wrong, "{minute}");
    }
    let CodeOutcome::Throttled { retry_after } = verify(&service, &account, "000000", 89 * 60).await else {
        panic!("a hundred wrong codes");
    };
    assert!(retry_after > Duration::from_secs(58 * 60), "{retry_after:?}");
    let later = 88 * 60 + 3_600;
    assert_eq!(
        verify(&service, &account, &code(&after(later)), later).await,
        CodeOutcome::Accepted,
        "never a full lock"
    );
    assert_eq!(
        verify(&service, &account, &wrong_code(&after(later)), later).await,
        CodeOutcome::Wrong,
        "all is cleared"
    );
}

#[tokio::test]
async fn recovery_codes_are_good_once_and_are_not_slowed_down_by_wrong_codes() {
    let store = store();
    let service = totp(&store, &Throttle::in_memory());
    let (_, codes) = enrolled(&store, &service).await;
    let account = alice(&store).await;
    let codes: Vec<String> = codes.reveal().map(str::to_owned).collect();
    for _ in 0..12 {
        assert_eq!(verify(&service, &account, &wrong_code(&after(0)), 0).await, CodeOutcome::Wrong);
    }
    assert_eq!(service.count_recovery_codes(&account).await.expect("an answer"), 10);
    assert_eq!(verify(&service, &account, &codes[0].to_uppercase(), 1).await, CodeOutcome::Accepted);
    assert_eq!(verify(&service, &account, &codes[0], 1).await, CodeOutcome::Wrong);
    assert_eq!(verify(&service, &account, "abcd-efgh-ijkl-mnop", 1).await, CodeOutcome::Wrong);
    assert_eq!(service.count_recovery_codes(&account).await.expect("an answer"), 9);

    let renewed = service.renew_recovery_codes(&account, &both(), &after(2)).await.expect("an answer");
    let FactorChange::Done { epoch: 2, value } = renewed else { panic!("{renewed:?}") };
    let account = alice(&store).await;
    assert_eq!(verify(&service, &account, &codes[1], 3).await, CodeOutcome::Wrong, "the old ones are void");
    let new = value.reveal().next().expect("ten").to_owned();
    assert_eq!(verify(&service, &account, &new, 3).await, CodeOutcome::Accepted);
}

#[tokio::test]
async fn wrong_recovery_codes_are_counted_for_the_account_and_apart_from_others() {
    let store = store();
    let service = totp(&store, &Throttle::in_memory());
    let (secret, codes) = enrolled(&store, &service).await;
    let account = alice(&store).await;
    let codes: Vec<String> = codes.reveal().map(str::to_owned).collect();
    let wrong = "abcd-efgh-ijkl-mnop";
    for n in 0..12 {
        // From another source each time, as a new sign-in would come.
        let outcome = service.verify(&account, wrong, &from(n, 0)).await.expect("an answer");
        assert_eq!(outcome, CodeOutcome::Wrong);
    }
    let throttled = CodeOutcome::Throttled { retry_after: Duration::from_secs(60) };
    assert_eq!(verify(&service, &account, wrong, 0).await, throttled);
    assert_eq!(verify(&service, &account, &codes[0], 0).await, throttled, "right or wrong");
    let shown = code_of(&secret, &after(30));
    assert_eq!(verify(&service, &account, &shown, 30).await, CodeOutcome::Accepted, "the authenticator is not slowed");
    let still = verify(&service, &account, &codes[0], 31).await;
    assert!(matches!(still, CodeOutcome::Throttled { .. }), "and clears nothing here: {still:?}");
    assert_eq!(verify(&service, &account, &codes[0], 60).await, CodeOutcome::Accepted, "never a full lock");
    assert_eq!(verify(&service, &account, wrong, 61).await, CodeOutcome::Wrong, "an accepted one clears them");
    assert_eq!(verify(&service, &account, wrong, 61).await, CodeOutcome::Wrong);
}

#[tokio::test]
async fn changes_of_the_factor_need_the_factor() {
    let store = store();
    let service = totp(&store, &Throttle::in_memory());
    enrolled(&store, &service).await;
    let account = alice(&store).await;
    assert!(service.begin(&account, &password()).await.expect("an answer").is_none());
    let outcome = service.disable(&account, &password(), &after(1)).await.expect("an answer");
    assert!(matches!(outcome, FactorChange::NotProven));
    let outcome = service.renew_recovery_codes(&account, &password(), &after(1)).await.expect("an answer");
    assert!(matches!(outcome, FactorChange::NotProven));
    let other =
        RecentSignIn::of(&Facts::new("2").with_factor(Factor::new("otp").at(now())), RecentSignIn::LIMIT, now());
    let outcome = service.disable(&account, &other.expect("recent"), &after(1)).await.expect("an answer");
    assert!(matches!(outcome, FactorChange::NotProven), "another account's");

    let outcome = service.disable(&account, &both(), &after(1)).await.expect("an answer");
    assert!(matches!(outcome, FactorChange::Done { epoch: 2, .. }));
    assert!(!alice(&store).await.has_second_factor());
    let outcome = service.disable(&account, &both(), &after(1)).await.expect("an answer");
    assert!(matches!(outcome, FactorChange::Stale), "the account was read before");
}

#[tokio::test]
async fn a_stale_account_is_no_wrong_code() {
    let store = store();
    let service = totp(&store, &Throttle::in_memory());
    enrol(&store, &service, "alice@example.com").await;
    let account = alice(&store).await;
    store.raise_epoch("1").await.expect("an answer");
    assert_eq!(verify(&service, &account, &code(&after(0)), 0).await, CodeOutcome::Stale);
}

#[tokio::test]
async fn what_lies_in_the_store_is_sealed_for_its_account() {
    let store = store_with([account("1", "alice@example.com"), account("2", "bob")]);
    let service = totp(&store, &Throttle::in_memory());
    enrol(&store, &service, "alice@example.com").await;
    let record = store.find_totp("1").await.expect("an answer").expect("there");
    let sealed = record.secret.expect("enrolled");
    assert!(!sealed.as_text().contains("12345678901234567890") && sealed.as_text().len() <= 512);

    // Moved to another account, it opens nothing: that is no refusal but a store that cannot be trusted.
    assert!(store.begin_totp("2", 0, &sealed).await.expect("an answer"));
    store.enable_totp("2", 0, &sealed, 0, "none").await.expect("an answer");
    let bob = read(&store, "bob").await;
    let error = service.verify(&bob, &code(&after(0)), &after(0)).await.expect_err("cannot be opened");
    assert_eq!(error.reason(), auth_issuer::Unavailable::SEALED);
}

#[tokio::test]
async fn secrets_are_sealed_anew_under_another_key_and_the_old_one_may_go() {
    let key = |id, byte| SealingKey::new(id, &[byte; 32]).expect("good");
    let accounts = (1..=7).map(|n| account(&n.to_string(), &format!("user-{n}@example.com")));
    let (store, throttle) = (store_with(accounts), Throttle::in_memory());
    let with = |keys| Totp::new(store.clone(), keys, "Acme", throttle.clone());
    let old = with(SealingKeys::new(key("old", 1)));
    let both = with(SealingKeys::new(key("new", 2)).with_old(key("old", 1)).expect("two ids"));
    let new = with(SealingKeys::new(key("new", 2)));
    for n in 1..=5 {
        enrol(&store, &old, &format!("user-{n}@example.com")).await;
    }
    enrol(&store, &both, "user-6@example.com").await;
    let lost = with(SealingKeys::new(key("lost", 3)));
    enrol(&store, &lost, "user-7@example.com").await;

    let rows = Resealer::new(new.clone());
    assert_eq!(rows.sweep(after(0).now, 3).await.expect("an answer"), 0, "there is no other key");
    let rows = Resealer::new(both.clone());
    for seen in [3, 3, 0] {
        assert_eq!(rows.sweep(after(0).now, 3).await.expect("an answer"), seen);
    }
    let whole = both.reseal(None, 100).await.expect("an answer");
    assert_eq!((whole.next, whole.seen, whole.resealed, whole.left), (None, 7, 0, 1), "the lost one is left");

    for n in 1..=6_u8 {
        let user = read(&store, &format!("user-{n}@example.com")).await;
        assert_eq!(user.epoch(), 1, "nobody noticed");
        let attempt = from(n, 60);
        assert_eq!(new.verify(&user, &code(&attempt), &attempt).await.expect("an answer"), CodeOutcome::Accepted);
    }
}

/// Of an enrolment nothing is lost with a key but the way to the next page: its owner begins anew.
#[tokio::test]
async fn an_enrolment_under_a_key_that_is_gone_is_begun_anew() {
    let key = |id, byte| SealingKeys::new(SealingKey::new(id, &[byte; 32]).expect("good"));
    let (store, throttle) = (store(), Throttle::in_memory());
    let with = |keys| Totp::new(store.clone(), keys, "Acme", throttle.clone());
    let (old, new) = (with(key("old", 1)), with(key("new", 2)));
    let (account, proof) = (alice(&store).await, password());
    let _begun = old.begin(&account, &proof).await.expect("an answer").expect("begun");

    let log = Log::begin();
    let change = new.confirm(&account, &proof, "123456", &after(0)).await.expect("an answer, and no 503");
    assert!(matches!(change, FactorChange::Stale), "{change:?}");
    let logged = log.end();
    for part in ["an enrolment cannot be opened", "auth.account=\"1\"", "auth.reason=sealed_secret", "sealing keys"] {
        assert!(logged.contains(part), "{part}: {logged}");
    }
    enrol(&store, &new, "alice@example.com").await;
}

#[tokio::test]
async fn a_code_that_is_used_up_and_a_factor_taken_away_are_told_though_the_caller_goes_away() {
    let store = store();
    let plain = totp(&store, &Throttle::in_memory());
    let (_, codes) = enrolled(&store, &plain).await;
    let (account, code) = (alice(&store).await, codes.reveal().next().expect("ten"));
    let service = |held: Held, audit: Audit| {
        let keys = SealingKeys::new(SealingKey::new("test", &[7; 32]).expect("good"));
        Totp::new(held, keys, "Acme", Throttle::in_memory()).with_audit(audit)
    };
    let verify = async |held, audit| service(held, audit).verify(&account, code, &after(1)).await;
    assert_eq!(told_without_caller(&store, verify).await, [AuditName::USER_UPDATED]);
    assert_eq!(plain.count_recovery_codes(&account).await.expect("an answer"), 9);
    let reset = async |held, audit| service(held, audit).reset(&account, &after(2)).await;
    assert_eq!(told_without_caller(&store, reset).await, [AuditName::USER_UPDATED]);
    assert!(!alice(&store).await.has_second_factor());
}
