//! What one process withdraws is not believed by the others, whatever happens in between.

use std::collections::HashMap;
use std::future::Future;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use auth_axum::{Auth, AuthLayer, Principal, Realm, Router, get, requires_auth};
use auth_core::cache::{Mark, Revocations};
use auth_core::credential::BearerToken;
use auth_core::{Attempt, Source, Verifier};
use auth_issuer::accounts::{AccountAdmin as _, AccountState};
use auth_issuer::api_keys::{
    ApiKeys, KeyChange, KeyMaker, KeyRequest, KeyStore, MintOutcome, OwnedKey, PrefixedSecret,
};
use auth_issuer::secret::SecretDigest;
use auth_issuer::stores::{AnyStore, Gate, Interleave as _, PostgresStore};
use auth_issuer::sweep::SweepStore as _;
use auth_issuer::token_ids::TokenIdStore;
use auth_issuer::totp::{SealedSecret, TotpStore as _};
use auth_issuer::{Account, AccountStore, HashParams, LoginKey, PasswordHash};
use axum::body::Body;
use http::{Request, StatusCode};
use sqlx::{Connection as _, PgConnection, SqliteConnection};
use tower::ServiceExt as _;

use crate::open::execute;
use crate::temporary::Place;

/// Far beyond the bound, on a machine that is busy.
const DEADLINE: Duration = Duration::from_mins(2);
/// Beyond the bound, and well below the minute that a verdict is cached for: after it, a refusal would show nothing.
const CACHED: Duration = Duration::from_secs(40);

/// Nobody changes them; of so many, not all share a stamp with somebody who is changed.
const BYSTANDERS: [&str; 5] = ["bystander 1", "bystander 2", "bystander 3", "bystander 4", "bystander 5"];

pub(crate) async fn open(place: &Place) -> AnyStore {
    AnyStore::open(&place.url()).await.expect("a store")
}

pub(crate) async fn with_account(store: &AnyStore, id: &str) {
    let account = Account::new(id, id).expect("good").with_scopes(["read"]).expect("good");
    let _inserted = store.insert_account(account).await.expect("an answer");
}

pub(crate) async fn until<T>(what: &str, condition: impl AsyncFnMut() -> Option<T>) -> T {
    within(DEADLINE, what, condition).await
}

async fn within<T>(at_most: Duration, what: &str, mut condition: impl AsyncFnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(value) = condition().await {
            return value;
        }
        assert!(start.elapsed() < at_most, "{what}");
        tokio::task::yield_now().await;
    }
}

pub(crate) async fn trusted(revocations: &Revocations) -> Mark {
    until("the feed is heard", async || revocations.mark()).await
}

/// Whether the names are withdrawn, and others are not: it was heard, and not merely feared.
fn is_heard(revocations: &Revocations, name: &str, mark: Mark) -> bool {
    !revocations.holds(name, None, mark) && BYSTANDERS.iter().any(|other| revocations.holds(other, None, mark))
}

/// Does something by one store until another has heard of it. A look that comes too late withdraws everything or nothing
/// for a moment, which is right and no answer to the question: then it is done again.
async fn is_heard_of<F: Future<Output = ()>>(listener: &Revocations, name: &str, mut change: impl FnMut() -> F) {
    let start = Instant::now();
    loop {
        let mark = trusted(listener).await;
        change().await;
        let is_heard = until(name, async || {
            if is_heard(listener, name, mark) {
                return Some(true);
            }
            let is_everything_gone = !BYSTANDERS.iter().any(|other| listener.holds(other, None, mark));
            (is_everything_gone && listener.mark().is_some()).then_some(false)
        });
        if is_heard.await {
            return;
        }
        assert!(start.elapsed() < DEADLINE, "{name}: everything was withdrawn, each time");
    }
}

fn key(id: &str, parent: Option<&str>) -> OwnedKey {
    OwnedKey {
        id: id.to_owned(),
        digest: SecretDigest::of(id.as_bytes()),
        owner: "ada".to_owned(),
        epoch: None,
        parent: parent.map(str::to_owned),
        name: "laptop".to_owned(),
        description: String::new(),
        scopes: vec!["read".to_owned()],
        is_disabled: false,
        created_at: SystemTime::now(),
        updated_at: SystemTime::now(),
        expires_at: None,
        last_used_at: None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_verb_that_withdraws_something_is_heard_elsewhere() {
    for place in Place::all().await {
        let (here, there) = (open(&place).await, open(&place).await);
        let listener = AccountStore::revocations(&there).expect("it has a feed");
        for other in [KeyStore::revocations(&there), TokenIdStore::revocations(&there)] {
            assert!(other.is_some_and(|other| other.is_same_as(&listener)), "one voice for all of a store");
        }
        with_account(&here, "ada").await;
        let ada = || async { here.find_account_by_id("ada").await.expect("an answer").expect("the account") };
        let epoch = || async { ada().await.epoch() };
        let cheap = HashParams::new_insecure(8, 1, 1).expect("possible");
        let hash = PasswordHash::create(b"correct horse", cheap).expect("a hash");
        let secret = SealedSecret::from_text("sealed".to_owned());

        let state = AccountState::MustReset;
        is_heard_of(&listener, "ada", || async {
            let _ = here.set_state("ada", state).await.expect("an answer");
        })
        .await;
        let password = || async {
            let _ = here.set_password("ada", epoch().await, hash.clone()).await.expect("stored");
        };
        is_heard_of(&listener, "ada", password).await;
        let login = LoginKey::parse("ada l.").expect("a name");
        let rename = || async {
            let _ = here.set_login("ada", epoch().await, "ada l.", &login).await.expect("stored");
        };
        is_heard_of(&listener, "ada", rename).await;
        let permit = || async { assert!(here.set_permissions("ada", &[], &[]).await.expect("an answer")) };
        is_heard_of(&listener, "ada", permit).await;
        is_heard_of(&listener, "ada", || async {
            let _ = here.raise_epoch("ada").await.expect("an answer");
        })
        .await;
        let enable = || async {
            assert!(here.begin_totp("ada", epoch().await, &secret).await.expect("an answer"));
            assert!(here.enable_totp("ada", epoch().await, &secret, 0, "batch").await.expect("an answer").is_some());
        };
        is_heard_of(&listener, "ada", enable).await;
        let disable = || async {
            let _ = here.disable_totp("ada", epoch().await).await.expect("an answer");
        };
        is_heard_of(&listener, "ada", disable).await;

        assert!(here.insert_key(key("parent", None)).await.expect("an answer"));
        let off = || async {
            let change = KeyChange { is_disabled: Some(true), ..KeyChange::default() };
            assert!(here.change_key("ada", "parent", change, SystemTime::now()).await.expect("an answer"));
        };
        // What was made with the key has changed too, whatever its id is.
        is_heard_of(&listener, "ada", off).await;
        let delete = || async {
            let _is_new = here.insert_key(key("parent", None)).await.expect("an answer");
            assert!(here.insert_key(key("child", Some("parent"))).await.expect("an answer"));
            assert!(here.delete_key("ada", "parent").await.expect("an answer"));
        };
        // The child went with it, whatever its id is.
        is_heard_of(&listener, "ada", delete).await;

        let mut n = 0;
        let spend = || {
            n += 1;
            let (here, kind) = (here.clone(), if n % 2 == 0 { "access" } else { "reset" });
            let later = SystemTime::now() + Duration::from_secs(600 + n);
            async move {
                let _is_first = here.spend_token_id(kind, "token", later).await.expect("an answer");
            }
        };
        is_heard_of(&listener, "token", spend).await;
        let gone = || async {
            let _ = here.delete_account("ada").await.expect("an answer");
        };
        is_heard_of(&listener, "ada", gone).await;
    }
}

/// A transaction that began first and commits last is not passed over.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_that_commits_late_is_heard() {
    for place in Place::all().await {
        let Place::Postgres(_) = &place else { continue };
        let here = open(&place).await;
        for id in ["early", "late"] {
            with_account(&here, id).await;
        }
        let there = open(&place).await;
        let listener = AccountStore::revocations(&there).expect("it has a feed");
        let gate = Gate::new();
        let held = PostgresStore::open(&place.url()).await.expect("a store").held_at(&gate);
        let late = tokio::spawn(async move { held.set_state("late", AccountState::Suspended).await });
        gate.reached().await;

        is_heard_of(&listener, "early", || async {
            let _ = here.raise_epoch("early").await.expect("an answer");
        })
        .await;
        let mark = trusted(&listener).await;
        gate.open();
        late.await.expect("no panic").expect("an answer").expect("the account");
        until("the late one", async || {
            (!listener.holds("late", None, mark) && listener.mark().is_some()).then_some(())
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_is_bounded_and_whoever_missed_a_part_believes_nothing() {
    for place in Place::all().await {
        let (here, there) = (open(&place).await, open(&place).await);
        let listener = AccountStore::revocations(&there).expect("it has a feed");
        let mark = trusted(&listener).await;
        let many = match &place {
            Place::Sqlite(_) => {
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10800)
                 INSERT INTO auth_changes SELECT 'account', 'a' || i, i FROM n"
            }
            Place::Postgres(_) => {
                "INSERT INTO auth_changes SELECT 'account', 'a' || i,
                        pg_current_xact_id()::text::bigint - 10800 + i FROM generate_series(1, 10800) i;
                 INSERT INTO auth_changes SELECT 'account', 'b' || i, pg_current_xact_id()::text::bigint
                        FROM generate_series(1, 1500) i"
            }
        };
        execute(&place, many).await;
        until("all is withdrawn", async || {
            let is_gone = BYSTANDERS.iter().all(|other| !listener.holds(other, None, mark));
            (is_gone && listener.mark().is_some()).then_some(())
        })
        .await;

        let now = SystemTime::now();
        assert_eq!(here.sweep(now, 300).await.expect("an answer"), 300, "no more than the limit");
        while here.sweep(now, 1_000).await.expect("an answer") > 0 {}
        let count = "SELECT COUNT(*) FROM auth_changes";
        let count: i64 = match &place {
            Place::Sqlite(directory) => {
                let mut one = SqliteConnection::connect(&directory.sqlite("auth.db")).await.expect("a connection");
                sqlx::query_scalar(count).fetch_one(&mut one).await.expect("a number")
            }
            Place::Postgres(database) => {
                let mut one = PgConnection::connect(database.url()).await.expect("a connection");
                sqlx::query_scalar(count).fetch_one(&mut one).await.expect("a number")
            }
        };
        assert_eq!(count, 10_000);
        with_account(&here, "ada").await;
        is_heard_of(&listener, "ada", || async {
            let _ = here.raise_epoch("ada").await.expect("an answer");
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_store_is_not_believed() {
    for place in Place::all().await {
        let store = open(&place).await;
        let listener = AccountStore::revocations(&store).expect("it has a feed");
        trusted(&listener).await;
        match &store {
            AnyStore::Postgres(store) => store.close().await,
            AnyStore::Sqlite(store) => store.close().await,
            other => panic!("{other:?}"),
        }
        until("silence", async || listener.mark().is_none().then_some(())).await;
    }
}

#[derive(Clone, Principal)]
pub(crate) struct User {
    #[principal(subject)]
    pub(crate) id: String,
}

#[requires_auth(bearer, scope = "read")]
pub(crate) async fn door(user: Auth<User>) -> String {
    user.id.clone()
}

pub(crate) fn keys(store: &AnyStore) -> ApiKeys<AnyStore, AnyStore> {
    ApiKeys::new(store.clone(), store.clone(), PrefixedSecret::new("sk_").expect("good"))
}

const URL: &str = "AUTH_TEST_FEED_URL";

/// Not a test by itself: the part of the other process. It asks at its door with each key that it reads, and says what
/// it is told.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_process() {
    let Ok(url) = std::env::var(URL) else { return };
    let store = AnyStore::open(&url).await.expect("a store");
    let bearer = Verifier::<BearerToken>::map(keys(&store), |facts, _| User { id: facts.subject.to_string() });
    let realm = Realm::<User>::builder("feed").bearer(bearer).build().expect("complete");
    let app = Router::new().route("/", get(door)).layer(AuthLayer::new(realm)).into_axum();
    let (sender, mut lines) = tokio::sync::mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lines() {
            if sender.send(line.expect("text")).is_err() {
                return;
            }
        }
    });
    while let Some(key) = lines.recv().await {
        let request = Request::get("/").header("authorization", format!("Bearer {key}")).body(Body::empty());
        let response = app.clone().oneshot(request.expect("a request")).await.expect("an answer");
        let mut output = std::io::stdout().lock();
        output.write_all(format!("child: {}\n", response.status().as_u16()).as_bytes()).expect("written");
        output.flush().expect("written");
    }
}

/// The other process.
struct Door {
    child: Child,
    questions: ChildStdin,
    answers: Box<dyn Iterator<Item = String> + Send>,
}

impl Door {
    fn open(url: &str) -> Self {
        let mut command = Command::new(std::env::current_exe().expect("the path of this program"));
        command.args(["--exact", "feed::another_process", "--nocapture", "--test-threads=1"]);
        let mut child =
            command.env(URL, url).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("another process");
        let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines().map(|line| line.expect("text"));
        let answers = lines.filter_map(|line| line.split_once("child: ").map(|(_, line)| line.to_owned()));
        Self { questions: child.stdin.take().expect("a pipe"), child, answers: Box::new(answers) }
    }

    fn ask(&mut self, key: &str) -> StatusCode {
        self.questions.write_all(format!("{key}\n").as_bytes()).expect("it listens");
        let answer = self.answers.next().expect("an answer");
        StatusCode::from_bytes(answer.as_bytes()).expect("a status")
    }

    /// Asks until the key is believed without a look at the store. That is seen by what a change which nobody is told
    /// of, beside the store, does not change.
    async fn cache(&mut self, place: &Place, key: &str) {
        until("the key is cached", async || {
            execute(place, "UPDATE auth_accounts SET state = 'active' WHERE id = 'ada'").await;
            let before = self.ask(key);
            execute(place, "UPDATE auth_accounts SET state = 'suspended' WHERE id = 'ada'").await;
            (before == 200 && self.ask(key) == 200).then_some(())
        })
        .await;
        execute(place, "UPDATE auth_accounts SET state = 'active' WHERE id = 'ada'").await;
        assert_eq!(self.ask(key), 200);
    }

    async fn refuses(&mut self, key: &str, status: u16) {
        within(CACHED, "it refuses", async || (self.ask(key) == status).then_some(())).await;
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_process_has_cached_is_refused_there_too() {
    for place in Place::all().await {
        let store = open(&place).await;
        with_account(&store, "ada").await;
        let maker =
            KeyMaker::with_everything_of(&store.find_account_by_id("ada").await.expect("an answer").expect("there"));
        let attempt = Attempt::new(SystemTime::now(), Source::Unknown);
        let mut minted = HashMap::new();
        for name in ["suspended", "narrowed", "deleted", "lost"] {
            let request = KeyRequest::new(name).with_scopes(["read"]).outliving_epochs();
            let MintOutcome::Minted(key) = keys(&store).mint(&maker, request, &attempt).await.expect("an answer")
            else {
                panic!("refused")
            };
            minted.insert(name, (key.record().id.clone(), key.reveal().to_owned()));
        }
        let mut door = Door::open(&place.url());

        let (_, text) = &minted["suspended"];
        door.cache(&place, text).await;
        store.set_state("ada", AccountState::Suspended).await.expect("an answer").expect("the account");
        door.refuses(text, 401).await;
        store.set_state("ada", AccountState::Active).await.expect("an answer").expect("the account");

        let (_, text) = &minted["narrowed"];
        door.cache(&place, text).await;
        assert!(store.set_permissions("ada", &[], &[]).await.expect("an answer"));
        door.refuses(text, 403).await;
        assert!(store.set_permissions("ada", &[], &["read".to_owned()]).await.expect("an answer"));
        until("it is permitted again", async || (door.ask(text) == 200).then_some(())).await;

        let (id, text) = &minted["deleted"];
        door.cache(&place, text).await;
        assert!(store.delete_key("ada", id).await.expect("an answer"));
        door.refuses(text, 401).await;

        // Every connection of both processes dies, the one that listens among them, and the change comes right then.
        let (id, text) = &minted["lost"];
        door.cache(&place, text).await;
        if let Place::Postgres(_) = &place {
            let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                        WHERE datname = current_database() AND pid <> pg_backend_pid();";
            execute(&place, kill).await;
        }
        until("deleted", async || store.delete_key("ada", id).await.ok()).await;
        door.refuses(text, 401).await;
    }
}
