//! The check of one request against one policy.

use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::answer::{Respondent, accepts_nothing, misconfigured, must_close};
use super::handle::{Handle, Outcome, Verdict};
use super::report::{report, report_passed};
use crate::catalogue::Endpoint;
use crate::evaluate::{Party, evaluate};
use crate::extract::{Accepted, Presented, present};
use crate::head::RequestHead;
use crate::realm::{AnyRealm, PendingVerification, Verification};
use crate::refusal::Refusal;
use crate::verified::ErasedVerified;
use crate::verifier::{Attempt, Reason, VerifyError};

/// Begins to decide whether the request may reach the endpoint's handler.
///
/// Borrows the request only for the call. The verdict becomes the one that the handler's principal is read from.
/// Without a handle, which a missing layer means, every policy but a public one is refused with 500.
#[must_use = "nothing is decided until the check is awaited"]
pub fn begin(handle: Option<&Handle>, head: &dyn RequestHead, endpoint: &'static Endpoint) -> Check {
    Check::begin(handle, head, endpoint, true)
}

/// The same for a layer around handlers: the verdict is kept, but no handler's principal is read from it.
#[must_use = "nothing is decided until the check is awaited"]
pub fn begin_layer(handle: Option<&Handle>, head: &dyn RequestHead, endpoint: &'static Endpoint) -> Check {
    Check::begin(handle, head, endpoint, false)
}

/// A decision under way: a future that owns what it needs.
///
/// Dropping it decides nothing, so the request does not pass.
#[must_use = "nothing is decided until the check is awaited"]
#[derive(Debug)]
pub struct Check(State);

enum State {
    Done(Option<Result<Verdict, Refusal>>),
    Pending { verification: PendingVerification, then: Continuation },
}

/// What remains to be done after a verification.
struct Continuation {
    handle: Handle,
    respondent: Respondent,
    scheme: usize,
    attempt: Attempt,
    is_current: bool,
}

impl Check {
    fn begin(handle: Option<&Handle>, head: &dyn RequestHead, endpoint: &'static Endpoint, is_current: bool) -> Self {
        if endpoint.policy.public.is_some() {
            let verdict =
                Verdict { realm: None, endpoint, outcome: Outcome::Public, leaves_body_unread: must_close(head) };
            if let Some(handle) = handle {
                handle.record(&verdict, is_current);
            }
            return Self::done(Ok(verdict));
        }
        let Some(handle) = handle else {
            let problem = "no layer put a realm into the request; add `AuthLayer::new(realm)` around the router";
            return Self::done(Err(misconfigured(None, endpoint, must_close(head), problem)));
        };
        let Some(realm) = handle.find(endpoint.policy.realm) else {
            let problem =
                format!("no layer put realm {:?} into the request", endpoint.policy.realm.unwrap_or_default());
            return Self::done(Err(misconfigured(None, endpoint, must_close(head), &problem)));
        };
        decide(handle, realm, head, endpoint, is_current)
    }

    fn done(result: Result<Verdict, Refusal>) -> Self {
        Self(State::Done(Some(result)))
    }
}

fn decide(
    handle: &Handle,
    realm: &AnyRealm,
    head: &dyn RequestHead,
    endpoint: &'static Endpoint,
    is_current: bool,
) -> Check {
    let inner = realm.inner();
    let policy = &endpoint.policy;
    let mut respondent = Respondent {
        realm: realm.clone(),
        endpoint,
        accepted: Accepted::default(),
        leaves_body_unread: must_close(head),
    };
    respondent.accepted = match inner.accepted(policy) {
        Ok(accepted) => accepted,
        Err(missing) => {
            let problem = format!("realm {:?} has no scheme `{missing}`, which the policy accepts", realm.name());
            return Check::done(Err(respondent.misconfigured(&problem)));
        }
    };
    if accepts_nothing(policy) || inner.challenges(policy, respondent.accepted).next().is_none() {
        let problem = format!("the policy accepts no scheme of realm {:?} that has a challenge", realm.name());
        return Check::done(Err(respondent.misconfigured(&problem)));
    }
    let attempt = Attempt::new(inner.clock.now(), inner.source.locate(head));
    let found = match present(&inner.schemes, respondent.accepted, head) {
        Presented::One(found) => found,
        Presented::Nothing if policy.optional => {
            let verdict = respondent.verdict(Outcome::Guest);
            handle.record(&verdict, is_current);
            return Check::done(Ok(verdict));
        }
        Presented::Nothing => {
            return Check::refused(respondent.no_credentials(Reason::NO_CREDENTIALS), &respondent, None);
        }
        Presented::NotAccepted => {
            return Check::refused(respondent.no_credentials(Reason::OTHER_SCHEME), &respondent, None);
        }
        Presented::Ambiguous => return Check::refused(respondent.ambiguous(), &respondent, None),
    };
    let scheme = found.scheme;
    let Some(entry) = inner.schemes.get(scheme) else {
        return Check::done(Err(respondent.misconfigured("a scheme went missing")));
    };
    if entry.carrier.is_ambient() && !is_same_origin(head, &inner.options.trusted_origins) {
        return Check::refused(respondent.forbidden(Reason::CROSS_SITE), &respondent, Some(scheme));
    }
    let then = Continuation { handle: handle.clone(), respondent, scheme, attempt, is_current };
    if let Some(verified) = handle.authenticated(realm, scheme) {
        return Check::done(then.finish(Ok(verified)));
    }
    let Some(raw) = found.raw else {
        return Check::done(Err(then.malformed(Reason::MALFORMED)));
    };
    if raw.len() > crate::credential::MAX_CREDENTIAL_LEN {
        return Check::done(Err(then.malformed(Reason::TOO_LONG)));
    }
    match entry.verifier.begin(&raw, &attempt) {
        Verification::Done(result) => Check::done(then.finish(result)),
        Verification::Malformed => Check::done(Err(then.malformed(Reason::MALFORMED))),
        Verification::Pending(verification) => Check(State::Pending { verification, then }),
    }
}

impl Check {
    fn refused(refusal: Refusal, respondent: &Respondent, scheme: Option<usize>) -> Self {
        report(&refusal, respondent, scheme, None);
        Self::done(Err(refusal))
    }
}

impl Continuation {
    fn malformed(&self, reason: Reason) -> Refusal {
        let refusal = self.respondent.invalid_credentials(self.scheme, reason);
        report(&refusal, &self.respondent, Some(self.scheme), None);
        refusal
    }

    /// From the verifier's answer to the verdict: the party is judged by the policy's requirement.
    fn finish(&self, result: Result<ErasedVerified, VerifyError>) -> Result<Verdict, Refusal> {
        let verified = result.map_err(|error| {
            let refusal = self.respondent.verify_error(self.scheme, &error);
            report(&refusal, &self.respondent, Some(self.scheme), Error::source(&error));
            refusal
        })?;
        let party = Party { principal: verified.value(), facts: verified.facts(), now: self.attempt.now };
        evaluate(&self.respondent.endpoint.policy.requirement, party).map_err(|lacking| {
            let refusal = self.respondent.lacking(&lacking);
            report(&refusal, &self.respondent, Some(self.scheme), None);
            refusal
        })?;
        let verdict = self.respondent.verdict(Outcome::Party { scheme: self.scheme, verified });
        report_passed(&self.respondent, self.scheme);
        self.handle.record(&verdict, self.is_current);
        Ok(verdict)
    }
}

impl Respondent {
    fn verdict(&self, outcome: Outcome) -> Verdict {
        Verdict {
            realm: Some(self.realm.clone()),
            endpoint: self.endpoint,
            outcome,
            leaves_body_unread: self.leaves_body_unread,
        }
    }
}

impl Future for Check {
    type Output = Result<Verdict, Refusal>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let state = &mut self.get_mut().0;
        let result = match state {
            State::Done(result) => match result.take() {
                Some(result) => result,
                // Polled after it was ready: whoever does that gets no second answer.
                None => return Poll::Pending,
            },
            State::Pending { verification, then } => match verification.as_mut().poll(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(result) => then.finish(result),
            },
        };
        *state = State::Done(None);
        Poll::Ready(result)
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Done(_) => "Done",
            Self::Pending { .. } => "Pending",
        })
    }
}

/// Whether a request with a cookie can only come from a page of the same or a trusted origin.
///
/// Safe methods may come from anywhere; an upgrade may not, whatever its method.
fn is_same_origin(head: &dyn RequestHead, trusted_origins: &[String]) -> bool {
    let is_safe = matches!(head.method(), "GET" | "HEAD" | "OPTIONS" | "TRACE") && !head.has_header("upgrade");
    is_safe
        || matches!(head.sole_header("sec-fetch-site"), Some(b"same-origin" | b"none"))
        || head
            .sole_header("origin")
            .is_some_and(|origin| trusted_origins.iter().any(|trusted| trusted.as_bytes() == origin))
}
