//! What one request has decided, another policy of the same request may use: the same credential, and nothing else.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use auth_core::catalogue::Endpoint;
use auth_core::credential::{BearerRef, BearerToken};
use auth_core::decision::{Check, Handle, begin, begin_layer, current};
use auth_core::policy::{Name, Requirement, SchemeUse};
use auth_core::{Attempt, Bearer, EndpointPolicy, Facts, Policy, Realm, Reason, Verified, Verifier, VerifyError};
use auth_tests::{endpoint, leak};
use auth_tower::HttpHead;

/// Believes every token but `forged`, and counts how often it is asked.
#[derive(Clone, Default)]
struct Counts(Arc<AtomicUsize>);

impl Verifier<BearerToken> for Counts {
    type Value = String;

    fn try_verify(&self, token: &BearerRef<'_>, _: &Attempt) -> Option<Result<Verified<String>, VerifyError>> {
        self.0.fetch_add(1, Ordering::Relaxed);
        let name = token.reveal().to_owned();
        Some(match name.as_str() {
            "forged" => Err(VerifyError::refused(Reason::UNKNOWN_CREDENTIAL)),
            _ => Ok(Verified::new(Facts::new(&name), name)),
        })
    }

    async fn verify(&self, _: BearerToken, _: Attempt) -> Result<Verified<String>, VerifyError> {
        unreachable!("answers at once")
    }
}

fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("waits for nothing"),
    }
}

fn request(token: &str) -> http::Request<()> {
    http::Request::get("/").header("authorization", format!("Bearer {token}")).body(()).unwrap()
}

fn policy() -> &'static Endpoint {
    leak(endpoint(Policy::listed(leak([SchemeUse::of::<Bearer>()]))))
}

fn check(handle: &Handle, token: &str, endpoint: &'static Endpoint) -> Check {
    begin(Some(handle), &HttpHead::of_request(&request(token)), endpoint)
}

#[test]
fn a_guard_inside_a_layer_does_not_ask_the_verifier_again() {
    let counts = Counts::default();
    let handle = Handle::new(Realm::<String>::builder("test").bearer(counts.clone()).build().unwrap().erase());
    let request = request("alice");
    now(begin_layer(Some(&handle), &HttpHead::of_request(&request), policy())).unwrap();
    now(check(&handle, "alice", policy())).unwrap();
    assert_eq!(counts.0.load(Ordering::Relaxed), 1);
}

/// A part of a batch has a slot of its own, and hears of what was decided for the whole.
#[test]
fn a_guard_of_a_copy_does_not_ask_the_verifier_again_either() {
    let counts = Counts::default();
    let handle = Handle::new(Realm::<String>::builder("test").bearer(counts.clone()).build().unwrap().erase());
    now(begin_layer(Some(&handle), &HttpHead::of_request(&request("alice")), policy())).unwrap();
    assert!(handle.enter().is_none());
    let copy = handle.enter().unwrap();
    now(check(&copy, "alice", policy())).unwrap();
    assert_eq!(counts.0.load(Ordering::Relaxed), 1);
}

/// A sub-request may carry another credential than the request that it came with.
#[test]
fn another_credential_is_verified_for_itself() {
    for outer in [begin, begin_layer] {
        let handle = Handle::new(Realm::<String>::builder("test").bearer(Counts::default()).build().unwrap().erase());
        now(outer(Some(&handle), &HttpHead::of_request(&request("alice")), policy())).unwrap();
        assert_eq!(now(check(&handle, "forged", policy())).unwrap_err().status(), 401);
        now(check(&handle, "bob", policy())).unwrap();
        let user = now(current::<String>(Some(&handle), &HttpHead::of_request(&request("bob")))).unwrap().unwrap();
        assert_eq!(user.principal(), "bob");
    }
}

/// Each policy is evaluated for itself, whoever was authenticated before.
#[test]
fn a_verdict_is_never_reused_for_another_policy() {
    let handle = Handle::new(Realm::<String>::builder("test").bearer(Counts::default()).build().unwrap().erase());
    now(begin_layer(Some(&handle), &HttpHead::of_request(&request("alice")), policy())).unwrap();
    let admins = Policy::listed(leak([SchemeUse::of::<Bearer>()])).require(Requirement::Role(Name::Text("admin")));
    assert_eq!(now(check(&handle, "alice", leak(endpoint(admins)))).unwrap_err().status(), 403);
}

#[test]
fn a_check_that_nobody_awaits_decides_nothing() {
    let handle = Handle::new(Realm::<String>::builder("test").bearer(Counts::default()).build().unwrap().erase());
    drop(check(&handle, "alice", policy()));
    assert!(!handle.has_verdict());
    let head = request("alice");
    assert_eq!(now(current::<String>(Some(&handle), &HttpHead::of_request(&head))).unwrap_err().status(), 500);
    assert_eq!(handle.withheld().map(|refusal| refusal.status()), Some(500));
}

#[test]
fn no_guest_passes_a_requirement() {
    let schemes = || Policy::listed(leak([SchemeUse::of::<Bearer>()]));
    let admin = || Requirement::Role(Name::Text("admin"));
    assert!(std::panic::catch_unwind(|| schemes().require(admin()).optional()).is_err());
    assert!(std::panic::catch_unwind(|| schemes().optional().require(admin())).is_err());

    let mut policy = schemes().optional();
    policy.requirement = admin();
    let handle = Handle::new(Realm::<String>::builder("test").bearer(Counts::default()).build().unwrap().erase());
    let bare = http::Request::new(());
    let check = begin(Some(&handle), &HttpHead::of_request(&bare), leak(endpoint(policy)));
    assert_eq!(now(check).unwrap_err().status(), 500);
}

#[auth_tower::requires_auth(bearer, optional)]
struct Optional;

/// A refusal of a handler says everything to caches by itself, and looks like the policy's own.
#[test]
fn refusals_are_not_dressed_up_as_successes() {
    use auth_tower::{Auth, AuthLayer, Refusal};
    use bytes::Bytes;
    use http_body_util::Full;
    use tower::{Layer as _, ServiceExt as _};

    #[auth_tower::requires_auth(bearer, hide)]
    async fn hidden(request: http::Request<Full<Bytes>>) -> Result<http::Response<Full<Bytes>>, Refusal> {
        Auth::<String>::of(&request).await?.ensure(false)?;
        Ok(http::Response::new(Full::default()))
    }

    let realm = Realm::<String>::builder("test").bearer(Counts::default()).build().unwrap();
    let expected = {
        let request = request("alice").map(|()| Full::<Bytes>::default());
        auth_core::decision::not_found(realm.as_ref(), &HttpHead::of_request(&request))
    };
    let service = AuthLayer::new(realm).layer(tower::service_fn(|request| async {
        Ok::<_, std::convert::Infallible>(hidden(request).await.unwrap_or_else(Refusal::into_response))
    }));
    let answer = now(service.oneshot(request("alice").map(|()| Full::default()))).unwrap();
    let fields: Vec<_> =
        answer.headers().iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
    assert_eq!(fields, expected.headers().collect::<Vec<_>>());
    assert_eq!(answer.status(), expected.status());
    assert!(Optional::ENDPOINT.policy.optional);
}
