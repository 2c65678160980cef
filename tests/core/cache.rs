//! What was verified is believed again for a while, and never after it was withdrawn.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant, SystemTime};

use auth_core::cache::{Caching, Revocations};
use auth_core::catalogue::Endpoint;
use auth_core::credential::BearerToken;
use auth_core::decision::{Check, Handle, begin, begin_layer};
use auth_core::policy::{Name, Requirement, SchemeUse};
use auth_core::{
    Attempt, Bearer, Clock as _, Factor, Facts, Policy, Realm, RealmBuilder, Reason, Verified, Verifier, VerifyError,
};
use auth_test::FakeClock;
use auth_tests::{endpoint, leak};
use auth_tower::HttpHead;

/// Believes every token but `forged`, waits while its gate is shut, and counts how often it is asked.
#[derive(Clone)]
struct Counts {
    asked: Arc<AtomicUsize>,
    is_shut: Arc<AtomicBool>,
    caching: Option<Caching>,
    expires_at: Option<SystemTime>,
}

impl Counts {
    fn new(caching: impl Into<Option<Caching>>) -> Self {
        Self { asked: Arc::default(), is_shut: Arc::default(), caching: caching.into(), expires_at: None }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Verifier<BearerToken> for Counts {
    type Value = String;

    async fn verify(&self, token: BearerToken, attempt: Attempt) -> Result<Verified<String>, VerifyError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let name = token.as_ref().reveal().to_owned();
        std::future::poll_fn(|_| if self.is_shut.load(Ordering::SeqCst) { Poll::Pending } else { Poll::Ready(()) })
            .await;
        if name == "forged" {
            return Err(VerifyError::refused(Reason::UNKNOWN_CREDENTIAL));
        }
        let mut facts = Facts::new(&name).with_factor(Factor::new("pwd").at(attempt.now)).with_auth_time(attempt.now);
        facts.expires_at = self.expires_at;
        Ok(Verified::new(facts, name))
    }

    fn caching(&self) -> Option<Caching> {
        self.caching.clone()
    }
}

fn forms() -> [fn(Revocations) -> Caching; 3] {
    [Caching::of_signed_tokens, Caching::of_secrets, Caching::of_passwords]
}

fn clock() -> FakeClock {
    FakeClock::at(1_900_000_000)
}

fn handle(verifier: &Counts, clock: &FakeClock) -> Handle {
    handle_of(Realm::<String>::builder("test").bearer(verifier.clone()), clock)
}

fn handle_of(builder: RealmBuilder<String>, clock: &FakeClock) -> Handle {
    Handle::new(builder.clock(Arc::new(clock.clone())).build().unwrap().erase())
}

fn policy() -> &'static Endpoint {
    leak(endpoint(Policy::listed(leak([SchemeUse::of::<Bearer>()]))))
}

fn check(handle: &Handle, token: &str, endpoint: &'static Endpoint) -> Check {
    let request = http::Request::get("/").header("authorization", format!("Bearer {token}")).body(()).unwrap();
    begin(Some(handle), &HttpHead::of_request(&request), endpoint)
}

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

fn status(handle: &Handle, token: &str) -> u16 {
    match poll(pin!(check(handle, token, policy()))) {
        Poll::Ready(Ok(_)) => 200,
        Poll::Ready(Err(refusal)) => refusal.status(),
        Poll::Pending => panic!("the gate is open"),
    }
}

#[test]
fn a_repeated_credential_is_verified_once() {
    for form in forms() {
        let (counts, clock) = (Counts::new(form(Revocations::new())), clock());
        let handle = handle(&counts, &clock);
        for _ in 0..5 {
            assert_eq!(status(&handle, "alice"), 200);
        }
        assert_eq!(status(&handle, "bob"), 200);
        assert_eq!(counts.asked(), 2);
    }
}

#[test]
fn a_verifier_that_says_nothing_is_asked_each_time() {
    let (counts, clock) = (Counts::new(None), clock());
    let handle = handle(&counts, &clock);
    for _ in 0..3 {
        assert_eq!(status(&handle, "alice"), 200);
    }
    assert_eq!(counts.asked(), 3);
}

#[test]
fn a_realm_can_do_without() {
    let (counts, clock) = (Counts::new(Caching::of_secrets(Revocations::new())), clock());
    let handle = handle_of(Realm::<String>::builder("test").bearer(counts.clone()).without_cache(), &clock);
    for _ in 0..3 {
        assert_eq!(status(&handle, "alice"), 200);
    }
    assert_eq!(counts.asked(), 3);
}

#[test]
fn nothing_refused_is_kept() {
    let (counts, clock) = (Counts::new(Caching::of_secrets(Revocations::new())), clock());
    let handle = handle(&counts, &clock);
    for _ in 0..3 {
        assert_eq!(status(&handle, "forged"), 401);
    }
    assert_eq!(counts.asked(), 3);
}

#[test]
fn an_entry_ends_with_its_time_or_with_the_credential() {
    for (form, ttl) in forms().into_iter().zip([60, 60, 30]) {
        let (counts, clock) = (Counts::new(form(Revocations::new())), clock());
        let handle = handle(&counts, &clock);
        assert_eq!(status(&handle, "alice"), 200);
        clock.advance(Duration::from_secs(ttl - 1));
        assert_eq!(status(&handle, "alice"), 200);
        assert_eq!(counts.asked(), 1, "within its time");
        clock.advance(Duration::from_secs(1));
        assert_eq!(status(&handle, "alice"), 200);
        assert_eq!(counts.asked(), 2, "after it");
    }

    let clock = clock();
    let mut counts = Counts::new(Caching::of_signed_tokens(Revocations::new()));
    counts.expires_at = Some(clock.now() + Duration::from_secs(10));
    let handle = handle(&counts, &clock);
    assert_eq!(status(&handle, "alice"), 200);
    clock.advance(Duration::from_secs(10));
    assert_eq!(status(&handle, "alice"), 200, "the verifier may bear with clocks that differ");
    assert_eq!(status(&handle, "alice"), 200);
    assert_eq!(counts.asked(), 3, "an expired credential is not kept");
}

#[test]
fn a_clock_that_went_back_makes_nothing_valid_early() {
    let (counts, clock) = (Counts::new(Caching::of_secrets(Revocations::new())), clock());
    let handle = handle(&counts, &clock);
    assert_eq!(status(&handle, "alice"), 200);
    clock.set(clock.now() - Duration::from_hours(1));
    assert_eq!(status(&handle, "alice"), 200);
    assert_eq!(counts.asked(), 2);
}

#[test]
fn a_revocation_is_seen_by_the_very_next_request() {
    for form in forms() {
        let revocations = Revocations::new();
        let (counts, clock) = (Counts::new(form(revocations.clone())), clock());
        let handle = handle(&counts, &clock);
        let withdraw: [&dyn Fn(); 3] =
            [&|| revocations.revoke_subject("alice"), &|| revocations.revoke_credential("alice"), &|| {
                revocations.revoke_all();
            }];
        for (nth, withdraw) in withdraw.into_iter().enumerate() {
            assert_eq!(status(&handle, "alice"), 200);
            assert_eq!(status(&handle, "alice"), 200);
            assert_eq!(counts.asked(), nth + 1);
            withdraw();
        }
        assert_eq!(status(&handle, "alice"), 200);
        assert_eq!(counts.asked(), 4);
    }
}

/// The verification has read the old state, and ends after the revocation.
#[test]
fn a_verification_in_flight_leaves_nothing_behind() {
    for form in forms() {
        let revocations = Revocations::new();
        let (counts, clock) = (Counts::new(form(revocations.clone())), clock());
        let handle = handle(&counts, &clock);

        counts.is_shut.store(true, Ordering::SeqCst);
        let mut in_flight = pin!(check(&handle, "alice", policy()));
        assert!(poll(in_flight.as_mut()).is_pending());
        revocations.revoke_subject("alice");
        counts.is_shut.store(false, Ordering::SeqCst);
        assert!(matches!(poll(in_flight), Poll::Ready(Ok(_))), "it began before the revocation");

        assert_eq!(status(&handle, "alice"), 200);
        assert_eq!(counts.asked(), 2, "the next request asks anew");
        assert_eq!(status(&handle, "alice"), 200);
        assert_eq!(counts.asked(), 2, "and is remembered");
    }
}

#[test]
fn while_the_feed_is_silent_the_cache_is_passed_by() {
    let revocations = Revocations::with_feed();
    let (counts, clock) = (Counts::new(Caching::of_secrets(revocations.clone())), clock());
    let handle = handle(&counts, &clock);
    for _ in 0..2 {
        assert_eq!(status(&handle, "alice"), 200);
    }
    assert_eq!(counts.asked(), 2, "never heard");
    revocations.trust_until(Instant::now() + Duration::from_hours(1));
    for _ in 0..2 {
        assert_eq!(status(&handle, "alice"), 200);
    }
    assert_eq!(counts.asked(), 3, "heard");
    revocations.trust_until(Instant::now());
    assert_eq!(status(&handle, "alice"), 200);
    assert_eq!(counts.asked(), 4, "silent again");
}

/// Whoever presents a password has used it now, and not when an earlier request did.
/// A layer may have taken the party from the cache: that proves nothing to a policy inside that asks for a fresh factor.
#[test]
fn a_policy_about_freshness_does_not_believe_a_layer_that_remembered() {
    let schemes = || Policy::listed(leak([SchemeUse::of::<Bearer>()]));
    let fresh = Requirement::Factor { method: "pwd", within: Some(Duration::from_secs(10)) };
    let (layers, fresh) = (leak(endpoint(schemes())), leak(endpoint(schemes().require(fresh))));
    for form in forms() {
        let (counts, clock) = (Counts::new(form(Revocations::new())), clock());
        let realm = Realm::<String>::builder("test").bearer(counts.clone()).clock(Arc::new(clock.clone()));
        let realm = realm.build().unwrap().erase();
        let request = http::Request::get("/").header("authorization", "Bearer alice").body(()).unwrap();
        let head = HttpHead::of_request(&request);
        // The layer asks the verifier, the cache, the cache; the policy inside believes the first of these.
        for (asked_by_layer, asked_in_all) in [(1, 1), (1, 2), (2, 3)] {
            let handle = Handle::new(realm.clone());
            assert!(matches!(poll(pin!(begin_layer(Some(&handle), &head, layers))), Poll::Ready(Ok(_))));
            assert_eq!(counts.asked(), asked_by_layer);
            assert!(matches!(poll(pin!(begin(Some(&handle), &head, fresh))), Poll::Ready(Ok(_))), "{asked_in_all}");
            assert_eq!(counts.asked(), asked_in_all);
            clock.advance(Duration::from_secs(11));
        }
    }
}

#[test]
fn a_policy_about_freshness_asks_the_verifier() {
    let (counts, clock) = (Counts::new(Caching::of_passwords(Revocations::new())), clock());
    let handle = handle(&counts, &clock);
    assert_eq!(status(&handle, "alice"), 200);
    clock.advance(Duration::from_secs(20));
    let fresh = || Requirement::Factor { method: "pwd", within: Some(Duration::from_secs(10)) };
    for requirement in [Requirement::All(leak([fresh()])), fresh()] {
        let endpoint = leak(endpoint(Policy::listed(leak([SchemeUse::of::<Bearer>()])).require(requirement)));
        assert!(matches!(poll(pin!(check(&handle, "alice", endpoint))), Poll::Ready(Ok(_))));
    }
    assert_eq!(counts.asked(), 3);
}

/// Policies are judged at each request; only who it is is remembered.
#[test]
fn the_outcome_of_a_policy_is_not_kept() {
    let (counts, clock) = (Counts::new(Caching::of_secrets(Revocations::new())), clock());
    let handle = handle(&counts, &clock);
    assert_eq!(status(&handle, "alice"), 200);
    let admins = Policy::listed(leak([SchemeUse::of::<Bearer>()])).require(Requirement::Role(Name::Text("admin")));
    let Poll::Ready(Err(refusal)) = poll(pin!(check(&handle, "alice", leak(endpoint(admins))))) else {
        panic!("passes")
    };
    assert_eq!(refusal.status(), 403);
    assert_eq!(counts.asked(), 1);
}

#[test]
fn a_full_cache_forgets_and_stays_right() {
    let (counts, clock) = (Counts::new(Caching::of_signed_tokens(Revocations::new())), clock());
    let builder = Realm::<String>::builder("test").bearer(counts.clone()).cache_capacity(16);
    let handle = handle_of(builder, &clock);
    for round in 0..2 {
        for user in 0..200 {
            let name = format!("user-{user}");
            let Poll::Ready(Ok(verdict)) = poll(pin!(check(&handle, &name, policy()))) else { panic!("round {round}") };
            drop(verdict);
        }
    }
    assert!(counts.asked() > 384, "at most 16 of 200 can be kept: {}", counts.asked());
}

#[test]
fn a_hit_allocates_nothing() {
    let (counts, clock) = (Counts::new(Caching::of_signed_tokens(Revocations::new())), clock());
    let realm = Realm::<String>::builder("test").bearer(counts.clone()).clock(Arc::new(clock)).build().unwrap();
    assert_eq!(status(&Handle::new(realm.erase()), "alice"), 200);
    let request = http::Request::get("/").header("authorization", "Bearer alice").body(()).unwrap();
    let head = HttpHead::of_request(&request);
    let handle = Handle::new(realm.erase());
    let endpoint = policy();
    let measured = allocation_counter::measure(|| {
        assert!(matches!(poll(pin!(begin(Some(&handle), &head, endpoint))), Poll::Ready(Ok(_))));
    });
    assert_eq!(measured.count_total, 0);
    assert_eq!(counts.asked(), 1);
}
