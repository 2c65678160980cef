//! What a handler holds of the party that was let through.

use std::any::type_name;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::answer::{Respondent, misconfigured, misplaced};
use super::check::{Check, begin};
use super::handle::{Handle, Outcome, Verdict};
use crate::facts::Facts;
use crate::head::RequestHead;
use crate::refusal::Refusal;
use crate::verified::Verified;
use crate::verifier::Reason;

/// The principal of a request, with the facts that prove it and the policy that let it pass.
///
/// Adapters wrap it into their own `Auth<P>`, which derefs to the principal.
pub struct Authenticated<P> {
    verified: Verified<P>,
    proof: Proof,
}

#[derive(Clone)]
enum Proof {
    Decided {
        verdict: Verdict,
        scheme: &'static str,
    },
    /// Made by a test.
    Assumed,
}

impl<P> Authenticated<P> {
    /// The principal.
    #[must_use]
    pub fn principal(&self) -> &P {
        self.verified.value()
    }

    /// What is known of the party.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        self.verified.facts()
    }

    /// The name of the scheme whose credential was believed: `bearer`, `basic`, `api_key` or an own one's.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        match &self.proof {
            Proof::Decided { scheme, .. } => scheme,
            Proof::Assumed => "assumed",
        }
    }

    /// Principal and facts, shared.
    #[must_use]
    pub fn verified(&self) -> &Verified<P> {
        &self.verified
    }

    /// Lets the handler decide about one object: refuses like the policy's own check, in the same realm's form
    /// and hidden where the policy hides.
    ///
    /// # Errors
    ///
    /// The refusal to answer with, if `is_allowed` is false.
    pub fn ensure(&self, is_allowed: bool) -> Result<(), Refusal> {
        if is_allowed {
            return Ok(());
        }
        Err(self.respond(|respondent| respondent.forbidden(Reason::OBJECT)))
    }

    /// Lets the handler ask for a scope that depends on the object.
    ///
    /// # Errors
    ///
    /// The refusal to answer with, if the credential does not permit `scope`.
    pub fn ensure_scope(&self, scope: &str) -> Result<(), Refusal> {
        if self.facts().has_scope(scope) {
            return Ok(());
        }
        Err(self.respond(|respondent| respondent.insufficient_scope(scope.to_owned(), Reason::MISSING_SCOPE)))
    }

    fn respond(&self, refuse: impl FnOnce(&Respondent) -> Refusal) -> Refusal {
        let refusal = match &self.proof {
            Proof::Decided { verdict: Verdict { realm: Some(realm), endpoint, .. }, .. } => {
                let accepted = realm.inner().accepted(&endpoint.policy).unwrap_or_default();
                // The handler may have read the body, so the connection is in order.
                refuse(&Respondent { realm: realm.clone(), endpoint, accepted, leaves_body_unread: false })
            }
            _ => super::answer::assumed_refusal(),
        };
        tracing::info!(
            auth.outcome = refusal.kind().as_str(),
            auth.reason = refusal.reason().as_str(),
            "refused by the handler"
        );
        refusal
    }
}

impl<P> crate::__private::Assumable<(Facts, P)> for Authenticated<P> {
    fn assumed((facts, principal): (Facts, P), _: crate::__private::TestKit) -> Self {
        Self { verified: Verified::new(facts, principal), proof: Proof::Assumed }
    }
}

impl<P> Clone for Authenticated<P> {
    fn clone(&self) -> Self {
        Self { verified: self.verified.clone(), proof: self.proof.clone() }
    }
}

impl<P: fmt::Debug> fmt::Debug for Authenticated<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticated")
            .field("principal", self.principal())
            .field("scheme", &self.scheme())
            .finish_non_exhaustive()
    }
}

/// A principal, a guest, or the refusal to answer with.
type Read<P> = Result<Option<Authenticated<P>>, Refusal>;

/// Reads the principal of a request from the verdict of its handler's own policy.
///
/// A future, because a realm may have a default policy, which is decided now if no attribute has decided before.
#[must_use = "nothing is read until it is awaited"]
#[derive(Debug)]
pub struct Current<P> {
    check: Option<Check>,
    read: fn(Verdict, bool) -> Read<P>,
    result: Option<Read<P>>,
    takes_guests: bool,
}

impl<P: Send + Sync + 'static> Current<P> {
    /// Reads the principal for a parameter that takes no guest.
    pub fn required(handle: Option<&Handle>, head: &dyn RequestHead) -> Self {
        Self::begin(handle, head, false)
    }

    /// Reads the principal for a parameter that takes guests too: `None` for them.
    pub fn optional(handle: Option<&Handle>, head: &dyn RequestHead) -> Self {
        Self::begin(handle, head, true)
    }

    /// Reads the principal without waiting, for a parameter that takes no guest.
    ///
    /// # Errors
    ///
    /// The refusal to answer with: 500 where no attribute has decided before, whatever the realm's default policy.
    pub fn now(self, head: &dyn RequestHead) -> Result<Authenticated<P>, Refusal> {
        self.now_or_guest(head)?.ok_or_else(|| no_principal::<P>(head))
    }

    /// Reads the principal without waiting, for a parameter that takes guests too.
    ///
    /// # Errors
    ///
    /// As [`now`](Self::now).
    pub fn now_or_guest(self, head: &dyn RequestHead) -> Result<Option<Authenticated<P>>, Refusal> {
        self.result.unwrap_or_else(|| Err(no_principal::<P>(head)))
    }

    fn begin(handle: Option<&Handle>, head: &dyn RequestHead, takes_guests: bool) -> Self {
        let ready = |result| Self { check: None, read, result: Some(result), takes_guests };
        let refuse = |problem| ready(Err(misplaced(handle, head, type_name::<P>(), problem)));
        let Some(handle) = handle else {
            return refuse(
                "a handler asks for a principal, but no layer put a realm into the request; add `AuthLayer::new(realm)` around the router",
            );
        };
        if let Some(verdict) = handle.current() {
            return ready(read(verdict, takes_guests));
        }
        let Some(endpoint) = handle.realm().inner().default_policy else {
            return refuse(
                "a handler asks for a principal, but has no policy; add `#[requires_auth(..)]` to it, or `.default_policy::<..>()` to the realm",
            );
        };
        Self { check: Some(begin(Some(handle), head, endpoint)), read, result: None, takes_guests }
    }
}

/// The refusal where a principal is asked for and none can be read: the program is wrong, not the request.
#[must_use]
pub fn no_principal<P>(head: &dyn RequestHead) -> Refusal {
    misplaced(None, head, type_name::<P>(), "a handler asks for a principal before a policy was decided")
}

fn read<P: Send + Sync + 'static>(verdict: Verdict, takes_guests: bool) -> Result<Option<Authenticated<P>>, Refusal> {
    let endpoint = verdict.endpoint;
    let (realm, leaves_body_unread) = (verdict.realm.clone(), verdict.leaves_body_unread);
    let wrong = |problem: &str| Err(misconfigured(realm.as_ref(), endpoint, leaves_body_unread, problem));
    if takes_guests && !endpoint.policy.optional {
        return wrong(
            "the handler takes `Option<Auth<..>>`, but its policy lets no guest pass; add `optional`, or take `Auth<..>`",
        );
    }
    match &verdict.outcome {
        Outcome::Guest if takes_guests => Ok(None),
        Outcome::Guest => wrong("the policy is `optional`, so the handler has to take `Option<Auth<..>>`"),
        Outcome::Public => wrong("the handler is public, so it has no principal; use `#[requires_auth(..)]`"),
        Outcome::Party { scheme, verified } => {
            let Some(verified) = Verified::<P>::restore(verified.clone()) else {
                let problem =
                    format!("the handler takes `{}`, which is not the principal of its realm", type_name::<P>());
                return wrong(&problem);
            };
            let name = |realm: &crate::realm::AnyRealm| realm.inner().schemes.get(*scheme).map(|entry| entry.id.name());
            let scheme = verdict.realm.as_ref().and_then(name).unwrap_or_default();
            Ok(Some(Authenticated { verified, proof: Proof::Decided { verdict, scheme } }))
        }
    }
}

impl<P> Future for Current<P> {
    type Output = Result<Option<Authenticated<P>>, Refusal>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        if let Some(result) = this.result.take() {
            return Poll::Ready(result);
        }
        let Some(check) = this.check.as_mut() else { return Poll::Pending };
        let Poll::Ready(result) = Pin::new(check).poll(cx) else { return Poll::Pending };
        this.check = None;
        Poll::Ready(result.and_then(|verdict| (this.read)(verdict, this.takes_guests)))
    }
}

impl<P> Unpin for Current<P> {}
