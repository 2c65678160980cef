//! The issuer of one kind of token.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use auth_core::cache::Revocations;
use auth_core::jwt::{JwtKey, JwtKeySource, JwtVerifier, JwtVerifierBuilder, KeyLookup, WantedKey};
use auth_core::{Attempt, Claims, ConfigError, ConfigErrorKind, StoreError};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use zeroize::Zeroizing;

use super::claims::TokenClaims;
use super::json::to_json;
use crate::audit::{Audit, AuditEvent, AuditName};
use crate::keys::{KeyRing, SigningKey};
use crate::randomness;
use crate::scope;
use crate::time::{later, seconds};
use crate::unavailable::Unavailable;

/// The claim that says which kind of token it is.
const PURPOSE: &str = "purpose";

/// Issues tokens of one kind. Clones share their keys.
///
/// Every token says `iss`, `aud`, `sub`, `iat`, `exp`, `jti` (128 random bits), `purpose` and its account's epoch.
///
/// # Examples
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use auth_core::jwt::JwtAlgorithm;
/// use auth_issuer::keys::{KeyRing, SigningKey};
/// use auth_issuer::tokens::{TokenClaims, TokenIssuer};
///
/// let ring = KeyRing::new(SigningKey::generate(JwtAlgorithm::EdDsa)?);
/// let access = TokenIssuer::builder(ring)
///     .issuer("https://auth.example")
///     .audience("https://api.example")
///     .purpose("access")
///     .lifetime(Duration::from_secs(300))
///     .build()?;
/// let token = access.issue(&TokenClaims::new("1", 0), SystemTime::now())?;
/// assert_eq!(token.reveal().split('.').count(), 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct TokenIssuer(Arc<Inner>);

struct Inner {
    keys: TokenKeys,
    issuer: String,
    audience: String,
    purpose: &'static str,
    lifetime: Duration,
    longest_lifetime: Duration,
    token_type: Option<String>,
    epoch_claim: String,
    account_claim: Option<String>,
    names_only_key: bool,
    audit: Audit,
}

/// Puts a [`TokenIssuer`] together.
#[must_use]
pub struct TokenIssuerBuilder(Inner);

/// The keys of one kind of token, which may be rotated while the program runs. Clones share them.
///
/// A [`JwtVerifier`] that has them as its source knows of a new key at once.
#[derive(Clone)]
pub struct TokenKeys {
    ring: Arc<RwLock<KeyRing>>,
    revocations: Revocations,
}

/// A token that was issued.
///
/// # Security
///
/// The token is a secret; `Debug` shows its id and when it expires.
#[derive(Clone)]
pub struct IssuedToken {
    text: Zeroizing<String>,
    id: String,
    issued_at: SystemTime,
    expires_at: SystemTime,
}

impl TokenIssuer {
    /// Begins an issuer that signs with the keys of `ring`. Issuer, audience and purpose are needed.
    pub fn builder(ring: KeyRing) -> TokenIssuerBuilder {
        TokenIssuerBuilder(Inner {
            keys: TokenKeys::new(ring),
            issuer: String::new(),
            audience: String::new(),
            purpose: "",
            lifetime: Duration::from_mins(5),
            longest_lifetime: Duration::ZERO,
            token_type: None,
            epoch_claim: "epoch".to_owned(),
            account_claim: None,
            names_only_key: true,
            audit: Audit::default(),
        })
    }

    /// Issues a token for the request that `attempt` describes, and records that as an
    /// [event](AuditName::TOKEN_CREATED) of the account.
    ///
    /// # Errors
    ///
    /// As [`issue`](Self::issue), and if the event is not recorded and [nothing is done without](crate::audit::OnSinkFailure).
    pub async fn issue_for(&self, claims: &TokenClaims, attempt: &Attempt) -> Result<IssuedToken, Unavailable> {
        let token = self.issue(claims, attempt.now)?;
        let event = AuditEvent::new(AuditName::TOKEN_CREATED, attempt).with_account(&claims.account);
        self.0.audit.record(event.with_credential(&token.id).about(self.0.purpose)).await?;
        Ok(token)
    }

    /// Issues a token, and tells nobody: where the event is the caller's.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if there is no randomness, the backend cannot sign, a claim is a number beyond 64 bits, or the claims
    /// have a scope that is [none](auth_core::claims::is_scope_token).
    pub fn issue(&self, claims: &TokenClaims, now: SystemTime) -> Result<IssuedToken, Unavailable> {
        scope::check(claims.scopes.as_deref().unwrap_or_default())?;
        let mut id = [0_u8; 16];
        randomness::fill(&mut id)?;
        let id = BASE64_URL_SAFE_NO_PAD.encode(id);
        let lifetime = claims.lifetime.unwrap_or(self.0.lifetime).min(self.0.longest_lifetime);
        let issued_at = later(SystemTime::UNIX_EPOCH, Duration::from_secs(seconds(now)));
        let expires_at = later(issued_at, Duration::from_secs(lifetime.as_secs()));
        let payload = to_json(&self.payload(claims, &id, seconds(issued_at), seconds(expires_at)));
        let payload = Zeroizing::new(payload.map_err(|error| Unavailable::new(Unavailable::SIGNING, error))?);
        let text = Zeroizing::new(self.0.keys.sign(&payload, self.0.token_type.as_deref(), self.0.names_only_key)?);
        Ok(IssuedToken { text, id, issued_at, expires_at })
    }

    fn payload(&self, claims: &TokenClaims, id: &str, issued_at: u64, expires_at: u64) -> Claims {
        let mut payload = claims.more.clone();
        if let Some(scopes) = &claims.scopes {
            payload = payload.with("scope", scopes.join(" "));
        }
        if let Some(roles) = &claims.roles {
            payload = payload.with("roles", roles.clone());
        }
        if !claims.factors.is_empty() {
            let methods: Vec<_> = claims.factors.iter().map(|factor| factor.method.clone()).collect();
            payload = payload.with("amr", methods);
        }
        if let Some(auth_time) = claims.auth_time {
            payload = payload.with("auth_time", seconds(auth_time));
        }
        if let Some(name) = &self.0.account_claim {
            payload = payload.with(name.as_str(), claims.account.as_str());
        }
        payload
            .with("iss", self.0.issuer.as_str())
            .with("aud", self.0.audience.as_str())
            .with("sub", claims.subject.as_deref().unwrap_or(&claims.account))
            .with("iat", issued_at)
            .with("exp", expires_at)
            .with("jti", id)
            .with(PURPOSE, self.0.purpose)
            .with(self.0.epoch_claim.as_str(), claims.epoch)
    }

    /// A verifier of these tokens and of no others: it knows issuer, audience, keys, purpose and, if one was
    /// [chosen](TokenIssuerBuilder::token_type), the type already. It does not read the account: for that,
    /// [`AccountTokens`](super::AccountTokens) or [`LiveTokens`](super::LiveTokens).
    pub fn verifier(&self) -> JwtVerifierBuilder {
        let verifier = JwtVerifier::builder()
            .issuer(self.0.issuer.as_str())
            .audience(self.0.audience.as_str())
            .key_source(self.0.keys.clone())
            .require_claim(PURPOSE, self.0.purpose)
            .require_jti();
        match &self.0.token_type {
            Some(token_type) => verifier.require_typ(token_type.as_str()),
            None => verifier,
        }
    }

    /// The keys.
    #[must_use]
    pub fn keys(&self) -> &TokenKeys {
        &self.0.keys
    }

    /// The name of this kind of token.
    #[must_use]
    pub fn purpose(&self) -> &'static str {
        self.0.purpose
    }

    pub(super) fn audit(&self) -> &Audit {
        &self.0.audit
    }

    /// Whether the subject of a token is its account.
    pub(super) fn names_account_by_subject(&self) -> bool {
        self.0.account_claim.is_none()
    }

    /// What the token says of its account, if it is of this kind: the id and the epoch.
    pub(super) fn account_of(&self, claims: &Claims) -> Option<(String, u64)> {
        let account_claim = self.0.account_claim.as_deref().unwrap_or("sub");
        let purpose: String = claims.parse(PURPOSE).ok()?;
        let account = claims.parse(account_claim).ok()?;
        let epoch = claims.parse(&self.0.epoch_claim).ok()?;
        (purpose == self.0.purpose).then_some((account, epoch))
    }
}

impl TokenIssuerBuilder {
    /// Names the issuer (`iss`).
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.0.issuer = issuer.into();
        self
    }

    /// Names the audience (`aud`). Kinds that share an issuer need different ones.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.0.audience = audience.into();
        self
    }

    /// Names the kind of token (`purpose`): lower case with underscores, at most 32 characters.
    pub fn purpose(mut self, purpose: &'static str) -> Self {
        self.0.purpose = purpose;
        self
    }

    /// How long a token lives; 5 minutes if not set. Whole seconds, and no longer than the year 9999.
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        self.0.lifetime = lifetime;
        self
    }

    /// How long a token lives at most, where its [claims](TokenClaims::with_lifetime) ask for a lifetime of their own; as
    /// long as any other if not set.
    pub fn longest_lifetime(mut self, lifetime: Duration) -> Self {
        self.0.longest_lifetime = lifetime;
        self
    }

    /// The type in the header (`typ`), such as `at+jwt` (RFC 9068 §2.1); `JWT` if not set.
    pub fn token_type(mut self, token_type: impl Into<String>) -> Self {
        self.0.token_type = Some(token_type.into());
        self
    }

    /// The claim that holds the account's epoch; `epoch` if not set.
    pub fn epoch_claim(mut self, name: impl Into<String>) -> Self {
        self.0.epoch_claim = name.into();
        self
    }

    /// Puts the account's id into a claim of its own, for tokens whose `sub` is something else.
    pub fn account_claim(mut self, name: impl Into<String>) -> Self {
        self.0.account_claim = Some(name.into());
        self
    }

    /// Leaves the key unnamed (`kid`) while there is one only. Where several keys are loaded when the program starts, make
    /// the ring of the oldest, and [rotate](KeyRing::rotate) to the others: unnamed tokens are the oldest key's.
    pub fn without_id_of_only_key(mut self) -> Self {
        self.0.names_only_key = false;
        self
    }

    /// Records events elsewhere. What is made of the issuer does so too, unless it is told otherwise:
    /// [`LiveTokens`](super::LiveTokens), [`AccountTokens`](super::AccountTokens), [`OneTimeTokens`](super::OneTimeTokens).
    pub fn audit(mut self, audit: Audit) -> Self {
        self.0.audit = audit;
        self
    }

    /// Checks everything and makes the issuer.
    ///
    /// # Errors
    ///
    /// If issuer, audience or a name of a claim is empty, the purpose is malformed, or a lifetime is under a second.
    pub fn build(mut self) -> Result<TokenIssuer, ConfigError> {
        let inner = &mut self.0;
        inner.longest_lifetime = inner.longest_lifetime.max(inner.lifetime);
        if inner.issuer.trim().is_empty() {
            return Err(complain(
                ConfigErrorKind::Issuer,
                "has no issuer; name it: `.issuer(\"https://auth.example\")`",
            ));
        }
        if inner.audience.trim().is_empty() {
            let text = "has no audience; name it: `.audience(\"https://api.example\")`";
            return Err(complain(ConfigErrorKind::Audience, text));
        }
        if inner.purpose.is_empty()
            || inner.purpose.len() > 32
            || !inner.purpose.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        {
            let text = format!(
                "has the purpose `{}`; use at most 32 of a-z and `_`: `.purpose(\"access\")`",
                inner.purpose.escape_default()
            );
            return Err(complain(ConfigErrorKind::Value, &text));
        }
        let reserved = ["iss", "aud", "sub", "iat", "exp", "jti", PURPOSE, "scope", "roles", "amr", "auth_time"];
        let names = [Some(&inner.epoch_claim), inner.account_claim.as_ref()];
        for name in names.into_iter().flatten() {
            if name.is_empty() || reserved.contains(&name.as_str()) {
                let text = format!("cannot use `{}` as a claim of its own; choose another name", name.escape_default());
                return Err(complain(ConfigErrorKind::ClaimName, &text));
            }
        }
        if inner.account_claim.as_ref() == Some(&inner.epoch_claim) {
            let text = format!("has one claim `{}` for account and epoch; choose two names", inner.epoch_claim);
            return Err(complain(ConfigErrorKind::ClaimName, &text));
        }
        if inner.lifetime.as_secs() == 0 {
            return Err(complain(ConfigErrorKind::Limit, "issues tokens that live under a second; use at least one"));
        }
        Ok(TokenIssuer(Arc::new(self.0)))
    }
}

fn complain(kind: ConfigErrorKind, what: &str) -> ConfigError {
    ConfigError::new(kind, format!("the token issuer {what}"))
}

impl TokenKeys {
    fn new(ring: KeyRing) -> Self {
        Self { ring: Arc::new(RwLock::new(ring)), revocations: Revocations::new() }
    }

    /// Changes the ring: to [rotate](KeyRing::rotate), [announce](KeyRing::announce), [activate](KeyRing::activate) or
    /// [retire](KeyRing::retire) keys. Whatever was verified before is verified anew.
    pub fn change<T>(&self, change: impl FnOnce(&mut KeyRing) -> T) -> T {
        let changed = change(&mut self.ring.write().unwrap_or_else(PoisonError::into_inner));
        self.revocations.revoke_all();
        changed
    }

    pub(super) fn revocations(&self) -> &Revocations {
        &self.revocations
    }

    /// Reads the ring.
    pub fn read<T>(&self, read: impl FnOnce(&KeyRing) -> T) -> T {
        read(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn sign(
        &self,
        payload: &str,
        token_type: Option<&str>,
        names_only_key: bool,
    ) -> Result<String, crate::keys::SigningError> {
        self.read(|ring| {
            let key: &SigningKey = ring.active();
            key.sign_naming_key(payload, token_type, names_only_key || !ring.is_single())
        })
    }

    fn find(&self, wanted: &WantedKey) -> Option<JwtKey> {
        self.read(|ring| ring.verifying_key(&wanted.algorithm, wanted.id.as_deref()))
    }
}

impl JwtKeySource for TokenKeys {
    fn find_now(&self, wanted: &WantedKey) -> KeyLookup {
        self.find(wanted).map_or(KeyLookup::Unknown, KeyLookup::Found)
    }

    async fn find(&self, wanted: WantedKey) -> Result<Option<JwtKey>, StoreError> {
        Ok(Self::find(self, &wanted))
    }

    fn revocations(&self) -> Option<Revocations> {
        Some(self.revocations.clone())
    }
}

impl IssuedToken {
    /// The token, for the client.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// The public id (`jti`).
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// When it was issued, in whole seconds.
    #[must_use]
    pub fn issued_at(&self) -> SystemTime {
        self.issued_at
    }

    /// From when on it is refused, in whole seconds.
    #[must_use]
    pub fn expires_at(&self) -> SystemTime {
        self.expires_at
    }
}

impl fmt::Debug for IssuedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuedToken")
            .field("id", &self.id)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for TokenIssuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenIssuer").field("purpose", &self.0.purpose).finish_non_exhaustive()
    }
}

impl fmt::Debug for TokenIssuerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenIssuerBuilder").field("purpose", &self.0.purpose).finish_non_exhaustive()
    }
}

impl fmt::Debug for TokenKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.read(|ring| fmt::Debug::fmt(ring, f))
    }
}
