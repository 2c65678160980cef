//! Sessions.

use std::collections::HashMap;
use std::time::SystemTime;

use auth_core::StoreError;

use super::{MemoryStore, lock};
use crate::secret::SecretDigest;
use crate::sessions::{SessionRecord, SessionStore};

#[derive(Default)]
pub(super) struct Sessions {
    by_id: HashMap<String, SessionRecord>,
    ids_by_digest: HashMap<SecretDigest, String>,
    ids_by_account: HashMap<String, Vec<String>>,
}

impl Sessions {
    fn remove(&mut self, id: &str) {
        let Some(session) = self.by_id.remove(id) else { return };
        self.ids_by_digest.remove(&session.digest);
        if let Some(ids) = self.ids_by_account.get_mut(&session.account) {
            ids.retain(|other| other != id);
            if ids.is_empty() {
                self.ids_by_account.remove(&session.account);
            }
        }
    }

    pub(super) fn delete_of(&mut self, account: &str) {
        for id in self.ids_by_account.get(account).cloned().unwrap_or_default() {
            self.remove(&id);
        }
    }

    pub(super) fn sweep(&mut self, now: SystemTime, limit: usize) -> usize {
        let void: Vec<String> = self
            .by_id
            .values()
            .filter(|session| is_expired(session, now))
            .take(limit)
            .map(|session| session.id.clone())
            .collect();
        for id in &void {
            self.remove(id);
        }
        void.len()
    }
}

impl SessionStore for MemoryStore {
    async fn insert_session(&self, session: SessionRecord) -> Result<(), StoreError> {
        let mut sessions = lock(&self.0.sessions);
        if sessions.by_id.contains_key(&session.id) || sessions.ids_by_digest.contains_key(&session.digest) {
            return Err(StoreError::new("a session with this id or secret exists"));
        }
        sessions.ids_by_digest.insert(session.digest, session.id.clone());
        sessions.ids_by_account.entry(session.account.clone()).or_default().push(session.id.clone());
        sessions.by_id.insert(session.id.clone(), session);
        Ok(())
    }

    async fn find_session(&self, digest: &SecretDigest, now: SystemTime) -> Result<Option<SessionRecord>, StoreError> {
        let sessions = lock(&self.0.sessions);
        let session = sessions.ids_by_digest.get(digest).and_then(|id| sessions.by_id.get(id));
        Ok(session.filter(|session| !is_expired(session, now)).cloned())
    }

    async fn touch_session(&self, id: &str, now: SystemTime, idle_expires_at: SystemTime) -> Result<bool, StoreError> {
        let mut sessions = lock(&self.0.sessions);
        let Some(session) = sessions.by_id.get_mut(id).filter(|session| !is_expired(session, now)) else {
            return Ok(false);
        };
        session.seen_at = now;
        session.idle_expires_at = idle_expires_at;
        Ok(true)
    }

    async fn carry_session(&self, id: &str, from_epoch: u64, to_epoch: u64) -> Result<bool, StoreError> {
        let mut sessions = lock(&self.0.sessions);
        let session = sessions.by_id.get_mut(id).filter(|session| session.epoch == from_epoch);
        Ok(session.map(|session| session.epoch = to_epoch).is_some())
    }

    async fn end_session(&self, account: &str, id: &str) -> Result<bool, StoreError> {
        let mut sessions = lock(&self.0.sessions);
        let is_theirs = sessions.by_id.get(id).is_some_and(|session| session.account == account);
        if is_theirs {
            sessions.remove(id);
        }
        Ok(is_theirs)
    }

    async fn list_sessions(&self, account: &str, now: SystemTime) -> Result<Vec<SessionRecord>, StoreError> {
        let sessions = lock(&self.0.sessions);
        let ids = sessions.ids_by_account.get(account).into_iter().flatten();
        let mut live: Vec<SessionRecord> =
            ids.filter_map(|id| sessions.by_id.get(id)).filter(|session| !is_expired(session, now)).cloned().collect();
        live.sort_unstable_by(|a, b| (b.created_at, &b.id).cmp(&(a.created_at, &a.id)));
        Ok(live)
    }
}

fn is_expired(session: &SessionRecord, now: SystemTime) -> bool {
    session.idle_expires_at <= now || session.expires_at <= now
}
