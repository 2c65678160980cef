//! The service: making, listing, changing and deleting keys.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use auth_core::cache::Revocations;
use auth_core::{Attempt, Facts, Reason, StoreError};

use super::format::KeyFormat;
use super::line::Line;
use super::mint::{ChangeOutcome, KeyMaker, KeyRequest, MintOutcome, MintedKey};
use super::record::OwnedKey;
use super::store::{KeyChange, KeyStore};
use crate::accounts::{Account, AccountState, AccountStore, Admits, Permits, everybody, own_scopes};
use crate::audit::{Audit, AuditEvent, AuditName};
use crate::secret::SecretDigest;
use crate::text::is_storable;
use crate::throttle::{Rule, Throttle};
use crate::time::earlier;
use crate::to_the_end::{to_the_end, told};
use crate::unavailable::Unavailable;

/// How old a noted use of a key may be before another is noted.
const TOUCH_AFTER: Duration = Duration::from_mins(1);

/// Makes and withdraws API keys of accounts. Clones share everything.
///
/// A key permits at each use what it was made for *and* its owner is permitted at that moment; it rests while its owner
/// is not active and dies with it. Whoever makes a key can give it no more than it has itself. A key that was made with
/// another stays within it, at each use: it permits no more than that one does now, and rests and ends with it. So each use
/// reads that one too, and the one that made it, and so on: a line of keys of which each made the next has at most eight.
///
/// A key that is being made, changed or deleted is so to the end, and that is told, even if the caller goes away.
///
/// The service is a [`Verifier`](auth_core::Verifier) too, of keys in each kind of credential: it notes their last use and
/// records right keys that are refused, which a verifier of the core over a store of one's own cannot.
#[derive(Clone)]
pub struct ApiKeys<K, A> {
    keys: Arc<K>,
    accounts: A,
    format: Arc<dyn KeyFormat>,
    limit: u64,
    permits: Permits,
    admit: Admits,
    gives_roles: bool,
    rate: Option<(Throttle, Rule)>,
    audit: Audit,
}

impl<K: KeyStore, A: AccountStore> ApiKeys<K, A> {
    /// Keeps keys of that format in `keys`, for the accounts of `accounts`.
    #[must_use]
    pub fn new(keys: K, accounts: A, format: impl KeyFormat) -> Self {
        Self {
            keys: Arc::new(keys),
            accounts,
            format: Arc::new(format),
            limit: 50,
            permits: own_scopes(),
            admit: everybody(),
            gives_roles: false,
            rate: None,
            audit: Audit::default(),
        }
    }

    /// How many keys an account may have that have not expired; 50 if not set.
    #[must_use]
    pub fn with_limit(mut self, limit: u64) -> Self {
        self.limit = limit;
        self
    }

    /// Says which scopes an account has, where that is not the list in the account: an administrator has all, for
    /// example.
    #[must_use]
    pub fn with_permits(mut self, permits: impl Fn(&Account, &str) -> bool + Send + Sync + 'static) -> Self {
        self.permits = Arc::new(permits);
        self
    }

    /// Turns accounts away that the service does not serve (any more), as [`SignIn::admit_only_if`] does: give both the
    /// same rule. Their keys are refused like those of a suspended account. The rule may look at the account
    /// alone: what it says is cached as long as the account does not change.
    ///
    /// [`SignIn::admit_only_if`]: crate::SignIn::admit_only_if
    #[must_use]
    pub fn admit_only_if(mut self, admit: impl Fn(&Account) -> bool + Send + Sync + 'static) -> Self {
        self.admit = Arc::new(admit);
        self
    }

    /// Lets a key have the roles that its owner has at the time of use. Without this a key has scopes only.
    #[must_use]
    pub fn with_roles_of_owner(mut self) -> Self {
        self.gives_roles = true;
        self
    }

    /// Lets each key be used so often: `rule` counts every use of a good key, under a counter of its own in `throttle`.
    /// Whoever uses it more often is answered with 429; a key that is not good never is. What was made with a key counts
    /// with it, so that it cannot make itself more uses; keys that the account makes itself count apart.
    ///
    /// Each use is a write then, and none is [cached](auth_core::cache).
    #[must_use]
    pub fn with_rate(mut self, throttle: Throttle, rule: Rule) -> Self {
        self.rate = Some((throttle, rule));
        self
    }

    /// Records events elsewhere.
    #[must_use]
    pub fn with_audit(mut self, audit: Audit) -> Self {
        self.audit = audit;
        self
    }

    /// Makes a key.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the store does not answer or there is no randomness.
    pub async fn mint(
        &self,
        maker: &KeyMaker,
        request: KeyRequest,
        attempt: &Attempt,
    ) -> Result<MintOutcome, Unavailable> {
        if ![&request.name, &request.description].into_iter().chain(&request.id).all(|text| is_storable(text)) {
            return Ok(MintOutcome::MalformedText);
        }
        if !self.is_within(maker, &request.scopes) {
            return Ok(MintOutcome::ScopeExceeded);
        }
        if maker.key().is_some_and(|key| !key.may_make_another) {
            return Ok(MintOutcome::LineTooLong);
        }
        if let Some(expires_at) = maker.key().and_then(|key| key.expires_at)
            && request.expires_at.is_none_or(|wanted| wanted > expires_at)
        {
            return Ok(MintOutcome::OutlivesMaker);
        }
        let owner = maker.account.id();
        if self.keys.count_keys(owner, attempt.now).await? >= self.limit {
            return Ok(MintOutcome::LimitReached);
        }
        let made = self.format.generate()?;
        let record = OwnedKey {
            id: request.id.unwrap_or(made.id),
            digest: SecretDigest::of(made.text.as_bytes()),
            owner: owner.to_owned(),
            epoch: (!request.outlives_epoch).then(|| maker.account.epoch()),
            parent: maker.key().map(|key| key.id.clone()),
            name: request.name,
            description: request.description,
            scopes: request.scopes,
            is_disabled: false,
            created_at: attempt.now,
            updated_at: attempt.now,
            expires_at: request.expires_at,
            last_used_at: None,
        };
        self.insert(MintedKey { text: made.text, record }, attempt).await
    }

    /// The keys of an account, the oldest first: at most `limit` after the first `offset`. There is nothing in them
    /// that opens anything.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the store does not answer.
    pub async fn list(&self, owner: &str, offset: u64, limit: u32) -> Result<Vec<OwnedKey>, Unavailable> {
        Ok(self.keys.list_keys(owner, offset, limit).await?)
    }

    /// A key of an account.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the store does not answer.
    pub async fn find(&self, owner: &str, id: &str) -> Result<Option<OwnedKey>, Unavailable> {
        if !is_storable(id) {
            return Ok(None);
        }
        Ok(self.keys.find_key(id).await?.filter(|key| key.owner == owner))
    }

    /// Changes a key of the account that asks for it. Its scopes may be changed to what who asks is permitted.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the store does not answer.
    pub async fn change(
        &self,
        maker: &KeyMaker,
        id: &str,
        change: KeyChange,
        attempt: &Attempt,
    ) -> Result<ChangeOutcome, Unavailable> {
        let owner = maker.account.id();
        let Some(key) = self.find(owner, id).await? else { return Ok(ChangeOutcome::Unknown) };
        if ![&change.name, &change.description].into_iter().flatten().all(|text| is_storable(text)) {
            return Ok(ChangeOutcome::MalformedText);
        }
        // What the key has already it may keep, unless a key asks: that one could give itself to another.
        let keeps = |scope: &String| maker.key().is_none() && key.scopes.contains(scope);
        if let Some(scopes) = &change.scopes {
            let new: Vec<String> = scopes.iter().filter(|scope| !keeps(scope)).cloned().collect();
            if !self.is_within(maker, &new) {
                return Ok(ChangeOutcome::ScopeExceeded);
            }
        }
        let name = if change.scopes.is_some() { AuditName::PERMISSIONS_CHANGED } else { AuditName::USER_UPDATED };
        let event = event(name, owner, id, attempt);
        let (keys, owner, id, now) = (Arc::clone(&self.keys), owner.to_owned(), id.to_owned(), attempt.now);
        let change = async move { keys.change_key(&owner, &id, change, now).await };
        let was_there = told(change, |was_there| *was_there, &self.audit, event).await?;
        Ok(if was_there { ChangeOutcome::Changed } else { ChangeOutcome::Unknown })
    }

    /// Deletes a key of an account, and every key that was made with it, and so on; says whether there was one. They are
    /// refused from now on.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the store does not answer.
    pub async fn delete(&self, owner: &str, id: &str, attempt: &Attempt) -> Result<bool, Unavailable> {
        if !is_storable(id) {
            return Ok(false);
        }
        let event = event(AuditName::TOKEN_DELETE, owner, id, attempt);
        let (keys, owner, id) = (Arc::clone(&self.keys), owner.to_owned(), id.to_owned());
        let delete = async move { keys.delete_key(&owner, &id).await };
        told(delete, |was_there| *was_there, &self.audit, event).await
    }

    pub(super) fn recognise(&self, text: &str) -> bool {
        self.format.recognise(text)
    }

    pub(super) async fn find_by_digest(&self, digest: &SecretDigest) -> Result<Option<OwnedKey>, StoreError> {
        self.keys.find_key_by_digest(digest).await
    }

    /// The key with those that made it, one read for each: seven at most, also where a damaged store has them in a circle.
    /// They end with one that is refused.
    pub(super) async fn line_of(&self, key: OwnedKey, now: SystemTime) -> Result<Line, StoreError> {
        let mut line = Line::of(key);
        while line.refusal(now).is_none()
            && let Some(maker) = line.next()
        {
            let maker = self.keys.find_key(maker).await?;
            line.push(maker);
        }
        Ok(line)
    }

    /// The owner of a key that is good in everything else, if the owner is active, is served, and has not made it void.
    pub(super) async fn owner_of(&self, line: &Line) -> Result<Option<Account>, StoreError> {
        let owner = self.accounts.find_account_by_id(&line.key().owner).await?;
        let is_good =
            |owner: &Account| owner.state() == AccountState::Active && line.is_of(owner.epoch()) && (self.admit)(owner);
        Ok(owner.filter(is_good))
    }

    /// What the key permits now.
    pub(super) fn facts(&self, line: &Line, owner: &Account) -> Facts {
        let scopes = line.scopes().filter(|scope| (self.permits)(owner, scope));
        let mut facts = Facts::new(owner.id()).with_scopes(scopes).with_credential_id(line.key().id.as_str());
        if self.gives_roles {
            facts = facts.with_roles(owner.roles());
        }
        facts.expires_at = line.expires_at();
        facts
    }

    /// Who tells of changes of keys, and who of changes of accounts.
    pub(super) fn revocations(&self) -> (Option<Revocations>, Option<Revocations>) {
        (self.keys.revocations(), self.accounts.revocations())
    }

    /// How long to wait, if the key was used too often. This use is counted.
    pub(super) async fn is_used_too_often(
        &self,
        line: &Line,
        attempt: &Attempt,
    ) -> Result<Option<Duration>, Unavailable> {
        let Some((throttle, rule)) = &self.rate else { return Ok(None) };
        let retry_after = throttle.admit_use(&line.first().id, *rule, attempt).await?;
        if retry_after.is_some() {
            let key = line.key();
            let event = event(AuditName::RATE_LIMIT_EXCEEDED, &key.owner, &key.id, attempt);
            self.audit.record(event.because(Reason::THROTTLED)).await?;
        }
        Ok(retry_after)
    }

    pub(super) fn has_rate(&self) -> bool {
        self.rate.is_some()
    }

    /// Notes a use, and tells of it, once a minute. That it cannot be noted does not matter to who uses the key.
    pub(super) async fn touch(&self, key: &OwnedKey, attempt: &Attempt) -> Result<(), Unavailable> {
        let since = earlier(attempt.now, TOUCH_AFTER);
        if key.last_used_at.is_some_and(|used| used >= since) {
            return Ok(());
        }
        self.audit.record(event(AuditName::LOGIN_SUCCESS, &key.owner, &key.id, attempt)).await?;
        if let Err(error) = self.keys.touch_key(&key.id, attempt.now, since).await {
            let cause: &(dyn std::error::Error + 'static) = &error;
            tracing::warn!(cause, "the use of an API key could not be noted");
        }
        Ok(())
    }

    pub(super) async fn record_refusal(
        &self,
        key: &OwnedKey,
        reason: Reason,
        attempt: &Attempt,
    ) -> Result<(), Unavailable> {
        let name = if reason == Reason::REVOKED { AuditName::TOKEN_REUSE } else { AuditName::LOGIN_FAIL };
        self.audit.record(event(name, &key.owner, &key.id, attempt).because(reason)).await
    }

    /// Adds a key within the limit of its owner.
    async fn insert(&self, key: MintedKey, attempt: &Attempt) -> Result<MintOutcome, Unavailable> {
        let event = event(AuditName::TOKEN_CREATED, &key.record.owner, &key.record.id, attempt);
        let (keys, audit, limit, now) = (Arc::clone(&self.keys), self.audit.clone(), self.limit, attempt.now);
        to_the_end(async move {
            if !keys.insert_key(key.record.clone()).await? {
                return Ok(MintOutcome::Stale);
            }
            let OwnedKey { owner, id, .. } = &key.record;
            // Several at once may all have been below the limit; whoever sees that it is exceeded steps back.
            if keys.count_keys(owner, now).await? > limit {
                keys.delete_key(owner, id).await?;
                return Ok(MintOutcome::LimitReached);
            }
            audit.record(event).await?;
            Ok(MintOutcome::Minted(Box::new(key)))
        })
        .await
    }

    fn is_within(&self, maker: &KeyMaker, scopes: &[String]) -> bool {
        scopes.iter().all(|scope| maker.may_permit(scope, |account, scope| (self.permits)(account, scope)))
    }
}

fn event(name: AuditName, owner: &str, id: &str, attempt: &Attempt) -> AuditEvent {
    AuditEvent::new(name, attempt).with_account(owner).with_credential(id).about("api_key")
}

impl<K, A> fmt::Debug for ApiKeys<K, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiKeys").field("limit", &self.limit).finish_non_exhaustive()
    }
}
