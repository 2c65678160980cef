//! Signed tokens that are good once.

use std::fmt;
use std::time::SystemTime;

use auth_core::{Attempt, VerifyErrorKind};

use super::verifier::{AccountTokens, LiveToken, parse, tell_refused};
use crate::accounts::AccountStore;
use crate::audit::{Audit, AuditEvent, AuditName};
use crate::token_ids::TokenIdStore;
use crate::unavailable::Unavailable;

/// Redeems signed tokens, each once: tokens for a sign-in by a link, or to be exchanged for others.
///
/// A redeemed token is dead for everything, [`AccountTokens`] included. Of any number of requests at once exactly one
/// redeems it, and that is told, even if the caller goes away.
pub struct OneTimeTokens<A, T> {
    tokens: AccountTokens<A, T>,
    audit: Audit,
}

impl<A: AccountStore, T: TokenIdStore> OneTimeTokens<A, T> {
    /// Redeems the tokens that `tokens` believes. Events go where those of its [state](AccountTokens::live) go.
    #[must_use]
    pub fn new(tokens: AccountTokens<A, T>) -> Self {
        let audit = tokens.live().audit().clone();
        Self { tokens, audit }
    }

    /// Records events elsewhere than the state of the tokens does.
    #[must_use]
    pub fn with_audit(mut self, audit: Audit) -> Self {
        self.audit = audit;
        self
    }

    /// Looks at a token without spending it; `None` if it is not good, whatever the reason.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if a store does not answer.
    pub async fn peek(&self, token: &str, attempt: &Attempt) -> Result<Option<LiveToken>, Unavailable> {
        Ok(self.check(token, attempt).await?.map(|(token, ..)| token))
    }

    /// Spends a token; `None` if it is not good.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if a store does not answer; the token counts as spent then.
    pub async fn redeem(&self, token: &str, attempt: &Attempt) -> Result<Option<LiveToken>, Unavailable> {
        let Some((token, id, expires_at)) = self.check(token, attempt).await? else { return Ok(None) };
        let (live, event) = (self.tokens.live(), AuditEvent::new(AuditName::TOKEN_DELETE, attempt));
        let event = event.with_account(token.account.id()).with_credential(&id).about(live.issuer().purpose());
        Ok(live.spend(&id, expires_at, &self.audit, event).await?.then_some(token))
    }

    async fn check(
        &self,
        token: &str,
        attempt: &Attempt,
    ) -> Result<Option<(LiveToken, String, SystemTime)>, Unavailable> {
        let Some(token) = parse(token) else { return Ok(None) };
        match self.tokens.check(token, *attempt).await {
            Ok(verified) => {
                let (facts, token) = verified.into_parts();
                Ok(facts.credential_id.zip(facts.expires_at).map(|(id, expires_at)| (token, id.into(), expires_at)))
            }
            Err(error) if error.kind() == VerifyErrorKind::Unavailable => Err(Unavailable::new(error.reason(), error)),
            Err(error) => {
                tell_refused(&error);
                Ok(None)
            }
        }
    }
}

impl<A, T> fmt::Debug for OneTimeTokens<A, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OneTimeTokens").field("tokens", &self.tokens).finish_non_exhaustive()
    }
}
