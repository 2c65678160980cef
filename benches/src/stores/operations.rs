//! The operations.

use std::time::{Duration, SystemTime};

use auth_issuer::LoginKey;
use auth_issuer::one_time::{OneTimeRecord, Purpose, Slot};
use auth_issuer::refresh::Rotation;
use auth_issuer::stores::Store;

use super::fill::{CHAINS, KEYS, Scale, chain, chain_id, digest, key_id, login};
use crate::Failure;

/// Chooses rows that lie spread over a store, another one for each sample as long as there are enough.
pub(super) struct Rows {
    scale: Scale,
    now: SystemTime,
}

impl Rows {
    pub(super) fn of(scale: Scale) -> Self {
        Self { scale, now: SystemTime::now() }
    }

    fn pick(&self, sample: usize, each: usize) -> usize {
        // A prime that divides no number of rows, so that every row comes once before one comes twice.
        const STRIDE: usize = 7_919;
        (sample + 1) * STRIDE % (self.scale.accounts * each)
    }

    /// Later for each sample, so that what is done once a minute is done each time.
    fn at(&self, sample: usize) -> SystemTime {
        self.now + Duration::from_secs(u64::try_from(sample).unwrap_or(u64::MAX) + 1)
    }
}

#[derive(Clone, Copy)]
pub(super) enum Operation {
    FindAccount,
    ReadForSignIn,
    KeepSignIn,
    FindChain,
    Rotate,
    FindKey,
    Touch,
    Redeem,
}

impl Operation {
    pub(super) const ALL: [Self; 8] = [
        Self::FindAccount,
        Self::ReadForSignIn,
        Self::KeepSignIn,
        Self::FindChain,
        Self::Rotate,
        Self::FindKey,
        Self::Touch,
        Self::Redeem,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::FindAccount => "find an account by its name",
            Self::ReadForSignIn => "read what a sign-in reads: the account by name, by id, and its chains",
            Self::KeepSignIn => "write what a sign-in writes: a new chain in place of that client's",
            Self::FindChain => "find the chain of a refresh token",
            Self::Rotate => "exchange a refresh token",
            Self::FindKey => "find an API key",
            Self::Touch => "note the use of an API key",
            Self::Redeem => "redeem a one-time secret",
        }
    }

    /// What has to be there first, and is not measured.
    pub(super) async fn prepare(self, store: &impl Store, rows: &Rows, sample: usize) -> Result<(), Failure> {
        if let Self::Redeem = self {
            let record = one_time(rows, sample);
            expect(store.insert_one_time(record, Slot::Only, rows.now).await?)?;
        }
        Ok(())
    }

    pub(super) async fn run(self, store: &impl Store, rows: &Rows, sample: usize) -> Result<(), Failure> {
        let account = rows.pick(sample, 1);
        match self {
            Self::FindAccount => expect(store.find_account(&LoginKey::parse(&login(account))?).await?.is_some()),
            Self::ReadForSignIn => {
                let found = store.find_account(&LoginKey::parse(&login(account))?).await?;
                let id = found.ok_or("an account is missing")?.id().to_owned();
                expect(store.find_account_by_id(&id).await?.is_some())?;
                expect(!store.list_chains(&id, rows.now).await?.is_empty())
            }
            Self::KeepSignIn => {
                let id = format!("sign-in-{sample}");
                let chain = chain(&id, &account.to_string(), "app-0", rows.at(sample));
                store.insert_chain(chain.clone()).await?;
                store.replace_chains(&chain, rows.now).await?;
                Ok(())
            }
            Self::FindChain => {
                let chain = chain_id(rows.pick(sample, CHAINS));
                expect(store.find_chain(&digest(&chain)).await?.is_some())
            }
            Self::Rotate => {
                // Of a client whose chains no sign-in has replaced; the small store has them in turn.
                let row = rows.pick(sample, 1) * CHAINS + 1;
                let chain = chain_id(row);
                let found = store.find_chain(&digest(&chain)).await?.ok_or("a chain is missing")?;
                let rotation = Rotation {
                    from: found.current,
                    to: digest(&format!("{chain}-{}", found.generation + 1)),
                    chain,
                    sealed: None,
                    now: rows.now,
                    idle_expires_at: rows.now + Duration::from_hours(24),
                };
                expect(store.rotate_chain(rotation).await?)
            }
            Self::FindKey => {
                let key = key_id(rows.pick(sample, KEYS));
                expect(store.find_key_by_digest(&digest(&key)).await?.is_some())
            }
            Self::Touch => {
                let (key, now) = (key_id(rows.pick(sample, KEYS)), rows.at(sample));
                Ok(store.touch_key(&key, now, now).await?)
            }
            Self::Redeem => {
                let record = one_time(rows, sample);
                let found = store.find_one_time(record.purpose, &record.digest, rows.now).await?;
                expect(store.redeem_one_time(&found.ok_or("a secret is missing")?, rows.now).await?)
            }
        }
    }
}

fn one_time(rows: &Rows, sample: usize) -> OneTimeRecord {
    OneTimeRecord {
        purpose: Purpose::LOGIN,
        account: rows.pick(sample, 1).to_string(),
        epoch: 0,
        digest: digest(&format!("secret-{sample}")),
        expires_at: rows.now + Duration::from_hours(1),
    }
}

fn expect(happened: bool) -> Result<(), Failure> {
    if happened { Ok(()) } else { Err("an operation did not do what it should".into()) }
}
