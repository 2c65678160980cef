//! The verifier of tokens that reads the account at each use.

use std::fmt;
use std::sync::Arc;

use auth_core::credential::{BearerToken, Credential as _, OpaqueToken};
use auth_core::jwt::JwtVerifier;
use auth_core::{Attempt, Claims, ConfigError, Facts, Reason, Verified, Verifier, VerifyError};

use super::live::LiveTokens;
use crate::accounts::{Account, AccountStore, Permits, own_scopes};
use crate::token_ids::TokenIdStore;

/// Believes the tokens of one issuer, as long as their [account](LiveTokens) allows it. Roles are those that the account
/// has now; scopes are those of the token that the account has now, or all of the account's if the token has no `scope`.
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
        Self { jwt, live, permits: own_scopes() }
    }

    /// Says which scopes an account has, where that is not the list in the account: an administrator has all, for
    /// example.
    #[must_use]
    pub fn with_permits(mut self, permits: impl Fn(&Account, &str) -> bool + Send + Sync + 'static) -> Self {
        self.permits = Arc::new(permits);
        self
    }

    /// The state of the tokens, to revoke them.
    #[must_use]
    pub fn live(&self) -> &LiveTokens<A, T> {
        &self.live
    }

    pub(super) async fn check(&self, token: BearerToken, attempt: Attempt) -> Result<Verified<LiveToken>, VerifyError> {
        let (facts, claims) = self.jwt.verify(token, attempt).await?.into_parts();
        let account = self.live.account(&facts, &claims).await?.map_err(VerifyError::refused)?;
        let facts = self.current(facts, &claims, &account);
        Ok(Verified::new(facts, LiveToken { claims, account }))
    }

    /// What the token permits now.
    fn current(&self, mut facts: Facts, claims: &Claims, account: &Account) -> Facts {
        facts.roles = account.roles().to_vec();
        if claims.value("scope").is_some() {
            facts.scopes.retain(|scope| (self.permits)(account, scope));
        } else {
            facts.scopes = account.scopes().to_vec();
        }
        facts
    }
}

impl<A: AccountStore, T: TokenIdStore> Verifier<BearerToken> for AccountTokens<A, T> {
    type Value = LiveToken;

    async fn verify(&self, token: BearerToken, attempt: Attempt) -> Result<Verified<LiveToken>, VerifyError> {
        self.check(token, attempt).await
    }
}

/// For tokens in a cookie or a header of the application's own.
impl<A: AccountStore, T: TokenIdStore> Verifier<OpaqueToken> for AccountTokens<A, T> {
    type Value = LiveToken;

    async fn verify(&self, token: OpaqueToken, attempt: Attempt) -> Result<Verified<LiveToken>, VerifyError> {
        let token = parse(token.as_ref().reveal()).ok_or_else(|| VerifyError::refused(Reason::MALFORMED))?;
        self.check(token, attempt).await
    }
}

impl<A, T> fmt::Debug for AccountTokens<A, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountTokens").field("jwt", &self.jwt).finish_non_exhaustive()
    }
}

pub(super) fn parse(token: &str) -> Option<BearerToken> {
    BearerToken::parse(token.as_bytes()).ok().map(BearerToken::into_owned)
}
