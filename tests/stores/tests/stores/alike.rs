//! Whoever guesses is told nothing by the work that a guess costs: the statements are the same, whatever is wrong.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, Once};
use std::time::SystemTime;

use auth_core::credential::{BasicCredentials, BearerToken, Credential as _};
use auth_core::{Attempt, Source, Verifier as _};
use auth_issuer::accounts::{AccountAdmin as _, AccountState};
use auth_issuer::api_keys::{KeyMaker, KeyRequest, MintOutcome};
use auth_issuer::mail::{MailQueue, MemoryMailer, PublicUrl};
use auth_issuer::passwords::{PasswordPolicy, PasswordReset, Passwords, PlainPasswordMails, ResetBegun};
use auth_issuer::stores::AnyStore;
use auth_issuer::throttle::Throttle;
use auth_issuer::{
    Account, AccountStore as _, DigestKey, HashParams, HashPool, PasswordHash, PasswordVerifier, SignIn, SignInOutcome,
    SignInRequest,
};
use tracing::field::{Field, Visit};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::feed::{keys, open};
use crate::temporary::Place;

const RIGHT: &str = "correct horse battery staple";
const WRONG: &str = "battery staple";

/// The statements that this thread has sent to PostgreSQL, as `sqlx` tells of them.
#[derive(Clone, Default)]
struct Statements(Arc<Mutex<Vec<String>>>);

impl Statements {
    fn listen(&self) -> DefaultGuard {
        // Somebody has to listen everywhere and always: a place that another test makes known while nobody does would stay
        // silent for this one.
        static EVERYWHERE: Once = Once::new();
        EVERYWHERE.call_once(|| tracing_subscriber::registry().init());
        tracing_subscriber::registry().with(self.clone()).set_default()
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("no panic"))
    }
}

impl<S: Subscriber> Layer<S> for Statements {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            let mut statement = Statement(String::new());
            event.record(&mut statement);
            self.0.lock().expect("no panic").push(statement.0);
        }
    }
}

/// All of a statement, or its beginning where that is all.
struct Statement(String);

impl Visit for Statement {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "summary" || (field.name() == "db.statement" && !value.is_empty()) {
            value.clone_into(&mut self.0);
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

/// Attempts of one source each, so that no counter is there before.
fn from(n: u8) -> Attempt {
    Attempt::new(SystemTime::now(), Source::of(Ipv4Addr::new(192, 0, 2, n).into()))
}

fn pool() -> HashPool {
    HashPool::new(1, HashParams::new_insecure(8, 1, 1).expect("possible"))
}

fn throttle(store: &AnyStore) -> Throttle {
    Throttle::new(store.clone(), DigestKey::new(&[7; 32]).expect("long enough"))
}

/// Accounts in every state; `zoe` has no password. `nobody` is none of them.
async fn with_accounts(store: &AnyStore) {
    let hash = PasswordHash::create(RIGHT.as_bytes(), pool().params()).expect("a hash");
    let account = |name: &str| Account::new(name, name).expect("good");
    let with_password = |name: &str| account(name).with_password_hash(hash.clone());
    let accounts = [
        with_password("alice"),
        with_password("suspended").with_state(AccountState::Suspended),
        with_password("inactive").with_state(AccountState::Inactive),
        with_password("must reset").with_state(AccountState::MustReset),
        with_password("two factors").with_second_factor(true),
        account("zoe"),
    ];
    for account in accounts {
        let _stored = store.insert_account(account).await.expect("an answer");
    }
}

const NAMES: [&str; 7] = ["nobody", "alice", "suspended", "inactive", "must reset", "two factors", "zoe"];

/// Every guess has to send what the first one has sent.
fn assert_alike(guesses: &[(String, Vec<String>)], at_least: usize) {
    let (_, first) = guesses.first().expect("a guess");
    assert!(first.len() >= at_least, "{first:?}");
    for (name, statements) in guesses {
        assert_eq!(statements, first, "{name}");
    }
}

#[tokio::test]
async fn a_wrong_password_costs_the_statements_of_an_unknown_name() {
    for place in Place::all().await {
        let Place::Postgres(_) = &place else { continue };
        let store = open(&place).await;
        with_accounts(&store).await;
        let statements = Statements::default();
        let _listening = statements.listen();
        let pool = pool();

        let sign_in = SignIn::new(store.clone(), pool.clone(), throttle(&store));
        // A handle looks after the counters once in a while, at first when it is new.
        let before = sign_in.sign_in(&SignInRequest::new("before", WRONG), &from(0)).await.expect("an answer");
        assert!(matches!(before, SignInOutcome::Refused));
        let mut guesses = Vec::new();
        for (n, name) in (1..).zip(NAMES) {
            statements.take();
            let before = pool.hashes();
            let outcome = sign_in.sign_in(&SignInRequest::new(name, WRONG), &from(n)).await.expect("an answer");
            assert!(matches!(outcome, SignInOutcome::Refused), "{name}: {outcome:?}");
            assert_eq!(pool.hashes() - before, 1, "{name}");
            guesses.push((name.to_owned(), statements.take()));
        }
        assert_alike(&guesses, 3);

        // Where nothing is shown nobody learns of the states either, not even by the right password.
        let each_but_alice = || {
            let each = NAMES.into_iter().flat_map(|name| [(name, WRONG), (name, RIGHT)]);
            each.filter(|guess| *guess != ("alice", RIGHT))
        };
        let sign_in = sign_in.show_only([]);
        let mut guesses = Vec::new();
        for (n, (name, password)) in (50..).zip(each_but_alice()) {
            statements.take();
            let before = pool.hashes();
            let outcome = sign_in.sign_in(&SignInRequest::new(name, password), &from(n)).await.expect("an answer");
            assert!(matches!(outcome, SignInOutcome::Refused), "{name}: {outcome:?}");
            assert_eq!(pool.hashes() - before, 1, "{name}");
            guesses.push((format!("{name} {password}"), statements.take()));
        }
        assert_alike(&guesses, 3);

        // Nor by Basic.
        let basic = PasswordVerifier::new(store.clone(), pool.clone()).with_throttle(throttle(&store));
        let mut guesses = Vec::new();
        for (n, (name, password)) in (100..).zip(each_but_alice()) {
            statements.take();
            let before = pool.hashes();
            assert!(basic.verify(BasicCredentials::new(name, password), from(n)).await.is_err(), "{name}");
            assert_eq!(pool.hashes() - before, 1, "{name}");
            guesses.push((format!("{name} {password}"), statements.take()));
        }
        assert_alike(&guesses, 3);
    }
}

#[tokio::test]
async fn a_link_for_a_new_password_costs_the_same_for_unknown_names() {
    for place in Place::all().await {
        let Place::Postgres(_) = &place else { continue };
        let store = open(&place).await;
        with_accounts(&store).await;
        let statements = Statements::default();
        let _listening = statements.listen();
        let url = PublicUrl::parse("https://acme.example").expect("good");
        let passwords = Passwords::new(store.clone(), pool(), throttle(&store), PasswordPolicy::default());
        let (queue, mails) = (MailQueue::start(MemoryMailer::default()), PlainPasswordMails::new("Acme", url, "reset"));
        let reset = PasswordReset::new(store.clone(), passwords, throttle(&store), queue, mails);
        let _begun = reset.begin("before", &from(0)).await.expect("an answer");
        let mut guesses = Vec::new();
        // The one who gets a mail comes last: what is done for it later is none of the request's work.
        for (n, name) in (1..).zip(["nobody", "suspended", "inactive", "alice"]) {
            statements.take();
            let begun = reset.begin(name, &from(n)).await.expect("an answer");
            guesses.push((name.to_owned(), statements.take()));
            assert!(matches!(begun, ResetBegun::Accepted { is_known } if is_known == (name == "alice")), "{begun:?}");
        }
        assert_alike(&guesses, 2);
    }
}

#[tokio::test]
async fn a_wrong_secret_costs_the_statements_of_an_unknown_key() {
    for place in Place::all().await {
        let Place::Postgres(_) = &place else { continue };
        let store = open(&place).await;
        with_accounts(&store).await;
        let alice = store.find_account_by_id("alice").await.expect("an answer").expect("the account");
        let request = KeyRequest::new("laptop").with_id("laptop");
        let minted =
            keys(&store).mint(&KeyMaker::with_everything_of(&alice), request, &from(1)).await.expect("an answer");
        let MintOutcome::Minted(key) = minted else { panic!("refused") };
        let statements = Statements::default();
        let _listening = statements.listen();
        let present = async |text: &str| {
            let token = BearerToken::parse(text.as_bytes()).map(BearerToken::into_owned).expect("well formed");
            keys(&store).verify(token, from(2)).await
        };
        let mut guesses = Vec::new();
        let right = key.reveal();
        for at in [right.len() - 1, right.len() / 2, 4] {
            let mut wrong = right.to_owned();
            // Both may end a key; after most others the last bits would be wrong, and nobody would look for it.
            let other = if wrong.as_bytes()[at] == b'A' { "Q" } else { "A" };
            wrong.replace_range(at..=at, other);
            statements.take();
            assert!(present(&wrong).await.is_err(), "{at}");
            guesses.push((format!("wrong at {at}"), statements.take()));
        }
        assert_alike(&guesses, 1);
        present(right).await.expect("the right one");
        assert!(statements.take().len() > 1);
    }
}
