//! One chain of refresh tokens.

use std::fmt;
use std::time::SystemTime;

use auth_core::Factor;

use crate::secret::SecretDigest;

/// What is stored of one sign-in that can be renewed: a chain of refresh tokens, of which the last one is good.
///
/// Tokens are not in it, only the digests of the current one and its predecessor. Digests of older ones lie in a table
/// of their own, which grows only.
#[derive(Clone)]
#[expect(clippy::exhaustive_structs, reason = "a row, which stores build and take apart")]
pub struct Chain {
    /// The public id of the chain.
    pub id: String,
    /// The id of the account.
    pub account: String,
    /// The client that the chain is bound to; compared byte for byte.
    pub client: String,
    /// What the tokens of the chain permit.
    pub scopes: Vec<String>,
    /// The account's epoch at sign-in: the chain is good while the two are equal.
    pub epoch: u64,
    /// How often the chain was rotated.
    pub generation: u64,
    /// The token that is good.
    pub current: SecretDigest,
    /// Its direct predecessor.
    pub previous: Option<SecretDigest>,
    /// When the predecessor was exchanged.
    pub rotated_at: Option<SystemTime>,
    /// The current token, sealed under the predecessor's raw text, while a grace period may ask for it.
    pub sealed: Option<SealedToken>,
    /// When and how the owner proved who it is.
    pub factors: Vec<Factor>,
    /// When the owner signed in.
    pub auth_time: SystemTime,
    /// From when on the current token is refused.
    pub idle_expires_at: SystemTime,
    /// From when on every token of the chain is refused.
    pub expires_at: SystemTime,
    /// When and why the chain ended.
    pub ended: Option<(SystemTime, ChainEnd)>,
}

/// Why a chain has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChainEnd {
    /// A later sign-in of the same client took its place.
    Replaced,
    /// A token that had been exchanged was presented again (RFC 9700 §4.14.2).
    Reuse,
    /// Its owner or the client ended it (RFC 7009).
    Revoked,
}

impl ChainEnd {
    /// The name in a column of a database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Replaced => "replaced",
            Self::Reuse => "reuse",
            Self::Revoked => "revoked",
        }
    }

    /// The end of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Replaced, Self::Reuse, Self::Revoked].into_iter().find(|end| end.as_str() == name)
    }
}

/// A token that lies in a store sealed; only who has its predecessor can open it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SealedToken([u8; 32]);

impl SealedToken {
    /// What a store has kept.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// What a store is to keep.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for SealedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedToken(..)")
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chain")
            .field("id", &self.id)
            .field("account", &self.account)
            .field("generation", &self.generation)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
