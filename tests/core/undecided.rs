//! `deny_undecided`: answers of handlers that decided nothing are withheld, all others pass.

#[path = "../shared/log.rs"]
mod log;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use auth_axum::{Auth, AuthLayer, Claims, Principal, Realm, RequireLayer, not_found, public, requires_auth};
use auth_core::credential::BearerToken;
use auth_core::{Attempt, Facts, Reason, Verified, Verifier, VerifyError};
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{ALLOW, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, SET_COOKIE, WWW_AUTHENTICATE};
use axum::http::{HeaderName, Method, Request, Response, StatusCode};
use axum::routing::{any, get};
use http_body_util::BodyExt as _;
use tower::{Layer as _, ServiceExt as _};

use crate::log::Log;

const SECRET: &str = "every row of the table";

/// Believes the token `good`.
struct Tokens;

impl Verifier<BearerToken> for Tokens {
    type Value = Claims;

    async fn verify(&self, token: BearerToken, _: Attempt) -> Result<Verified<Claims>, VerifyError> {
        if token.as_ref().reveal() == "good" {
            return Ok(Verified::new(Facts::new("alice"), Claims::new()));
        }
        Err(VerifyError::refused(Reason::UNKNOWN_CREDENTIAL))
    }
}

#[derive(Clone, Principal)]
struct User {
    #[principal(subject)]
    id: String,
}

#[requires_auth(bearer)]
async fn guarded(user: Auth<User>) -> String {
    user.id.clone()
}

#[public(reason = "health check")]
async fn health() -> &'static str {
    "ok"
}

#[requires_auth(bearer)]
struct Members;

async fn bare(State(runs): State<Arc<AtomicUsize>>) -> &'static str {
    runs.fetch_add(1, Ordering::SeqCst);
    SECRET
}

async fn hides_behind_404() -> (StatusCode, [(HeaderName, &'static str); 1], &'static str) {
    (StatusCode::NOT_FOUND, [(SET_COOKIE, "session=7")], SECRET)
}

fn realm() -> Realm<User> {
    Realm::<User>::builder("demo").bearer(Tokens).build().unwrap()
}

fn app(runs: &Arc<AtomicUsize>) -> Router {
    let files = RequireLayer::<Members>::new().layer(Router::<()>::new().fallback(|| async { "a file" }));
    Router::new()
        .route("/bare", any(bare))
        .route("/hides", get(hides_behind_404))
        .route("/guarded", get(guarded))
        .route("/health", get(health))
        .nest_service("/files", files)
        .with_state(Arc::clone(runs))
        .layer(AuthLayer::new(realm()).deny_undecided())
}

async fn call(app: Router, method: Method, path: &str, token: Option<&str>) -> Response<Body> {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        request = request.header(AUTHORIZATION, format!("Bearer {token}"));
    }
    app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

async fn text(response: Response<Body>) -> String {
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test]
async fn answer_of_a_bare_handler_is_withheld_and_its_effect_has_happened() {
    let runs = Arc::default();
    for token in [None, Some("good"), Some("bad")] {
        let response = call(app(&runs), Method::GET, "/bare", token).await;
        assert_eq!(response.status(), 500);
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
        assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
        let body = text(response).await;
        assert!(!body.contains(SECRET) && body.contains("500"), "{body}");
    }
    assert_eq!(runs.load(Ordering::SeqCst), 3, "it is a detector: the handler ran");
}

#[tokio::test]
async fn no_method_is_exempt() {
    let runs = Arc::default();
    for method in [Method::OPTIONS, Method::HEAD, Method::POST, Method::TRACE] {
        assert_eq!(call(app(&runs), method.clone(), "/bare", None).await.status(), 500, "{method}");
    }
}

#[tokio::test]
async fn what_was_decided_passes_as_it_is() {
    let runs = Arc::default();
    for (path, token, status) in [
        ("/health", None, 200),
        ("/guarded", Some("good"), 200),
        ("/guarded", Some("bad"), 401),
        ("/guarded", None, 401),
        ("/files/a", Some("good"), 200),
        ("/files/a", None, 401),
    ] {
        let response = call(app(&runs), Method::GET, path, token).await;
        assert_eq!(response.status(), status, "{path} {token:?}");
        assert_eq!(response.headers().contains_key(WWW_AUTHENTICATE), status == 401, "{path}");
        assert!(!text(response).await.is_empty(), "{path}");
    }
}

#[tokio::test]
async fn unknown_paths_and_methods_pass_where_no_handler_ran() {
    let runs = Arc::default();
    let unknown = call(app(&runs), Method::GET, "/nowhere", None).await;
    assert_eq!(unknown.status(), 404);
    let wrong = call(app(&runs), Method::DELETE, "/health", None).await;
    assert_eq!(wrong.status(), 405);
    assert_eq!(wrong.headers()[ALLOW], "GET,HEAD");
}

#[tokio::test]
async fn handler_that_answers_404_undecided_gets_nothing_else_out() {
    let response = call(app(&Arc::default()), Method::GET, "/hides", None).await;
    assert_eq!(response.status(), 404);
    assert!(!response.headers().contains_key(SET_COOKIE));
    assert_eq!(text(response).await, "");
}

#[tokio::test]
async fn public_fallback_keeps_its_page() {
    let realm = realm();
    let app = auth_axum::Router::new().fallback(not_found(&realm)).layer(AuthLayer::new(realm).deny_undecided());
    let response = call(app.into_axum(), Method::GET, "/nowhere", None).await;
    assert_eq!((response.status().as_u16(), text(response).await.contains("Not Found")), (404, true));
}

/// The routers' types cannot see it: a layer may answer in place of the handler that it wraps.
#[tokio::test]
async fn answer_of_a_layer_in_place_of_a_guarded_handler_is_withheld() {
    let app: auth_axum::Router = auth_axum::Router::new()
        .route("/guarded", auth_axum::get(guarded))
        .layer(axum::middleware::from_fn(async |_: Request<Body>, _: axum::middleware::Next| SECRET))
        .layer(AuthLayer::new(realm()).deny_undecided());
    let response = call(app.into_axum(), Method::GET, "/guarded", None).await;
    assert_eq!(response.status(), 500);
    assert!(!text(response).await.contains(SECRET));
}

#[tokio::test]
async fn decision_of_an_inner_realm_counts_outside() {
    let inner = Router::new().route("/guarded", get(guarded)).layer(AuthLayer::new(realm()));
    let outer = Realm::<User>::builder("outer").bearer(Tokens).build().unwrap();
    let app = inner.layer(AuthLayer::new(outer).deny_undecided());
    assert_eq!(call(app.clone(), Method::GET, "/guarded", Some("good")).await.status(), 200);
    let refused = call(app, Method::GET, "/guarded", None).await;
    assert_eq!(refused.headers()[WWW_AUTHENTICATE], "Bearer realm=\"demo\"");
}

#[tokio::test]
async fn operator_is_told_the_route_as_an_error_and_no_query() {
    let log = Log::of_the_program();
    call(app(&Arc::default()), Method::PUT, "/bare?token=s3cr3t", None).await;
    assert_eq!(log.withheld("PUT", "/bare"), 1);
    assert!(!log.text().contains("s3cr3t"));
}
