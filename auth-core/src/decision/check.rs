//! The check of one request against one policy.

use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use zeroize::Zeroizing;

use super::admit::Continuation;
use super::answer::{Case, Respondent, leaves_body_unread, misconfigured, must_close};
use super::browser::{is_cross_site, is_same_origin};
use super::handle::{self, Fingerprint, Handle, NOT_INSTALLED, Verdict};
use super::report::report;
use crate::cache::{Lookup, Ticket, VerifiedCache};
use crate::catalogue::Endpoint;
use crate::credential::MAX_CREDENTIAL_LEN;
use crate::extract::{Found, Presented, present};
use crate::head::RequestHead;
use crate::meter::Started;
use crate::realm::{AnyRealm, Flaw, PendingVerification, SchemeEntry, Verification};
use crate::refusal::Refusal;
use crate::verifier::{Attempt, Reason};

/// Who has a request decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caller {
    /// A layer around handlers: no handler's principal is read from the verdict.
    Layer,
    /// The guard of a handler, whose principal is read from the verdict. Where a request is tried on several handlers,
    /// as routers do that go back, the last guard counts.
    Guard,
    /// The same, where requests can be copied together with their handle: two guards may not let different parties through.
    SoleGuard,
}

/// Begins to decide whether the request may reach the endpoint's handler.
///
/// Borrows the request only for the call. The verdict becomes the one that the handler's principal is read from.
/// Without a handle, which a missing layer means, every policy but a public one is refused with 500.
#[must_use = "nothing is decided until the check is awaited"]
pub fn begin(handle: Option<&Handle>, head: &dyn RequestHead, endpoint: &'static Endpoint) -> Check {
    Check::begin(handle, head, endpoint, Caller::Guard)
}

/// The same for a layer around handlers: the verdict is kept, but no handler's principal is read from it.
#[must_use = "nothing is decided until the check is awaited"]
pub fn begin_layer(handle: Option<&Handle>, head: &dyn RequestHead, endpoint: &'static Endpoint) -> Check {
    Check::begin(handle, head, endpoint, Caller::Layer)
}

/// A decision under way: a future that owns what it needs.
///
/// Dropping it decides nothing, so the request does not pass.
#[must_use = "nothing is decided until the check is awaited"]
#[derive(Debug)]
pub struct Check {
    state: State,
    /// Where the verdict is kept when it is handed out.
    record: Option<Record>,
}

/// How far a check has come.
pub(super) enum State {
    Done(Option<Result<Verdict, Refusal>>),
    /// Apart, so that a check that is done at once stays small: frameworks keep it in every request's future.
    Pending(Box<Pending>),
}

pub(super) struct Pending {
    verification: PendingVerification,
    remember: Option<Remember>,
    realm: AnyRealm,
    then: Continuation,
}

#[derive(Debug)]
struct Record {
    handle: Handle,
    caller: Caller,
}

/// Where a verification is remembered that turns out well.
struct Remember {
    cache: Arc<VerifiedCache>,
    ticket: Ticket,
    /// The credential, if the cache keeps it, for as long as the verification lasts.
    raw: Zeroizing<Vec<u8>>,
}

impl Check {
    fn begin(handle: Option<&Handle>, head: &dyn RequestHead, endpoint: &'static Endpoint, caller: Caller) -> Self {
        Self::of(State::begin(handle, head, endpoint, caller), handle, caller)
    }

    pub(super) fn of(state: State, handle: Option<&Handle>, caller: Caller) -> Self {
        Self { state, record: handle.cloned().map(|handle| Record { handle, caller }) }
    }
}

impl State {
    pub(super) fn begin(
        handle: Option<&Handle>,
        head: &dyn RequestHead,
        endpoint: &'static Endpoint,
        caller: Caller,
    ) -> Self {
        if endpoint.policy.public.is_some() {
            return Self::done(Ok(Verdict::public(endpoint)));
        }
        let problem = match handle.map(|handle| (handle, handle.find(endpoint.policy.realm))) {
            Some((handle, Some(realm))) => return decide(handle, realm, head, endpoint, caller),
            Some((_, None)) => no_such_realm(endpoint),
            None => NOT_INSTALLED.into(),
        };
        Self::done(Err(misconfigured(None, endpoint, must_close(head), &problem)))
    }

    fn done(result: Result<Verdict, Refusal>) -> Self {
        Self::Done(Some(result))
    }

    fn refused(refusal: Refusal, respondent: Respondent<'_>, scheme: Option<usize>) -> Self {
        report(&refusal, respondent, scheme, None);
        Self::done(Err(refusal))
    }
}

#[cold]
fn no_such_realm(endpoint: &Endpoint) -> Cow<'static, str> {
    format!("no layer put realm {:?} into the request", endpoint.policy.realm.unwrap_or_default()).into()
}

fn decide(
    handle: &Handle,
    realm: &AnyRealm,
    head: &dyn RequestHead,
    endpoint: &'static Endpoint,
    caller: Caller,
) -> State {
    let inner = realm.inner();
    let essentials = head.essentials();
    let leaves_body_unread = leaves_body_unread(head, &essentials);
    let made;
    let plan = match inner.plan(endpoint) {
        Some(plan) => plan,
        None => match inner.keep_plan(endpoint) {
            Ok(plan) => {
                made = plan;
                &made
            }
            Err(flaw) => return State::done(Err(flawed(realm, endpoint, leaves_body_unread, flaw))),
        },
    };
    let case = Case { endpoint, accepted: plan.places.accepted, leaves_body_unread, started: Some(Started::now()) };
    let respondent = Respondent { realm, case };
    let presented = present(inner, plan.places, head, essentials.lines());
    let found = match presented {
        Presented::One(found) if !inner.requires_https => found,
        other => match sole(respondent, other, head) {
            Ok(found) => found,
            Err(state) => return state,
        },
    };
    let scheme = found.scheme;
    let Some(entry) = inner.schemes.get(scheme) else {
        return State::done(Err(respondent.misconfigured("a scheme went missing")));
    };
    let mut bad_is_guest = false;
    if entry.is_sent_by_browsers {
        match by_browser(respondent, entry, scheme, head) {
            Ok(is_skipped) => bad_is_guest = is_skipped,
            Err(state) => return state,
        }
    }
    // Kept for layers only: a guard's own verdict is not asked for again.
    let credential = if caller == Caller::Layer { found.raw.as_deref().and_then(kept) } else { None };
    let then = Continuation { case, scheme, now: inner.clock.now(), credential, bad_is_guest };
    let Some(raw) = found.raw else {
        return State::done(then.malformed(realm, Reason::MALFORMED));
    };
    if raw.len() > MAX_CREDENTIAL_LEN {
        return State::done(then.malformed(realm, Reason::TOO_LONG));
    }
    // Whoever is remembered from an earlier request has proved nothing now.
    let cache = if plan.wants_proof { None } else { entry.cache.as_ref() };
    if let Some((verified, is_remembered)) = handle.authenticated(realm, scheme, &raw)
        && !(plan.wants_proof && is_remembered)
    {
        return State::done(then.admit(realm, verified, is_remembered));
    }
    match cache.map(|cache| cache.look_up(&raw, then.now)) {
        Some(Lookup::Hit(verified)) => {
            inner.meter.looked_up(entry.id.name(), true);
            State::done(then.admit(realm, verified, true))
        }
        Some(Lookup::Miss(ticket)) => {
            inner.meter.looked_up(entry.id.name(), false);
            verify(realm, entry, &raw, head, cache.zip(Some(ticket)), then)
        }
        Some(Lookup::Bypass) | None => verify(realm, entry, &raw, head, None, then),
    }
}

/// The one credential that a request presents, over a connection that the realm takes it from. Without one the request
/// is decided.
#[inline(never)]
fn sole<'h>(respondent: Respondent<'_>, presented: Presented<'h>, head: &dyn RequestHead) -> Result<Found<'h>, State> {
    let inner = respondent.realm.inner();
    let refusal = match presented {
        Presented::Nothing if respondent.case.endpoint.policy.optional => {
            return Err(State::done(respondent.admit_guest(None)));
        }
        // Nor is anybody asked for credentials who would send them in the clear.
        _ if inner.requires_https && !inner.source.is_secure(head) => respondent.barred(Reason::PLAIN_HTTP),
        Presented::One(found) => return Ok(found),
        Presented::Nothing => respondent.no_credentials(Reason::NO_CREDENTIALS),
        Presented::NotAccepted => respondent.no_credentials(Reason::OTHER_SCHEME),
        Presented::DuplicateCookie(scheme) => {
            let refusal = respondent.no_credentials(Reason::DUPLICATE_COOKIE);
            return Err(State::refused(refusal, respondent, Some(scheme)));
        }
        Presented::Ambiguous => respondent.ambiguous(),
    };
    Err(State::refused(refusal, respondent, None))
}

/// What becomes of a credential that browsers add whichever page makes the request: `Ok` says whether it counts as none
/// if it turns out to be bad.
#[inline(never)]
fn by_browser(
    respondent: Respondent<'_>,
    entry: &SchemeEntry,
    scheme: usize,
    head: &dyn RequestHead,
) -> Result<bool, State> {
    let trusted_origins = &respondent.realm.inner().options.trusted_origins;
    let is_ambient = entry.carrier.is_ambient();
    let bad_is_guest = is_ambient && skips_bad_cookies(respondent);
    let is_refused =
        if is_ambient { !is_same_origin(head, trusted_origins) } else { is_cross_site(head, trusted_origins) };
    match (is_refused, bad_is_guest) {
        (false, _) => Ok(bad_is_guest),
        (true, true) => Err(State::done(respondent.admit_guest(Some((scheme, Reason::CROSS_SITE))))),
        (true, false) => Err(State::refused(respondent.barred(Reason::CROSS_SITE), respondent, Some(scheme))),
    }
}

/// Whether a bad cookie counts as none.
fn skips_bad_cookies(respondent: Respondent<'_>) -> bool {
    respondent.case.endpoint.policy.optional && respondent.realm.inner().options.skips_bad_cookies
}

/// What a layer keeps of the credential, for the guards inside.
#[inline(never)]
fn kept(raw: &[u8]) -> Option<Box<handle::Presented>> {
    let of = |raw| Box::new(handle::Presented { fingerprint: Fingerprint::of(raw), is_remembered: false });
    (raw.len() <= MAX_CREDENTIAL_LEN).then(|| of(raw))
}

/// Refuses because realm and policy do not go together.
#[cold]
fn flawed(realm: &AnyRealm, endpoint: &'static Endpoint, leaves_body_unread: bool, flaw: Flaw) -> Refusal {
    misconfigured(Some(realm), endpoint, leaves_body_unread, &flaw.describe(realm))
}

/// Asks the verifier who presents the credential.
///
/// Apart, as all that few requests come to: what every request goes through has the registers for itself.
#[inline(never)]
fn verify(
    realm: &AnyRealm,
    entry: &SchemeEntry,
    raw: &[u8],
    head: &dyn RequestHead,
    ticket: Option<(&Arc<VerifiedCache>, Ticket)>,
    then: Continuation,
) -> State {
    let attempt = Attempt::new(then.now, realm.inner().source.locate(head));
    match entry.verifier.begin(raw, &attempt) {
        Verification::Done(result) => {
            if let (Ok(verified), Some((cache, ticket))) = (&result, ticket) {
                cache.insert(ticket, raw, verified, then.now);
            }
            State::done(then.finish(realm, result))
        }
        Verification::Malformed => State::done(then.malformed(realm, Reason::MALFORMED)),
        Verification::Pending(verification) => {
            let remember = ticket.map(|(cache, ticket)| Remember::new(cache, ticket, raw));
            State::Pending(Box::new(Pending { verification, remember, realm: realm.clone(), then }))
        }
    }
}

impl Remember {
    fn new(cache: &Arc<VerifiedCache>, ticket: Ticket, raw: &[u8]) -> Self {
        let raw = if cache.keeps_bytes() { raw.to_vec() } else { Vec::new() };
        Self { cache: Arc::clone(cache), ticket, raw: Zeroizing::new(raw) }
    }
}

impl Future for Check {
    type Output = Result<Verdict, Refusal>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { state, record } = self.get_mut();
        let verified = match state {
            State::Done(_) => None,
            State::Pending(pending) => Some(ready!(pending.verification.as_mut().poll(cx))),
        };
        let result = match (std::mem::replace(state, State::Done(None)), verified) {
            (State::Pending(pending), Some(result)) => {
                let Pending { realm, then, remember, .. } = *pending;
                if let (Ok(verified), Some(Remember { cache, ticket, raw })) = (&result, &remember) {
                    cache.insert(*ticket, raw, verified, then.now);
                }
                then.finish(&realm, result)
            }
            (State::Done(Some(result)), _) => result,
            // Polled after it was ready: whoever does that gets no second answer.
            _ => return Poll::Pending,
        };
        if let (Ok(verdict), Some(record)) = (&result, record) {
            record.handle.record(verdict.clone(), record.caller)?;
        }
        Poll::Ready(result)
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Done(_) => "Done",
            Self::Pending(_) => "Pending",
        })
    }
}
