//! What a realm believes again for a while, and never after it was withdrawn.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use auth_axum::{Auth, AuthLayer, Principal, Realm, Router, get, requires_auth};
use auth_core::credential::{BearerToken, Credential as _};
use auth_core::{ClientSource, Verifier};
use auth_issuer::accounts::AccountAdmin as _;
use auth_issuer::api_keys::{ApiKeys, KeyChange, KeyMaker, KeyRequest, KeyStore as _, MintOutcome, PrefixedSecret};
use auth_issuer::audit::AuditName;
use auth_issuer::{
    Account, AccountState, AccountStore, HashPool, LoginKey, MemoryStore, PasswordHash, PasswordVerifier, StoreError,
    Throttle,
};
use axum::body::Body;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use http::{Request, StatusCode};
use tokio::sync::Semaphore;
use tower::ServiceExt as _;

use super::support::{Events, PASSWORD, after, alice, cheap, enrol, pool, store, totp};

const NEW_PASSWORD: &str = "another correct horse";

#[derive(Clone, Principal)]
pub(crate) struct User {
    #[principal(subject)]
    pub(crate) id: String,
}

#[requires_auth(basic)]
async fn by_password(user: Auth<User>) -> String {
    user.id.clone()
}

#[requires_auth(basic, scope = "write")]
async fn by_password_for_writing(user: Auth<User>) -> String {
    user.id.clone()
}

#[requires_auth(bearer)]
async fn by_key(user: Auth<User>) -> String {
    user.id.clone()
}

/// Counts what is read of accounts, and can hold back what was read.
#[derive(Clone)]
pub(crate) struct Watched {
    store: MemoryStore,
    reads: Arc<AtomicUsize>,
    /// Who has read waits here; open unless a test takes the permits away.
    gate: Arc<Semaphore>,
    is_cached: bool,
}

impl Watched {
    pub(crate) fn new(store: &MemoryStore) -> Self {
        Self { store: store.clone(), reads: Arc::default(), gate: Arc::new(Semaphore::new(1000)), is_cached: true }
    }

    async fn read<T>(&self, read: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        let read = read.await;
        self.reads.fetch_add(1, Ordering::SeqCst);
        drop(self.gate.acquire().await.expect("open"));
        read
    }

    pub(crate) fn reads(&self) -> usize {
        self.reads.load(Ordering::SeqCst)
    }
}

impl AccountStore for Watched {
    async fn find_account(&self, login: &LoginKey) -> Result<Option<Account>, StoreError> {
        self.read(self.store.find_account(login)).await
    }

    async fn find_account_by_id(&self, id: &str) -> Result<Option<Account>, StoreError> {
        self.read(self.store.find_account_by_id(id)).await
    }

    async fn replace_password_hash(
        &self,
        login: &LoginKey,
        old: &PasswordHash,
        new: PasswordHash,
    ) -> Result<bool, StoreError> {
        self.store.replace_password_hash(login, old, new).await
    }

    fn revocations(&self) -> Option<auth_core::cache::Revocations> {
        AccountStore::revocations(&self.store).filter(|_| self.is_cached)
    }
}

/// Two doors over one store.
struct Bench {
    store: MemoryStore,
    accounts: Watched,
    pool: HashPool,
    keys: ApiKeys<MemoryStore, Watched>,
    events: Events,
    app: axum::Router,
}

impl Bench {
    fn new() -> Self {
        Self::of(true)
    }

    fn of(is_cached: bool) -> Self {
        let store = store();
        let accounts = Watched { is_cached, ..Watched::new(&store) };
        let (pool, events) = (pool(), Events::default());
        let keys = ApiKeys::new(store.clone(), accounts.clone(), PrefixedSecret::new("sk_").expect("good"));
        let keys = keys.with_audit(events.audit());
        let passwords = PasswordVerifier::new(accounts.clone(), pool.clone()).with_audit(events.audit());
        let bearer = Verifier::<BearerToken>::map(keys.clone(), |facts, _| User { id: facts.subject.to_string() });
        let realm = Realm::<User>::builder("caching").basic(passwords).bearer(bearer).source(ClientSource::peer());
        let app = Router::new()
            .route("/password", get(by_password))
            .route("/write", get(by_password_for_writing))
            .route("/key", get(by_key))
            .layer(AuthLayer::new(realm.build().expect("complete")))
            .into_axum();
        Self { store, accounts, pool, keys, events, app }
    }

    fn ask(&self, path: &str, authorization: &str) -> impl Future<Output = StatusCode> + Send + 'static {
        let request = Request::get(path).header("authorization", authorization).body(Body::empty());
        let app = self.app.clone();
        async move { app.oneshot(request.expect("a request")).await.expect("an answer").status() }
    }

    async fn password(&self, password: &str) -> StatusCode {
        self.ask("/password", &basic(password)).await
    }

    async fn key(&self, key: &str) -> StatusCode {
        self.ask("/key", &format!("Bearer {key}")).await
    }

    /// A key of alice, made by another key if one is given: its text and its id.
    async fn mint(&self, by: Option<&str>) -> (String, String) {
        let maker = match by {
            None => KeyMaker::with_everything_of(&alice(&self.store).await),
            Some(key) => {
                let key = BearerToken::into_owned(BearerToken::parse(key.as_bytes()).expect("a token"));
                let used = Verifier::<BearerToken>::verify(&self.keys, key, after(0)).await.expect("good");
                KeyMaker::of(&used.value().account, used.facts(), Some(used.value()))
            }
        };
        let request = KeyRequest::new("laptop").with_scopes(["read"]).outliving_epochs();
        match self.keys.mint(&maker, request, &after(0)).await.expect("an answer") {
            MintOutcome::Minted(key) => (key.reveal().to_owned(), key.record().id.clone()),
            refused => panic!("{refused:?}"),
        }
    }
}

fn basic(password: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("alice@example.com:{password}")))
}

fn hash(password: &str) -> PasswordHash {
    PasswordHash::create(password.as_bytes(), cheap()).expect("a hash")
}

#[tokio::test]
async fn a_right_password_is_hashed_once_in_a_while_and_a_wrong_one_each_time() {
    let bench = Bench::new();
    for _ in 0..10 {
        assert_eq!(bench.password(PASSWORD).await, 200);
    }
    assert_eq!(bench.pool.hashes(), 1);
    for n in 2..5 {
        assert_eq!(bench.password("wrong password").await, 401);
        assert_eq!(bench.pool.hashes(), n);
    }
    let shared = Bench::of(false);
    for n in 1..4 {
        assert_eq!(shared.password(PASSWORD).await, 200);
        assert_eq!(shared.pool.hashes(), n, "a store that says nothing of revocations is asked each time");
    }
}

/// Who has come in, with what, how often.
#[tokio::test]
async fn what_is_verified_is_an_event_and_what_is_believed_again_is_none() {
    for (is_cached, passwords) in [(true, 1), (false, 3)] {
        let bench = Bench::of(is_cached);
        let (key, id) = bench.mint(None).await;
        for _ in 0..3 {
            assert_eq!((bench.password(PASSWORD).await, bench.key(&key).await), (StatusCode::OK, StatusCode::OK));
        }
        let events = bench.events.all();
        let of = |about| {
            let named = events.iter().filter(|event| event.name == AuditName::LOGIN_SUCCESS);
            let named: Vec<_> = named.filter(|event| event.about == Some(about)).collect();
            assert!(named.iter().all(|event| event.account.as_deref() == Some("1") && event.reason.is_none()));
            named.iter().map(|event| event.credential.as_deref()).collect::<Vec<_>>()
        };
        assert_eq!(of("basic"), vec![None; passwords], "each hash");
        assert_eq!(of("api_key"), [Some(id.as_str())], "once a minute, however often it is read");
    }
}

#[tokio::test]
async fn the_next_request_sees_every_change_of_the_account() {
    let bench = Bench::new();
    let (store, id) = (&bench.store, "1");
    let epoch = async || alice(store).await.epoch();

    assert_eq!(bench.password(PASSWORD).await, 200);
    store.set_password(id, epoch().await, hash(NEW_PASSWORD)).await.expect("an answer").expect("changed");
    assert_eq!(
        (bench.password(PASSWORD).await, bench.password(NEW_PASSWORD).await),
        (StatusCode::UNAUTHORIZED, StatusCode::OK)
    );

    let write = basic(NEW_PASSWORD);
    assert_eq!(bench.ask("/write", &write).await, 200);
    assert!(store.set_permissions(id, &[], &["read".to_owned()]).await.expect("an answer"));
    assert_eq!(bench.ask("/write", &write).await, 403);

    for state in [AccountState::Suspended, AccountState::Inactive, AccountState::MustReset] {
        assert_eq!(bench.password(NEW_PASSWORD).await, 200);
        store.set_state(id, state).await.expect("an answer");
        assert_eq!(bench.password(NEW_PASSWORD).await, 401, "{state:?}");
        store.set_state(id, AccountState::Active).await.expect("an answer");
    }

    assert_eq!(bench.password(NEW_PASSWORD).await, 200);
    let key = LoginKey::parse("alicia@example.com").expect("a name");
    let renamed = store.set_login(id, epoch().await, "alicia@example.com", &key).await.expect("an answer");
    assert!(matches!(renamed, auth_issuer::accounts::Renamed::Stored { .. }));
    assert_eq!(bench.password(NEW_PASSWORD).await, 401, "that is nobody's name any more");
    let key = LoginKey::parse("alice@example.com").expect("a name");
    let account = store.find_account_by_id(id).await.expect("an answer").expect("the account");
    let _ = store.set_login(id, account.epoch(), "alice@example.com", &key).await.expect("an answer");

    assert_eq!(bench.password(NEW_PASSWORD).await, 200);
    enrol(store, &totp(store, &Throttle::in_memory()), "alice@example.com").await;
    assert_eq!(bench.password(NEW_PASSWORD).await, 401, "a password alone is not enough now");
    auth_issuer::totp::TotpStore::disable_totp(store, id, epoch().await).await.expect("an answer").expect("disabled");

    assert_eq!(bench.password(NEW_PASSWORD).await, 200);
    assert!(store.delete_account(id).await.expect("an answer"));
    assert_eq!(bench.password(NEW_PASSWORD).await, 401);
}

#[tokio::test]
async fn a_key_is_looked_up_once_in_a_while_and_the_next_request_sees_every_change() {
    let bench = Bench::new();
    let (key, id) = bench.mint(None).await;
    let (child, _) = bench.mint(Some(&key)).await;
    let before = bench.accounts.reads();
    for _ in 0..10 {
        assert_eq!((bench.key(&key).await, bench.key(&child).await), (StatusCode::OK, StatusCode::OK));
    }
    assert_eq!(bench.accounts.reads() - before, 2, "once for each key");

    let disable = |is_disabled| KeyChange { is_disabled: Some(is_disabled), ..KeyChange::default() };
    assert!(bench.store.change_key("1", &id, disable(true), after(1).now).await.expect("an answer"));
    assert_eq!((bench.key(&key).await, bench.key(&child).await), (StatusCode::UNAUTHORIZED, StatusCode::UNAUTHORIZED));
    assert!(bench.store.change_key("1", &id, disable(false), after(1).now).await.expect("an answer"));

    assert_eq!((bench.key(&key).await, bench.key(&child).await), (StatusCode::OK, StatusCode::OK));
    bench.store.set_state("1", AccountState::Suspended).await.expect("an answer");
    assert_eq!((bench.key(&key).await, bench.key(&child).await), (StatusCode::UNAUTHORIZED, StatusCode::UNAUTHORIZED));
    bench.store.set_state("1", AccountState::Active).await.expect("an answer");

    assert_eq!((bench.key(&key).await, bench.key(&child).await), (StatusCode::OK, StatusCode::OK));
    assert!(bench.store.delete_key("1", &id).await.expect("an answer"));
    assert_eq!(
        (bench.key(&key).await, bench.key(&child).await),
        (StatusCode::UNAUTHORIZED, StatusCode::UNAUTHORIZED),
        "and what was made with it"
    );

    let (key, _) = bench.mint(None).await;
    assert_eq!(bench.key(&key).await, 200);
    assert!(bench.store.delete_account("1").await.expect("an answer"));
    assert_eq!(bench.key(&key).await, 401);
}

#[tokio::test]
async fn keys_and_accounts_of_different_stores_are_not_cached() {
    let (here, elsewhere) = (store(), store());
    let format = || PrefixedSecret::new("sk_").expect("good");
    let caching = |keys: &ApiKeys<MemoryStore, MemoryStore>| Verifier::<BearerToken>::caching(keys).is_some();
    assert!(caching(&ApiKeys::new(here.clone(), here.clone(), format())));
    assert!(!caching(&ApiKeys::new(here, elsewhere, format())), "nobody tells of both kinds of change");
}

/// A verification that has read the old state when the change comes leaves nothing behind.
#[tokio::test]
async fn a_verification_in_flight_is_not_believed_again() {
    let bench = Bench::new();
    let (key, id) = bench.mint(None).await;
    let flights: [(_, &str); 2] = [("password", "/password"), ("key", "/key")];
    for (what, path) in flights {
        let authorization = if path == "/key" { format!("Bearer {key}") } else { basic(PASSWORD) };
        let held = bench.accounts.gate.acquire_many(1000).await.expect("open");
        let before = bench.accounts.reads();
        let flight = tokio::spawn(bench.ask(path, &authorization));
        while bench.accounts.reads() == before {
            tokio::task::yield_now().await;
        }
        // The old state is read; now it changes.
        if path == "/key" {
            assert!(bench.store.delete_key("1", &id).await.expect("an answer"));
        } else {
            let epoch = alice(&bench.store).await.epoch();
            bench.store.set_password("1", epoch, hash(NEW_PASSWORD)).await.expect("an answer").expect("changed");
        }
        drop(held);
        assert_eq!(flight.await.expect("no panic"), 200, "{what}: it began before");
        assert_eq!(bench.ask(path, &authorization).await, 401, "{what}: and was not kept");
    }
}
