//! The document of salvo-oapi beside the catalogue: both come of one declaration.
#![cfg(feature = "oapi")]
#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

use auth_core::credential::{BasicCredentials, BearerToken, OpaqueToken};
use auth_salvo::oapi::{OptionalAuth, describe};
use auth_salvo::{
    Attempt, Auth, AuthHoop, Claims, ClientSource, Facts, Principal, Realm, Reason, Refusal, Scheme, Verified,
    Verifier, VerifyError, catalogue, check_routes, public, requires_auth,
};
use salvo::oapi::{OpenApi, endpoint};
use salvo::test::{ResponseExt as _, TestClient};
use salvo::{Router, Service, Writer as _};
use serde_json::{Value, json};

#[derive(Clone, Debug, Principal)]
struct User {
    #[principal(subject)]
    id: String,
}

/// Keys in a header of their own.
#[derive(Scheme)]
#[scheme(header = "X-Service-Key")]
struct ServiceKey;

/// Keys in the address.
#[derive(Scheme)]
#[scheme(query = "ticket")]
struct Ticket;

/// Believes nobody but `good`.
struct Doubts;

fn verify(is_good: bool) -> Result<Verified<Claims>, VerifyError> {
    if is_good {
        return Ok(Verified::new(Facts::new("alice").with_scopes(["a"]), Claims::new()));
    }
    Err(VerifyError::refused(Reason::UNKNOWN_CREDENTIAL))
}

macro_rules! doubts {
    ($($credential:ident: |$name:ident| $is_good:expr;)*) => {$(
        impl Verifier<$credential> for Doubts {
            type Value = Claims;

            async fn verify(&self, $name: $credential, _: Attempt) -> Result<Verified<Claims>, VerifyError> {
                verify($is_good)
            }
        }
    )*};
}

doubts! {
    BearerToken: |token| token.as_ref().reveal() == "good";
    BasicCredentials: |credentials| credentials.user() == "nobody";
    OpaqueToken: |key| key.as_ref().reveal() == "good";
}

fn realm() -> Realm<User> {
    Realm::builder("demo")
        .bearer(Doubts)
        .basic(Doubts)
        .scheme(ServiceKey, Doubts)
        .scheme(Ticket, Doubts)
        .source(ClientSource::peer())
        .build()
        .expect("a good realm")
}

#[public(reason = "health check")]
#[endpoint]
async fn health() -> &'static str {
    "ok"
}

#[requires_auth(bearer, basic)]
#[endpoint]
async fn me(user: Auth<User>) -> String {
    user.id.clone()
}

#[requires_auth(bearer, ServiceKey, scope("a", "b"))]
#[endpoint]
async fn items() -> &'static str {
    "items"
}

#[requires_auth(bearer, any(role = "admin", scope = "a"))]
#[endpoint]
async fn create(user: Auth<User>) -> Result<String, Refusal> {
    user.ensure(user.id != "alice")?;
    Ok(user.id.clone())
}

#[requires_auth(bearer, role = "admin", hide)]
#[endpoint]
async fn hidden() -> &'static str {
    "hidden"
}

#[requires_auth(bearer, optional)]
#[endpoint]
async fn maybe(user: OptionalAuth<User>) -> String {
    user.0.map_or_else(|| "guest".to_owned(), |user| user.id.clone())
}

#[requires_auth(any_scheme)]
#[endpoint]
async fn any() -> &'static str {
    "any"
}

#[requires_auth(bearer, Ticket)]
#[endpoint]
async fn ticket() -> &'static str {
    "ticket"
}

/// Each operation with the name of its function.
const OPERATIONS: [(&str, &str, &str); 8] = [
    ("/health", "get", "health"),
    ("/me", "get", "me"),
    ("/items", "get", "items"),
    ("/items", "post", "create"),
    ("/hidden", "get", "hidden"),
    ("/maybe", "get", "maybe"),
    ("/any", "get", "any"),
    ("/ticket", "get", "ticket"),
];

fn router() -> Router {
    Router::new()
        .push(Router::with_path("health").get(health))
        .push(Router::with_path("me").get(me))
        .push(Router::with_path("items").get(items).post(create))
        .push(Router::with_path("hidden").get(hidden))
        .push(Router::with_path("maybe").get(maybe))
        .push(Router::with_path("any").get(any))
        .push(Router::with_path("ticket").get(ticket))
}

fn document() -> Value {
    let document = describe(OpenApi::new("demo", "1").merge_router(&router()), &[&realm()]);
    serde_json::from_str(&document.to_json().expect("a document")).expect("JSON")
}

fn statuses(operation: &Value) -> Vec<&str> {
    operation["responses"].as_object().expect("responses").keys().map(String::as_str).collect()
}

#[test]
fn security_is_that_of_the_catalogue() {
    let document = document();
    let catalogue: Value = serde_json::from_str(&catalogue().to_json()).expect("JSON");
    for (path, method, function) in OPERATIONS {
        let operation = &document["paths"][path][method];
        let row = catalogue.as_array().expect("rows").iter().find(|row| row["handler"] == function).expect("a row");
        if function == "any" {
            // The catalogue knows no realm.
            assert_eq!(row["security"], json!([{"any_scheme": []}]));
            assert_eq!(operation["security"], json!([{"bearer": []}, {"basic": []}, {"service_key": []}]));
        } else {
            assert_eq!(operation["security"], row["security"], "{function}");
        }
    }
}

#[test]
fn scopes_are_said_and_what_is_more_than_scopes_is_printed() {
    let document = document();
    let paths = &document["paths"];
    assert_eq!(paths["/items"]["get"]["security"], json!([{"bearer": ["a", "b"]}, {"service_key": ["a", "b"]}]));
    assert_eq!(paths["/maybe"]["get"]["security"], json!([{"bearer": []}, {}]));
    assert_eq!(paths["/health"]["get"]["security"], json!([]));
    assert!(paths["/items"]["get"].get("x-auth-policy").is_none());
    assert_eq!(paths["/items"]["post"]["x-auth-policy"], r#"bearer, any(role = "admin", scope = "a")"#);
    assert_eq!(paths["/hidden"]["get"]["x-auth-policy"], r#"bearer, role = "admin", hide"#);
}

#[test]
fn refusals_are_among_the_responses() {
    let document = document();
    let paths = &document["paths"];
    assert_eq!(statuses(&paths["/health"]["get"]), ["200"]);
    assert_eq!(statuses(&paths["/me"]["get"]), ["200", "400", "401", "403", "429", "503"]);
    assert_eq!(statuses(&paths["/items"]["get"]), ["200", "400", "401", "403", "503"]);
    assert_eq!(statuses(&paths["/items"]["post"]), ["200", "400", "401", "403", "503"]);
    assert_eq!(statuses(&paths["/hidden"]["get"]), ["200", "400", "401", "404", "503"]);
    assert_eq!(paths["/me"]["get"]["responses"]["401"], json!({"description": "Unauthorized"}));
}

#[test]
fn schemes_are_those_of_the_realm() {
    let expected = json!({
        "bearer": {"type": "http", "scheme": "bearer"},
        "basic": {"type": "http", "scheme": "basic"},
        "service_key": {"type": "apiKey", "in": "header", "name": "X-Service-Key"},
        "ticket": {"type": "apiKey", "in": "query", "name": "ticket"},
    });
    assert_eq!(document()["components"]["securitySchemes"], expected);
}

#[tokio::test]
async fn endpoints_are_guarded_and_covered() {
    check_routes(&router()).run().expect("all have attributes");
    let service = Service::new(router().hoop(AuthHoop::new(realm()).deny_undecided()));
    let rows = [
        ("/me", None, 401, None),
        ("/me", Some("good"), 200, Some("alice")),
        ("/items", Some("good"), 403, None),
        ("/hidden", Some("good"), 404, None),
        ("/maybe", None, 200, Some("guest")),
        ("/maybe", Some("good"), 200, Some("alice")),
        ("/maybe", Some("bad"), 401, None),
        ("/health", None, 200, Some("ok")),
    ];
    for (path, token, status, body) in rows {
        let mut request = TestClient::get(format!("http://localhost{path}"));
        if let Some(token) = token {
            request = request.add_header("authorization", format!("Bearer {token}"), true);
        }
        let mut response = request.send(&service).await;
        assert_eq!(response.status_code.map(|status| status.as_u16()), Some(status), "{path} {token:?}");
        if let Some(body) = body {
            assert_eq!(response.take_string().await.expect("a text"), body, "{path}");
        }
    }
    let post = TestClient::post("http://localhost/items").add_header("authorization", "Bearer good", true);
    assert_eq!(post.send(&service).await.status_code.map(|status| status.as_u16()), Some(403));
}
