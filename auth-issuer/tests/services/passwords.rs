//! Changing and resetting passwords.

use std::time::Duration;

use auth_issuer::accounts::AccountAdmin as _;
use auth_issuer::audit::{Audit, AuditName};
use auth_issuer::mail::{Mail, MailQueue, MemoryMailer, PublicUrl};
use auth_issuer::one_time::Purpose;
use auth_issuer::passwords::{
    PasswordChange, PasswordPolicy, PasswordReset, Passwords, PlainPasswordMails, PolicyViolation, ResetBegun,
    ResetCompleted,
};
use auth_issuer::{AccountState, HashPool, MemoryStore, SignIn, SignInOutcome, SignInRequest, Throttle};

use super::held::{Held, told_without_caller};
use super::support::{
    Events, PASSWORD, account, after, alice, enrol, from, pool, read, sign_in, store, store_with, totp,
};

const NEW: &str = "another horse entirely";

struct Bench {
    store: MemoryStore,
    pool: HashPool,
    outbox: MemoryMailer,
    queue: MailQueue,
    events: Events,
    passwords: Passwords<MemoryStore>,
    reset: PasswordReset<MemoryStore, MemoryStore>,
    sign_in: SignIn<MemoryStore>,
}

/// Everything over one store and one throttle. Needs a runtime, for the worker of the queue.
fn bench(store: MemoryStore) -> Bench {
    let (pool, outbox, events, throttle) = (pool(), MemoryMailer::new(), Events::default(), Throttle::in_memory());
    let queue = MailQueue::start(outbox.clone());
    let mails = PlainPasswordMails::new("Acme", PublicUrl::parse("https://acme.example").expect("good"), "reset");
    let policy = PasswordPolicy::default();
    let passwords = Passwords::new(store.clone(), pool.clone(), throttle.clone(), policy)
        .with_notices(queue.clone(), mails.clone())
        .with_audit(events.audit());
    let reset = PasswordReset::new(store.clone(), passwords.clone(), throttle.clone(), queue.clone(), mails)
        .with_audit(events.audit());
    let sign_in = SignIn::new(store.clone(), pool.clone(), throttle.clone())
        .with_totp(totp(&store, &throttle))
        .with_reset_tokens(store.clone());
    Bench { store, pool, outbox, queue, events, passwords, reset, sign_in }
}

impl Bench {
    async fn mails(&self) -> Vec<Mail> {
        self.queue.flush().await;
        self.outbox.take()
    }

    /// Asks for a link and reads it.
    async fn token(&self, login: &str, seconds: u64) -> Option<String> {
        let begun = self.reset.begin(login, &after(seconds)).await.expect("an answer");
        assert!(matches!(begun, ResetBegun::Accepted { .. }), "{begun:?}");
        let mails = self.mails().await;
        let mail = mails.first()?;
        let (_, token) = mail.text.split_once("https://acme.example/reset?token=").expect("a link");
        Some(token.lines().next().expect("a line").to_owned())
    }

    async fn complete(&self, token: &str, new: &str, seconds: u64) -> ResetCompleted {
        self.reset.complete(token, &new.into(), &after(seconds)).await.expect("an answer")
    }

    async fn signs_in(&self, password: &str) -> bool {
        matches!(sign_in(&self.sign_in, password, &from(9, 0)).await, SignInOutcome::Granted(_))
    }
}

#[tokio::test]
async fn a_change_needs_the_current_password_and_raises_the_epoch_and_is_told() {
    let bench = bench(store());
    let before = alice(&bench.store).await;
    let change = |current: &'static str, new: &'static str| {
        let (passwords, before) = (&bench.passwords, &before);
        async move { passwords.change(before, &current.into(), &new.into(), &after(0)).await.expect("an answer") }
    };
    assert_eq!(change("wrong", NEW).await, PasswordChange::WrongPassword);
    let short = change(PASSWORD, "short").await;
    assert_eq!(short, PasswordChange::Weak(vec![PolicyViolation::TooShort { minimum: 15 }]));
    assert!(bench.mails().await.is_empty() && bench.signs_in(PASSWORD).await, "nothing has changed");

    assert_eq!(change(PASSWORD, NEW).await, PasswordChange::Changed { epoch: 1 });
    assert!(bench.signs_in(NEW).await && !bench.signs_in(PASSWORD).await);
    let mails = bench.mails().await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, "alice@example.com");
    assert!(mails[0].text.contains("was changed") && !mails[0].text.contains(NEW));
    assert_eq!(bench.events.count(AuditName::PASSWORD_CHANGE), 1);
    assert_eq!(bench.events.count(AuditName::PASSWORD_CHANGE_FAIL), 1);
    assert_eq!(change(NEW, PASSWORD).await, PasswordChange::Stale, "the account was read before");
}

#[tokio::test]
async fn wrong_current_passwords_are_counted_like_those_of_a_sign_in() {
    let bench = bench(store());
    let account = alice(&bench.store).await;
    for n in 0..11 {
        let changed = bench.passwords.change(&account, &"wrong".into(), &NEW.into(), &after(0)).await;
        match changed.expect("an answer") {
            PasswordChange::WrongPassword => assert!(n < 10),
            PasswordChange::Throttled { .. } => assert_eq!(n, 10),
            other => panic!("{other:?}"),
        }
    }
    let outcome = sign_in(&bench.sign_in, PASSWORD, &after(0)).await;
    assert!(matches!(outcome, SignInOutcome::Throttled { .. }), "one counter for both");
}

#[tokio::test]
async fn known_and_unknown_names_get_the_same_answer_and_only_a_known_one_a_mail() {
    let bench = bench(store_with([
        account("1", "alice@example.com"),
        account("2", "suspended@example.com").with_state(AccountState::Suspended),
        account("3", "no address"),
    ]));
    for (login, is_known) in [
        ("Alice@Example.com", true),
        ("nobody@example.com", false),
        ("suspended@example.com", false),
        ("no address", true),
        ("", false),
    ] {
        let begun = bench.reset.begin(login, &after(0)).await.expect("an answer");
        assert_eq!(begun, ResetBegun::Accepted { is_known }, "{login}");
        let mails = bench.mails().await;
        assert_eq!(mails.len(), usize::from(login.starts_with("Alice")), "{login}");
        assert!(mails.iter().all(|mail| mail.to == "alice@example.com"), "to the stored address");
    }
    assert_eq!(bench.pool.hashes(), 0);
}

#[tokio::test]
async fn three_mails_an_hour_for_an_address_that_exists_or_does_not() {
    let bench = bench(store());
    for login in ["alice@example.com", "nobody@example.com"] {
        for n in 0..3 {
            let begun = bench.reset.begin(login, &from(n, 0)).await.expect("an answer");
            assert!(matches!(begun, ResetBegun::Accepted { .. }));
        }
        let begun = bench.reset.begin(login, &from(4, 600)).await.expect("an answer");
        assert_eq!(begun, ResetBegun::Throttled { retry_after: Duration::from_secs(3_000) }, "{login}");
    }
    assert_eq!(bench.mails().await.len(), 3);
}

#[tokio::test]
async fn a_request_changes_nothing_and_a_new_password_changes_everything() {
    let bench = bench(store());
    let first = bench.token("alice@example.com", 0).await.expect("a mail");
    let second = bench.token("alice@example.com", 1).await.expect("a mail");
    assert!(bench.signs_in(PASSWORD).await);
    let owner = bench.reset.peek(&first, &after(2)).await.expect("an answer").expect("the second has not killed it");
    assert_eq!(owner.id(), "1");

    let ResetCompleted::Done { account, epoch, purpose } = bench.complete(&first, NEW, 3).await else {
        panic!("a good token");
    };
    assert_eq!((account.id(), epoch, purpose), ("1", 1, Purpose::RESET_PASSWORD));
    assert_eq!(alice(&bench.store).await.epoch(), 1, "everything issued before is void");
    assert!(bench.signs_in(NEW).await && !bench.signs_in(PASSWORD).await);
    for token in [&first, &second] {
        assert!(matches!(bench.complete(token, NEW, 4).await, ResetCompleted::InvalidToken));
    }
    let mails = bench.mails().await;
    assert!(mails.iter().any(|mail| mail.text.contains("was changed")), "the owner is told");
}

/// Whether or not changes are told too.
#[tokio::test]
async fn a_reset_is_told_once() {
    let bench = bench(store());
    let throttle = Throttle::in_memory();
    let silent = Passwords::new(bench.store.clone(), pool(), throttle.clone(), PasswordPolicy::default());
    let mails = PlainPasswordMails::new("Acme", PublicUrl::parse("https://acme.example").expect("good"), "reset");
    let silent = PasswordReset::new(bench.store.clone(), silent, throttle, bench.queue.clone(), mails);
    for (reset, new) in [(&bench.reset, NEW), (&silent, "a third horse altogether")] {
        let token = bench.token("alice@example.com", 0).await.expect("a mail");
        let done = reset.complete(&token, &new.into(), &after(1)).await.expect("an answer");
        assert!(matches!(done, ResetCompleted::Done { .. }), "{done:?}");
        let mails = bench.mails().await;
        let subjects: Vec<&str> = mails.iter().map(|mail| mail.subject.as_str()).collect();
        assert_eq!(subjects, ["Acme: your password was changed"]);
    }
}

#[tokio::test]
async fn a_weak_password_consumes_nothing() {
    let bench = bench(store());
    let token = bench.token("alice@example.com", 0).await.expect("a mail");
    for weak in ["short", "alice@example.com", "passwordpassword"] {
        assert!(matches!(bench.complete(&token, weak, 1).await, ResetCompleted::Weak(_)), "{weak}");
    }
    assert_eq!(bench.pool.hashes(), 0);
    assert!(matches!(bench.complete(&token, NEW, 2).await, ResetCompleted::Done { .. }));
}

#[tokio::test]
async fn a_link_is_good_for_an_hour_and_void_after_a_change() {
    let bench = bench(store());
    let token = bench.token("alice@example.com", 0).await.expect("a mail");
    assert!(bench.reset.peek(&token, &after(3_599)).await.expect("an answer").is_some());
    assert!(bench.reset.peek(&token, &after(3_600)).await.expect("an answer").is_none());
    bench.store.raise_epoch("1").await.expect("an answer");
    assert!(matches!(bench.complete(&token, NEW, 1).await, ResetCompleted::InvalidToken));
    assert!(matches!(bench.complete("no token", NEW, 1).await, ResetCompleted::InvalidToken));
}

#[tokio::test]
async fn a_reset_takes_no_second_factor_away() {
    let bench = bench(store());
    enrol(&bench.store, &totp(&bench.store, &Throttle::in_memory()), "alice@example.com").await;
    let token = bench.token("alice@example.com", 0).await.expect("a mail");
    assert!(matches!(bench.complete(&token, "8 or more", 1).await, ResetCompleted::Done { .. }), "it has two factors");
    let outcome = sign_in(&bench.sign_in, "8 or more", &after(2)).await;
    assert!(matches!(outcome, SignInOutcome::SecondFactorNeeded { .. }), "{outcome:?}");
}

#[tokio::test]
async fn who_has_to_reset_becomes_active_and_who_is_suspended_does_not() {
    let bench = bench(store_with([account("1", "alice@example.com").with_state(AccountState::MustReset)]));
    let outcome = sign_in(&bench.sign_in, PASSWORD, &after(0)).await;
    let SignInOutcome::MustResetPassword { token: Some(token) } = outcome else { panic!("{outcome:?}") };
    let ResetCompleted::Done { purpose, .. } = bench.complete(token.reveal(), NEW, 1).await else {
        panic!("a good token");
    };
    assert_eq!(purpose, Purpose::MUST_RESET);
    assert!(bench.signs_in(NEW).await);

    bench.store.set_state("1", AccountState::Suspended).await.expect("an answer");
    let account = alice(&bench.store).await;
    let changed = bench.passwords.set(&account, &"a third horse altogether".into(), &after(2)).await;
    assert!(matches!(changed.expect("an answer"), PasswordChange::Changed { .. }));
    assert_eq!(read(&bench.store, "alice@example.com").await.state(), AccountState::Suspended);
    let request = SignInRequest::new("alice@example.com", "a third horse altogether");
    assert!(matches!(bench.sign_in.sign_in(&request, &after(3)).await, Ok(SignInOutcome::Suspended)));
}

#[tokio::test]
async fn a_spent_token_sets_the_password_though_the_caller_goes_away() {
    let bench = bench(store());
    let token = bench.token("alice@example.com", 0).await.expect("a mail");
    let complete = async |held: Held, audit: Audit| {
        let (store, throttle) = (bench.store.clone(), Throttle::in_memory());
        let mails = PlainPasswordMails::new("Acme", PublicUrl::parse("https://acme.example").expect("good"), "reset");
        let passwords = Passwords::new(store, bench.pool.clone(), throttle.clone(), PasswordPolicy::default());
        let passwords = passwords.with_audit(audit.clone());
        let reset = PasswordReset::new(held, passwords, throttle, bench.queue.clone(), mails).with_audit(audit);
        reset.complete(&token, &NEW.into(), &after(1)).await
    };
    assert_eq!(told_without_caller(&bench.store, complete).await, [AuditName::PASSWORD_CHANGE]);
    assert!(bench.signs_in(NEW).await && !bench.signs_in(PASSWORD).await);
    let mails = bench.mails().await;
    assert!(mails.iter().any(|mail| mail.text.contains("was changed")), "the owner is told");
}
