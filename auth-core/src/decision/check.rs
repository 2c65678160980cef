//! The check of one request against one policy.

use std::borrow::Cow;
use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::SystemTime;

use zeroize::Zeroizing;

use super::answer::{Respondent, leaves_body_unread, misconfigured, must_close};
use super::handle::{self, Fingerprint, Handle, Outcome, Verdict};
use super::report::{report, report_denied, report_guest, report_passed};
use crate::cache::{Lookup, Ticket, VerifiedCache};
use crate::catalogue::Endpoint;
use crate::credential::MAX_CREDENTIAL_LEN;
use crate::evaluate::{Party, evaluate};
use crate::extract::{Accepted, Presented, present};
use crate::head::RequestHead;
use crate::meter::Started;
use crate::policy::Requirement;
use crate::realm::{AnyRealm, PendingVerification, SchemeEntry, Verification};
use crate::refusal::Refusal;
use crate::verified::ErasedVerified;
use crate::verifier::{Attempt, Reason, VerifyError, VerifyErrorKind};

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
pub struct Check {
    state: State,
    /// Where the verdict is kept when it is handed out.
    record: Option<Record>,
}

/// Decides whether the request may reach the endpoint's handler, for a guard that passes it on at once.
///
/// As [`begin`], with less to keep: where nothing has to be waited for, the verdict is kept before this returns.
#[must_use = "the request does not pass unless the guard says so"]
pub fn guard(handle: Option<&Handle>, head: &dyn RequestHead, endpoint: &'static Endpoint) -> Guard {
    if endpoint.policy.public.is_some() {
        if let Some(handle) = handle {
            handle.record(Verdict::public(endpoint), true);
        }
        return Guard(GuardState::Decided(Some(Ok(()))));
    }
    Guard(match State::begin(handle, head, endpoint, true) {
        State::Done(Some(Ok(verdict))) => {
            if let Some(handle) = handle {
                handle.record(verdict, true);
            }
            GuardState::Decided(Some(Ok(())))
        }
        State::Done(Some(Err(refusal))) => GuardState::Decided(Some(Err(refusal))),
        State::Done(None) => GuardState::Decided(None),
        state @ State::Pending(_) => GuardState::Waits(Box::new(Check { state, record: Record::of(handle, true) })),
    })
}

/// A decision for a guard: a small future that owns what it needs.
#[must_use = "the request does not pass unless the guard says so"]
#[derive(Debug)]
pub struct Guard(GuardState);

#[derive(Debug)]
enum GuardState {
    Decided(Option<Result<(), Refusal>>),
    /// Apart: frameworks keep the guard in every request's future.
    Waits(Box<Check>),
}

impl Future for Guard {
    type Output = Result<(), Refusal>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.get_mut().0 {
            // Polled after it was ready: whoever does that gets no second answer.
            GuardState::Decided(result) => result.take().map_or(Poll::Pending, Poll::Ready),
            GuardState::Waits(check) => Pin::new(check.as_mut()).poll(cx).map(|result| result.map(drop)),
        }
    }
}

enum State {
    Done(Option<Result<Verdict, Refusal>>),
    /// Apart, so that a check that is done at once stays small: frameworks keep it in every request's future.
    Pending(Box<Pending>),
}

struct Pending {
    verification: PendingVerification,
    remember: Option<Remember>,
    then: Continuation,
}

#[derive(Debug)]
struct Record {
    handle: Handle,
    is_current: bool,
}

/// What remains to be done after a verification.
struct Continuation {
    respondent: Respondent,
    scheme: usize,
    /// The time of the request.
    now: SystemTime,
    credential: Option<Fingerprint>,
    /// Whether a credential that is refused counts as none.
    bad_is_guest: bool,
}

/// Where a verification is remembered that turns out well.
struct Remember {
    cache: Arc<VerifiedCache>,
    ticket: Ticket,
    /// The credential, if the cache keeps it, for as long as the verification lasts.
    raw: Zeroizing<Vec<u8>>,
}

impl Check {
    fn begin(handle: Option<&Handle>, head: &dyn RequestHead, endpoint: &'static Endpoint, is_current: bool) -> Self {
        Self { state: State::begin(handle, head, endpoint, is_current), record: Record::of(handle, is_current) }
    }
}

impl Record {
    fn of(handle: Option<&Handle>, is_current: bool) -> Option<Self> {
        handle.cloned().map(|handle| Self { handle, is_current })
    }
}

impl State {
    fn begin(handle: Option<&Handle>, head: &dyn RequestHead, endpoint: &'static Endpoint, is_current: bool) -> Self {
        if endpoint.policy.public.is_some() {
            return Self::done(Ok(Verdict::public(endpoint)));
        }
        match realm_of(handle, endpoint) {
            Ok((handle, realm)) => decide(handle, realm, head, endpoint, is_current),
            Err(problem) => Self::done(Err(misconfigured(None, endpoint, must_close(head), &problem))),
        }
    }

    fn done(result: Result<Verdict, Refusal>) -> Self {
        Self::Done(Some(result))
    }

    fn refused(refusal: Refusal, respondent: &Respondent, scheme: Option<usize>) -> Self {
        report(&refusal, respondent, scheme, None);
        Self::done(Err(refusal))
    }
}

/// The realm that decides the endpoint, or why there is none.
fn realm_of<'h>(
    handle: Option<&'h Handle>,
    endpoint: &Endpoint,
) -> Result<(&'h Handle, &'h AnyRealm), Cow<'static, str>> {
    let Some(handle) = handle else {
        return Err("no layer put a realm into the request; add `AuthLayer::new(realm)` around the router".into());
    };
    match handle.find(endpoint.policy.realm) {
        Some(realm) => Ok((handle, realm)),
        None => {
            Err(format!("no layer put realm {:?} into the request", endpoint.policy.realm.unwrap_or_default()).into())
        }
    }
}

fn decide(
    handle: &Handle,
    realm: &AnyRealm,
    head: &dyn RequestHead,
    endpoint: &'static Endpoint,
    is_current: bool,
) -> State {
    let inner = realm.inner();
    let policy = &endpoint.policy;
    let (accepted, missing) = match inner.accepted(policy) {
        Ok(accepted) => (accepted, None),
        Err(missing) => (Accepted::default(), Some(missing)),
    };
    let essentials = head.essentials();
    let respondent = Respondent {
        realm: realm.clone(),
        endpoint,
        accepted,
        leaves_body_unread: leaves_body_unread(head, &essentials),
        started: Some(Started::now()),
    };
    if let Some(missing) = missing {
        let problem = format!("realm {:?} has no scheme `{missing}`, which the policy accepts", realm.name());
        return State::done(Err(respondent.misconfigured(&problem)));
    }
    // A policy that accepts nothing has none either.
    if !inner.can_ask_for(accepted) {
        let problem = format!("the policy accepts no scheme of realm {:?} that has a challenge", realm.name());
        return State::done(Err(respondent.misconfigured(&problem)));
    }
    if policy.optional && !matches!(policy.requirement, Requirement::None) {
        return State::done(Err(
            respondent.misconfigured("the policy is `optional` and has a requirement, which no guest meets")
        ));
    }
    let authorization = essentials.lines();
    let found =
        match present(&inner.schemes, respondent.accepted, head, authorization, inner.options.authorization_alone) {
            Presented::Nothing if policy.optional => return State::done(respondent.admit_guest(None)),
            // Nor is anybody asked for credentials who would send them in the clear.
            _ if inner.requires_https && !inner.source.is_secure(head) => {
                return State::refused(respondent.forbidden(Reason::PLAIN_HTTP), &respondent, None);
            }
            Presented::One(found) => found,
            Presented::Nothing => {
                return State::refused(respondent.no_credentials(Reason::NO_CREDENTIALS), &respondent, None);
            }
            Presented::NotAccepted => {
                return State::refused(respondent.no_credentials(Reason::OTHER_SCHEME), &respondent, None);
            }
            Presented::Ambiguous => return State::refused(respondent.ambiguous(), &respondent, None),
        };
    let scheme = found.scheme;
    let Some(entry) = inner.schemes.get(scheme) else {
        return State::done(Err(respondent.misconfigured("a scheme went missing")));
    };
    let bad_is_guest = policy.optional && inner.options.skips_bad_cookies && entry.carrier.is_ambient();
    if entry.carrier.is_ambient() && !is_same_origin(head, &inner.options.trusted_origins) {
        if bad_is_guest {
            return State::done(respondent.admit_guest(Some((scheme, Reason::CROSS_SITE))));
        }
        return State::refused(respondent.forbidden(Reason::CROSS_SITE), &respondent, Some(scheme));
    }
    // Kept for layers only: a guard's own verdict is not asked for again.
    let is_kept = |raw: &&Cow<'_, [u8]>| !is_current && raw.len() <= MAX_CREDENTIAL_LEN;
    let credential = found.raw.as_ref().filter(is_kept).map(|raw| Fingerprint::of(raw));
    let then = Continuation { respondent, scheme, now: inner.clock.now(), credential, bad_is_guest };
    let Some(raw) = found.raw else {
        return State::done(then.malformed(Reason::MALFORMED));
    };
    if raw.len() > MAX_CREDENTIAL_LEN {
        return State::done(then.malformed(Reason::TOO_LONG));
    }
    authenticate(handle, entry, &raw, head, then)
}

/// Finds out who presents the credential: from this request, from an earlier one, or from the verifier.
fn authenticate(handle: &Handle, entry: &SchemeEntry, raw: &[u8], head: &dyn RequestHead, then: Continuation) -> State {
    let inner = then.respondent.realm.inner();
    // Whoever is remembered from an earlier request has proved nothing now.
    let requirement = &then.respondent.endpoint.policy.requirement;
    let wants_proof = !matches!(requirement, Requirement::None) && requirement.asks_for_freshness();
    if let Some((verified, is_remembered)) = handle.authenticated(&then.respondent.realm, then.scheme, raw)
        && !(wants_proof && is_remembered)
    {
        return State::done(then.admit(verified, is_remembered));
    }
    let cache = entry.cache.as_ref().filter(|_| !wants_proof);
    let ticket = match cache.map(|cache| cache.look_up(raw, then.now)) {
        Some(Lookup::Hit(verified)) => {
            inner.meter.looked_up(entry.id.name(), true);
            return State::done(then.admit(verified, true));
        }
        Some(Lookup::Miss(ticket)) => {
            inner.meter.looked_up(entry.id.name(), false);
            cache.zip(Some(ticket))
        }
        Some(Lookup::Bypass) | None => None,
    };
    let attempt = Attempt::new(then.now, inner.source.locate(head));
    match entry.verifier.begin(raw, &attempt) {
        Verification::Done(result) => {
            if let (Ok(verified), Some((cache, ticket))) = (&result, ticket) {
                cache.insert(ticket, raw, verified, then.now);
            }
            State::done(then.finish(result))
        }
        Verification::Malformed => State::done(then.malformed(Reason::MALFORMED)),
        Verification::Pending(verification) => {
            let remember = ticket.map(|(cache, ticket)| Remember::new(cache, ticket, raw));
            State::Pending(Box::new(Pending { verification, remember, then }))
        }
    }
}

impl Remember {
    fn new(cache: &Arc<VerifiedCache>, ticket: Ticket, raw: &[u8]) -> Self {
        let raw = if cache.keeps_bytes() { raw.to_vec() } else { Vec::new() };
        Self { cache: Arc::clone(cache), ticket, raw: Zeroizing::new(raw) }
    }
}

impl Continuation {
    fn malformed(self, reason: Reason) -> Result<Verdict, Refusal> {
        if self.bad_is_guest {
            return self.respondent.admit_guest(Some((self.scheme, reason)));
        }
        let refusal = self.respondent.invalid_credentials(self.scheme, reason);
        report(&refusal, &self.respondent, Some(self.scheme), None);
        Err(refusal)
    }

    /// From the verifier's answer to the verdict.
    fn finish(self, result: Result<ErasedVerified, VerifyError>) -> Result<Verdict, Refusal> {
        match result {
            Ok(verified) => self.admit(verified, false),
            Err(error) if self.bad_is_guest && error.kind() == VerifyErrorKind::Refused => {
                self.respondent.admit_guest(Some((self.scheme, error.reason())))
            }
            Err(error) => {
                let refusal = self.respondent.verify_error(self.scheme, &error);
                report(&refusal, &self.respondent, Some(self.scheme), Error::source(&error));
                Err(refusal)
            }
        }
    }

    /// The party is judged by the policy's requirement.
    fn admit(self, verified: ErasedVerified, is_remembered: bool) -> Result<Verdict, Refusal> {
        let Self { respondent, scheme, now, credential, .. } = self;
        let requirement = &respondent.endpoint.policy.requirement;
        if !matches!(requirement, Requirement::None) {
            let party = Party { principal: verified.value(), facts: verified.facts(), now };
            evaluate(requirement, party).map_err(|lacking| {
                let refusal = respondent.lacking(&lacking);
                report_denied(&refusal, &respondent, scheme, verified.facts());
                refusal
            })?;
        }
        respondent.check_principal()?;
        report_passed(&respondent, scheme);
        let credential = credential.map(|fingerprint| Box::new(handle::Presented { fingerprint, is_remembered }));
        Ok(respondent.admit(Outcome::Party { scheme, verified, credential }))
    }
}

impl Respondent {
    /// The verdict that lets a guest pass, with the scheme of a bad cookie that counts as none, and what is wrong with it.
    fn admit_guest(self, passed_over: Option<(usize, Reason)>) -> Result<Verdict, Refusal> {
        self.check_principal()?;
        report_guest(&self, passed_over);
        Ok(self.admit(Outcome::Guest))
    }

    /// Refuses where the handler takes another principal than the realm's.
    ///
    /// It would find that out by itself, but some frameworks would run it all the same, for `Option<Auth<P>>`.
    fn check_principal(&self) -> Result<(), Refusal> {
        let ours = self.realm.inner().principal;
        if let Some(theirs) = self.endpoint.principal.filter(|theirs| *theirs != ours) {
            let problem =
                format!("the handler takes `{}`, the principal of its realm is `{}`", theirs.name(), ours.name());
            return Err(self.misconfigured(&problem));
        }
        Ok(())
    }

    /// The verdict in favour of the request.
    fn admit(self, outcome: Outcome) -> Verdict {
        let Self { realm, endpoint, leaves_body_unread, .. } = self;
        Verdict { realm: Some(realm), endpoint, outcome, leaves_body_unread }
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
                let Pending { then, remember, .. } = *pending;
                if let (Ok(verified), Some(Remember { cache, ticket, raw })) = (&result, &remember) {
                    cache.insert(*ticket, raw, verified, then.now);
                }
                then.finish(result)
            }
            (State::Done(Some(result)), _) => result,
            // Polled after it was ready: whoever does that gets no second answer.
            _ => return Poll::Pending,
        };
        if let (Ok(verdict), Some(record)) = (&result, record) {
            record.handle.record(verdict.clone(), record.is_current);
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
