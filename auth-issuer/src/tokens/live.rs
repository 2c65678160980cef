//! Whether a token is good at this moment.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use auth_core::cache::Revocations;
use auth_core::jwt::TokenState;
use auth_core::{Attempt, Claims, Facts, Reason, StoreError};

use super::issuer::TokenIssuer;
use crate::accounts::{Account, AccountState, AccountStore};
use crate::audit::{Audit, AuditEvent, AuditName};
use crate::time::later;
use crate::to_the_end::told;
use crate::token_ids::TokenIdStore;
use crate::unavailable::Unavailable;

/// The kind of the ids of tokens that were carried over to another epoch.
const CARRIED: &str = "carried_over";

/// Longer than any leeway, so that no id is forgotten while its token is still believed.
const MARGIN: Duration = Duration::from_mins(10);

/// Reads the account of a token at each use: the token is good while its account exists, is active and has the token's
/// epoch, and its id was not [revoked](Self::revoke). What revokes a token or carries it over goes on to its end, and is told,
/// even if the caller goes away.
///
/// As the [`TokenState`] of a [`JwtVerifier`](auth_core::jwt::JwtVerifier) it ends tokens at once, and leaves roles and
/// scopes as the token says; [`AccountTokens`](super::AccountTokens) reads those anew too.
#[derive(Clone)]
pub struct LiveTokens<A, T> {
    issuer: TokenIssuer,
    accounts: A,
    ids: Arc<T>,
    audit: Audit,
}

impl<A: AccountStore, T: TokenIdStore> LiveTokens<A, T> {
    /// The state of the tokens of `issuer`, where [its events](super::TokenIssuerBuilder::audit) go too.
    #[must_use]
    pub fn new(issuer: TokenIssuer, accounts: A, ids: T) -> Self {
        let audit = issuer.audit().clone();
        Self { issuer, accounts, ids: Arc::new(ids), audit }
    }

    /// Records events elsewhere than the issuer does.
    #[must_use]
    pub fn with_audit(mut self, audit: Audit) -> Self {
        self.audit = audit;
        self
    }

    /// Revokes the token of these facts until it expires by itself, as its owner signs out; says whether it was good
    /// before.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the store does not answer.
    pub async fn revoke(&self, token: &Facts, attempt: &Attempt) -> Result<bool, Unavailable> {
        let Some((id, expires_at)) = named(token) else { return Ok(false) };
        let event = self.event(AuditName::TOKEN_REVOKED, token, id, attempt);
        self.spend(id, expires_at, &self.audit, event).await
    }

    /// Carries the token of these facts over to the epoch that its owner has brought about in this very session, by a
    /// change of password for example. All other tokens of the account are void.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the store does not answer.
    pub async fn carry(&self, token: &Facts, epoch: u64, attempt: &Attempt) -> Result<(), Unavailable> {
        let Some((id, expires_at)) = named(token) else { return Ok(()) };
        let event = self.event(AuditName::SESSION_RENEWED, token, id, attempt);
        let (ids, carried) = (Arc::clone(&self.ids), self.carried(id, epoch));
        let carry = async move { ids.spend_token_id(CARRIED, &carried, later(expires_at, MARGIN)).await };
        told(carry, |_| true, &self.audit, event).await.map(drop)
    }

    /// Spends the id of a token and tells it, if it was not spent before; says whether it was not.
    pub(super) async fn spend(
        &self,
        id: &str,
        expires_at: SystemTime,
        audit: &Audit,
        event: AuditEvent,
    ) -> Result<bool, Unavailable> {
        let (ids, kind, id) = (Arc::clone(&self.ids), self.issuer.purpose(), id.to_owned());
        let spend = async move { ids.spend_token_id(kind, &id, later(expires_at, MARGIN)).await };
        told(spend, |was_good| *was_good, audit, event).await
    }

    /// The account of a token whose signature and claims are good already, or why the token is not good any more.
    pub(super) async fn account(&self, token: &Facts, claims: &Claims) -> Result<Result<Account, Reason>, StoreError> {
        let (Some((account, epoch)), Some(id)) = (self.issuer.account_of(claims), token.credential_id.as_deref())
        else {
            return Ok(Err(Reason::REVOKED));
        };
        let account = self.accounts.find_account_by_id(&account).await?;
        let Some(account) = account.filter(|account| account.state() == AccountState::Active) else {
            return Ok(Err(Reason::ACCOUNT_STATE));
        };
        if account.epoch() != epoch && !self.is_carried(id, account.epoch()).await? {
            return Ok(Err(Reason::REVOKED));
        }
        let is_revoked = self.ids.is_token_id_spent(self.issuer.purpose(), id).await?;
        Ok(if is_revoked { Err(Reason::REVOKED) } else { Ok(account) })
    }

    /// Records that a token came which is good in everything but the state of it or of its account.
    pub(super) async fn record_refusal(
        &self,
        token: &Facts,
        attempt: &Attempt,
        reason: Reason,
    ) -> Result<(), Unavailable> {
        let mut event = AuditEvent::new(AuditName::TOKEN_REUSE, attempt).with_account(&token.subject);
        if let Some(id) = &token.credential_id {
            event = event.with_credential(id);
        }
        self.audit.record(event.about(self.issuer.purpose()).because(reason)).await
    }

    pub(super) fn issuer(&self) -> &TokenIssuer {
        &self.issuer
    }

    pub(super) fn audit(&self) -> &Audit {
        &self.audit
    }

    /// Who withdraws tokens: the one that tells of changes of accounts, of ids, and of nothing that a token does not name.
    pub(super) fn revocations(&self) -> Option<Revocations> {
        let (accounts, ids) = (self.accounts.revocations()?, self.ids.revocations()?);
        (accounts.is_same_as(&ids) && self.issuer.names_account_by_subject()).then_some(accounts)
    }

    async fn is_carried(&self, id: &str, epoch: u64) -> Result<bool, StoreError> {
        self.ids.is_token_id_spent(CARRIED, &self.carried(id, epoch)).await
    }

    fn event(&self, name: AuditName, token: &Facts, id: &str, attempt: &Attempt) -> AuditEvent {
        let event = AuditEvent::new(name, attempt).with_account(&token.subject).with_credential(id);
        event.about(self.issuer.purpose())
    }

    fn carried(&self, id: &str, epoch: u64) -> String {
        format!("{}.{id}.{epoch}", self.issuer.purpose())
    }
}

/// The id of a token, and when it expires.
fn named(token: &Facts) -> Option<(&str, SystemTime)> {
    token.credential_id.as_deref().zip(token.expires_at)
}

impl<A: AccountStore, T: TokenIdStore> TokenState for LiveTokens<A, T> {
    async fn is_alive(&self, token: &Facts, claims: &Claims) -> Result<bool, StoreError> {
        Ok(self.account(token, claims).await?.is_ok())
    }
}

impl<A, T> fmt::Debug for LiveTokens<A, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveTokens").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}
