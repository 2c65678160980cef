//! Databases that go away, stand still or are asked by somebody who does not wait: nothing is lost that was acknowledged,
//! nobody is let in by an error, and no answer reaches somebody else.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use auth_axum::{AuthLayer, Realm, Router, get};
use auth_core::credential::BearerToken;
use auth_core::{Attempt, Source, Verifier};
use auth_issuer::accounts::{AccountAdmin as _, AccountState};
use auth_issuer::api_keys::{KeyMaker, KeyRequest, MintOutcome};
use auth_issuer::audit::{AuditError, AuditEvent, AuditName, AuditSink};
use auth_issuer::mail::{MailQueue, MemoryMailer, PublicUrl};
use auth_issuer::passwords::{PasswordPolicy, Passwords, PlainPasswordMails};
use auth_issuer::sealing::{SealingKey, SealingKeys};
use auth_issuer::stores::{AnyStore, Gate, Interleave as _};
use auth_issuer::throttle::Throttle;
use auth_issuer::token_ids::TokenIdStore as _;
use auth_issuer::totp::{Totp, TotpStore as _};
use auth_issuer::{Account, AccountStore, Audit, HashParams, HashPool};
use axum::body::{Body, to_bytes};
use http::{Request, StatusCode};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection};
use tokio::task::JoinSet;
use tower::ServiceExt as _;

use crate::feed::{User, door, keys, open, trusted, until, with_account};
use crate::open::execute;
use crate::temporary::Place;

/// Whoever waits for so many polls, and then goes away.
struct Impatient<F>(F, usize);

impl<F: Future + Unpin> Future for Impatient<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(left) = self.1.checked_sub(1) else { return Poll::Ready(None) };
        self.1 = left;
        match Pin::new(&mut self.0).poll(cx) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }
}

/// Whether it came to an end within so many polls.
async fn give_up(future: impl Future, polls: usize) -> bool {
    Impatient(pin!(future), polls).await.is_some()
}

/// A handle whose changes wait at the gate before they are committed.
fn held_at(store: &AnyStore, gate: &Gate) -> AnyStore {
    match store {
        AnyStore::Postgres(store) => AnyStore::Postgres(store.held_at(gate)),
        AnyStore::Sqlite(store) => AnyStore::Sqlite(store.held_at(gate)),
        other => panic!("{other:?}"),
    }
}

/// A connection that was left in the middle of an answer must not give the rest of it to the next one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_given_up_is_answered_to_nobody_else() {
    const ACCOUNTS: usize = 20;
    for place in Place::all().await {
        let store = open(&place).await;
        for id in 0..ACCOUNTS {
            with_account(&store, &id.to_string()).await;
        }
        let mut tasks = JoinSet::new();
        for task in 0..4 {
            let store = store.clone();
            tasks.spawn(async move {
                let mut given_up = 0;
                for round in 0..150 {
                    let (other, own) = ((round + task) % ACCOUNTS, (round * 7 + task) % ACCOUNTS);
                    let polls = round % 10;
                    let (other, own) = (other.to_string(), own.to_string());
                    let is_done = if round % 3 == 0 {
                        give_up(store.set_permissions(&other, &["member".to_owned()], &[]), polls).await
                    } else {
                        give_up(store.find_account_by_id(&other), polls).await
                    };
                    given_up += usize::from(!is_done);
                    let found = store.find_account_by_id(&own).await.expect("an answer").expect("the account");
                    assert_eq!(found.id(), own);
                    assert_eq!(store.raise_epoch("nobody").await.expect("an answer"), None);
                }
                given_up
            });
        }
        let given_up: usize = tasks.join_all().await.into_iter().sum();
        assert!(given_up > 100, "{given_up}");
    }
}

/// Nobody knows whether a change was committed that nobody waited for: it is withdrawn here as if it were.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_that_is_given_up_is_not_believed_any_longer() {
    for place in Place::all().await {
        let store = open(&place).await;
        with_account(&store, "ada").await;
        let listener = AccountStore::revocations(&store).expect("it has a feed");
        let gate = Gate::new();
        let held = held_at(&store, &gate);
        let mark = trusted(&listener).await;
        tokio::select! {
            changed = held.set_state("ada", AccountState::Suspended) => panic!("{changed:?}: it waits at the gate"),
            () = gate.reached() => {}
        }
        assert!(!listener.holds("ada", None, mark), "withdrawn when it was given up");
    }
}

/// Whoever changes a password and breaks the connection off in time does not keep its owner from being told.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_password_is_told_of_though_its_caller_has_gone_away() {
    for place in Place::all().await {
        let store = open(&place).await;
        let account = Account::new("ada", "ada@acme.example").expect("good");
        let _inserted = store.insert_account(account).await.expect("an answer");
        let gate = Gate::new();
        let held = held_at(&store, &gate);
        let (outbox, url) = (MemoryMailer::default(), PublicUrl::parse("https://acme.example").expect("good"));
        let (mails, events) = (PlainPasswordMails::new("Acme", url, "reset"), Events::default());
        let pool = HashPool::new(1, HashParams::new_insecure(8, 1, 1).expect("possible"));
        let passwords = Passwords::new(held, pool, Throttle::in_memory(), PasswordPolicy::default())
            .with_notices(MailQueue::start(outbox.clone()), mails)
            .with_audit(Audit::new(events.clone()));
        let ada = store.find_account_by_id("ada").await.expect("an answer").expect("the account");
        let (new, attempt) = ("correct horse battery staple".into(), Attempt::new(SystemTime::now(), Source::Unknown));
        tokio::select! {
            changed = passwords.set(&ada, &new, &attempt) => panic!("{changed:?}: it waits at the gate"),
            () = gate.reached() => {}
        }
        let mut mails = outbox.take();
        assert!(mails.is_empty());
        gate.open();
        until("its owner and the operator are told", async || {
            mails.append(&mut outbox.take());
            let names = events.0.lock().expect("no panic").clone();
            (mails.len() == 1 && names == [AuditName::PASSWORD_CHANGE]).then_some(())
        })
        .await;
        let now = store.find_account_by_id("ada").await.expect("an answer").expect("the account");
        assert!(now.epoch() > ada.epoch() && now.password_hash().is_some());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_factor_that_is_taken_away_is_recorded_though_its_caller_has_gone_away() {
    for place in Place::all().await {
        let store = open(&place).await;
        with_account(&store, "ada").await;
        let ada = async || store.find_account_by_id("ada").await.expect("an answer").expect("the account");
        let keys = SealingKeys::new(SealingKey::new("test", &[7; 32]).expect("good"));
        let (gate, events) = (Gate::new(), Events::default());
        let totp = Totp::new(held_at(&store, &gate), keys, "Acme", Throttle::in_memory());
        let totp = totp.with_audit(Audit::new(events.clone()));
        let (sealed, epoch) = (totp.seal_imported("ada", &[7; 20]).expect("sealed"), ada().await.epoch());
        assert!(store.begin_totp("ada", epoch, &sealed).await.expect("an answer"));
        assert!(store.enable_totp("ada", epoch, &sealed, 0, "none").await.expect("an answer").is_some());

        let (account, attempt) = (ada().await, Attempt::new(SystemTime::now(), Source::Unknown));
        tokio::select! {
            reset = totp.reset(&account, &attempt) => panic!("{reset:?}: it waits at the gate"),
            () = gate.reached() => {}
        }
        gate.open();
        until("the operator is told", async || {
            (*events.0.lock().expect("no panic") == [AuditName::USER_UPDATED]).then_some(())
        })
        .await;
        assert!(account.has_second_factor() && !ada().await.has_second_factor());
    }
}

/// Keeps the names of events.
#[derive(Clone, Default)]
struct Events(Arc<Mutex<Vec<AuditName>>>);

impl AuditSink for Events {
    async fn record(&self, event: &AuditEvent) -> Result<(), AuditError> {
        self.0.lock().expect("no panic").push(event.name);
        Ok(())
    }
}

/// Ends all connections to the database.
const END: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                   WHERE datname = current_database() AND pid <> pg_backend_pid();";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_stays_and_nothing_is_granted_twice_while_connections_die() {
    const EACH: usize = 60;
    for place in Place::all().await {
        let Place::Postgres(_) = &place else { continue };
        let store = open(&place).await;
        let later = SystemTime::now() + Duration::from_mins(10);
        let answers = Arc::new(AtomicUsize::new(0));
        let mut tasks = JoinSet::new();
        for task in 0..4 {
            let (store, answers) = (store.clone(), Arc::clone(&answers));
            tasks.spawn(async move {
                let (mut granted, mut failed) = (Vec::new(), 0);
                for n in 0..EACH {
                    let account = Account::new(format!("{task}-{n}"), format!("{task}-{n}")).expect("good");
                    if store.insert_account(account).await.is_ok() {
                        granted.push(format!("{task}-{n}"));
                    } else {
                        failed += 1;
                    }
                    // Two tasks want each of these.
                    let id = format!("{}-{n}", task % 2);
                    match store.spend_token_id("reset", &id, later).await {
                        Ok(true) => granted.push(format!("spent {id}")),
                        Ok(false) => {}
                        Err(_) => failed += 1,
                    }
                    answers.fetch_add(1, Ordering::SeqCst);
                }
                (granted, failed)
            });
        }
        // In the middle of whatever is under way, again and again.
        for next in (0..4 * EACH).step_by(3) {
            until("they go on", async || (answers.load(Ordering::SeqCst) >= next).then_some(())).await;
            execute(&place, END).await;
        }
        let (mut granted, mut failed) = (Vec::new(), 0);
        for (names, failures) in tasks.join_all().await {
            granted.extend(names);
            failed += failures;
        }
        assert!(failed > 0 && granted.len() > EACH, "{failed} failures, {} answers", granted.len());
        for name in &granted {
            let is_there = match name.strip_prefix("spent ") {
                Some(id) => store.is_token_id_spent("reset", id).await.expect("an answer"),
                None => store.find_account_by_id(name).await.expect("an answer").is_some(),
            };
            assert!(is_there, "{name} was acknowledged, and is lost");
        }
        let count = granted.len();
        granted.sort_unstable();
        granted.dedup();
        assert_eq!(granted.len(), count, "something was granted twice");
    }
}

/// A row that somebody else holds for longer than the server works on a statement.
#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_takes_too_long_is_a_failure_and_changes_nothing() {
    for place in Place::all().await {
        let Place::Postgres(database) = &place else { continue };
        let store = open(&place).await;
        with_account(&store, "ada").await;
        let mut holder = PgConnection::connect(database.url()).await.expect("a connection");
        let mut transaction = holder.begin().await.expect("a transaction");
        let hold = sqlx::query("SELECT id FROM auth_accounts WHERE id = 'ada' FOR UPDATE");
        hold.execute(&mut *transaction).await.expect("held");
        assert!(store.set_state("ada", AccountState::Suspended).await.is_err());
        transaction.rollback().await.expect("let go");
        let ada = store.find_account_by_id("ada").await.expect("an answer").expect("the account");
        assert_eq!(ada.state(), AccountState::Active);
        assert!(store.set_state("ada", AccountState::Suspended).await.expect("an answer").is_some());
    }
}

/// Asks at the door. Whatever is wrong, a caller is told nothing of it.
async fn ask(app: &axum::Router, key: &str) -> StatusCode {
    let request = Request::get("/").header("authorization", format!("Bearer {key}")).body(Body::empty());
    let (head, body) = app.clone().oneshot(request.expect("a request")).await.expect("an answer").into_parts();
    if head.status == StatusCode::SERVICE_UNAVAILABLE {
        assert_eq!(head.headers["retry-after"], "5");
        assert!(!head.headers.contains_key("www-authenticate"));
        let body = to_bytes(body, 1_000).await.expect("a body");
        assert_eq!(body, r#"{"type":"about:blank","title":"Service Unavailable","status":503}"#);
    }
    head.status
}

/// As when the server starts anew, or the network between the two is gone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_is_cut_off_believes_nothing_and_catches_up() {
    for place in Place::all().await {
        let Place::Postgres(database) = &place else { continue };
        let elsewhere = open(&place).await;
        with_account(&elsewhere, "ada").await;
        let ada = elsewhere.find_account_by_id("ada").await.expect("an answer").expect("the account");
        let request = KeyRequest::new("laptop").with_scopes(["read"]).outliving_epochs();
        let attempt = Attempt::new(SystemTime::now(), Source::Unknown);
        let minted =
            keys(&elsewhere).mint(&KeyMaker::with_everything_of(&ada), request, &attempt).await.expect("an answer");
        let MintOutcome::Minted(key) = minted else { panic!("refused") };
        let key = key.reveal();

        let here = AnyStore::open(&format!("{}&application_name=here", database.url())).await.expect("a store");
        let bearer = Verifier::<BearerToken>::map(keys(&here), |facts, _| User { id: facts.subject.to_string() });
        let realm = Realm::<User>::builder("here").bearer(bearer).build().expect("complete");
        let app = Router::new().route("/", get(door)).layer(AuthLayer::new(realm)).into_axum();
        trusted(&AccountStore::revocations(&here).expect("it has a feed")).await;
        assert_eq!(ask(&app, key).await, 200);

        let options: PgConnectOptions = database.url().parse().expect("a URL");
        let name = options.get_database().expect("a name").to_owned();
        // Whoever closes a database to others must not be in it.
        let mut admin = options.database("postgres").connect().await.expect("a connection");
        let mut run = async |statement: &str| {
            let statement = AssertSqlSafe(statement.replace("{name}", &name));
            sqlx::raw_sql(statement).execute(&mut admin).await.expect("a good statement");
        };
        run("ALTER DATABASE {name} ALLOW_CONNECTIONS false").await;
        run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'here'").await;
        // What was verified is believed for a second at most.
        until("it is cut off", async || {
            let status = ask(&app, key).await;
            assert!(status == 200 || status == 503, "{status}");
            (status == 503).then_some(())
        })
        .await;
        for _ in 0..20 {
            assert_eq!(ask(&app, key).await, 503);
        }
        elsewhere.set_state("ada", AccountState::Suspended).await.expect("an answer").expect("the account");
        assert_eq!(ask(&app, key).await, 503);

        run("ALTER DATABASE {name} ALLOW_CONNECTIONS true").await;
        until("it catches up", async || {
            let status = ask(&app, key).await;
            assert!(status == 503 || status == 401, "{status}");
            (status == 401).then_some(())
        })
        .await;
        trusted(&AccountStore::revocations(&here).expect("it has a feed")).await;
        elsewhere.set_state("ada", AccountState::Active).await.expect("an answer").expect("the account");
        until("it hears again", async || (ask(&app, key).await == 200).then_some(())).await;
    }
}
