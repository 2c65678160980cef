//! Who makes a key, and how that ends.

use std::fmt;
use std::time::SystemTime;

use zeroize::Zeroizing;

use super::record::OwnedKey;
use super::verifier::KeyUse;
use crate::accounts::Account;

/// Who makes or changes keys: an account, or an account through one of its keys.
#[derive(Clone, Debug)]
pub struct KeyMaker {
    pub(super) account: Account,
    pub(super) scopes: Option<Vec<String>>,
    pub(super) key: Option<MakerKey>,
}

#[derive(Clone, Debug)]
pub(super) struct MakerKey {
    pub(super) id: String,
    pub(super) expires_at: Option<SystemTime>,
    pub(super) may_make_another: bool,
}

impl KeyMaker {
    /// An account that is signed in. It may permit everything that it is permitted itself.
    #[must_use]
    pub fn account(account: &Account) -> Self {
        Self { account: account.clone(), scopes: None, key: None }
    }

    /// An account that is signed in by a token with these scopes only.
    #[must_use]
    pub fn account_with_scopes(account: &Account, scopes: &[String]) -> Self {
        Self { account: account.clone(), scopes: Some(scopes.to_vec()), key: None }
    }

    /// A key of an account: what it makes permits no more than itself at any time, rests while it is disabled, does not
    /// outlive it, and is deleted with it. The eighth in a line of keys of which each made the next makes none.
    /// `scopes` are those that the key has effectively, as the facts of the request say.
    #[must_use]
    pub fn key(used: &KeyUse, scopes: &[String]) -> Self {
        let KeyUse { key, may_make_another, .. } = used;
        let (id, expires_at) = (key.id.clone(), key.expires_at);
        let key = MakerKey { id, expires_at, may_make_another: *may_make_another };
        Self { account: used.account.clone(), scopes: Some(scopes.to_vec()), key: Some(key) }
    }
}

/// A key that is asked for.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct KeyRequest {
    /// How its owner knows it again.
    pub name: String,
    /// What its owner notes about it.
    pub description: String,
    /// What it is to permit.
    pub scopes: Vec<String>,
    /// From when on it is to be refused.
    pub expires_at: Option<SystemTime>,
    /// Another public id than a random one. Ids of deleted keys must not come again.
    pub id: Option<String>,
    /// Whether it is to survive changes of its owner's password.
    pub outlives_epoch: bool,
}

impl KeyRequest {
    /// A key of that name that permits nothing, does not expire, and dies when everything issued to its owner is made
    /// void.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// Describes it.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Adds scopes.
    #[must_use]
    pub fn with_scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes.extend(scopes.into_iter().map(Into::into));
        self
    }

    /// Lets it expire.
    #[must_use]
    pub fn expiring(mut self, at: SystemTime) -> Self {
        self.expires_at = Some(at);
        self
    }

    /// Chooses its public id.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Lets it survive changes of its owner's password.
    ///
    /// # Security
    ///
    /// The one thing issued that does not carry the epoch of its account: for documented systems whose keys stay good when
    /// a password changes. A suspended or deleted owner stops it all the same, at each use, and so does the key that made
    /// it when that one is not good any more; nothing else does but its end, its being disabled and its deletion. After a
    /// password was stolen, list and delete such keys.
    #[must_use]
    pub fn outliving_epochs(mut self) -> Self {
        self.outlives_epoch = true;
        self
    }
}

/// A key that was made. Its text is shown once and kept nowhere.
#[derive(Clone)]
pub struct MintedKey {
    pub(super) text: Zeroizing<String>,
    pub(super) record: OwnedKey,
}

impl MintedKey {
    /// The key in clear.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// What is stored of it.
    #[must_use]
    pub fn record(&self) -> &OwnedKey {
        &self.record
    }
}

impl fmt::Debug for MintedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MintedKey").field("id", &self.record.id).finish_non_exhaustive()
    }
}

/// What became of a key that was asked for.
#[derive(Debug)]
#[must_use]
#[non_exhaustive]
pub enum MintOutcome {
    /// It is made.
    Minted(Box<MintedKey>),
    /// Its owner has as many keys as it may have.
    LimitReached,
    /// The key that makes it is the eighth of which each made the next.
    LineTooLong,
    /// The key that makes it expires before it would.
    OutlivesMaker,
    /// It would permit more than who makes it is permitted, or something that is
    /// [no scope](auth_core::claims::is_scope_token).
    ScopeExceeded,
    /// The key that makes it is gone, the id is taken, or the account has changed.
    Stale,
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub enum ChangeOutcome {
    /// It was done.
    Changed,
    /// It would permit more than who changes it is permitted, or something that is
    /// [no scope](auth_core::claims::is_scope_token).
    ScopeExceeded,
    /// The account has no key of that id.
    Unknown,
}
