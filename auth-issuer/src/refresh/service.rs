//! The service.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use auth_core::{Attempt, ConfigError, ConfigErrorKind, StoreError};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use zeroize::Zeroizing;

use super::chain::{Chain, ChainEnd};
use super::outcome::{IssuedRefresh, PreparedRefresh, RefreshOutcome, RefreshRefusal, Renewed};
use super::seal;
use super::store::{ChainStore, Rotation};
use crate::accounts::{Account, AccountState, AccountStore, Admits, everybody};
use crate::audit::{Audit, AuditEvent, AuditName};
use crate::randomness;
use crate::scope;
use crate::secret::{Secret, SecretDigest};
use crate::sign_in::Granted;
use crate::time::later;
use crate::to_the_end::told;
use crate::unavailable::Unavailable;

const DAY: Duration = Duration::from_hours(24);
/// How often a request that lost a race looks again.
const MAX_LOOKS: usize = 8;

/// Issues refresh tokens and exchanges them (RFC 6749 §6, RFC 9700 §4.14).
///
/// Each exchange spends the token and hands out its successor; the tokens of one sign-in are a chain. A spent token that
/// comes again ends the chain: one of the two who have it stole it. Tokens are bound to their client, and their scopes
/// only shrink. A chain that begins or ends does so to the end, and that is told, even if the caller goes away.
///
/// | setting | default |
/// | --- | --- |
/// | [`with_idle_timeout`](Self::with_idle_timeout) | a token that is not used: 15 days |
/// | [`with_absolute_lifetime`](Self::with_absolute_lifetime) | a chain: 90 days |
/// | [`grace`](Self::with_grace) | none; at most 60 seconds |
/// | [`chains_per_client`](Self::with_chains_per_client) | many |
#[derive(Clone)]
pub struct RefreshTokens<C, A> {
    chains: Arc<C>,
    accounts: A,
    idle_timeout: Duration,
    lifetime: Duration,
    grace: Duration,
    per_client: ChainsPerClient,
    admit: Admits,
    audit: Audit,
}

/// How many chains one account and client have at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChainsPerClient {
    /// A sign-in takes the place of earlier ones of the same account and client.
    One,
    /// Any number.
    #[default]
    Many,
}

impl<C: ChainStore, A: AccountStore> RefreshTokens<C, A> {
    /// Keeps chains in `chains`, for the accounts of `accounts`.
    #[must_use]
    pub fn new(chains: C, accounts: A) -> Self {
        Self {
            chains: Arc::new(chains),
            accounts,
            idle_timeout: DAY.saturating_mul(15),
            lifetime: DAY.saturating_mul(90),
            grace: Duration::ZERO,
            per_client: ChainsPerClient::default(),
            admit: everybody(),
            audit: Audit::default(),
        }
    }

    /// How long a token lives that is not used: 15 days if not set. One that is longer than the
    /// [absolute lifetime](Self::with_absolute_lifetime) is as long as that.
    #[must_use]
    pub fn with_idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// How long a chain lives, whatever is done: 90 days if not set.
    #[must_use]
    pub fn with_absolute_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// Answers the direct predecessor of the current token for so long, with the same successor: for clients that lose
    /// answers (see [`refresh`](Self::refresh)) or refresh from several places at once. It ends when the successor is
    /// used.
    ///
    /// # Errors
    ///
    /// If it is longer than 60 seconds.
    ///
    /// # Security
    ///
    /// A thief who is as fast as that goes unnoticed until the next exchange.
    pub fn with_grace(mut self, grace: Duration) -> Result<Self, ConfigError> {
        if grace > Duration::from_mins(1) {
            let text = format!("a grace period of {} s is too long; use at most 60 s", grace.as_secs());
            return Err(ConfigError::new(ConfigErrorKind::Limit, text));
        }
        self.grace = grace;
        Ok(self)
    }

    /// Sets how many chains one account and client have at once.
    #[must_use]
    pub fn with_chains_per_client(mut self, chains: ChainsPerClient) -> Self {
        self.per_client = chains;
        self
    }

    /// Turns accounts away that the service does not serve (any more), as [`SignIn::admit_only_if`] does: give both the
    /// same rule. Their tokens are refused like those of a suspended account, and are not spent.
    ///
    /// [`SignIn::admit_only_if`]: crate::SignIn::admit_only_if
    #[must_use]
    pub fn admit_only_if(mut self, admit: impl Fn(&Account) -> bool + Send + Sync + 'static) -> Self {
        self.admit = Arc::new(admit);
        self
    }

    /// Records events elsewhere.
    #[must_use]
    pub fn with_audit(mut self, audit: Audit) -> Self {
        self.audit = audit;
        self
    }

    /// Begins a chain for a sign-in, bound to `client`; compared byte for byte when it is used.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the store does not answer, there is no randomness, or one of `scopes` is
    /// [none](auth_core::claims::is_scope_token).
    pub async fn begin(
        &self,
        granted: &Granted,
        client: &str,
        scopes: &[String],
        attempt: &Attempt,
    ) -> Result<IssuedRefresh, Unavailable> {
        scope::check(scopes)?;
        let mut id = [0_u8; 16];
        randomness::fill(&mut id)?;
        let token = Secret::generate()?;
        let expires_at = later(attempt.now, self.lifetime);
        let chain = Chain {
            id: BASE64_URL_SAFE_NO_PAD.encode(id),
            account: granted.account.id().to_owned(),
            client: client.to_owned(),
            scopes: scopes.to_vec(),
            epoch: granted.epoch(),
            generation: 0,
            current: token.digest(),
            previous: None,
            rotated_at: None,
            sealed: None,
            factors: granted.factors.clone(),
            auth_time: granted.auth_time,
            idle_expires_at: later(attempt.now, self.idle_timeout).min(expires_at),
            expires_at,
            ended: None,
        };
        let event = self.event(AuditName::TOKEN_CREATED, &chain, None, attempt);
        let begun = issued(token, &chain, chain.idle_expires_at);
        let (chains, per_client, now) = (Arc::clone(&self.chains), self.per_client, attempt.now);
        let insert = async move {
            chains.insert_chain(chain.clone()).await?;
            if per_client == ChainsPerClient::One {
                // After its own is there, so that of two sign-ins at once one survives.
                chains.replace_chains(&chain, now).await?;
            }
            Ok::<(), StoreError>(())
        };
        told(insert, |()| true, &self.audit, event).await?;
        Ok(begun)
    }

    /// Exchanges a token for its successor. `scopes` are those that the client asks for; none: those of the chain.
    ///
    /// Where something else has to succeed beside it, such as signing an access token, [prepare](Self::prepare) the
    /// exchange, do that, and [complete](Self::complete) the exchange then.
    ///
    /// # Lost answers
    ///
    /// A client that does not get the answer has a spent token. Its next try ends the chain, as a thief's would, and its
    /// owner has to sign in again. With a [grace period](Self::with_grace) it gets the same successor again.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if a store does not answer or there is no randomness. The client may try again with the same
    /// token: it is not spent, unless the store has made the exchange and its answer was lost.
    pub async fn refresh(
        &self,
        token: &str,
        client: &str,
        scopes: Option<&[String]>,
        attempt: &Attempt,
    ) -> Result<RefreshOutcome, Unavailable> {
        match self.prepare(token, client, scopes, attempt).await? {
            Ok(prepared) => self.complete(prepared, attempt).await,
            Err(refusal) => Ok(RefreshOutcome::Refused(refusal)),
        }
    }

    /// Checks everything that an exchange needs, and spends nothing: a token that is good stays good. One that was spent
    /// ends its chain here already.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if a store does not answer. The client may try again with the same token.
    pub async fn prepare(
        &self,
        token: &str,
        client: &str,
        scopes: Option<&[String]>,
        attempt: &Attempt,
    ) -> Result<Result<PreparedRefresh, RefreshRefusal>, Unavailable> {
        let Some(digest) = SecretDigest::of_presented(token) else { return Ok(Err(RefreshRefusal::Unknown)) };
        let Some(chain) = self.chains.find_chain(&digest).await? else { return Ok(Err(RefreshRefusal::Unknown)) };
        let account = match self.check(&chain, client, attempt.now).await? {
            Ok(account) => account,
            Err(refusal) => return self.refuse(refusal, &chain, attempt).await.map(Err),
        };
        let repeated = if chain.current == digest {
            None
        } else if let Some(successor) = self.repeated(&chain, token, &digest, attempt.now) {
            Some(successor)
        } else {
            // Before the scopes are looked at: whoever asks for too many must not learn that way whether a token is spent.
            let event = self.event(AuditName::TOKEN_REUSE, &chain, Some(RefreshRefusal::Reused), attempt);
            told(self.ending(&chain, ChainEnd::Reuse, attempt.now), |_| true, &self.audit, event).await?;
            return Ok(Err(RefreshRefusal::Reused));
        };
        let is_within = |wanted: &[String]| wanted.iter().all(|scope| chain.scopes.contains(scope));
        if !scopes.is_none_or(is_within) {
            return self.refuse(RefreshRefusal::Scope, &chain, attempt).await.map(Err);
        }
        let scopes = scopes.map_or_else(|| chain.scopes.clone(), <[String]>::to_vec);
        let token = Zeroizing::new(token.to_owned());
        Ok(Ok(PreparedRefresh { token, digest, chain, account, scopes, repeated }))
    }

    /// Makes an exchange. Of several that were prepared with one token one is made, and the others are what a spent token
    /// is: refused, or a repetition within the [grace period](Self::with_grace).
    ///
    /// # Errors
    ///
    /// As [`refresh`](Self::refresh).
    pub async fn complete(
        &self,
        mut prepared: PreparedRefresh,
        attempt: &Attempt,
    ) -> Result<RefreshOutcome, Unavailable> {
        for _ in 0..MAX_LOOKS {
            let is_repetition = prepared.repeated.is_some();
            let refresh = match prepared.repeated.take() {
                Some(successor) => Some(issued(successor, &prepared.chain, prepared.chain.idle_expires_at)),
                None => self.rotate(&prepared, attempt).await?,
            };
            if let Some(refresh) = refresh {
                let PreparedRefresh { chain: Chain { factors, auth_time, .. }, account, scopes, .. } = prepared;
                let renewed = Renewed { refresh, account, scopes, factors, auth_time, is_repetition };
                return Ok(RefreshOutcome::Renewed(Box::new(renewed)));
            }
            // Another request was faster: what it has left is looked at anew.
            let PreparedRefresh { token, chain, scopes, .. } = &prepared;
            match self.prepare(token, &chain.client, Some(scopes), attempt).await? {
                Ok(anew) => prepared = anew,
                Err(refusal) => return Ok(RefreshOutcome::Refused(refusal)),
            }
        }
        Ok(RefreshOutcome::Refused(RefreshRefusal::Race))
    }

    /// The chain of a token that is good, without exchanging it (RFC 7662). Changes nothing.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if a store does not answer.
    pub async fn look_up(&self, token: &str, attempt: &Attempt) -> Result<Option<Chain>, Unavailable> {
        let Some(digest) = SecretDigest::of_presented(token) else { return Ok(None) };
        let Some(chain) = self.chains.find_chain(&digest).await? else { return Ok(None) };
        let is_good = chain.current == digest && self.check(&chain, &chain.client, attempt.now).await?.is_ok();
        Ok(is_good.then_some(chain))
    }

    /// Ends the chain that a token belongs to, spent or not, if it is the client's (RFC 7009). Says whether one has
    /// ended; a client is told nothing of that.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the store does not answer.
    pub async fn revoke(&self, token: &str, client: &str, attempt: &Attempt) -> Result<bool, Unavailable> {
        let Some(digest) = SecretDigest::of_presented(token) else { return Ok(false) };
        match self.chains.find_chain(&digest).await? {
            Some(chain) if chain.client == client => self.end(&chain, attempt).await,
            _ => Ok(false),
        }
    }

    /// Ends a chain of an account by its public id; says whether there was one.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the store does not answer.
    pub async fn revoke_chain(&self, account: &str, chain: &str, attempt: &Attempt) -> Result<bool, Unavailable> {
        let chains = self.chains.list_chains(account, attempt.now).await?;
        match chains.iter().find(|live| live.id == chain) {
            Some(chain) => self.end(chain, attempt).await,
            None => Ok(false),
        }
    }

    /// The chains of an account that are good, the latest first.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the store does not answer.
    pub async fn list(&self, account: &Account, attempt: &Attempt) -> Result<Vec<Chain>, Unavailable> {
        let mut chains = self.chains.list_chains(account.id(), attempt.now).await?;
        chains.retain(|chain| chain.epoch == account.epoch());
        Ok(chains)
    }

    /// Everything but the scopes and which token of the chain it is. The client comes first: whoever does not have the
    /// right one learns nothing and changes nothing.
    async fn check(
        &self,
        chain: &Chain,
        client: &str,
        now: SystemTime,
    ) -> Result<Result<Account, RefreshRefusal>, Unavailable> {
        if chain.client != client {
            return Ok(Err(RefreshRefusal::WrongClient));
        }
        if chain.ended.is_some() {
            return Ok(Err(RefreshRefusal::Ended));
        }
        let account = self.accounts.find_account_by_id(&chain.account).await?;
        let is_good = |account: &Account| {
            account.state() == AccountState::Active && account.epoch() == chain.epoch && (self.admit)(account)
        };
        let Some(account) = account.filter(is_good) else { return Ok(Err(RefreshRefusal::Account)) };
        if now >= chain.idle_expires_at || now >= chain.expires_at {
            return Ok(Err(RefreshRefusal::Expired));
        }
        Ok(Ok(account))
    }

    /// `None` if another request was faster.
    async fn rotate(
        &self,
        prepared: &PreparedRefresh,
        attempt: &Attempt,
    ) -> Result<Option<IssuedRefresh>, Unavailable> {
        let PreparedRefresh { token, digest: from, chain, .. } = prepared;
        let successor = Secret::generate()?;
        let sealed = if self.grace.is_zero() { None } else { seal::seal(&successor, token) };
        let idle_expires_at = later(attempt.now, self.idle_timeout).min(chain.expires_at);
        let (chain_id, to, now) = (chain.id.clone(), successor.digest(), attempt.now);
        let rotation = Rotation { chain: chain_id, from: *from, to, sealed, now, idle_expires_at };
        if !self.chains.rotate_chain(rotation).await? {
            return Ok(None);
        }
        Ok(Some(issued(successor, chain, idle_expires_at)))
    }

    /// The current token, for who presents its direct predecessor within the grace period.
    fn repeated(&self, chain: &Chain, token: &str, digest: &SecretDigest, now: SystemTime) -> Option<Secret> {
        if chain.previous.as_ref() != Some(digest) || now > later(chain.rotated_at?, self.grace) {
            return None;
        }
        seal::open(chain.sealed.as_ref()?, token, &chain.current)
    }

    async fn end(&self, chain: &Chain, attempt: &Attempt) -> Result<bool, Unavailable> {
        let event = self.event(AuditName::TOKEN_REVOKED, chain, None, attempt);
        let end = self.ending(chain, ChainEnd::Revoked, attempt.now);
        told(end, |has_ended| *has_ended, &self.audit, event).await
    }

    fn ending(
        &self,
        chain: &Chain,
        end: ChainEnd,
        now: SystemTime,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send + use<C, A> {
        let (chains, id) = (Arc::clone(&self.chains), chain.id.clone());
        async move { chains.end_chain(&id, end, now).await }
    }

    async fn refuse(
        &self,
        refusal: RefreshRefusal,
        chain: &Chain,
        attempt: &Attempt,
    ) -> Result<RefreshRefusal, Unavailable> {
        self.audit.record(self.event(AuditName::LOGIN_FAIL, chain, Some(refusal), attempt)).await?;
        Ok(refusal)
    }

    fn event(&self, name: AuditName, chain: &Chain, refusal: Option<RefreshRefusal>, attempt: &Attempt) -> AuditEvent {
        let event = AuditEvent::new(name, attempt)
            .with_account(&chain.account)
            .with_credential(&chain.id)
            .about("refresh_token");
        let mut event = self.audit.naming_client(event, &chain.client);
        event.reason = refusal.map(RefreshRefusal::reason);
        event
    }
}

fn issued(token: Secret, chain: &Chain, expires_at: SystemTime) -> IssuedRefresh {
    IssuedRefresh { token, chain: chain.id.clone(), scopes: chain.scopes.clone(), expires_at }
}

impl<C, A> fmt::Debug for RefreshTokens<C, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshTokens")
            .field("idle_timeout", &self.idle_timeout)
            .field("lifetime", &self.lifetime)
            .field("grace", &self.grace)
            .field("per_client", &self.per_client)
            .finish_non_exhaustive()
    }
}
