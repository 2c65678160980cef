//! Parts of a batch: copies of one request, with credentials of their own, served side by side.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use auth_axum::{Auth, AuthLayer, Claims, Facts, Principal, Realm, Require, Router, get, requires_auth};
use auth_core::credential::{BearerRef, BearerToken};
use auth_core::decision::{Handle, guard};
use auth_core::policy::SchemeUse;
use auth_core::{AnyRealm, Attempt, Bearer, Factor, Policy, Verified, Verifier, VerifyError};
use auth_tests::{endpoint, leak};
use auth_tower::HttpHead;
use axum::body::Body;
use axum::extract::{Extension, FromRequestParts};
use http::request::Parts;
use http::{Request, Response};
use tokio::sync::Barrier;
use tower::{Layer as _, Service, ServiceExt as _, service_fn};

/// Each token is a name.
struct Names;

impl Verifier<BearerToken> for Names {
    type Value = Claims;

    fn try_verify(&self, token: &BearerRef<'_>, _: &Attempt) -> Option<Result<Verified<Claims>, VerifyError>> {
        Some(Ok(Verified::new(Facts::new(token.reveal()), Claims::new())))
    }

    async fn verify(&self, _: BearerToken, _: Attempt) -> Result<Verified<Claims>, VerifyError> {
        unreachable!("answers at once")
    }
}

#[derive(Clone, Principal)]
struct User {
    #[principal(subject)]
    name: String,
}

/// Waits until the guards of both parts have let them through.
struct BothDecided;

impl<S: Send + Sync> FromRequestParts<S> for BothDecided {
    type Rejection = http::StatusCode;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, http::StatusCode> {
        let both = Extension::<Arc<Barrier>>::from_request_parts(parts, state).await;
        both.map_err(|_| http::StatusCode::INTERNAL_SERVER_ERROR)?.wait().await;
        Ok(Self)
    }
}

#[requires_auth(bearer)]
async fn who(_: BothDecided, user: Auth<User>) -> String {
    user.name.clone()
}

async fn text(answer: Response<Body>) -> String {
    String::from_utf8(axum::body::to_bytes(answer.into_body(), 100).await.unwrap().to_vec()).unwrap()
}

/// The name of the party, as handlers in request mode read it.
async fn named(
    user: impl Future<Output = Result<auth_tower::Auth<User>, auth_tower::Refusal>>,
) -> Result<Response<Body>, Infallible> {
    Ok(match user.await {
        Ok(user) => Response::new(Body::from(user.name.clone())),
        Err(refusal) => refusal.into_response(),
    })
}

#[auth_tower::requires_auth(bearer)]
async fn whose_at_once(request: Request<Body>) -> Result<Response<Body>, Infallible> {
    named(auth_tower::Auth::of(&request)).await
}

/// Reads the name once both parts have been decided.
#[auth_tower::requires_auth(bearer)]
async fn whose(request: Request<Body>) -> Result<Response<Body>, Infallible> {
    request.extensions().get::<Arc<Barrier>>().expect("a barrier").wait().await;
    named(auth_tower::Auth::of(&request)).await
}

fn realm() -> Realm<User> {
    Realm::<User>::builder("batch").bearer(Names).build().unwrap()
}

/// Sends two copies of one request at once, which have come through one layer, and says what became of each.
async fn send_both<S>(inner: S) -> String
where
    S: Service<Request<Body>, Response = Response<Body>> + Clone + Send + Sync + 'static,
    S::Error: std::fmt::Debug,
    S::Future: Send,
{
    let batch = service_fn(move |request: Request<Body>| {
        let whole = request.into_parts().0;
        let part = |name: &str| {
            let mut parts = whole.clone();
            parts.headers.insert("authorization", format!("Bearer {name}").parse().unwrap());
            inner.clone().oneshot(Request::from_parts(parts, Body::empty()))
        };
        let both = (part("alice"), part("bob"));
        async move {
            let (alice, bob) = tokio::join!(both.0, both.1);
            let (alice, bob) = (text(alice.unwrap()).await, text(bob.unwrap()).await);
            Ok::<_, Infallible>(Response::new(Body::from(format!("{alice} {bob}"))))
        }
    });
    let request = Request::get("/").extension(Arc::new(Barrier::new(2))).body(Body::empty()).unwrap();
    text(AuthLayer::new(realm()).layer(batch).oneshot(request).await.unwrap()).await
}

#[tokio::test]
async fn each_part_of_a_batch_is_its_own_party() {
    let router = Router::new()
        .route("/", get(who))
        .layer(AuthLayer::new(realm()))
        .into_axum()
        .layer(Extension(Arc::new(Barrier::new(2))));
    assert_eq!(send_both(router).await, "alice bob");
}

#[tokio::test]
async fn each_part_has_a_layer_of_its_own() {
    assert_eq!(send_both(AuthLayer::new(realm()).layer(service_fn(whose))).await, "alice bob");
}

/// Without one, nothing tells the parts apart: nobody becomes somebody else.
#[tokio::test]
async fn parts_without_a_layer_of_their_own_are_one_party_or_refused() {
    let answer = send_both(service_fn(whose_at_once)).await;
    assert_eq!(answer, r#"alice {"type":"about:blank","title":"Internal Server Error","status":500}"#);
}

/// A gateway's own guard has let the request through; the service behind it has a rule of its own.
#[tokio::test]
async fn what_a_guard_outside_has_decided_is_no_decision_inside() {
    #[requires_auth(bearer, role = "admin", policy = Admins)]
    async fn _admins() {
        std::future::ready(()).await;
    }

    async fn purge(user: Auth<User>) -> String {
        format!("purged by {}", user.name)
    }

    let inner = Realm::<User>::builder("inner").bearer(Names).default_policy::<Admins>().build().unwrap();
    let inside = axum::Router::new().route("/", axum::routing::get(purge)).layer(AuthLayer::new(inner));
    let gateway = move |_: Require<WhoAuth>, request: Request<Body>| inside.clone().oneshot(request);
    let outside = axum::Router::new().route("/", axum::routing::get(gateway)).layer(AuthLayer::new(realm()));

    let request = Request::get("/").header("authorization", "Bearer alice").body(Body::empty()).unwrap();
    assert_eq!(outside.oneshot(request).await.unwrap().status(), 403);
}

/// Believes everybody, and gives each look at a credential a time of its own.
#[derive(Default)]
struct ByTheClock(AtomicU64);

impl Verifier<BearerToken> for ByTheClock {
    type Value = Claims;

    fn try_verify(&self, token: &BearerRef<'_>, _: &Attempt) -> Option<Result<Verified<Claims>, VerifyError>> {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(self.0.fetch_add(1, Ordering::Relaxed));
        let facts = Facts::new(token.reveal()).with_factor(Factor::new("pwd").at(time)).with_auth_time(time);
        Some(Ok(Verified::new(facts, Claims::new())))
    }

    async fn verify(&self, _: BearerToken, _: Attempt) -> Result<Verified<Claims>, VerifyError> {
        unreachable!("answers at once")
    }
}

fn by_the_clock(name: &str) -> AnyRealm {
    Realm::<User>::builder(name).bearer(ByTheClock::default()).without_cache().build().unwrap().erase()
}

/// Whether guards of these policies let the tokens through, one after another, by one handle.
async fn pass(handle: &Handle, calls: impl IntoIterator<Item = (Policy, &str)>) -> Vec<bool> {
    let mut passed = Vec::new();
    for (policy, token) in calls {
        let request = Request::get("/").header("authorization", format!("Bearer {token}")).body(()).unwrap();
        let guard = guard(Some(handle), &HttpHead::of_request(&request), leak(endpoint(policy)));
        passed.push(guard.await.is_ok());
    }
    passed
}

fn bearer() -> Policy {
    Policy::listed(leak([SchemeUse::of::<Bearer>()]))
}

#[tokio::test]
async fn one_party_may_be_decided_again_whatever_the_time() {
    let handle = Handle::new(by_the_clock("batch"));
    assert_eq!(pass(&handle, [(bearer(), "alice"), (bearer(), "alice"), (bearer(), "bob")]).await, [true, true, false]);
}

#[tokio::test]
async fn a_public_handler_between_them_makes_no_party_another() {
    let handle = Handle::new(by_the_clock("batch"));
    let public = || Policy::public("a test");
    let calls = [(bearer(), "alice"), (public(), "bob"), (public(), "bob"), (bearer(), "bob"), (bearer(), "alice")];
    assert_eq!(pass(&handle, calls).await, [true, true, true, false, true]);
}

#[tokio::test]
async fn one_name_in_two_realms_is_two_parties() {
    let handle = Handle::new(by_the_clock("staff")).with_realm(by_the_clock("customers"));
    let calls = [(bearer().realm("staff"), "1"), (bearer().realm("customers"), "1")];
    assert_eq!(pass(&handle, calls).await, [true, false]);
}
