//! Accounts, times and sources of tests.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use auth_core::{Attempt, Factor, Source};
use auth_issuer::audit::{Audit, AuditError, AuditEvent, AuditName, AuditSink};
use auth_issuer::sealing::{SealingKey, SealingKeys};
use auth_issuer::sign_in::Granted;
use auth_issuer::totp::{Totp, TotpStore as _};
use auth_issuer::{
    Account, AccountStore as _, HashParams, HashPool, LoginKey, MemoryStore, PasswordHash, SignIn, SignInOutcome,
    SignInRequest, Throttle,
};

pub(crate) const PASSWORD: &str = "correct horse battery";
pub(crate) const TOTP_SECRET: &[u8] = b"12345678901234567890";

/// At the beginning of a time step.
pub(crate) fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000)
}

pub(crate) fn after(seconds: u64) -> Attempt {
    from(1, seconds)
}

/// A request of source `n`, `seconds` later.
pub(crate) fn from(n: u8, seconds: u64) -> Attempt {
    Attempt::new(now() + Duration::from_secs(seconds), Source::of([192, 0, 2, n].into()))
}

pub(crate) fn cheap() -> HashParams {
    HashParams::new_insecure(8, 1, 1).expect("possible")
}

pub(crate) fn pool() -> HashPool {
    HashPool::new(2, cheap())
}

/// An account with [`PASSWORD`].
pub(crate) fn account(id: &str, login: &str) -> Account {
    let hash = PasswordHash::create(PASSWORD.as_bytes(), cheap()).expect("a hash");
    Account::new(id, login).expect("good").with_password_hash(hash)
}

pub(crate) fn store_with(accounts: impl IntoIterator<Item = Account>) -> MemoryStore {
    let store = MemoryStore::new();
    for account in accounts {
        store.accounts().insert(account).expect("new");
    }
    store
}

/// A store with `alice` alone, id 1.
pub(crate) fn store() -> MemoryStore {
    store_with([account("1", "alice@example.com").with_scopes(["read", "write"]).expect("good").with_roles(["user"])])
}

pub(crate) async fn read(store: &MemoryStore, login: &str) -> Account {
    store.find_account(&LoginKey::parse(login).expect("a name")).await.expect("an answer").expect("the account")
}

pub(crate) async fn alice(store: &MemoryStore) -> Account {
    read(store, "alice@example.com").await
}

pub(crate) async fn granted(store: &MemoryStore) -> Granted {
    Granted::new(alice(store).await, [Factor::new("pwd").at(now())], now())
}

pub(crate) fn totp(store: &MemoryStore, throttle: &Throttle) -> Totp<MemoryStore> {
    let keys = SealingKeys::new(SealingKey::new("test", &[7; 32]).expect("good"));
    Totp::new(store.clone(), keys, "Acme", throttle.clone())
}

/// Gives an account [`TOTP_SECRET`] as its second factor, without any code spent.
pub(crate) async fn enrol(store: &MemoryStore, totp: &Totp<MemoryStore>, login: &str) {
    let account = read(store, login).await;
    let sealed = totp.seal_imported(account.id(), TOTP_SECRET).expect("sealed");
    assert!(store.begin_totp(account.id(), account.epoch(), &sealed).await.expect("an answer"));
    let enabled = store.enable_totp(account.id(), account.epoch(), &sealed, 0, "none").await.expect("an answer");
    assert!(enabled.is_some());
}

/// The code of [`TOTP_SECRET`] at that time.
pub(crate) fn code(attempt: &Attempt) -> String {
    let seconds = attempt.now.duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_secs();
    let secret = totp_rs::Secret::from(TOTP_SECRET.to_vec());
    totp_rs::Builder::new().with_secret(secret).build().expect("good").generate(seconds).to_string()
}

/// Six digits that are no code around that time.
pub(crate) fn wrong_code(attempt: &Attempt) -> String {
    let near: Vec<String> = [-60, -30, 0, 30, 60]
        .map(|offset: i64| {
            let moved = if offset < 0 {
                attempt.now - Duration::from_secs(offset.unsigned_abs())
            } else {
                attempt.now + Duration::from_secs(offset.unsigned_abs())
            };
            code(&Attempt::new(moved, attempt.source))
        })
        .to_vec();
    (314_159..314_169).map(|n| n.to_string()).find(|code| !near.contains(code)).expect("ten are more than five")
}

pub(crate) async fn sign_in(service: &SignIn<MemoryStore>, password: &str, attempt: &Attempt) -> SignInOutcome {
    service.sign_in(&SignInRequest::new("alice@example.com", password), attempt).await.expect("an answer")
}

/// Keeps events.
#[derive(Clone, Default)]
pub(crate) struct Events(Arc<Mutex<Vec<AuditEvent>>>);

impl AuditSink for Events {
    async fn record(&self, event: &AuditEvent) -> Result<(), AuditError> {
        self.0.lock().expect("no panic").push(event.clone());
        Ok(())
    }
}

impl Events {
    pub(crate) fn audit(&self) -> Audit {
        Audit::new(self.clone())
    }

    pub(crate) fn all(&self) -> Vec<AuditEvent> {
        self.0.lock().expect("no panic").clone()
    }

    pub(crate) fn count(&self, name: AuditName) -> usize {
        self.all().iter().filter(|event| event.name == name).count()
    }
}
