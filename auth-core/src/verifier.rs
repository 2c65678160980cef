//! Verifiers: a credential in, a verified value with its facts or a reason out.

use std::future::Future;
use std::sync::Arc;
use std::time::SystemTime;

use crate::cache::Caching;
use crate::credential::Credential;
use crate::facts::Facts;
pub use crate::map_facts::MapFactsVerifier;
use crate::principal::PrincipalError;
pub use crate::reason::Reason;
use crate::source::Source;
use crate::verified::Verified;
pub use crate::verify_error::{VerifyError, VerifyErrorKind};

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
