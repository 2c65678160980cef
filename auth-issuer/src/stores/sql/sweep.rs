//! Removal of what has expired: keys are read in small numbers and deleted one by one, each under the whole condition.
//!
//! Deleting by a sub-select would delete what another request has just renewed. In order of their keys, two nodes that
//! sweep at once wait for each other and do not deadlock.

use std::time::SystemTime;

use auth_core::StoreError;

use super::changes::{DELETE_CHANGE, KEPT, SURPLUS_CHANGES, SURPLUS_CHANGES_SINCE};
use super::statements::statements;
use super::value::Value;
use super::{Engine, SqlStore, Transaction as _};
use crate::api_keys::EXPIRED_KEYS_STAY;
use crate::sweep::SweepStore;

statements! {
    IDLE_CHAINS = [
        "SELECT id FROM auth_refresh_chains WHERE idle_expires_at <= $1 ORDER BY idle_expires_at LIMIT $2"
    ];
    EXPIRED_CHAINS = ["SELECT id FROM auth_refresh_chains WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2"];
    DELETE_CHAIN = ["DELETE FROM auth_refresh_chains WHERE id = $2 AND (idle_expires_at <= $1 OR expires_at <= $1)"];
    IDLE_SESSIONS = ["SELECT id FROM auth_sessions WHERE idle_expires_at <= $1 ORDER BY idle_expires_at LIMIT $2"];
    EXPIRED_SESSIONS = ["SELECT id FROM auth_sessions WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2"];
    DELETE_SESSION = ["DELETE FROM auth_sessions WHERE id = $2 AND (idle_expires_at <= $1 OR expires_at <= $1)"];
    EXPIRED_KEYS = ["SELECT id FROM auth_api_keys WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2"];
    DELETE_KEY = ["DELETE FROM auth_api_keys WHERE id = $2 AND expires_at <= $1"];
    EXPIRED_ONE_TIME = [
        "SELECT account, purpose FROM auth_one_time WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2"
    ];
    DELETE_ONE_TIME = ["DELETE FROM auth_one_time WHERE account = $2 AND purpose = $3 AND expires_at <= $1"];
    EXPIRED_TOKEN_IDS = ["SELECT kind, id FROM auth_token_ids WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2"];
    DELETE_TOKEN_ID = ["DELETE FROM auth_token_ids WHERE kind = $2 AND id = $3 AND expires_at <= $1"];
    IDLE_COUNTERS = ["SELECT id FROM auth_counters WHERE idle_at <= $1 ORDER BY idle_at LIMIT $2"];
    DELETE_COUNTER = ["DELETE FROM auth_counters WHERE id = $2 AND idle_at <= $1"];
}

/// A statement that finds keys, how many columns a key has, and the statement that deletes one.
type Step = (&'static str, usize, &'static str);

/// By the statement that deletes a row of one kind, those that find keys, and how many columns a key has.
const KINDS: [(&str, &[(&str, usize)]); 6] = [
    (DELETE_CHAIN, &[(IDLE_CHAINS, 1), (EXPIRED_CHAINS, 1)]),
    (DELETE_SESSION, &[(IDLE_SESSIONS, 1), (EXPIRED_SESSIONS, 1)]),
    (DELETE_ONE_TIME, &[(EXPIRED_ONE_TIME, 2)]),
    (DELETE_TOKEN_ID, &[(EXPIRED_TOKEN_IDS, 2)]),
    (DELETE_COUNTER, &[(IDLE_COUNTERS, 1)]),
    (DELETE_KEY, &[(EXPIRED_KEYS, 1)]),
];

impl<E: Engine> SqlStore<E> {
    /// Removes at most `limit` rows of one kind, and says how many it has removed.
    pub(super) async fn sweep_kind(
        &self,
        (find, columns, delete): Step,
        until: i64,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let mut keys = Vec::new();
        for mut row in self.read(find, values![until, limit]).await? {
            keys.push((0..columns).map(|_| row.text()).collect::<Result<Vec<_>, _>>()?);
        }
        if keys.is_empty() {
            return Ok(0);
        }
        keys.sort_unstable();
        let mut transaction = self.begin().await?;
        let mut removed = 0_u64;
        for key in keys {
            let values = std::iter::once(Value::from(until)).chain(key.into_iter().map(Value::from)).collect();
            removed = removed.saturating_add(transaction.write(delete, values).await?);
        }
        self.commit(transaction).await?;
        Ok(removed)
    }
}

impl<E: Engine> SweepStore for SqlStore<E> {
    async fn sweep(&self, now: SystemTime, limit: u32) -> Result<u64, StoreError> {
        let millis = super::convert::millis_of;
        let long_ago = now.checked_sub(EXPIRED_KEYS_STAY).unwrap_or(SystemTime::UNIX_EPOCH);
        let mut removed = 0_u64;
        for (delete, finds) in KINDS {
            let until = millis(if delete == DELETE_KEY { long_ago } else { now });
            let mut left = limit;
            for (find, columns) in finds {
                let count = self.sweep_kind((find, *columns, delete), until, left).await?;
                left = left.saturating_sub(u32::try_from(count).unwrap_or(u32::MAX));
                removed = removed.saturating_add(count);
            }
        }
        removed = removed.saturating_add(self.bound_counters(now, limit).await?);
        if let Some(mut row) = self.read_one(SURPLUS_CHANGES_SINCE, values![KEPT]).await? {
            let surplus = (SURPLUS_CHANGES, 2, DELETE_CHANGE);
            removed = removed.saturating_add(self.sweep_kind(surplus, row.integer()?, limit).await?);
        }
        Ok(removed)
    }
}
