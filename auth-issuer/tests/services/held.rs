//! Callers that go away while a store writes.

use std::future::{Future, ready};
use std::sync::Arc;
use std::time::SystemTime;

use auth_core::StoreError;
use auth_issuer::MemoryStore;
use auth_issuer::api_keys::{KeyChange, KeyStore, OwnedKey};
use auth_issuer::audit::{Audit, AuditError, AuditEvent, AuditName, AuditSink};
use auth_issuer::one_time::{OneTimeRecord, OneTimeStore, Purpose, Slot};
use auth_issuer::refresh::{Chain, ChainEnd, ChainStore, Rotation};
use auth_issuer::secret::SecretDigest;
use auth_issuer::sessions::{SessionRecord, SessionStore};
use auth_issuer::token_ids::TokenIdStore;
use auth_issuer::totp::{SealedSecret, TotpRecord, TotpStore};
use tokio::sync::{Semaphore, mpsc};

/// Runs an operation on a store that has written and does not answer, and drops it there. Then the store answers. Returns
/// what was told by the time that nobody is left who could tell anything.
///
/// The operation has to hold every service that it is given the [`Audit`] for, so that they end with it.
pub(crate) async fn told_without_caller<F: Future>(
    store: &MemoryStore,
    operation: impl FnOnce(Held, Audit) -> F,
) -> Vec<AuditName> {
    told_without_caller_after(store, operation, ready(())).await
}

/// The same, where something else happens before the store answers.
pub(crate) async fn told_without_caller_after<F: Future>(
    store: &MemoryStore,
    operation: impl FnOnce(Held, Audit) -> F,
    meanwhile: impl Future<Output = ()>,
) -> Vec<AuditName> {
    let (say, mut told) = mpsc::unbounded_channel();
    let held = Held { store: store.clone(), gate: Arc::default() };
    let gate = Arc::clone(&held.gate);
    let operation = operation(held, Audit::new(Said(say)));
    tokio::select! {
        biased;
        () = gate.reached() => {}
        _ = operation => panic!("the store did not answer"),
    }
    meanwhile.await;
    gate.answers.add_permits(Semaphore::MAX_PERMITS / 2);
    let mut names = Vec::new();
    while let Some(event) = told.recv().await {
        names.push(event.name);
    }
    names
}

struct Said(mpsc::UnboundedSender<AuditEvent>);

impl AuditSink for Said {
    async fn record(&self, event: &AuditEvent) -> Result<(), AuditError> {
        self.0.send(event.clone()).map_err(AuditError::new)
    }
}

struct Gate {
    writes: Semaphore,
    answers: Semaphore,
}

impl Default for Gate {
    fn default() -> Self {
        Self { writes: Semaphore::new(0), answers: Semaphore::new(0) }
    }
}

impl Gate {
    async fn reached(&self) {
        drop(self.writes.acquire().await.expect("never closed"));
    }

    async fn pass(&self) {
        self.writes.add_permits(1);
        drop(self.answers.acquire().await.expect("never closed"));
    }
}

/// A handle to a store whose writes are done at once, and not answered until its gate is open.
#[derive(Clone)]
pub(crate) struct Held {
    store: MemoryStore,
    gate: Arc<Gate>,
}

impl Held {
    async fn written<T>(&self, write: impl Future<Output = T>) -> T {
        let answer = write.await;
        self.gate.pass().await;
        answer
    }
}

impl KeyStore for Held {
    async fn insert_key(&self, key: OwnedKey) -> Result<bool, StoreError> {
        self.written(self.store.insert_key(key)).await
    }

    async fn find_key(&self, id: &str) -> Result<Option<OwnedKey>, StoreError> {
        self.store.find_key(id).await
    }

    async fn find_key_by_digest(&self, digest: &SecretDigest) -> Result<Option<OwnedKey>, StoreError> {
        self.store.find_key_by_digest(digest).await
    }

    async fn list_keys(&self, owner: &str, offset: u64, limit: u32) -> Result<Vec<OwnedKey>, StoreError> {
        self.store.list_keys(owner, offset, limit).await
    }

    async fn count_keys(&self, owner: &str, now: SystemTime) -> Result<u64, StoreError> {
        self.store.count_keys(owner, now).await
    }

    async fn change_key(&self, owner: &str, id: &str, change: KeyChange, now: SystemTime) -> Result<bool, StoreError> {
        self.written(self.store.change_key(owner, id, change, now)).await
    }

    async fn delete_key(&self, owner: &str, id: &str) -> Result<bool, StoreError> {
        self.written(self.store.delete_key(owner, id)).await
    }

    async fn touch_key(&self, id: &str, now: SystemTime, since: SystemTime) -> Result<(), StoreError> {
        self.written(self.store.touch_key(id, now, since)).await
    }
}

impl SessionStore for Held {
    async fn insert_session(&self, session: SessionRecord) -> Result<(), StoreError> {
        self.written(self.store.insert_session(session)).await
    }

    async fn find_session(&self, digest: &SecretDigest, now: SystemTime) -> Result<Option<SessionRecord>, StoreError> {
        self.store.find_session(digest, now).await
    }

    async fn touch_session(&self, id: &str, now: SystemTime, idle_expires_at: SystemTime) -> Result<bool, StoreError> {
        self.written(self.store.touch_session(id, now, idle_expires_at)).await
    }

    async fn carry_session(&self, id: &str, from_epoch: u64, to_epoch: u64) -> Result<bool, StoreError> {
        self.written(self.store.carry_session(id, from_epoch, to_epoch)).await
    }

    async fn end_session(&self, account: &str, id: &str) -> Result<bool, StoreError> {
        self.written(self.store.end_session(account, id)).await
    }

    async fn list_sessions(&self, account: &str, now: SystemTime) -> Result<Vec<SessionRecord>, StoreError> {
        self.store.list_sessions(account, now).await
    }
}

impl ChainStore for Held {
    async fn insert_chain(&self, chain: Chain) -> Result<(), StoreError> {
        self.written(self.store.insert_chain(chain)).await
    }

    async fn find_chain(&self, token: &SecretDigest) -> Result<Option<Chain>, StoreError> {
        self.store.find_chain(token).await
    }

    async fn rotate_chain(&self, rotation: Rotation) -> Result<bool, StoreError> {
        self.written(self.store.rotate_chain(rotation)).await
    }

    async fn end_chain(&self, chain: &str, end: ChainEnd, now: SystemTime) -> Result<bool, StoreError> {
        self.written(self.store.end_chain(chain, end, now)).await
    }

    async fn replace_chains(&self, chain: &Chain, now: SystemTime) -> Result<u64, StoreError> {
        self.written(self.store.replace_chains(chain, now)).await
    }

    async fn list_chains(&self, account: &str, now: SystemTime) -> Result<Vec<Chain>, StoreError> {
        self.store.list_chains(account, now).await
    }
}

impl OneTimeStore for Held {
    async fn insert_one_time(&self, record: OneTimeRecord, slot: Slot, now: SystemTime) -> Result<bool, StoreError> {
        self.written(self.store.insert_one_time(record, slot, now)).await
    }

    async fn find_one_time(
        &self,
        purpose: Purpose,
        digest: &SecretDigest,
        now: SystemTime,
    ) -> Result<Option<OneTimeRecord>, StoreError> {
        self.store.find_one_time(purpose, digest, now).await
    }

    async fn redeem_one_time(&self, record: &OneTimeRecord, now: SystemTime) -> Result<bool, StoreError> {
        self.written(self.store.redeem_one_time(record, now)).await
    }
}

impl TokenIdStore for Held {
    async fn spend_token_id(&self, kind: &'static str, id: &str, expires_at: SystemTime) -> Result<bool, StoreError> {
        self.written(self.store.spend_token_id(kind, id, expires_at)).await
    }

    async fn is_token_id_spent(&self, kind: &'static str, id: &str) -> Result<bool, StoreError> {
        self.store.is_token_id_spent(kind, id).await
    }
}

impl TotpStore for Held {
    async fn find_totp(&self, account: &str) -> Result<Option<TotpRecord>, StoreError> {
        self.store.find_totp(account).await
    }

    async fn begin_totp(&self, account: &str, epoch: u64, pending: &SealedSecret) -> Result<bool, StoreError> {
        self.written(self.store.begin_totp(account, epoch, pending)).await
    }

    async fn enable_totp(
        &self,
        account: &str,
        epoch: u64,
        pending: &SealedSecret,
        step: u64,
        recovery_batch: &str,
    ) -> Result<Option<u64>, StoreError> {
        self.written(self.store.enable_totp(account, epoch, pending, step, recovery_batch)).await
    }

    async fn disable_totp(&self, account: &str, epoch: u64) -> Result<Option<u64>, StoreError> {
        self.written(self.store.disable_totp(account, epoch)).await
    }

    async fn advance_totp(&self, account: &str, epoch: u64, step: u64) -> Result<bool, StoreError> {
        self.written(self.store.advance_totp(account, epoch, step)).await
    }

    async fn add_recovery_codes(&self, account: &str, batch: &str, codes: &[SecretDigest]) -> Result<(), StoreError> {
        self.store.add_recovery_codes(account, batch, codes).await
    }

    async fn set_recovery_batch(&self, account: &str, epoch: u64, batch: &str) -> Result<Option<u64>, StoreError> {
        self.written(self.store.set_recovery_batch(account, epoch, batch)).await
    }

    async fn redeem_recovery_code(
        &self,
        account: &str,
        batch: &str,
        code: &SecretDigest,
        now: SystemTime,
    ) -> Result<bool, StoreError> {
        self.written(self.store.redeem_recovery_code(account, batch, code, now)).await
    }

    async fn count_recovery_codes(&self, account: &str, batch: &str) -> Result<u32, StoreError> {
        self.store.count_recovery_codes(account, batch).await
    }

    async fn list_totp(&self, after: Option<&str>, limit: u32) -> Result<Vec<(String, SealedSecret)>, StoreError> {
        self.store.list_totp(after, limit).await
    }

    async fn reseal_totp(&self, account: &str, old: &SealedSecret, new: &SealedSecret) -> Result<bool, StoreError> {
        self.written(self.store.reseal_totp(account, old, new)).await
    }
}
