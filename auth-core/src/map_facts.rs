//! Verifiers that say other roles and scopes than the one inside.

use crate::cache::Caching;
use crate::credential::Credential;
use crate::facts::Facts;
use crate::verified::Verified;
use crate::verifier::{Attempt, Verifier, VerifyError};

/// The verifier that [`Verifier::map_facts`] makes.
#[derive(Clone, Debug)]
pub struct MapFactsVerifier<V, F> {
    inner: V,
    map: F,
}

impl<V, F: Fn(Facts) -> Facts> MapFactsVerifier<V, F> {
    pub(crate) fn new(inner: V, map: F) -> Self {
        Self { inner, map }
    }

    fn mapped<T: Clone>(&self, verified: Verified<T>) -> Verified<T> {
        let (facts, value) = verified.into_parts();
        // What a cached verdict is withdrawn by, and until when it holds, are the credential's own.
        let (subject, issuer) = (facts.subject.clone(), facts.issuer.clone());
        let (credential_id, expires_at) = (facts.credential_id.clone(), facts.expires_at);
        let facts = (self.map)(facts);
        Verified::new(Facts { subject, issuer, expires_at, credential_id, ..facts }, value)
    }
}

impl<C, V, F> Verifier<C> for MapFactsVerifier<V, F>
where
    C: Credential,
    V: Verifier<C>,
    V::Value: Clone,
    F: Fn(Facts) -> Facts + Send + Sync + 'static,
{
    type Value = V::Value;

    fn try_verify(
        &self,
        credential: &C::Parsed<'_>,
        attempt: &Attempt,
    ) -> Option<Result<Verified<V::Value>, VerifyError>> {
        Some(self.inner.try_verify(credential, attempt)?.map(|verified| self.mapped(verified)))
    }

    async fn verify(&self, credential: C, attempt: Attempt) -> Result<Verified<V::Value>, VerifyError> {
        self.inner.verify(credential, attempt).await.map(|verified| self.mapped(verified))
    }

    fn caching(&self) -> Option<Caching> {
        self.inner.caching()
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};
    use std::time::SystemTime;

    use super::*;
    use crate::credential::{BearerRef, BearerToken};
    use crate::source::Source;

    /// Believes every token, at once or in its own time.
    struct Everybody {
        at_once: bool,
    }

    fn alice() -> Verified<u8> {
        let facts = Facts::new("alice").with_roles(["user"]).with_credential_id("1");
        Verified::new(facts.with_expiry(SystemTime::UNIX_EPOCH), 7)
    }

    impl Verifier<BearerToken> for Everybody {
        type Value = u8;

        fn try_verify(&self, _: &BearerRef<'_>, _: &Attempt) -> Option<Result<Verified<u8>, VerifyError>> {
            self.at_once.then(|| Ok(alice()))
        }

        async fn verify(&self, _: BearerToken, _: Attempt) -> Result<Verified<u8>, VerifyError> {
            Ok(alice())
        }
    }

    #[test]
    fn roles_change_and_the_credential_stays_who_it_is() {
        let attempt = Attempt::new(SystemTime::UNIX_EPOCH, Source::Unknown);
        let map = |_| Facts::new("mallory").with_roles(["admin"]).with_credential_id("2").with_issuer("x");
        let (mut expected, value) = alice().into_parts();
        expected.roles = vec!["admin".into()];
        for at_once in [true, false] {
            let verifier = Verifier::<BearerToken>::map_facts(Everybody { at_once }, map);
            let token = BearerToken::parse(b"t").expect("a token");
            let answer = verifier.try_verify(&token, &attempt);
            assert_eq!(answer.is_some(), at_once);
            let answer = answer.unwrap_or_else(|| {
                let waiting = pin!(verifier.verify(BearerToken::into_owned(token), attempt));
                match waiting.poll(&mut Context::from_waker(Waker::noop())) {
                    Poll::Ready(answer) => answer,
                    Poll::Pending => panic!("it waits for nothing"),
                }
            });
            assert_eq!(answer.expect("believed").into_parts(), (expected.clone(), value), "{at_once}");
        }
    }
}
