//! How a refresh ends.

use std::fmt;
use std::time::SystemTime;

use auth_core::{Factor, Reason};
use zeroize::Zeroizing;

use super::chain::Chain;
use crate::accounts::Account;
use crate::secret::{Secret, SecretDigest};
use crate::sign_in::Granted;

/// A refresh token that was issued.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct IssuedRefresh {
    /// The token, for the client.
    pub token: Secret,
    /// The public id of the chain that it belongs to.
    pub chain: String,
    /// What the tokens of the chain permit.
    pub scopes: Vec<String>,
    /// From when on the token is refused, if it is not used.
    pub expires_at: SystemTime,
}

/// An exchange that can be made: everything is checked, and nothing is spent.
///
/// # Security
///
/// It holds the token; `Debug` shows the public id of its chain.
#[must_use = "the exchange is made when it is completed"]
pub struct PreparedRefresh {
    pub(super) token: Zeroizing<String>,
    pub(super) digest: SecretDigest,
    pub(super) chain: Chain,
    pub(super) account: Account,
    pub(super) scopes: Vec<String>,
    /// The successor that was handed out before.
    pub(super) repeated: Option<Secret>,
}

impl PreparedRefresh {
    /// The account as it is now.
    #[must_use]
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// The scopes of this request: those asked for, or those of the chain.
    #[must_use]
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// The sign-in that the chain goes back to, for what is issued now.
    #[must_use]
    pub fn granted(&self) -> Granted {
        Granted::new(self.account.clone(), self.chain.factors.iter().cloned(), self.chain.auth_time)
    }
}

impl fmt::Debug for PreparedRefresh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PreparedRefresh").field("chain", &self.chain.id).finish_non_exhaustive()
    }
}

/// How a refresh ends.
#[derive(Debug)]
#[must_use]
#[non_exhaustive]
pub enum RefreshOutcome {
    /// The token is good.
    Renewed(Box<Renewed>),
    /// It is not.
    Refused(RefreshRefusal),
}

/// A chain that goes on.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Renewed {
    /// The successor of the token.
    pub refresh: IssuedRefresh,
    /// The account as it is now.
    pub account: Account,
    /// The scopes of this request: those asked for, or those of the chain.
    pub scopes: Vec<String>,
    /// How and when the owner proved who it is.
    pub factors: Vec<Factor>,
    /// When the owner signed in.
    pub auth_time: SystemTime,
    /// Whether the successor was handed out before, and this is the answer to a repetition within the grace period.
    pub is_repetition: bool,
}

impl Renewed {
    /// The sign-in that the chain goes back to, for what is issued now.
    #[must_use]
    pub fn granted(&self) -> Granted {
        Granted::new(self.account.clone(), self.factors.iter().cloned(), self.auth_time)
    }
}

/// Why a refresh token is not good. A client is told one thing for all but [`Scope`](Self::Scope).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RefreshRefusal {
    /// The account may not be used, something has made everything issued to it void, or the service
    /// [turns it away](super::RefreshTokens::admit_only_if).
    Account,
    /// The chain has ended.
    Ended,
    /// The token or its chain has expired.
    Expired,
    /// Other requests with the same token were faster, again and again.
    Race,
    /// The token was exchanged before. The chain has ended now.
    Reused,
    /// More is asked for than the chain permits. Nothing has changed.
    Scope,
    /// Nobody has issued it.
    Unknown,
    /// It belongs to another client. Nothing has changed.
    WrongClient,
}

impl RefreshRefusal {
    /// The stable name of the reason, for logs.
    #[must_use]
    pub fn reason(self) -> Reason {
        match self {
            Self::Account => Reason::ACCOUNT_STATE,
            Self::Ended => Reason::REVOKED,
            Self::Expired => Reason::EXPIRED,
            Self::Race => Reason::custom("lost_race"),
            Self::Reused => Reason::custom("token_reuse"),
            Self::Scope => Reason::MISSING_SCOPE,
            Self::Unknown => Reason::UNKNOWN_CREDENTIAL,
            Self::WrongClient => Reason::custom("wrong_client"),
        }
    }
}
