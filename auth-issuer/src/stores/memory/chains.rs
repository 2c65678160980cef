//! Refresh chains.

use std::collections::HashMap;
use std::time::SystemTime;

use auth_core::StoreError;

use super::{MemoryStore, lock};
use crate::refresh::{Chain, ChainEnd, ChainStore, Rotation};
use crate::secret::SecretDigest;

#[derive(Default)]
pub(super) struct Chains {
    by_id: HashMap<String, Chain>,
    /// Of every token, current or spent, the chain's id.
    ids_by_token: HashMap<SecretDigest, String>,
    ids_by_account: HashMap<String, Vec<String>>,
}

impl Chains {
    fn of_account<'a>(&'a self, account: &str) -> impl Iterator<Item = &'a Chain> {
        self.ids_by_account.get(account).into_iter().flatten().filter_map(|id| self.by_id.get(id))
    }

    pub(super) fn delete_of(&mut self, account: &str) {
        let ids = self.ids_by_account.get(account).cloned().unwrap_or_default();
        self.delete(|chain| ids.contains(&chain.id), usize::MAX);
    }

    pub(super) fn sweep(&mut self, now: SystemTime, limit: usize) -> usize {
        self.delete(|chain| is_expired(chain, now), limit)
    }

    fn delete(&mut self, mut is_void: impl FnMut(&Chain) -> bool, limit: usize) -> usize {
        let void: Vec<String> =
            self.by_id.values().filter(|chain| is_void(chain)).take(limit).map(|chain| chain.id.clone()).collect();
        if void.is_empty() {
            return 0;
        }
        for id in &void {
            let Some(chain) = self.by_id.remove(id) else { continue };
            if let Some(ids) = self.ids_by_account.get_mut(&chain.account) {
                ids.retain(|other| other != id);
                if ids.is_empty() {
                    self.ids_by_account.remove(&chain.account);
                }
            }
        }
        self.ids_by_token.retain(|_, id| self.by_id.contains_key(id));
        void.len()
    }
}

impl ChainStore for MemoryStore {
    async fn insert_chain(&self, chain: Chain) -> Result<(), StoreError> {
        let mut chains = lock(&self.0.chains);
        if chains.by_id.contains_key(&chain.id) || chains.ids_by_token.contains_key(&chain.current) {
            return Err(StoreError::new("a chain with this id or token exists"));
        }
        chains.ids_by_token.insert(chain.current, chain.id.clone());
        chains.ids_by_account.entry(chain.account.clone()).or_default().push(chain.id.clone());
        chains.by_id.insert(chain.id.clone(), chain);
        Ok(())
    }

    async fn find_chain(&self, token: &SecretDigest) -> Result<Option<Chain>, StoreError> {
        let chains = lock(&self.0.chains);
        Ok(chains.ids_by_token.get(token).and_then(|id| chains.by_id.get(id)).cloned())
    }

    async fn rotate_chain(&self, rotation: Rotation) -> Result<bool, StoreError> {
        let mut chains = lock(&self.0.chains);
        let is_taken = chains.ids_by_token.contains_key(&rotation.to);
        let Some(chain) = chains.by_id.get_mut(&rotation.chain) else { return Ok(false) };
        if chain.current != rotation.from || chain.ended.is_some() || is_expired(chain, rotation.now) {
            return Ok(false);
        }
        if is_taken {
            return Err(StoreError::new("the successor exists"));
        }
        chain.previous = Some(chain.current);
        chain.current = rotation.to;
        chain.generation = chain.generation.saturating_add(1);
        chain.rotated_at = Some(rotation.now);
        chain.sealed = rotation.sealed;
        chain.idle_expires_at = rotation.idle_expires_at;
        chains.ids_by_token.insert(rotation.to, rotation.chain);
        Ok(true)
    }

    async fn end_chain(&self, chain: &str, end: ChainEnd, now: SystemTime) -> Result<bool, StoreError> {
        Ok(lock(&self.0.chains).by_id.get_mut(chain).is_some_and(|chain| finish(chain, end, now)))
    }

    async fn replace_chains(&self, chain: &Chain, now: SystemTime) -> Result<u64, StoreError> {
        let mut chains = lock(&self.0.chains);
        let of_client = || chains.of_account(&chain.account).filter(|other| other.client == chain.client);
        let is_replaced =
            of_client().any(|other| is_live(other, now) && times(other) == times(chain) && other.id > chain.id);
        let ids: Vec<String> = of_client()
            .filter(|other| {
                (times(other), &other.id) < (times(chain), &chain.id) || (is_replaced && other.id == chain.id)
            })
            .map(|other| other.id.clone())
            .collect();
        let mut count = 0_u64;
        for id in ids {
            if chains.by_id.get_mut(&id).is_some_and(|other| finish(other, ChainEnd::Replaced, now)) {
                count = count.saturating_add(1);
            }
        }
        Ok(count)
    }

    async fn list_chains(&self, account: &str, now: SystemTime) -> Result<Vec<Chain>, StoreError> {
        let chains = lock(&self.0.chains);
        let mut live: Vec<Chain> = chains.of_account(account).filter(|chain| is_live(chain, now)).cloned().collect();
        live.sort_unstable_by(|a, b| rank(b).cmp(&rank(a)));
        Ok(live)
    }
}

/// The order of sign-ins: by time, then by id.
fn rank(chain: &Chain) -> (SystemTime, &str) {
    (chain.auth_time, &chain.id)
}

/// When its owner signed in, and a life after it began.
fn times(chain: &Chain) -> (SystemTime, SystemTime) {
    (chain.auth_time, chain.expires_at)
}

fn is_live(chain: &Chain, now: SystemTime) -> bool {
    chain.ended.is_none() && !is_expired(chain, now)
}

fn is_expired(chain: &Chain, now: SystemTime) -> bool {
    chain.idle_expires_at <= now || chain.expires_at <= now
}

fn finish(chain: &mut Chain, end: ChainEnd, now: SystemTime) -> bool {
    let was_open = chain.ended.is_none();
    if was_open {
        chain.ended = Some((now, end));
        chain.sealed = None;
    }
    was_open
}
