//! What the hoop does around a handler, and what the check of routes finds.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

#[path = "../../../tests/shared/log.rs"]
mod log;

use std::collections::BTreeSet;

use auth_core::credential::BearerToken;
use auth_salvo::{
    Attempt, Auth, AuthHoop, Facts, Realm, Reason, RequireHoop, Verified, Verifier, VerifyError, auth_impl,
    check_routes, not_found, public, requires_auth,
};
use salvo::catcher::Catcher;
use salvo::http::{HeaderMap, HeaderName, Method, StatusCode, StatusError};
use salvo::test::{RequestBuilder, ResponseExt as _, TestClient};
use salvo::{Handler as _, Response, Router, Service, Writer as _, handler};

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
fn me(user: Auth<String>) -> String {
    user.to_string()
}

#[public(reason = "health check")]
#[handler]
fn health() -> &'static str {
    "ok"
}

#[handler]
fn forgotten() -> &'static str {
    "everybody's"
}

#[handler]
fn forgotten_error() -> StatusError {
    StatusError::im_a_teapot()
}

#[requires_auth(bearer)]
#[handler]
fn fails(user: Auth<String>) -> Result<String, StatusError> {
    Err(StatusError::im_a_teapot().brief(user.to_string()))
}

struct Hello(&'static str);

#[auth_impl]
#[handler]
impl Hello {
    #[requires_auth(bearer)]
    fn handle(&self, response: &mut Response) {
        response.render(self.0);
    }
}

fn at(path: &str, handler: impl salvo::Handler) -> Router {
    Router::with_path(path).get(handler)
}

fn covered() -> Router {
    Router::new()
        .push(at("me", me))
        .push(at("health", health))
        .push(at("fails", fails))
        .push(Router::with_path("deep/{id}").push(at("hello", Hello("hello"))))
        .push(Router::with_path("{**path}").goal(not_found(&realm())))
}

fn service(router: Router) -> Service {
    Service::new(router.hoop(AuthHoop::new(realm()).deny_undecided()))
}

async fn answer(service: &Service, path: &str, token: Option<&str>) -> (u16, String) {
    let mut request = TestClient::get(format!("http://localhost{path}"));
    if let Some(token) = token {
        request = request.add_header("authorization", format!("Bearer {token}"), true);
    }
    let mut response = request.send(service).await;
    let status = response.status_code.map_or(0, |status| status.as_u16());
    (status, response.take_string().await.expect("a text"))
}

#[test]
fn each_handler_of_a_covered_router_has_an_attribute() {
    check_routes(&covered()).run().expect("all are covered");
}

#[test]
fn forgotten_handlers_are_found_wherever_they_are() {
    let router = covered()
        .push(at("forgotten", forgotten))
        .push(Router::with_path("a").push(Router::with_path("b").post(forgotten_error)))
        .push(at("hooped", me.hooped()));
    let error = check_routes(&router).run().expect_err("three are not covered").to_string();
    for part in ["3 handler(s)", "hoop::forgotten at", "hoop::forgotten_error at", "HoopedHandler at", "hooped"] {
        assert!(error.contains(part), "{part} in {error}");
    }
    let excepted = check_routes(&router)
        .except(&forgotten, "a demonstration")
        .except(&forgotten_error, "a demonstration")
        .except(&me.hooped(), "it is `me`, which has an attribute");
    excepted.run().expect("the others are covered");
    let reasonless = check_routes(&at("forgotten", forgotten)).except(&forgotten, " ").run();
    let error = reasonless.expect_err("nobody says why").to_string();
    assert!(
        error.contains("1 handler(s)") && error.contains("path:forgotten method:GET is unchecked without a reason"),
        "{error}"
    );
}

#[tokio::test]
async fn withholds_what_undecided_handlers_answer() {
    let service = service(Router::new().push(at("forgotten", forgotten)).push(at("error", forgotten_error)));
    for path in ["/forgotten", "/error"] {
        let (status, body) = answer(&service, path, None).await;
        assert_eq!(status, 500, "{path}");
        assert!(body.contains("Internal Server Error") && !body.contains("everybody"), "{body}");
    }
}

#[tokio::test]
async fn tells_the_operator_which_route_nobody_has_decided() {
    let log = Log::of_the_program();
    let service =
        service(Router::with_path("told").push(at("forgotten", forgotten)).push(at("error", forgotten_error)));
    for path in ["/told/forgotten", "/told/error"] {
        assert_eq!(answer(&service, &format!("{path}?token=s3cr3t"), None).await.0, 500, "{path}");
        assert_eq!(log.withheld("GET", path), 1, "{}", log.text());
    }
    assert!(!log.text().contains("s3cr3t"));
}

#[tokio::test]
async fn lets_decided_handlers_answer() {
    let service = service(covered());
    assert_eq!(answer(&service, "/health", None).await, (200, "ok".to_owned()));
    assert_eq!(answer(&service, "/me", Some("good")).await, (200, "alice".to_owned()));
    assert_eq!(answer(&service, "/me", Some("bad")).await.0, 401);
    assert_eq!(answer(&service, "/deep/1/hello", Some("good")).await, (200, "hello".to_owned()));
    assert_eq!(answer(&service, "/deep/1/hello", None).await.0, 401);
    assert_eq!(answer(&service, "/fails", Some("good")).await.0, 418);
    assert_eq!(answer(&service, "/nowhere", None).await.0, 404);
}

#[tokio::test]
async fn lets_the_routers_own_errors_pass() {
    let service = Service::new(Router::with_path("me").post(me)).hoop(AuthHoop::new(realm()).deny_undecided());
    assert_eq!(answer(&service, "/nowhere", None).await.0, 404);
    assert_eq!(answer(&service, "/me", None).await.0, 405);
}

#[requires_auth(bearer, role = "admin", hide)]
#[handler]
fn hidden() -> &'static str {
    "ok"
}

#[public(reason = "its object is not there")]
#[handler]
fn vanished() -> StatusError {
    StatusError::not_found().brief("of salvo's own form")
}

#[public(reason = "its object is not there, and it says so")]
#[handler]
fn vanished_in_words(response: &mut Response) {
    response.status_code(StatusCode::NOT_FOUND);
    response.render("no such object");
}

/// All that is seen of an answer.
async fn seen(service: &Service, method: Method, path: &str) -> (Option<StatusCode>, HeaderMap, String) {
    let request = RequestBuilder::new(format!("http://localhost{path}"), method);
    let mut response = request.add_header("authorization", "Bearer good", true).send(service).await;
    let body = response.take_string().await.unwrap_or_default();
    (response.status_code, response.headers.clone(), body)
}

#[tokio::test]
async fn what_is_hidden_looks_like_an_unknown_path_for_every_method() {
    let methods = [Method::GET, Method::HEAD, Method::POST, Method::OPTIONS, Method::DELETE, Method::PATCH];
    for at_the_router in [true, false] {
        let routes = Router::new().push(Router::with_path("hidden").goal(hidden));
        let service = if at_the_router {
            Service::new(routes.hoop(AuthHoop::new(realm()))).hoop(not_found(&realm()))
        } else {
            Service::new(routes).hoop(not_found(&realm())).hoop(AuthHoop::new(realm()))
        };
        for method in &methods {
            let answer = seen(&service, method.clone(), "/hidden").await;
            assert_eq!(answer.0, Some(StatusCode::NOT_FOUND), "{method}");
            let expected = ["cache-control", "content-length", "content-type"];
            let names: BTreeSet<_> = answer.1.keys().map(HeaderName::as_str).collect();
            assert!(expected.iter().all(|name| *method != Method::HEAD || names.contains(name)), "{names:?}");
            assert_eq!(seen(&service, method.clone(), "/nowhere").await, answer, "{method}");
        }
    }
}

#[tokio::test]
async fn a_hoop_gives_every_404_without_words_the_realms_form() {
    let routes = Router::new().push(at("vanished", vanished)).push(at("words", vanished_in_words)).push(at("me", me));
    let service = Service::new(routes.hoop(AuthHoop::new(realm()))).hoop(not_found(&realm()));
    let not_found = (404, r#"{"type":"about:blank","title":"Not Found","status":404}"#.to_owned());
    assert_eq!(answer(&service, "/nowhere", None).await, not_found);
    assert_eq!(answer(&service, "/vanished", None).await, not_found);
    assert_eq!(answer(&service, "/words", None).await, (404, "no such object".to_owned()));
    assert_eq!(answer(&service, "/me", Some("good")).await, (200, "alice".to_owned()));
    assert_eq!(answer(&service, "/me", None).await.0, 401);
    let post = TestClient::post("http://localhost/me").send(&service).await;
    assert_eq!(post.status_code, Some(StatusCode::METHOD_NOT_ALLOWED));
}

#[tokio::test]
async fn a_catcher_answers_unknown_paths_in_the_realms_form() {
    let service = Service::new(at("me", me)).catcher(Catcher::default().hoop(not_found(&realm())));
    let not_found = (404, r#"{"type":"about:blank","title":"Not Found","status":404}"#.to_owned());
    assert_eq!(answer(&service, "/nowhere", None).await, not_found);
    let head = TestClient::head("http://localhost/nowhere").send(&service).await;
    assert!(head.headers.is_empty(), "salvo has begun to call catchers for HEAD: {:?}", head.headers);
}

/// What hides `Auth<P>` from the attribute.
type Party = Auth<String>;

#[requires_auth(bearer, optional)]
#[handler]
fn party_of_a_guest(user: Party) -> String {
    user.to_string()
}

#[requires_auth(bearer, optional)]
#[handler]
fn guest(user: Option<Auth<String>>) -> String {
    user.map_or_else(|| "guest".to_owned(), |user| user.to_string())
}

#[tokio::test]
async fn only_an_option_takes_a_guest() {
    let service = service(Router::new().push(at("party", party_of_a_guest)).push(at("guest", guest)));
    assert_eq!(answer(&service, "/party", None).await.0, 500);
    assert_eq!(answer(&service, "/party", Some("good")).await, (200, "alice".to_owned()));
    assert_eq!(answer(&service, "/guest", None).await, (200, "guest".to_owned()));
    assert_eq!(answer(&service, "/guest", Some("bad")).await.0, 401);
}

/// Of another type than the realm's, and hidden from the attribute.
type Wrong = Option<Auth<u32>>;

#[requires_auth(bearer, optional)]
#[handler]
fn swallowed(user: Wrong) -> String {
    format!("served to {user:?}")
}

#[requires_auth(bearer, optional)]
#[handler]
fn wrong(user: Option<Auth<u32>>) -> String {
    unreachable!("the guard refuses before {user:?}")
}

#[tokio::test]
async fn a_refusal_inside_of_an_option_is_no_guest() {
    let service = service(Router::new().push(at("swallowed", swallowed)).push(at("wrong", wrong)));
    for (path, token) in [("/swallowed", Some("good")), ("/wrong", Some("good")), ("/wrong", None)] {
        let (status, body) = answer(&service, path, token).await;
        assert_eq!(status, 500, "{path}");
        assert!(!body.contains("served"), "{body}");
    }
}

/// The files of members.
#[requires_auth(bearer)]
struct MembersOnly;

#[tokio::test]
async fn all_that_is_behind_a_hoop_is_guarded() {
    let files = at("files", forgotten).hoop(RequireHoop::<MembersOnly>::new());
    let service = service(Router::new().push(files));
    assert_eq!(answer(&service, "/files", None).await.0, 401);
    assert_eq!(answer(&service, "/files", Some("good")).await, (200, "everybody's".to_owned()));
}

#[tokio::test]
async fn without_a_hoop_nothing_is_served() {
    let service = Service::new(Router::new().push(at("me", me)).push(at("health", health)));
    assert_eq!(answer(&service, "/me", Some("good")).await.0, 500);
    assert_eq!(answer(&service, "/health", None).await.0, 200);
}
