//! How the accounts get into an empty store.

use std::time::{Duration, SystemTime};

use auth_core::Claims;
use auth_issuer::accounts::{AccountAdmin as _, AccountStore as _, Inserted};
use auth_issuer::stores::AnyStore;
use auth_issuer::token_ids::TokenIdStore as _;
use auth_issuer::totp::{Totp, TotpStore as _};
use auth_issuer::{Account, HashParams, LoginKey, PasswordHash};
use tokio::task::JoinSet;
use zeroize::Zeroizing;

use super::file::{AccountFile, Entry};
use super::{HERE, LOCATIONS, NAME};
use crate::failure::StartError;
use crate::turn::Turn;

/// How long the store remembers what is [begun](BEGUN) and [done](DONE): a hundred years.
const LASTING: Duration = Duration::from_hours(24 * 36_525);

// What the store remembers of the loading, as ids of this kind.
const KIND: &str = "accounts_loaded";
/// The accounts of the store are those of a file, perhaps not all of them yet.
const BEGUN: &str = "begun";
/// All accounts are there.
const DONE: &str = "done";

impl AccountFile {
    /// Puts the accounts into a store that has none; says whether it did. Of processes that start at once one does, and
    /// the others wait for it; what a process left undone that died, the next one does. A store is filled once: one whose
    /// accounts were all deleted gets no others.
    ///
    /// # Errors
    ///
    /// If a password cannot be hashed, or the store does not answer or refuses an account.
    pub(crate) async fn load(
        self,
        store: &AnyStore,
        totp: &Totp<AnyStore>,
        params: HashParams,
        at_once: usize,
    ) -> Result<bool, StartError> {
        if is_filled(store).await? {
            return Ok(false);
        }
        let is_done = async || Ok(store.is_token_id_spent(KIND, DONE).await?);
        loop {
            let Some(turn) = Turn::wait(store, &is_done).await? else { return Ok(false) };
            // What another process takes over is not this one's to end.
            if let Some(is_loaded) = turn.during(store, Box::pin(self.fill(store, totp, params, at_once))).await? {
                return Ok(is_loaded);
            }
        }
    }

    /// Loads what is not there yet.
    async fn fill(
        &self,
        store: &AnyStore,
        totp: &Totp<AnyStore>,
        params: HashParams,
        at_once: usize,
    ) -> Result<bool, StartError> {
        // Another process may have had the turn before.
        if is_filled(store).await? {
            return Ok(false);
        }
        remember(store, BEGUN, LASTING).await?;
        for entry in hash_all(self.0.clone(), params, at_once).await? {
            entry.store(store, totp).await?;
        }
        remember(store, DONE, LASTING).await?;
        Ok(true)
    }
}

/// Whether a store has its accounts: all of a file, or some that came in another way.
async fn is_filled(store: &AnyStore) -> Result<bool, StartError> {
    if store.is_token_id_spent(KIND, DONE).await? {
        return Ok(true);
    }
    // Counted first: who loads says so before there is an account.
    let is_empty = store.count_accounts().await? == 0;
    Ok(!is_empty && !store.is_token_id_spent(KIND, BEGUN).await?)
}

/// Says whether it was not remembered before.
async fn remember(store: &AnyStore, what: &str, how_long: Duration) -> Result<bool, StartError> {
    let now = SystemTime::now();
    Ok(store.spend_token_id(KIND, what, now.checked_add(how_long).unwrap_or(now)).await?)
}

/// Hashes the passwords, so many at once.
async fn hash_all(entries: Vec<Entry>, params: HashParams, at_once: usize) -> Result<Vec<Entry>, StartError> {
    let (mut waiting, mut running, mut done) = (entries.into_iter().enumerate(), JoinSet::new(), Vec::new());
    loop {
        while running.len() < at_once.max(1) {
            let Some((at, mut entry)) = waiting.next() else { break };
            running.spawn_blocking(move || {
                if let Some(password) = entry.draft.password.take() {
                    entry.hash = Some(PasswordHash::create(password.as_bytes(), params)?);
                }
                Ok::<_, StartError>((at, entry))
            });
        }
        let Some(hashed) = running.join_next().await else { break };
        done.push(hashed??);
    }
    done.sort_by_key(|(at, _)| *at);
    Ok(done.into_iter().map(|(_, entry)| entry).collect())
}

impl Entry {
    /// Stores the account and its second factor, or what of them is not stored yet.
    async fn store(self, store: &AnyStore, totp: &Totp<AnyStore>) -> Result<(), StartError> {
        if let Some(account) = store.find_account(&LoginKey::parse(&self.draft.login)?).await?
            && self.id.as_deref().is_none_or(|id| id == account.id())
        {
            let secret = self.totp.filter(|_| !account.has_second_factor());
            return enable_second_factor(account.id(), account.epoch(), secret, store, totp).await;
        }
        let locations = self.draft.locations.unwrap_or_else(|| vec![HERE.to_owned()]);
        let mut attributes = Claims::new().with(LOCATIONS, locations);
        if let Some(name) = self.draft.name {
            attributes = attributes.with(NAME, name);
        }
        loop {
            let id = self.id.clone().map_or_else(random_id, Ok)?;
            let mut account = Account::new(&id, &self.draft.login)?
                .with_state(self.state)
                .with_roles(&self.draft.roles)
                .with_scopes(&self.draft.scopes)?
                .with_attributes(attributes.clone());
            if let Some(hash) = &self.hash {
                account = account.with_password_hash(hash.clone());
            }
            match store.insert_account(account).await? {
                Inserted::DuplicateId if self.id.is_none() => {}
                Inserted::Stored => return enable_second_factor(&id, 0, self.totp, store, totp).await,
                _ => {
                    return Err(StartError::new(format!(
                        "the account {id} cannot be stored: its id or login is taken"
                    )));
                }
            }
        }
    }
}

async fn enable_second_factor(
    id: &str,
    epoch: u64,
    secret: Option<Zeroizing<Vec<u8>>>,
    store: &AnyStore,
    totp: &Totp<AnyStore>,
) -> Result<(), StartError> {
    let Some(secret) = secret else { return Ok(()) };
    let sealed = totp.seal_imported(id, &secret)?;
    let is_pending = store.begin_totp(id, epoch, &sealed).await?;
    if is_pending && store.enable_totp(id, epoch, &sealed, 0, "").await?.is_some() {
        return Ok(());
    }
    Err(StartError::new(format!("the second factor of the account {id} cannot be stored")))
}

/// An id of eight digits, as documented systems have them.
fn random_id() -> Result<String, StartError> {
    let random = getrandom::u32()?;
    Ok((random % 90_000_000).saturating_add(10_000_000).to_string())
}

#[cfg(test)]
mod tests {
    use auth_issuer::Throttle;
    use auth_issuer::sealing::{SealingKey, SealingKeys};

    use super::*;
    use crate::options::Mode;

    const THREE: &str = r#"
        [[account]]
        login = "first@example.com"
        password = "S3cur3P@ss"

        [[account]]
        id = 2
        login = "second@example.com"
        totp_secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

        [[account]]
        id = 3
        login = "third@example.com"
    "#;

    fn three() -> AccountFile {
        AccountFile::parse(THREE, Mode::Multi).expect("good")
    }

    async fn empty() -> (AnyStore, Totp<AnyStore>, HashParams) {
        let store = AnyStore::open("memory:").await.expect("memory");
        let keys = SealingKeys::new(SealingKey::random().expect("random"));
        let totp = Totp::new(store.clone(), keys, "systems", Throttle::in_memory());
        (store, totp, HashParams::new_insecure(8, 1, 1).expect("possible"))
    }

    async fn find(store: &AnyStore, login: &str) -> Option<Account> {
        store.find_account(&LoginKey::parse(login).expect("a login")).await.expect("memory")
    }

    #[tokio::test]
    async fn a_store_with_half_of_the_accounts_gets_the_rest() {
        for is_second_factor_missing in [false, true] {
            let (store, totp, params) = empty().await;
            let mut half = three();
            half.0[2].id = Some("2".to_owned());
            if is_second_factor_missing {
                half.0[1].totp = None;
            }
            half.fill(&store, &totp, params, 2).await.expect_err("ends at the third, as if the process had died");
            assert_eq!(store.count_accounts().await.expect("memory"), 2);
            let first = find(&store, "first@example.com").await.expect("stored");

            assert!(three().load(&store, &totp, params, 2).await.expect("loaded"));
            assert_eq!(store.count_accounts().await.expect("memory"), 3);
            assert_eq!(find(&store, "first@example.com").await.expect("stored").id(), first.id(), "the same account");
            assert!(find(&store, "second@example.com").await.expect("stored").has_second_factor());
            assert_eq!(find(&store, "third@example.com").await.expect("stored").id(), "3");

            assert!(store.delete_account("3").await.expect("memory"));
            assert!(!three().load(&store, &totp, params, 2).await.expect("nothing to do"), "what is deleted stays so");
            assert_eq!(store.count_accounts().await.expect("memory"), 2);
        }
    }

    #[tokio::test]
    async fn a_store_filled_in_another_way_gets_nothing() {
        let (store, totp, params) = empty().await;
        let _ = store.insert_account(Account::new("1", "own@example.com").expect("an account")).await.expect("memory");
        assert!(!three().load(&store, &totp, params, 2).await.expect("nothing to do"));
        assert_eq!(store.count_accounts().await.expect("memory"), 1);
    }

    #[tokio::test]
    async fn a_second_process_waits_for_the_first_and_takes_over_from_a_dead_one() {
        let (store, totp, params) = empty().await;
        let never = async || Ok(false);
        let first = Turn::wait(&store, never).await.expect("memory").expect("nobody else is there");
        let file = three();
        let first = first.during(&store, file.fill(&store, &totp, params, 2));
        let (first, second) = tokio::join!(first, three().load(&store, &totp, params, 2));
        assert_eq!(first.expect("the first loads"), Some(true));
        assert!(!second.expect("the first has loaded"));

        let (store, totp, params) = empty().await;
        let _dead = Turn::wait(&store, never).await.expect("memory").expect("nobody else is there");
        assert!(three().load(&store, &totp, params, 2).await.expect("loaded"), "its turn is over");
    }
}
