//! What a handler holds of the party that was let through.

use std::any::type_name;
use std::fmt;
use std::future::Future;

use super::answer::{Respondent, misconfigured, misplaced, must_close};
use super::check::{Check, begin};
use super::handle::{Handle, Outcome, Verdict};
use super::report::report;
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
        let Proof::Decided { verdict: Verdict { realm: Some(realm), endpoint, outcome, leaves_body_unread }, .. } =
            &self.proof
        else {
            return super::answer::assumed_refusal();
        };
        let accepted = realm.inner().accepted(&endpoint.policy).unwrap_or_default();
        // The same answer as the policy's own, whether or not the handler has read the body.
        let leaves_body_unread = *leaves_body_unread;
        let respondent = Respondent { realm: realm.clone(), endpoint, accepted, leaves_body_unread, started: None };
        let scheme = if let Outcome::Party { scheme, .. } = outcome { Some(*scheme) } else { None };
        let refusal = refuse(&respondent);
        report(&refusal, &respondent, scheme, None);
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
    let found = find(handle, head, type_name::<P>());
    let handle = handle.cloned();
    async move { found_party(found, handle.as_ref()).await }
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
    let found = find(handle, head, type_name::<P>());
    let leaves_body_unread = match &found {
        Ok(Found::Verdict(verdict)) => verdict.leaves_body_unread,
        _ => must_close(head),
    };
    let handle = handle.cloned();
    async move {
        let party = found_party(found, handle.as_ref()).await?;
        party.ok_or_else(|| guest_refused(handle.as_ref(), leaves_body_unread, type_name::<P>()))
    }
}

/// The refusal of a guest where a principal is asked for: the program is wrong, not the request.
///
/// For frameworks that do not say whether a parameter is an `Option`, where [`current_party`] cannot be used.
#[must_use]
pub fn no_principal<P>(handle: Option<&Handle>, head: &dyn RequestHead) -> Refusal {
    guest_refused(handle, must_close(head), type_name::<P>())
}

/// [`no_principal`] for later, without the request: for frameworks that render an error after the request is gone, and
/// drop it where the parameter is an `Option`. Nothing is logged until the refusal is asked for.
pub fn no_principal_later<P>(
    handle: Option<&Handle>,
    head: &dyn RequestHead,
) -> impl Fn() -> Refusal + Send + Sync + use<P> {
    let (handle, leaves_body_unread) = (handle.cloned(), must_close(head));
    move || guest_refused(handle.as_ref(), leaves_body_unread, type_name::<P>())
}

/// The refusal in place of an answer of a handler that has decided nothing: it has neither policy nor principal.
///
/// For layers that were told to withhold such answers. The handler has run; what it did is done.
#[must_use]
pub fn undecided(handle: &Handle) -> Refusal {
    let problem = "a handler without a policy has answered; add `#[requires_auth(..)]` or `#[public(..)]` to it";
    misplaced(Some(handle), false, "", problem)
}

fn guest_refused(handle: Option<&Handle>, leaves_body_unread: bool, principal: &str) -> Refusal {
    let problem = "the policy is `optional`, so the handler has to take `Option<Auth<..>>`";
    misplaced(handle, leaves_body_unread, principal, problem)
}

/// Where the principal is found.
enum Found {
    Verdict(Verdict),
    /// Apart: only a default policy is checked here, and every request's future has room for it.
    Check(Box<Check>),
}

async fn found_party<P: Send + Sync + 'static>(
    found: Result<Found, Refusal>,
    handle: Option<&Handle>,
) -> Result<Option<Authenticated<P>>, Refusal> {
    let read = match found {
        Ok(Found::Verdict(verdict)) => read(verdict),
        Ok(Found::Check(check)) => check.await.and_then(read),
        Err(refusal) => Err(refusal),
    };
    if let (Err(refusal), Some(handle)) = (&read, handle) {
        handle.withhold(refusal);
    }
    read
}

fn find(handle: Option<&Handle>, head: &dyn RequestHead, principal: &str) -> Result<Found, Refusal> {
    let refuse = |problem| Err(misplaced(handle, must_close(head), principal, problem));
    let Some(handle) = handle else {
        return refuse(
            "a handler asks for a principal, but no layer put a realm into the request; add `AuthLayer::new(realm)` around the router",
        );
    };
    if let Some(verdict) = handle.current() {
        return Ok(Found::Verdict(verdict));
    }
    match handle.realm().inner().default_policy {
        Some(endpoint) => Ok(Found::Check(Box::new(begin(Some(handle), head, endpoint)))),
        None => refuse(
            "a handler asks for a principal, but has no policy; add `#[requires_auth(..)]` to it, or `.default_policy::<..>()` to the realm",
        ),
    }
}

fn read<P: Send + Sync + 'static>(verdict: Verdict) -> Result<Option<Authenticated<P>>, Refusal> {
    let wrong = |problem: &str| {
        Err(misconfigured(verdict.realm.as_ref(), verdict.endpoint, verdict.leaves_body_unread, problem))
    };
    let (scheme, verified) = match &verdict.outcome {
        Outcome::Guest => return Ok(None),
        Outcome::Public => {
            return wrong("the handler is public, so it has no principal; use `#[requires_auth(..)]`");
        }
        Outcome::Party { scheme, verified, .. } => (*scheme, verified.clone()),
    };
    let Some(verified) = Verified::<P>::restore(verified) else {
        let problem = format!("the handler takes `{}`, which is not the principal of its realm", type_name::<P>());
        return wrong(&problem);
    };
    let entry = verdict.realm.as_ref().and_then(|realm| realm.inner().schemes.get(scheme));
    let scheme = entry.map_or("", |entry| entry.id.name());
    Ok(Some(Authenticated { verified, proof: Proof::Decided { verdict, scheme } }))
}
