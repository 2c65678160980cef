//! The verifier of tokens that reads the account at each use.

use std::error::Error as _;
use std::fmt;
use std::sync::Arc;

use auth_core::cache::{Caching, Revocations};
use auth_core::credential::{BearerToken, OpaqueToken};
use auth_core::jwt::JwtVerifier;
use auth_core::{Attempt, Claims, ConfigError, Facts, Reason, Text, Verified, Verifier, VerifyError};

use super::live::LiveTokens;
use crate::accounts::{Account, AccountStore, Admits, Permits, everybody, own_scopes};
use crate::token_ids::TokenIdStore;

/// Believes the tokens of one issuer, as long as their [account](LiveTokens) allows it. Roles are those that the account
/// has now; scopes are those of the token that the account has now, or all of the account's if the token has no `scope`.
///
/// # Caching
///
/// A realm believes a token again for 60 seconds where everything that could end it [says so](auth_core::cache): the
/// store of accounts and that of ids by the same [revocations](AccountStore::revocations), and the keys of the issuer. So
/// it is with the stores of this crate. A change by this process is seen by the next request, one by another process
/// within a second. Tokens whose `sub` is not the account ([`account_claim`](super::TokenIssuerBuilder::account_claim)),
/// and those of a [verifier of one's own](Self::with_verifier) with other keys, are checked each time.
///
/// # Examples
///
/// The value of what it verifies is a [`LiveToken`]; make the realm's principal of it by
/// [`map`](Verifier::map) or [`try_map`](Verifier::try_map):
///
/// ```no_run
/// use auth_core::Verifier as _;
/// use auth_core::credential::BearerToken;
/// use auth_issuer::tokens::{AccountTokens, LiveTokens, TokenIssuer};
/// use auth_issuer::MemoryStore;
///
/// # fn f(issuer: TokenIssuer, store: MemoryStore) -> Result<(), auth_core::ConfigError> {
/// struct User { id: String, name: String }
///
/// let tokens = AccountTokens::new(LiveTokens::new(issuer, store.clone(), store))?;
/// let bearer = auth_core::Verifier::<BearerToken>::map(tokens, |_, token| User {
///     id: token.account.id().to_owned(),
///     name: token.account.login().to_owned(),
/// });
/// # Ok(())
/// # }
/// ```
pub struct AccountTokens<A, T> {
    jwt: JwtVerifier,
    live: LiveTokens<A, T>,
    permits: Permits,
    admit: Admits,
}

/// A token and its account.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LiveToken {
    /// What the token says.
    pub claims: Claims,
    /// Its account, as it is now.
    pub account: Account,
}

impl<A: AccountStore, T: TokenIdStore> AccountTokens<A, T> {
    /// A verifier of the tokens whose state `live` knows, with a leeway of 60 seconds.
    ///
    /// # Errors
    ///
    /// As [`JwtVerifierBuilder::build`](auth_core::jwt::JwtVerifierBuilder::build).
    pub fn new(live: LiveTokens<A, T>) -> Result<Self, ConfigError> {
        let jwt = live.issuer().verifier().build()?;
        Ok(Self::with_verifier(jwt, live))
    }

    /// The same with a verifier of one's own: with another leeway, for example.
    #[must_use]
    pub fn with_verifier(jwt: JwtVerifier, live: LiveTokens<A, T>) -> Self {
        Self { jwt, live, permits: own_scopes(), admit: everybody() }
    }

    /// Says which scopes an account has, where that is not the list in the account: an administrator has all, for
    /// example. It may look at the account alone: what it says is cached as long as the account does not change.
    #[must_use]
    pub fn with_permits(mut self, permits: impl Fn(&Account, &str) -> bool + Send + Sync + 'static) -> Self {
        self.permits = Arc::new(permits);
        self
    }

    /// Turns accounts away that the service does not serve (any more), as [`SignIn::admit_only_if`] does: give both the
    /// same rule. Their tokens are refused like those of a suspended account. The rule may look at the account
    /// alone, as that of [`with_permits`](Self::with_permits).
    ///
    /// [`SignIn::admit_only_if`]: crate::SignIn::admit_only_if
    #[must_use]
    pub fn admit_only_if(mut self, admit: impl Fn(&Account) -> bool + Send + Sync + 'static) -> Self {
        self.admit = Arc::new(admit);
        self
    }

    /// The state of the tokens, to revoke them.
    #[must_use]
    pub fn live(&self) -> &LiveTokens<A, T> {
        &self.live
    }

    pub(super) async fn check(&self, token: BearerToken, attempt: Attempt) -> Result<Verified<LiveToken>, VerifyError> {
        let (facts, claims) = self.jwt.verify(token, attempt).await?.into_parts();
        let account = self.live.account(&facts, &claims).await?;
        let account = match account {
            Ok(account) if !(self.admit)(&account) => Err(Reason::ACCOUNT_STATE),
            decided => decided,
        };
        let account = match account {
            Ok(account) => account,
            Err(reason) => {
                self.live.record_refusal(&facts, &attempt, reason).await?;
                return Err(VerifyError::refused(reason));
            }
        };
        let facts = self.current(facts, &claims, &account);
        Ok(Verified::new(facts, LiveToken { claims, account }))
    }

    fn tells_of_changes(&self) -> Option<Caching> {
        let by_jwt = Verifier::<BearerToken>::caching(&self.jwt)?;
        let keys = self.live.issuer().keys();
        let has_these_keys_only = by_jwt.revocations().is_same_as(keys.revocations());
        let by_store = self.live.revocations().filter(|_| has_these_keys_only)?;
        let by_both = Revocations::joined([by_store, keys.revocations().clone()]);
        Some(Caching::of_signed_tokens(by_both).with_ttl(by_jwt.ttl()))
    }

    /// What the token permits now.
    fn current(&self, mut facts: Facts, claims: &Claims, account: &Account) -> Facts {
        facts.roles = account.roles().iter().map(Text::from).collect();
        if claims.value("scope").is_some() {
            facts.scopes.retain(|scope| (self.permits)(account, scope));
        } else {
            facts.scopes = account.scopes().iter().map(Text::from).collect();
        }
        facts
    }
}

impl<A: AccountStore, T: TokenIdStore> Verifier<BearerToken> for AccountTokens<A, T> {
    type Value = LiveToken;

    async fn verify(&self, token: BearerToken, attempt: Attempt) -> Result<Verified<LiveToken>, VerifyError> {
        self.check(token, attempt).await
    }

    fn caching(&self) -> Option<Caching> {
        self.tells_of_changes()
    }
}

/// For tokens in a cookie or a header of the application's own.
impl<A: AccountStore, T: TokenIdStore> Verifier<OpaqueToken> for AccountTokens<A, T> {
    type Value = LiveToken;

    async fn verify(&self, token: OpaqueToken, attempt: Attempt) -> Result<Verified<LiveToken>, VerifyError> {
        let token = parse(token.as_ref().reveal()).ok_or_else(|| VerifyError::refused(Reason::MALFORMED))?;
        self.check(token, attempt).await
    }

    fn caching(&self) -> Option<Caching> {
        self.tells_of_changes()
    }
}

impl<A, T> fmt::Debug for AccountTokens<A, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountTokens").field("jwt", &self.jwt).finish_non_exhaustive()
    }
}

pub(super) fn parse(token: &str) -> Option<BearerToken> {
    token.parse().ok()
}

/// For services that answer no more than that a token is not good: the operator learns why.
pub(crate) fn tell_refused(error: &VerifyError) {
    tracing::debug!(auth.reason = %error.reason(), cause = error.source(), "a token is not good");
}
