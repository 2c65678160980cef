//! What a token says.

use std::time::{Duration, SystemTime};

use auth_core::claims::ClaimValue;
use auth_core::{Claims, Factor};

use crate::sign_in::Granted;

/// What a token is to say beyond what its issuer says of itself.
///
/// # Examples
///
/// ```
/// use std::time::SystemTime;
/// use auth_core::Factor;
/// use auth_issuer::tokens::TokenClaims;
/// use auth_issuer::{Account, sign_in::Granted};
///
/// let now = SystemTime::now();
/// let granted = Granted::new(Account::new("1", "alice@example.com")?, [Factor::new("pwd").at(now)], now);
/// let claims = TokenClaims::of(&granted).with_scopes(["items:read"]).with_claim("email", "alice@example.com");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct TokenClaims {
    pub(super) account: String,
    pub(super) subject: Option<String>,
    pub(super) epoch: u64,
    pub(super) scopes: Option<Vec<String>>,
    pub(super) roles: Option<Vec<String>>,
    pub(super) factors: Vec<Factor>,
    pub(super) auth_time: Option<SystemTime>,
    pub(super) lifetime: Option<Duration>,
    pub(super) more: Claims,
}

impl TokenClaims {
    /// A token for a sign-in: with its account, epoch, factors (`amr`) and time (`auth_time`). Without scopes and roles,
    /// as long as none are added: [`AccountTokens`](super::AccountTokens) takes those of the account then, a
    /// [`JwtVerifier`](auth_core::jwt::JwtVerifier) alone knows of none.
    #[must_use]
    pub fn of(granted: &Granted) -> Self {
        Self {
            factors: granted.factors.clone(),
            auth_time: Some(granted.auth_time),
            ..Self::new(granted.account.id(), granted.epoch())
        }
    }

    /// A token for an account that has not signed in: one that an administrator asks for, for example. The epoch has to
    /// be read together with what permits it.
    #[must_use]
    pub fn new(account: impl Into<String>, epoch: u64) -> Self {
        Self {
            account: account.into(),
            subject: None,
            epoch,
            scopes: None,
            roles: None,
            factors: Vec::new(),
            auth_time: None,
            lifetime: None,
            more: Claims::new(),
        }
    }

    /// Says another `sub` than the account's id. The issuer needs an
    /// [account claim](super::TokenIssuerBuilder::account_claim) then.
    #[must_use]
    pub fn with_subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// Adds scopes; without a call the token says none (`scope`, RFC 9068 §2.2.3). With one that is
    /// [none](auth_core::claims::is_scope_token) no token is issued.
    #[must_use]
    pub fn with_scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes.get_or_insert_default().extend(scopes.into_iter().map(Into::into));
        self
    }

    /// Adds roles of the party; without a call the token says none (`roles`).
    #[must_use]
    pub fn with_roles<S: Into<String>>(mut self, roles: impl IntoIterator<Item = S>) -> Self {
        self.roles.get_or_insert_default().extend(roles.into_iter().map(Into::into));
        self
    }

    /// Asks for another lifetime than the issuer's: at most the issuer's longest.
    #[must_use]
    pub fn with_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = Some(lifetime);
        self
    }

    /// Adds a claim of one's own. What the issuer sets itself is not overwritten.
    #[must_use]
    pub fn with_claim(mut self, name: impl Into<String>, value: impl Into<ClaimValue>) -> Self {
        self.more = self.more.with(name, value);
        self
    }
}
