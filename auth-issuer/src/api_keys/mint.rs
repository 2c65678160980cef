//! Who makes a key, and how that ends.

use std::fmt;
use std::time::SystemTime;

use auth_core::Facts;
use auth_core::claims::is_scope_token;
use zeroize::Zeroizing;

use super::record::OwnedKey;
use super::verifier::KeyUse;
use crate::accounts::Account;

/// Who makes or changes keys: an account, with what it is permitted in this request.
///
/// # Examples
///
/// ```
/// use auth_core::Facts;
/// use auth_issuer::Account;
/// use auth_issuer::api_keys::{KeyMaker, KeyUse};
///
/// /// What a handler has of its caller: the facts of the request, and the key if it was made with one.
/// fn maker(account: &Account, facts: &Facts, key: Option<&KeyUse>) -> KeyMaker {
///     KeyMaker::of(account, facts, key)
/// }
/// ```
#[derive(Clone, Debug)]
pub struct KeyMaker {
    pub(super) account: Account,
    pub(super) credential: Option<Credential>,
}

/// What a credential leaves of an account.
#[derive(Clone, Debug)]
pub(super) struct Credential {
    /// The account, if it had these roles and scopes only.
    pub(super) account: Account,
    pub(super) key: Option<MakerKey>,
}

#[derive(Clone, Debug)]
pub(super) struct MakerKey {
    pub(super) id: String,
    pub(super) expires_at: Option<SystemTime>,
    pub(super) may_make_another: bool,
}

impl KeyMaker {
    /// The account that a request is made for. `facts` are those of the request, and `used` is the API key that it was made
    /// with, if it was one.
    ///
    /// It may permit what the account is permitted, as far as the credential goes: of a token with fewer scopes than its
    /// account only those. What is made with a key permits no more than that key at any time, rests while it is disabled,
    /// does not outlive it, and is deleted with it. The eighth in a line of keys of which each made the next makes none.
    ///
    /// # Security
    ///
    /// Tokens of accounts have all roles of their account, whatever scopes they have. Where
    /// [`with_permits`](super::ApiKeys::with_permits) goes by roles, they permit what these roles do.
    #[must_use]
    pub fn of(account: &Account, facts: &Facts, used: Option<&KeyUse>) -> Self {
        let key = used.map(|KeyUse { key, may_make_another, .. }| MakerKey {
            id: key.id.clone(),
            expires_at: key.expires_at,
            may_make_another: *may_make_another,
        });
        let credential = Credential { account: account.limited_to(facts), key };
        Self { account: account.clone(), credential: Some(credential) }
    }

    /// An account with everything that it is permitted, whatever it has signed in with.
    ///
    /// # Security
    ///
    /// For programs that make keys by themselves, where no request asks for it. In an endpoint a caller whose token has
    /// fewer scopes than its account would get the others by making a key: use [`of`](Self::of) there.
    #[must_use]
    pub fn with_everything_of(account: &Account) -> Self {
        Self { account: account.clone(), credential: None }
    }

    pub(super) fn key(&self) -> Option<&MakerKey> {
        self.credential.as_ref()?.key.as_ref()
    }

    /// Whether it may permit a scope, where `permits` says what an account is permitted. Roles of a key say nothing: it
    /// gives on only the scopes that it has itself.
    pub(super) fn may_permit(&self, scope: &str, permits: impl Fn(&Account, &str) -> bool) -> bool {
        let credential_may = |credential: &Credential| match &credential.key {
            Some(_) => credential.account.scopes().iter().any(|held| held == scope),
            None => permits(&credential.account, scope),
        };
        is_scope_token(scope) && permits(&self.account, scope) && self.credential.as_ref().is_none_or(credential_may)
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
    /// Its name, its description or the id that was chosen has U+0000, which stores do not keep.
    MalformedText,
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
    /// The name or the description has U+0000, which stores do not keep.
    MalformedText,
    /// It would permit more than who changes it is permitted, or something that is
    /// [no scope](auth_core::claims::is_scope_token).
    ScopeExceeded,
    /// The account has no key of that id.
    Unknown,
}
