//! What the tests share: a provider that does as it is told, and tokens that are really signed.

mod fake;
mod signer;

pub(crate) use fake::{Asked, Fake, Mode};
pub(crate) use signer::{AUDIENCE, ISSUER, NOW, Signer, jwks};

use std::time::{Duration, SystemTime};

use auth_core::credential::{BearerToken, Credential as _};
use auth_core::jwt::{JwtAlgorithm, JwtVerifier, WantedKey};
use auth_core::{Attempt, Claims, Source, Verified, Verifier, VerifyError};
use auth_jwks::RemoteKeySet;
use std::sync::Arc;

/// The set of the fake provider.
pub(crate) fn key_set(fake: &Arc<Fake>) -> RemoteKeySet {
    RemoteKeySet::at("https://issuer.example/jwks")
        .algorithms([JwtAlgorithm::EdDsa])
        .fetch(Arc::clone(fake))
        .build()
        .unwrap()
}

/// A verifier of tokens by the keys of a set.
pub(crate) fn verifier(keys: &RemoteKeySet) -> JwtVerifier {
    JwtVerifier::builder().issuer(ISSUER).audience(AUDIENCE).key_source(keys.clone()).build().unwrap()
}

pub(crate) fn attempt() -> Attempt {
    attempt_at(NOW)
}

pub(crate) fn attempt_at(seconds: u64) -> Attempt {
    let now = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds)).unwrap();
    Attempt::new(now, Source::Unknown)
}

/// What a realm does: asks at once, and waits only if there was no answer.
pub(crate) async fn check<V: Verifier<BearerToken, Value = Claims>>(
    verifier: &V,
    token: &str,
) -> Result<Verified<Claims>, VerifyError> {
    check_at(verifier, token, NOW).await
}

pub(crate) async fn check_at<V: Verifier<BearerToken, Value = Claims>>(
    verifier: &V,
    token: &str,
    seconds: u64,
) -> Result<Verified<Claims>, VerifyError> {
    let parsed = BearerToken::parse(token.as_bytes()).unwrap();
    match verifier.try_verify(&parsed, &attempt_at(seconds)) {
        Some(answer) => answer,
        None => verifier.verify(BearerToken::into_owned(parsed), attempt_at(seconds)).await,
    }
}

/// `None` if the verifier has to wait.
pub(crate) fn check_now<V: Verifier<BearerToken, Value = Claims>>(
    verifier: &V,
    token: &str,
) -> Option<Result<Verified<Claims>, VerifyError>> {
    verifier.try_verify(&BearerToken::parse(token.as_bytes()).unwrap(), &attempt())
}

/// What the header of a token asks for. `WantedKey` cannot be made outside of its crate, but it can be overheard.
pub(crate) fn wanted(algorithm: &str, id: Option<&str>) -> WantedKey {
    signer::overhear(algorithm, id)
}

/// Lets every task run until there is nothing left to do but wait.
pub(crate) async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

/// Lets the tasks run until something is true.
pub(crate) async fn until(what: &str, is_true: impl Fn() -> bool) {
    for _ in 0..10_000 {
        if is_true() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("it never happened: {what}");
}

/// The kind at the end of an error's causes, as text: the first cause of a store's error.
pub(crate) fn cause(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| (**error).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

pub(crate) const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
