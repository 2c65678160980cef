//! What a handler holds of the party that was let through.

use std::any::type_name;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::answer::{Case, Respondent, misconfigured, misplaced, must_close};
use super::check::begin;
use super::handle::{Handle, NOT_INSTALLED, Outcome, Verdict};
use super::report::report_denied;
use crate::catalogue::Endpoint;
use crate::facts::Facts;
use crate::head::RequestHead;
use crate::realm::AnyRealm;
use crate::refusal::Refusal;
use crate::verified::{ErasedVerified, Verified};
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
    /// By whom, and for what.
    Decided { realm: AnyRealm, endpoint: &'static Endpoint, scheme: usize, leaves_body_unread: bool },
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
            Proof::Decided { realm, scheme, .. } => {
                realm.inner().schemes.get(*scheme).map_or("", |entry| entry.id.name())
            }
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

    fn respond(&self, refuse: impl FnOnce(Respondent<'_>) -> Refusal) -> Refusal {
        let Proof::Decided { realm, endpoint, scheme, leaves_body_unread } = &self.proof else {
            return super::answer::assumed_refusal();
        };
        let accepted = realm.inner().accepted(&endpoint.policy).unwrap_or_default();
        // The same answer as the policy's own, whether or not the handler has read the body.
        let leaves_body_unread = *leaves_body_unread;
        let respondent = Respondent { realm, case: Case { endpoint, accepted, leaves_body_unread, started: None } };
        let refusal = refuse(respondent);
        report_denied(&refusal, respondent, *scheme, self.facts());
        refusal
    }
}

impl<P: Send + Sync + 'static> Authenticated<P> {
    /// The party of the handler's own policy, if there is one, and of this type.
    ///
    /// What [`current_party`] finds without waiting; who gets `None` has to ask there.
    #[must_use]
    #[inline]
    pub fn of_current(handle: &Handle) -> Option<Self> {
        handle.with_current(Self::of)?
    }

    #[inline]
    fn of(verdict: &Verdict) -> Option<Self> {
        let Verdict { realm: Some(realm), endpoint, outcome, leaves_body_unread } = verdict else { return None };
        let Outcome::Party { scheme, verified, .. } = outcome else { return None };
        let verified = Verified::restore(ErasedVerified::clone(verified))?;
        let (scheme, leaves_body_unread) = (*scheme, *leaves_body_unread);
        Some(Self { verified, proof: Proof::Decided { realm: realm.clone(), endpoint, scheme, leaves_body_unread } })
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

/// Reads the principal of a request from the verdict of its handler's own policy. `None` is a guest, whom an
/// `optional` policy let pass; no other policy has guests.
///
/// A future, because a realm may have a default policy, which is decided now if no attribute has decided before.
/// What it refuses is [withheld](Handle::withheld) too, for frameworks that swallow errors of extractors.
///
/// # Errors
///
/// The refusal to answer with: 500 if there is no policy or the realm's principal is of another type; what a default
/// policy refuses.
pub fn current<P: Send + Sync + 'static>(
    handle: Option<&Handle>,
    head: &dyn RequestHead,
) -> impl Future<Output = Result<Option<Authenticated<P>>, Refusal>> + Send + use<P> {
    match handle.and_then(Authenticated::of_current) {
        Some(party) => Found::Read(Some(Ok(Some(party)))),
        None => find(handle, head),
    }
}

/// Reads the principal for a parameter that takes no guest: one is refused, since the program is wrong.
///
/// # Errors
///
/// As [`current`]; 500 for a guest.
pub fn current_party<P: Send + Sync + 'static>(
    handle: Option<&Handle>,
    head: &dyn RequestHead,
) -> impl Future<Output = Result<Authenticated<P>, Refusal>> + Send + use<P> {
    match handle.and_then(Authenticated::of_current) {
        Some(party) => Found::Read(Some(Ok(party))),
        None => find_party(handle, head),
    }
}

/// Without a party in the verdict: the guest, or what is wrong.
#[cold]
fn find_party<P: Send + Sync + 'static>(handle: Option<&Handle>, head: &dyn RequestHead) -> Found<Authenticated<P>> {
    match find(handle, head) {
        Found::Read(read) => Found::Read(
            read.map(|read| read.and_then(|party| party.ok_or_else(|| Guest::instead_of::<P>(handle, head).refusal()))),
        ),
        Found::Check(check) => {
            let guest = Guest::instead_of::<P>(handle, head);
            Found::Check(Box::pin(async move { check.await?.ok_or_else(|| guest.refusal()) }))
        }
    }
}

/// A guest where a principal is asked for, for frameworks that do not say whether a parameter is an `Option`, so that
/// [`current_party`] cannot be used.
///
/// An `Option` makes `None` of it, rightly: there it is dropped. Elsewhere the program is wrong, not the request, and an
/// answer is made of it: only then is the operator told.
#[derive(Clone, Debug)]
pub struct Guest {
    handle: Option<Handle>,
    leaves_body_unread: bool,
    principal: &'static str,
}

impl Guest {
    /// In place of a `P`.
    #[must_use]
    pub fn instead_of<P>(handle: Option<&Handle>, head: &dyn RequestHead) -> Self {
        Self { handle: handle.cloned(), leaves_body_unread: must_close(head), principal: type_name::<P>() }
    }

    /// The answer: 500.
    #[must_use]
    pub fn refusal(&self) -> Refusal {
        let problem = "the policy is `optional`, so the handler has to take `Option<Auth<..>>`";
        misplaced(self.handle.as_ref(), self.leaves_body_unread, self.principal, problem)
    }
}

impl fmt::Display for Guest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a guest has no principal")
    }
}

impl std::error::Error for Guest {}

/// Where the principal is found.
enum Found<T> {
    /// In a verdict, or not at all; `None` once it was handed out.
    Read(Option<Result<T, Refusal>>),
    /// Apart: only a default policy is checked here, and every request's future has room for it.
    Check(Pin<Box<dyn Future<Output = Result<T, Refusal>> + Send>>),
}

impl<T: Unpin> Future for Found<T> {
    type Output = Result<T, Refusal>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            // Polled after it was ready: whoever does that gets no second answer.
            Self::Read(read) => read.take().map_or(Poll::Pending, Poll::Ready),
            Self::Check(check) => check.as_mut().poll(cx),
        }
    }
}

#[cold]
fn find<P: Send + Sync + 'static>(handle: Option<&Handle>, head: &dyn RequestHead) -> Found<Option<Authenticated<P>>> {
    let refuse = |problem| Err(misplaced(handle, must_close(head), type_name::<P>(), problem));
    let Some(handle) = handle else {
        return Found::Read(Some(refuse(NOT_INSTALLED)));
    };
    let read = match (
        handle.with_current(|verdict| read(verdict, || must_close(head))),
        handle.realm().inner().default_policy,
    ) {
        (Some(read), _) => read,
        (None, Some(endpoint)) => {
            let (check, handle) = (begin(Some(handle), head, endpoint), handle.clone());
            let leaves_body_unread = must_close(head);
            return Found::Check(Box::pin(async move {
                withholding(&handle, check.await.and_then(|verdict| read(&verdict, || leaves_body_unread)))
            }));
        }
        (None, None) => refuse(
            "a handler asks for a principal, but has no policy; add `#[requires_auth(..)]` to it, or `.default_policy::<..>()` to the realm",
        ),
    };
    Found::Read(Some(withholding(handle, read)))
}

fn withholding<T>(handle: &Handle, read: Result<T, Refusal>) -> Result<T, Refusal> {
    if let Err(refusal) = &read {
        handle.withhold(refusal);
    }
    read
}

fn read<P: Send + Sync + 'static>(
    verdict: &Verdict,
    leaves_body_unread: impl FnOnce() -> bool,
) -> Result<Option<Authenticated<P>>, Refusal> {
    let wrong =
        |problem: &str| Err(misconfigured(verdict.realm.as_ref(), verdict.endpoint, leaves_body_unread(), problem));
    match verdict.outcome {
        Outcome::Guest => Ok(None),
        Outcome::Public => wrong("the handler is public, so it has no principal; use `#[requires_auth(..)]`"),
        Outcome::Party { .. } => match Authenticated::of(verdict) {
            Some(party) => Ok(Some(party)),
            None => {
                wrong(&format!("the handler takes `{}`, which is not the principal of its realm", type_name::<P>()))
            }
        },
    }
}
