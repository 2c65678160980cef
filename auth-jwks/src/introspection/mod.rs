//! Token introspection: opaque tokens, which only their issuer can read (RFC 7662).
//!
//! The provider is asked about each token and says who it stands for. An answer that says yes is kept for a moment,
//! by the SHA-256 of the token; one that says no never is, since a token that is unknown now may be issued in the
//! next instant. What the provider says is not taken on trust alone: audience, issuer and times are checked here,
//! and a token of another kind (a refresh token, a token that is bound to a key) is refused.
//!
//! | the provider | the request |
//! | --- | --- |
//! | says `"active": true`, and all checks hold | passes |
//! | says `"active": false`; or a check fails | 401 |
//! | does not answer, with another status than 200, or with something that cannot be read | 503 |
//!
//! | rule | value |
//! | --- | --- |
//! | a positive answer is kept | until the token's `exp`, at most [`cache_for`](IntrospectionVerifierBuilder::cache_for): 60 seconds or less |
//! | answers kept | [`cache_capacity`](IntrospectionVerifierBuilder::cache_capacity): 10,000, oldest dropped first |
//! | requests with one token | share one question |
//! | questions at once | at most 256; more: 503 at once |
//! | answer | status 200, 256 KiB, 2 seconds, no redirect |
//!
//! # Deployment
//!
//! - A token that the provider revokes passes until its answer is dropped: set `cache_for` to the delay that you can
//!   accept, or have [no cache](IntrospectionVerifierBuilder::without_cache), and every request asks.
//! - Every unknown token costs the provider a question. Put a rate limit in front if strangers can reach the service.
//! - Questions run on the tokio runtime of the request that caused them.

mod answer;
mod builder;
mod error;
mod table;

pub use builder::IntrospectionVerifierBuilder;
pub use error::{IntrospectionError, IntrospectionErrorKind};

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use auth_core::credential::{BearerRef, BearerToken};
use auth_core::{Attempt, Claims, Reason, Verified, Verifier, VerifyError};
use sha2::{Digest as _, Sha256};
use tokio::runtime::Handle;
use tokio::time::{self, Instant};

use crate::address::Address;
use crate::fetch::{ClientCredentials, Fetcher, MAX_WAIT};
use answer::{Answer, Expected};
use table::{Asker, Question, Table, TokenDigest};

/// Believes tokens that their issuer says are active. Clones share one cache, which no setting of a realm turns off:
/// [`IntrospectionVerifierBuilder::without_cache`] does.
///
/// The value of what it verifies is the answer's [`Claims`]. Facts are made of `sub`, `iss`, `scope` (a space list),
/// `roles` (a list), `amr`, `auth_time`, `exp` and `jti`.
///
/// # Examples
///
/// ```
/// use auth_core::credential::BearerToken;
/// use auth_core::{Attempt, Source, Verifier, VerifyErrorKind};
/// use auth_jwks::IntrospectionVerifier;
/// # struct Provider;
/// # impl auth_jwks::Fetch for Provider {
/// #     async fn get(&self, _: &str) -> Result<Vec<u8>, auth_jwks::FetchError> { unreachable!() }
/// #     async fn post_form(&self, _: &str, _: &auth_jwks::fetch::ClientCredentials, form: &[(&str, &str)])
/// #         -> Result<Vec<u8>, auth_jwks::FetchError> {
/// #         Ok(match form {
/// #             [("token", "mF_9.B5f-4.1JqM"), ..] => br#"{"active":true,"sub":"alice","aud":"api.example"}"#.to_vec(),
/// #             _ => br#"{"active":false}"#.to_vec(),
/// #         })
/// #     }
/// # }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let verifier = IntrospectionVerifier::at("https://issuer.example/introspect")
///     .client("api", "the secret of this service")
///     .audience("api.example")
///     .fetch(Provider) // a fake, instead of HTTP
///     .build()?;
/// let attempt = Attempt::new(std::time::SystemTime::now(), Source::Unknown);
/// let token: BearerToken = "mF_9.B5f-4.1JqM".parse()?;
///
/// let verified = verifier.verify(token, attempt).await?;
/// assert_eq!(verified.facts().subject, "alice");
///
/// let refused = verifier.verify("another".parse()?, attempt).await.unwrap_err();
/// assert_eq!(refused.kind(), VerifyErrorKind::Refused);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct IntrospectionVerifier(Arc<Provider>);

/// What the clones share.
struct Provider {
    address: Address,
    client: ClientCredentials,
    expected: Expected,
    fetch: Fetcher,
    cache_for: Duration,
    table: Mutex<Table>,
}

/// How a question ended, for everybody who waits for it.
#[derive(Clone)]
#[cfg_attr(test, derive(Debug))]
enum Outcome {
    Active(Arc<Answer>),
    Refused(Reason),
    Unavailable(IntrospectionError),
}

/// What there is about a token.
enum Asked {
    Known(Arc<Answer>),
    Question(Question),
}

/// Held by the task that asks. Whatever becomes of the task, the next question about the token is free to go.
struct Asking {
    provider: Arc<Provider>,
    digest: TokenDigest,
    asker: Asker,
    is_noted: bool,
}

impl IntrospectionVerifier {
    /// Begins a verifier that asks at `address`. A client and an audience are needed.
    pub fn at(address: impl Into<String>) -> IntrospectionVerifierBuilder {
        IntrospectionVerifierBuilder::new(address.into())
    }

    /// Forgets every answer, so that each token is asked about anew; a question that is under way is asked again by
    /// whoever comes after this.
    pub fn forget_answers(&self) {
        self.0.table().clear();
    }
}

impl Verifier<BearerToken> for IntrospectionVerifier {
    type Value = Claims;

    fn try_verify(&self, token: &BearerRef<'_>, attempt: &Attempt) -> Option<Result<Verified<Claims>, VerifyError>> {
        let answer = self.0.table().answer(&digest(*token), attempt.now, Instant::now())?;
        Some(self.0.expected.admit(&answer, attempt.now).map_err(VerifyError::refused))
    }

    async fn verify(&self, token: BearerToken, attempt: Attempt) -> Result<Verified<Claims>, VerifyError> {
        let outcome = match self.0.ask(token, attempt) {
            Ok(Asked::Known(answer)) => Outcome::Active(answer),
            Ok(Asked::Question(question)) => time::timeout(MAX_WAIT, outcome(question))
                .await
                .unwrap_or_else(|_| Outcome::Unavailable(IntrospectionErrorKind::TimedOut.into())),
            Err(error) => Outcome::Unavailable(error),
        };
        match outcome {
            Outcome::Active(answer) => self.0.expected.admit(&answer, attempt.now).map_err(VerifyError::refused),
            Outcome::Refused(reason) => Err(VerifyError::refused(reason)),
            Outcome::Unavailable(error) => Err(VerifyError::unavailable(UNAVAILABLE).with_source(error)),
        }
    }
}

/// The provider did not answer.
const UNAVAILABLE: Reason = Reason::custom("introspection_unavailable");

impl Provider {
    /// Nothing that may panic happens under this lock, and every state of it is a good one.
    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Finds the answer about the token, joins the question that is under way, or asks, in a task of its own: nobody
    /// who waits for it, and goes away, takes it along.
    fn ask(self: &Arc<Self>, token: BearerToken, attempt: Attempt) -> Result<Asked, IntrospectionError> {
        let digest = digest(token.as_ref());
        let mut table = self.table();
        if let Some(answer) = table.answer(&digest, attempt.now, Instant::now()) {
            return Ok(Asked::Known(answer));
        }
        let runtime = Handle::try_current().or(Err(IntrospectionErrorKind::NoRuntime))?;
        let (question, asker) = table.join_or_begin(digest)?;
        // A runtime that is shutting down drops the task at once, and that wants the lock.
        drop(table);
        if let Some(asker) = asker {
            let asking = Asking { provider: Arc::clone(self), digest, asker, is_noted: false };
            drop(runtime.spawn(asking.ask(token, attempt)));
        }
        Ok(Asked::Question(question))
    }

    async fn outcome(&self, token: &BearerToken) -> Outcome {
        let form = [("token", token.as_ref().reveal()), ("token_type_hint", "access_token")];
        let result = match self.fetch.post_form(self.address.as_str(), &self.client, &form).await {
            Ok(body) => self.expected.read(&body),
            Err(error) => Err(IntrospectionError::with_source(IntrospectionErrorKind::Unreachable, error)),
        };
        match result {
            Ok(Ok(answer)) => Outcome::Active(Arc::new(answer)),
            Ok(Err(reason)) => Outcome::Refused(reason),
            Err(error) => Outcome::Unavailable(error),
        }
    }
}

impl Asking {
    async fn ask(mut self, token: BearerToken, attempt: Attempt) {
        let outcome = self.provider.outcome(&token).await;
        self.note(outcome, Some(attempt));
    }

    fn note(&mut self, outcome: Outcome, attempt: Option<Attempt>) {
        self.is_noted = true;
        let kept = match (&outcome, attempt) {
            (Outcome::Active(answer), Some(attempt)) => {
                let left = answer.time_left(attempt.now).min(self.provider.cache_for);
                Instant::now().checked_add(left).map(|until| (Arc::clone(answer), until)).filter(|_| !left.is_zero())
            }
            _ => None,
        };
        self.provider.table().end(self.digest, &self.asker, kept);
        self.asker.send_replace(Some(outcome));
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        if !self.is_noted {
            self.note(Outcome::Unavailable(IntrospectionErrorKind::Aborted.into()), None);
        }
    }
}

/// How the question ends.
async fn outcome(mut question: Question) -> Outcome {
    match question.wait_for(Option::is_some).await.as_deref() {
        Ok(Some(outcome)) => outcome.clone(),
        _ => Outcome::Unavailable(IntrospectionErrorKind::Aborted.into()),
    }
}

fn digest(token: BearerRef<'_>) -> TokenDigest {
    Sha256::digest(token.reveal()).into()
}

impl fmt::Debug for IntrospectionVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IntrospectionVerifier")
            .field("address", &self.0.address)
            .field("client", &self.0.client)
            .field("cache_for", &self.0.cache_for)
            .finish_non_exhaustive()
    }
}
