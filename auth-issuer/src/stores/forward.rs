//! Stores that consist of another store, an [`Arc`] of one among them.

use std::sync::Arc;

/// Implements all traits of stores for a type by forwarding each verb.
///
/// `$with!(self, store => expression)` has to evaluate the expression with `store` bound to the other store. A type that
/// holds any store `S` is said so: each trait is then implemented where `S` has it.
macro_rules! forward_all {
    ($Store:ty, $with:ident $(, of any $S:ident)?) => {
        const _: () = {
            use std::time::SystemTime;

            use auth_core::StoreError;
            use auth_core::cache::Revocations;

            use $crate::accounts::{Account, AccountAdmin, AccountState, AccountStore, Inserted, Renamed};
            use $crate::api_keys::{KeyChange, KeyStore, OwnedKey};
            use $crate::hashing::PasswordHash;
            use $crate::key_ids::KeyIdStore;
            use $crate::login_key::LoginKey;
            use $crate::one_time::{OneTimeRecord, OneTimeStore, Purpose, Slot};
            use $crate::refresh::{Chain, ChainEnd, ChainStore, Rotation};
            use $crate::secret::SecretDigest;
            use $crate::sessions::{SessionRecord, SessionStore};
            use $crate::sweep::SweepStore;
            use $crate::throttle::{CounterKey, Reserved, Rule, Settled, ThrottleStore};
            use $crate::token_ids::TokenIdStore;
            use $crate::totp::{SealedSecret, TotpRecord, TotpStore};

            impl$(<$S: AccountStore>)? AccountStore for $Store {
                async fn find_account(&self, login: &LoginKey) -> Result<Option<Account>, StoreError> {
                    $with!(self, store => store.find_account(login).await)
                }

                async fn find_account_by_id(&self, id: &str) -> Result<Option<Account>, StoreError> {
                    $with!(self, store => store.find_account_by_id(id).await)
                }

                async fn replace_password_hash(
                    &self,
                    login: &LoginKey,
                    old: &PasswordHash,
                    new: PasswordHash,
                ) -> Result<bool, StoreError> {
                    $with!(self, store => store.replace_password_hash(login, old, new).await)
                }

                fn revocations(&self) -> Option<Revocations> {
                    $with!(self, store => AccountStore::revocations(store))
                }
            }

            impl$(<$S: AccountAdmin>)? AccountAdmin for $Store {
                async fn list_accounts(&self, offset: u64, limit: u32) -> Result<Vec<Account>, StoreError> {
                    $with!(self, store => store.list_accounts(offset, limit).await)
                }

                async fn count_accounts(&self) -> Result<u64, StoreError> {
                    $with!(self, store => store.count_accounts().await)
                }

                async fn insert_account(&self, account: Account) -> Result<Inserted, StoreError> {
                    $with!(self, store => store.insert_account(account).await)
                }

                async fn set_password(
                    &self,
                    id: &str,
                    epoch: u64,
                    new: PasswordHash,
                ) -> Result<Option<u64>, StoreError> {
                    $with!(self, store => store.set_password(id, epoch, new).await)
                }

                async fn set_login(
                    &self,
                    id: &str,
                    epoch: u64,
                    login: &str,
                    key: &LoginKey,
                ) -> Result<Renamed, StoreError> {
                    $with!(self, store => store.set_login(id, epoch, login, key).await)
                }

                async fn set_state(&self, id: &str, state: AccountState) -> Result<Option<u64>, StoreError> {
                    $with!(self, store => store.set_state(id, state).await)
                }

                async fn set_permissions(
                    &self,
                    id: &str,
                    roles: &[String],
                    scopes: &[String],
                ) -> Result<bool, StoreError> {
                    $with!(self, store => store.set_permissions(id, roles, scopes).await)
                }

                async fn raise_epoch(&self, id: &str) -> Result<Option<u64>, StoreError> {
                    $with!(self, store => store.raise_epoch(id).await)
                }

                async fn delete_account(&self, id: &str) -> Result<bool, StoreError> {
                    $with!(self, store => store.delete_account(id).await)
                }
            }

            impl$(<$S: TotpStore>)? TotpStore for $Store {
                async fn find_totp(&self, account: &str) -> Result<Option<TotpRecord>, StoreError> {
                    $with!(self, store => store.find_totp(account).await)
                }

                async fn begin_totp(
                    &self,
                    account: &str,
                    epoch: u64,
                    pending: &SealedSecret,
                ) -> Result<bool, StoreError> {
                    $with!(self, store => store.begin_totp(account, epoch, pending).await)
                }

                async fn enable_totp(
                    &self,
                    account: &str,
                    epoch: u64,
                    pending: &SealedSecret,
                    step: u64,
                    recovery_batch: &str,
                ) -> Result<Option<u64>, StoreError> {
                    $with!(self, store => store.enable_totp(account, epoch, pending, step, recovery_batch).await)
                }

                async fn disable_totp(&self, account: &str, epoch: u64) -> Result<Option<u64>, StoreError> {
                    $with!(self, store => store.disable_totp(account, epoch).await)
                }

                async fn advance_totp(&self, account: &str, epoch: u64, step: u64) -> Result<bool, StoreError> {
                    $with!(self, store => store.advance_totp(account, epoch, step).await)
                }

                async fn add_recovery_codes(
                    &self,
                    account: &str,
                    batch: &str,
                    codes: &[SecretDigest],
                ) -> Result<(), StoreError> {
                    $with!(self, store => store.add_recovery_codes(account, batch, codes).await)
                }

                async fn set_recovery_batch(
                    &self,
                    account: &str,
                    epoch: u64,
                    batch: &str,
                ) -> Result<Option<u64>, StoreError> {
                    $with!(self, store => store.set_recovery_batch(account, epoch, batch).await)
                }

                async fn redeem_recovery_code(
                    &self,
                    account: &str,
                    batch: &str,
                    code: &SecretDigest,
                    now: SystemTime,
                ) -> Result<bool, StoreError> {
                    $with!(self, store => store.redeem_recovery_code(account, batch, code, now).await)
                }

                async fn count_recovery_codes(&self, account: &str, batch: &str) -> Result<u32, StoreError> {
                    $with!(self, store => store.count_recovery_codes(account, batch).await)
                }

                async fn list_totp(
                    &self,
                    after: Option<&str>,
                    limit: u32,
                ) -> Result<Vec<(String, SealedSecret)>, StoreError> {
                    $with!(self, store => store.list_totp(after, limit).await)
                }

                async fn reseal_totp(
                    &self,
                    account: &str,
                    old: &SealedSecret,
                    new: &SealedSecret,
                ) -> Result<bool, StoreError> {
                    $with!(self, store => store.reseal_totp(account, old, new).await)
                }
            }

            impl$(<$S: ChainStore>)? ChainStore for $Store {
                async fn insert_chain(&self, chain: Chain) -> Result<(), StoreError> {
                    $with!(self, store => store.insert_chain(chain).await)
                }

                async fn find_chain(&self, token: &SecretDigest) -> Result<Option<Chain>, StoreError> {
                    $with!(self, store => store.find_chain(token).await)
                }

                async fn rotate_chain(&self, rotation: Rotation) -> Result<bool, StoreError> {
                    $with!(self, store => store.rotate_chain(rotation).await)
                }

                async fn end_chain(&self, chain: &str, end: ChainEnd, now: SystemTime) -> Result<bool, StoreError> {
                    $with!(self, store => store.end_chain(chain, end, now).await)
                }

                async fn replace_chains(&self, chain: &Chain, now: SystemTime) -> Result<u64, StoreError> {
                    $with!(self, store => store.replace_chains(chain, now).await)
                }

                async fn list_chains(&self, account: &str, now: SystemTime) -> Result<Vec<Chain>, StoreError> {
                    $with!(self, store => store.list_chains(account, now).await)
                }
            }

            impl$(<$S: OneTimeStore>)? OneTimeStore for $Store {
                async fn insert_one_time(
                    &self,
                    record: OneTimeRecord,
                    slot: Slot,
                    now: SystemTime,
                ) -> Result<bool, StoreError> {
                    $with!(self, store => store.insert_one_time(record, slot, now).await)
                }

                async fn find_one_time(
                    &self,
                    purpose: Purpose,
                    digest: &SecretDigest,
                    now: SystemTime,
                ) -> Result<Option<OneTimeRecord>, StoreError> {
                    $with!(self, store => store.find_one_time(purpose, digest, now).await)
                }

                async fn redeem_one_time(&self, record: &OneTimeRecord, now: SystemTime) -> Result<bool, StoreError> {
                    $with!(self, store => store.redeem_one_time(record, now).await)
                }
            }

            impl$(<$S: TokenIdStore>)? TokenIdStore for $Store {
                async fn spend_token_id(
                    &self,
                    kind: &'static str,
                    id: &str,
                    expires_at: SystemTime,
                ) -> Result<bool, StoreError> {
                    $with!(self, store => store.spend_token_id(kind, id, expires_at).await)
                }

                async fn is_token_id_spent(&self, kind: &'static str, id: &str) -> Result<bool, StoreError> {
                    $with!(self, store => store.is_token_id_spent(kind, id).await)
                }

                fn revocations(&self) -> Option<Revocations> {
                    $with!(self, store => TokenIdStore::revocations(store))
                }
            }

            impl$(<$S: SessionStore>)? SessionStore for $Store {
                async fn insert_session(&self, session: SessionRecord) -> Result<(), StoreError> {
                    $with!(self, store => store.insert_session(session).await)
                }

                async fn find_session(
                    &self,
                    digest: &SecretDigest,
                    now: SystemTime,
                ) -> Result<Option<SessionRecord>, StoreError> {
                    $with!(self, store => store.find_session(digest, now).await)
                }

                async fn touch_session(
                    &self,
                    id: &str,
                    now: SystemTime,
                    idle_expires_at: SystemTime,
                ) -> Result<bool, StoreError> {
                    $with!(self, store => store.touch_session(id, now, idle_expires_at).await)
                }

                async fn carry_session(&self, id: &str, from_epoch: u64, to_epoch: u64) -> Result<bool, StoreError> {
                    $with!(self, store => store.carry_session(id, from_epoch, to_epoch).await)
                }

                async fn end_session(&self, account: &str, id: &str) -> Result<bool, StoreError> {
                    $with!(self, store => store.end_session(account, id).await)
                }

                async fn list_sessions(
                    &self,
                    account: &str,
                    now: SystemTime,
                ) -> Result<Vec<SessionRecord>, StoreError> {
                    $with!(self, store => store.list_sessions(account, now).await)
                }
            }

            impl$(<$S: KeyStore>)? KeyStore for $Store {
                async fn insert_key(&self, key: OwnedKey) -> Result<bool, StoreError> {
                    $with!(self, store => store.insert_key(key).await)
                }

                async fn find_key(&self, id: &str) -> Result<Option<OwnedKey>, StoreError> {
                    $with!(self, store => store.find_key(id).await)
                }

                async fn find_key_by_digest(&self, digest: &SecretDigest) -> Result<Option<OwnedKey>, StoreError> {
                    $with!(self, store => store.find_key_by_digest(digest).await)
                }

                async fn list_keys(&self, owner: &str, offset: u64, limit: u32) -> Result<Vec<OwnedKey>, StoreError> {
                    $with!(self, store => store.list_keys(owner, offset, limit).await)
                }

                async fn count_keys(&self, owner: &str, now: SystemTime) -> Result<u64, StoreError> {
                    $with!(self, store => store.count_keys(owner, now).await)
                }

                async fn change_key(
                    &self,
                    owner: &str,
                    id: &str,
                    change: KeyChange,
                    now: SystemTime,
                ) -> Result<bool, StoreError> {
                    $with!(self, store => store.change_key(owner, id, change, now).await)
                }

                async fn delete_key(&self, owner: &str, id: &str) -> Result<bool, StoreError> {
                    $with!(self, store => store.delete_key(owner, id).await)
                }

                async fn touch_key(&self, id: &str, now: SystemTime, since: SystemTime) -> Result<(), StoreError> {
                    $with!(self, store => store.touch_key(id, now, since).await)
                }

                fn revocations(&self) -> Option<Revocations> {
                    $with!(self, store => KeyStore::revocations(store))
                }
            }

            impl$(<$S: ThrottleStore>)? ThrottleStore for $Store {
                async fn reserve(&self, key: CounterKey, rule: Rule, now: SystemTime) -> Result<Reserved, StoreError> {
                    $with!(self, store => store.reserve(key, rule, now).await)
                }

                fn counts_in_process(&self) -> bool {
                    $with!(self, store => store.counts_in_process())
                }

                async fn settle(
                    &self,
                    key: CounterKey,
                    rule: Rule,
                    settled: Settled,
                    now: SystemTime,
                ) -> Result<(), StoreError> {
                    $with!(self, store => store.settle(key, rule, settled, now).await)
                }
            }

            impl$(<$S: KeyIdStore>)? KeyIdStore for $Store {
                async fn list_key_ids(&self, kind: &str) -> Result<Vec<String>, StoreError> {
                    $with!(self, store => store.list_key_ids(kind).await)
                }

                async fn insert_key_id(&self, kind: &str, id: &str) -> Result<bool, StoreError> {
                    $with!(self, store => store.insert_key_id(kind, id).await)
                }

                async fn delete_key_id(&self, kind: &str, id: &str) -> Result<bool, StoreError> {
                    $with!(self, store => store.delete_key_id(kind, id).await)
                }
            }

            impl$(<$S: SweepStore>)? SweepStore for $Store {
                async fn sweep(&self, now: SystemTime, limit: u32) -> Result<u64, StoreError> {
                    $with!(self, store => store.sweep(now, limit).await)
                }
            }
        };
    };
}
pub(super) use forward_all;

macro_rules! with_shared {
    ($self:ident, $store:ident => $call:expr) => {{
        let $store = &**$self;
        $call
    }};
}
forward_all!(Arc<S>, with_shared, of any S);
