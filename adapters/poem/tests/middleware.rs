//! What the middleware does around a handler: coverage, `Option`, errors of handlers.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::unused_async, reason = "a handler is asynchronous, whether or not it waits")]

#[path = "../../../tests/shared/log.rs"]
mod log;

use auth_core::credential::BearerToken;
use auth_poem::{
    Attempt, Auth, AuthMiddleware, Facts, Realm, Reason, RequireMiddleware, Verified, Verifier, VerifyError, not_found,
    public, requires_auth,
};
use poem::{Endpoint, EndpointExt as _, Request, Response, Route, get, handler};

use crate::log::Log;

/// Believes `good`.
struct Tokens;

impl Verifier<BearerToken> for Tokens {
    type Value = String;

    async fn verify(&self, token: BearerToken, _: Attempt) -> Result<Verified<String>, VerifyError> {
        match token.as_ref().reveal() {
            "good" => Ok(Verified::new(Facts::new("alice"), "alice".to_owned())),
            _ => Err(VerifyError::refused(Reason::UNKNOWN_CREDENTIAL)),
        }
    }
}

fn realm() -> Realm<String> {
    Realm::builder("demo").bearer(Tokens).build().expect("a good realm")
}

#[requires_auth(bearer)]
#[handler]
async fn me(user: Auth<String>) -> String {
    user.to_string()
}

#[public(reason = "health check")]
#[handler]
async fn health() -> &'static str {
    "ok"
}

#[handler]
async fn forgotten() -> &'static str {
    "everybody's"
}

#[handler]
async fn forgotten_error() -> Result<String, poem::Error> {
    Err(poem::Error::from_status(poem::http::StatusCode::IM_A_TEAPOT))
}

#[requires_auth(bearer)]
#[handler]
async fn fails(user: Auth<String>) -> Result<String, poem::Error> {
    Err(poem::Error::from_string(format!("no tea for {}", *user), poem::http::StatusCode::IM_A_TEAPOT))
}

fn app() -> impl Endpoint<Output = Response> {
    Route::new()
        .at("/me", get(me))
        .at("/health", get(health))
        .at("/forgotten", get(forgotten))
        .at("/forgotten/error", get(forgotten_error))
        .at("/fails", get(fails))
        .with(AuthMiddleware::new(realm()).deny_undecided())
}

fn request(path: &str) -> Request {
    Request::builder().uri_str(path).finish()
}

fn with_token(path: &str, token: &str) -> Request {
    Request::builder().uri_str(path).header("authorization", format!("Bearer {token}")).finish()
}

async fn answer(app: &impl Endpoint, request: Request) -> (u16, String) {
    let response = app.get_response(request).await;
    (response.status().as_u16(), response.into_body().into_string().await.expect("a text"))
}

#[tokio::test]
async fn withholds_what_undecided_handlers_answer() {
    let app = app();
    for path in ["/forgotten", "/forgotten/error"] {
        let (status, body) = answer(&app, request(path)).await;
        assert_eq!(status, 500, "{path}");
        assert!(body.contains("Internal Server Error") && !body.contains("everybody"), "{body}");
    }
    assert_eq!(answer(&app, request("/health")).await, (200, "ok".to_owned()));
    assert_eq!(answer(&app, with_token("/me", "good")).await, (200, "alice".to_owned()));
    assert_eq!(answer(&app, with_token("/me", "bad")).await.0, 401);
}

#[tokio::test]
async fn tells_the_operator_which_route_nobody_has_decided() {
    let log = Log::of_the_program();
    let app = Route::new()
        .nest("/told", Route::new().at("/forgotten", get(forgotten)).at("/error", get(forgotten_error)))
        .with(AuthMiddleware::new(realm()).deny_undecided());
    for path in ["/told/forgotten", "/told/error"] {
        assert_eq!(answer(&app, request(&format!("{path}?token=s3cr3t"))).await.0, 500, "{path}");
        assert_eq!(log.withheld("GET", path), 1, "{}", log.text());
    }
    assert!(!log.text().contains("s3cr3t"));
}

#[tokio::test]
async fn lets_the_routers_own_errors_pass() {
    let app = app();
    assert_eq!(answer(&app, request("/nowhere")).await.0, 404);
    let post = Request::builder().method(poem::http::Method::POST).uri_str("/me").finish();
    assert_eq!(answer(&app, post).await.0, 405);
}

#[requires_auth(bearer, role = "admin", hide)]
#[handler]
async fn hidden() -> &'static str {
    "ok"
}

#[tokio::test]
async fn what_is_hidden_looks_like_an_unknown_path_of_a_nested_router_too() {
    let rooms = || Route::new().at("/hidden", get(hidden)).at("/me", get(me));
    let inside = rooms().with(not_found(&realm())).with(AuthMiddleware::new(realm()).deny_undecided());
    let outside = Route::new().nest("/rooms", inside).with(not_found(&realm()));
    let around = Route::new()
        .nest("/rooms", rooms())
        .with(AuthMiddleware::new(realm()).deny_undecided())
        .with(not_found(&realm()));
    for app in [outside.boxed(), around.boxed()] {
        let seen = async |path: &str| {
            let response = app.get_response(with_token(path, "good")).await;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            (status, headers, response.into_body().into_string().await.expect("a text"))
        };
        let answer = seen("/rooms/hidden").await;
        assert_eq!(answer.2, r#"{"type":"about:blank","title":"Not Found","status":404}"#);
        assert_eq!(seen("/rooms/nowhere").await, answer);
        assert_eq!(seen("/nowhere").await, answer);
        assert_eq!(seen("/rooms/me").await.2, "alice");
    }
}

#[tokio::test]
async fn without_the_option_undecided_handlers_answer() {
    let app = Route::new().at("/forgotten", get(forgotten)).with(AuthMiddleware::new(realm()));
    assert_eq!(answer(&app, request("/forgotten")).await.0, 200);
}

#[tokio::test]
async fn errors_of_a_handler_are_its_answers() {
    assert_eq!(answer(&app(), with_token("/fails", "good")).await, (418, "no tea for alice".to_owned()));
}

/// What hides `Auth<P>` from the attribute.
type Party = Auth<String>;

#[requires_auth(bearer, optional)]
#[handler]
async fn party_of_a_guest(user: Party) -> String {
    user.to_string()
}

#[requires_auth(bearer, optional)]
#[handler]
async fn guest(user: Option<Auth<String>>) -> String {
    user.map_or_else(|| "guest".to_owned(), |user| user.to_string())
}

#[tokio::test]
async fn only_an_option_takes_a_guest() {
    let app =
        Route::new().at("/party", get(party_of_a_guest)).at("/guest", get(guest)).with(AuthMiddleware::new(realm()));
    assert_eq!(answer(&app, request("/party")).await.0, 500);
    assert_eq!(answer(&app, with_token("/party", "good")).await, (200, "alice".to_owned()));
    assert_eq!(answer(&app, request("/guest")).await, (200, "guest".to_owned()));
    assert_eq!(answer(&app, with_token("/guest", "bad")).await.0, 401);
}

/// Of another type than the realm's, and hidden from the attribute.
type Wrong = Option<Auth<u32>>;

#[requires_auth(bearer, optional)]
#[handler]
async fn swallowed(user: Wrong) -> String {
    format!("served to {user:?}")
}

#[requires_auth(bearer, optional)]
#[handler]
async fn wrong(user: Option<Auth<u32>>) -> String {
    unreachable!("the guard refuses before {user:?}")
}

#[tokio::test]
async fn a_refusal_inside_of_an_option_is_no_guest() {
    let app = Route::new().at("/swallowed", get(swallowed)).at("/wrong", get(wrong)).with(AuthMiddleware::new(realm()));
    for request in [with_token("/swallowed", "good"), with_token("/wrong", "good"), request("/wrong")] {
        let path = request.uri().path().to_owned();
        let (status, body) = answer(&app, request).await;
        assert_eq!(status, 500, "{path}");
        assert!(!body.contains("served"), "{body}");
    }
}

/// The files of members.
#[requires_auth(bearer)]
struct MembersOnly;

#[tokio::test]
async fn a_whole_endpoint_is_guarded() {
    let files = poem::endpoint::make_sync(|_| "a file");
    let app = Route::new()
        .nest("/files", files.with(RequireMiddleware::<MembersOnly>::new()))
        .with(AuthMiddleware::new(realm()).deny_undecided());
    assert_eq!(answer(&app, request("/files/a")).await.0, 401);
    assert_eq!(answer(&app, with_token("/files/a", "good")).await, (200, "a file".to_owned()));
}

#[tokio::test]
async fn without_a_middleware_nothing_is_served() {
    let app = Route::new().at("/me", get(me)).at("/health", get(health));
    assert_eq!(answer(&app, with_token("/me", "good")).await.0, 500);
    assert_eq!(answer(&app, request("/health")).await.0, 200);
}
