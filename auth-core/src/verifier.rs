//! Verifiers: a credential in, a verified value with its facts or a reason out.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::cache::Caching;
use crate::credential::Credential;
use crate::facts::Facts;
pub use crate::map_facts::MapFactsVerifier;
use crate::principal::PrincipalError;
use crate::source::Source;
use crate::verified::Verified;

/// What belongs to one attempt to authenticate, beside the credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// The time of the request; compare with nothing else.
    pub now: SystemTime,
    /// Where the request comes from.
    pub source: Source,
}

impl Attempt {
    /// An attempt at `now` from `source`.
    #[must_use]
    pub fn new(now: SystemTime, source: Source) -> Self {
        Self { now, source }
    }
}

/// Believes or refuses one kind of credential.
///
/// A verifier has two ways to answer. [`try_verify`](Self::try_verify) borrows the credential and answers at
/// once, or not at all; [`verify`](Self::verify) owns it and may wait. The second is asked only where the first
/// gave no answer.
///
/// # Examples
///
/// ```
/// use auth_core::credential::{BearerRef, BearerToken};
/// use auth_core::{Attempt, Facts, Reason, Verified, Verifier, VerifyError};
///
/// struct OneToken(&'static str);
///
/// impl Verifier<BearerToken> for OneToken {
///     type Value = &'static str;
///
///     async fn verify(&self, token: BearerToken, _: Attempt) -> Result<Verified<&'static str>, VerifyError> {
///         if token.as_ref().reveal() != self.0 {
///             return Err(VerifyError::refused(Reason::UNKNOWN_CREDENTIAL));
///         }
///         Ok(Verified::new(Facts::new("alice"), "alice"))
///     }
/// }
/// ```
pub trait Verifier<C: Credential>: Send + Sync + 'static {
    /// What a credential stands for: claims, an account, a record, or the realm's principal itself.
    type Value: Send + Sync + 'static;

    /// Decides at once, without waiting, or returns `None` to be asked through [`verify`](Self::verify).
    fn try_verify(
        &self,
        credential: &C::Parsed<'_>,
        attempt: &Attempt,
    ) -> Option<Result<Verified<Self::Value>, VerifyError>> {
        let _ = (credential, attempt);
        None
    }

    /// Decides, in its own time.
    ///
    /// # Errors
    ///
    /// [`VerifyError`] says whether the credential is refused, the caller guesses too fast, or nothing can be
    /// decided now.
    fn verify(
        &self,
        credential: C,
        attempt: Attempt,
    ) -> impl Future<Output = Result<Verified<Self::Value>, VerifyError>> + Send;

    /// How long what was verified may be believed again without asking, and who withdraws it; `None` if it may not.
    ///
    /// Say yes only if [`Revocations`](crate::cache::Revocations) hears of every change of what the verdict rests on.
    fn caching(&self) -> Option<Caching> {
        None
    }

    /// Turns the verified value into another, usually the realm's principal.
    ///
    /// The map has to depend on its arguments only: its result may be [cached](crate::cache) with the verdict.
    fn map<U, F>(self, map: F) -> MapVerifier<Self, F>
    where
        Self: Sized,
        Self::Value: Clone,
        U: Send + Sync + 'static,
        F: Fn(&Facts, Self::Value) -> U + Send + Sync + 'static,
    {
        MapVerifier { inner: self, map }
    }

    /// Turns the verified value into another, or refuses the credential.
    fn try_map<U, F>(self, map: F) -> TryMapVerifier<Self, F>
    where
        Self: Sized,
        Self::Value: Clone,
        U: Send + Sync + 'static,
        F: Fn(&Facts, Self::Value) -> Result<U, PrincipalError> + Send + Sync + 'static,
    {
        TryMapVerifier { inner: self, map }
    }

    /// Says other roles, scopes or factors than this verifier: where names differ, or one role includes others. Subject,
    /// issuer, expiry and the credential's id stay as they are.
    ///
    /// The map has to depend on its argument only: its result may be [cached](crate::cache) with the verdict.
    ///
    /// # Security
    ///
    /// Policies believe what the map says: a role that it adds is one that the party has.
    ///
    /// # Examples
    ///
    /// ```
    /// use auth_core::Verifier;
    /// use auth_core::credential::BearerToken;
    ///
    /// // Whoever is an editor is a reader too.
    /// fn inclusive(tokens: impl Verifier<BearerToken, Value = String>) -> impl Verifier<BearerToken> {
    ///     tokens.map_facts(|facts| if facts.has_role("editor") { facts.with_roles(["reader"]) } else { facts })
    /// }
    /// ```
    fn map_facts<F>(self, map: F) -> MapFactsVerifier<Self, F>
    where
        Self: Sized,
        Self::Value: Clone,
        F: Fn(Facts) -> Facts + Send + Sync + 'static,
    {
        MapFactsVerifier::new(self, map)
    }
}

/// Verifiers are shared as they are.
impl<C: Credential, V: Verifier<C> + ?Sized> Verifier<C> for Arc<V> {
    type Value = V::Value;

    fn try_verify(
        &self,
        credential: &C::Parsed<'_>,
        attempt: &Attempt,
    ) -> Option<Result<Verified<V::Value>, VerifyError>> {
        V::try_verify(self, credential, attempt)
    }

    async fn verify(&self, credential: C, attempt: Attempt) -> Result<Verified<V::Value>, VerifyError> {
        V::verify(self, credential, attempt).await
    }

    fn caching(&self) -> Option<Caching> {
        V::caching(self)
    }
}

/// The verifier that [`Verifier::map`] makes.
#[derive(Clone, Debug)]
pub struct MapVerifier<V, F> {
    inner: V,
    map: F,
}

/// The verifier that [`Verifier::try_map`] makes.
#[derive(Clone, Debug)]
pub struct TryMapVerifier<V, F> {
    inner: V,
    map: F,
}

impl<C, V, U, F> Verifier<C> for MapVerifier<V, F>
where
    C: Credential,
    V: Verifier<C>,
    V::Value: Clone,
    U: Send + Sync + 'static,
    F: Fn(&Facts, V::Value) -> U + Send + Sync + 'static,
{
    type Value = U;

    fn try_verify(&self, credential: &C::Parsed<'_>, attempt: &Attempt) -> Option<Result<Verified<U>, VerifyError>> {
        Some(self.inner.try_verify(credential, attempt)?.map(|verified| self.mapped(verified)))
    }

    async fn verify(&self, credential: C, attempt: Attempt) -> Result<Verified<U>, VerifyError> {
        self.inner.verify(credential, attempt).await.map(|verified| self.mapped(verified))
    }

    fn caching(&self) -> Option<Caching> {
        self.inner.caching()
    }
}

impl<V, F> MapVerifier<V, F> {
    fn mapped<T: Clone, U>(&self, verified: Verified<T>) -> Verified<U>
    where
        F: Fn(&Facts, T) -> U,
    {
        let (facts, value) = verified.into_parts();
        let mapped = (self.map)(&facts, value);
        Verified::new(facts, mapped)
    }
}

impl<C, V, U, F> Verifier<C> for TryMapVerifier<V, F>
where
    C: Credential,
    V: Verifier<C>,
    V::Value: Clone,
    U: Send + Sync + 'static,
    F: Fn(&Facts, V::Value) -> Result<U, PrincipalError> + Send + Sync + 'static,
{
    type Value = U;

    fn try_verify(&self, credential: &C::Parsed<'_>, attempt: &Attempt) -> Option<Result<Verified<U>, VerifyError>> {
        Some(self.inner.try_verify(credential, attempt)?.and_then(|verified| self.mapped(verified)))
    }

    async fn verify(&self, credential: C, attempt: Attempt) -> Result<Verified<U>, VerifyError> {
        self.inner.verify(credential, attempt).await.and_then(|verified| self.mapped(verified))
    }

    fn caching(&self) -> Option<Caching> {
        self.inner.caching()
    }
}

impl<V, F> TryMapVerifier<V, F> {
    fn mapped<T: Clone, U>(&self, verified: Verified<T>) -> Result<Verified<U>, VerifyError>
    where
        F: Fn(&Facts, T) -> Result<U, PrincipalError>,
    {
        let (facts, value) = verified.into_parts();
        let mapped = (self.map)(&facts, value)?;
        Ok(Verified::new(facts, mapped))
    }
}

/// Why a verifier does not believe a credential, or cannot tell.
///
/// # Examples
///
/// ```
/// use auth_core::{Reason, VerifyError, VerifyErrorKind};
///
/// const ON_HOLIDAY: Reason = Reason::custom("on_holiday"); // for the log; the caller gets 401 and no reason
/// let refused = VerifyError::refused(ON_HOLIDAY);
/// assert_eq!((refused.kind(), refused.reason().as_str()), (VerifyErrorKind::Refused, "on_holiday"));
///
/// let down = VerifyError::unavailable(Reason::STORE).with_source("connection refused"); // 503, and nobody passes
/// assert_eq!(down.kind(), VerifyErrorKind::Unavailable);
/// ```
#[derive(Debug)]
pub struct VerifyError {
    kind: VerifyErrorKind,
    reason: Reason,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// What a [`VerifyError`] means for the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum VerifyErrorKind {
    /// The credential is not good: 401.
    Refused,
    /// The caller guesses too fast: 429.
    Throttled {
        /// How long the caller has to wait; sent in whole seconds, rounded up.
        retry_after: Duration,
    },
    /// Nothing can be decided now, because a store, a key server or a queue does not answer: 503.
    Unavailable,
}

impl VerifyError {
    /// The credential is not good.
    #[must_use]
    pub fn refused(reason: Reason) -> Self {
        Self { kind: VerifyErrorKind::Refused, reason, source: None }
    }

    /// The caller guesses too fast.
    #[must_use]
    pub fn throttled(retry_after: Duration) -> Self {
        Self { kind: VerifyErrorKind::Throttled { retry_after }, reason: Reason::THROTTLED, source: None }
    }

    /// Nothing can be decided now.
    #[must_use]
    pub fn unavailable(reason: Reason) -> Self {
        Self { kind: VerifyErrorKind::Unavailable, reason, source: None }
    }

    /// Adds the cause, for the operator's log. It must not hold a secret.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What the error means for the request.
    #[must_use]
    pub fn kind(&self) -> VerifyErrorKind {
        self.kind
    }

    /// The stable name of the reason.
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.reason
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            VerifyErrorKind::Refused => "credentials refused",
            VerifyErrorKind::Throttled { .. } => "too many attempts",
            VerifyErrorKind::Unavailable => "cannot decide now",
        })
    }
}

impl Error for VerifyError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| -> &(dyn Error + 'static) { source })
    }
}

impl From<PrincipalError> for VerifyError {
    fn from(error: PrincipalError) -> Self {
        Self::refused(Reason::PRINCIPAL).with_source(error)
    }
}

/// The stable name of why a request is refused, as `auth.reason` shows it to the operator.
///
/// It never reaches the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reason(&'static str);

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        impl Reason {
            $($(#[$doc])* pub const $name: Self = Self($text);)*

            /// Every reason that this crate gives.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

reasons! {
    /// The request presents no credentials that the policy accepts.
    NO_CREDENTIALS = "no_credentials";
    /// An `Authorization` field is present, but of no scheme that the policy accepts.
    OTHER_SCHEME = "other_scheme";
    /// Two values of one field, or two explicit methods.
    AMBIGUOUS = "ambiguous_credentials";
    /// The credential does not have the form of its kind.
    MALFORMED = "malformed";
    /// The credential is longer than 8 KiB.
    TOO_LONG = "too_long";
    /// The token or key is not known.
    UNKNOWN_CREDENTIAL = "unknown_credential";
    /// The key is not for this application.
    WRONG_PREFIX = "wrong_prefix";
    /// The user is unknown, or the password is wrong.
    WRONG_PASSWORD = "wrong_password";
    /// The account is right, but may not sign in this way.
    ACCOUNT_STATE = "account_state";
    /// The credential was withdrawn.
    REVOKED = "revoked";
    /// The credential was good once.
    EXPIRED = "expired";
    /// The credential is not good yet.
    NOT_YET_VALID = "not_yet_valid";
    /// The token's header cannot be read, or asks for something that is refused.
    TOKEN_HEADER = "token_header";
    /// The token's `typ` is not accepted.
    TOKEN_TYPE = "token_type";
    /// The token is bound to a key of its sender, and nothing shows that the sender has it.
    SENDER_CONSTRAINED = "sender_constrained";
    /// The token's algorithm is not the key's.
    ALGORITHM = "algorithm";
    /// No key has the token's `kid`.
    UNKNOWN_KEY = "unknown_key";
    /// The signature is wrong.
    SIGNATURE = "signature";
    /// The claims cannot be read, or one has a wrong type.
    CLAIMS = "claims";
    /// The token is from another issuer.
    ISSUER = "issuer";
    /// The token is for another audience.
    AUDIENCE = "audience";
    /// The principal could not be made of what was verified.
    PRINCIPAL = "principal";
    /// A cookie on a request that another site may have caused.
    CROSS_SITE = "cross_site";
    /// The request came over plain http, where the realm asks for https.
    PLAIN_HTTP = "plain_http";
    /// A scope is missing.
    MISSING_SCOPE = "missing_scope";
    /// A role is missing.
    MISSING_ROLE = "missing_role";
    /// A factor is missing or too old.
    MISSING_FACTOR = "missing_factor";
    /// A check of the policy said no.
    CHECK = "check";
    /// The handler's own check said no.
    OBJECT = "object";
    /// The caller guesses too fast.
    THROTTLED = "throttled";
    /// A store did not answer.
    STORE = "store_unavailable";
    /// A key server did not answer.
    KEY_SERVER = "key_server_unavailable";
    /// Too many password hashes are waiting.
    HASH_QUEUE = "hash_queue_full";
    /// The program is put together wrongly.
    MISCONFIGURED = "misconfigured";
    /// There is nothing at this address.
    NOT_FOUND = "not_found";
    /// A handler ran and no policy had been decided.
    UNDECIDED = "undecided";
}

impl Reason {
    /// A reason of a verifier outside this crate: lower case with underscores.
    #[must_use]
    pub const fn custom(name: &'static str) -> Self {
        Self(name)
    }

    /// The name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
