//! The document of poem-openapi beside the catalogue: both come of one declaration.
#![cfg(feature = "openapi")]
#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::unused_async, reason = "poem-openapi wants `async fn`")]

use auth_core::credential::{BasicCredentials, BearerToken, OpaqueToken};
use auth_poem::openapi::{auth_impl, spec};
use auth_poem::{
    Attempt, Auth, AuthMiddleware, Claims, ClientSource, Facts, Principal, Realm, Reason, Refusal, Scheme, Verified,
    Verifier, VerifyError, catalogue,
};
use poem::http::Method;
use poem::{Endpoint as _, EndpointExt as _, Request, Route};
use poem_openapi::payload::{Json, PlainText};
use poem_openapi::{ApiResponse, OpenApi, OpenApiService};
use serde_json::{Value, json};

#[derive(Clone, Principal)]
struct User {
    #[principal(subject)]
    id: String,
}

/// Keys in a header of their own.
#[derive(Scheme)]
#[scheme(header = "X-Service-Key")]
struct ServiceKey;

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
        .source(ClientSource::peer())
        .build()
        .expect("a good realm")
}

/// Makes an answer of its own of every error of a parameter.
#[derive(ApiResponse)]
#[oai(bad_request_handler = "bad_request")]
enum Created {
    #[oai(status = 201)]
    Created(PlainText<String>),
    #[oai(status = 400)]
    BadRequest(PlainText<String>),
}

fn bad_request(mut error: poem::Error) -> Created {
    error.set_error_message("changed");
    Created::BadRequest(PlainText(error.to_string()))
}

struct Api;

#[auth_impl]
#[OpenApi]
impl Api {
    #[public(reason = "health check")]
    #[oai(path = "/health", method = "get")]
    async fn health(&self) -> PlainText<&'static str> {
        PlainText("ok")
    }

    #[requires_auth(bearer, basic)]
    #[oai(path = "/me", method = "get")]
    async fn me(&self, user: Auth<User>) -> PlainText<String> {
        PlainText(user.id.clone())
    }

    #[requires_auth(bearer, ServiceKey, scope("a", "b"))]
    #[oai(path = "/items", method = "get")]
    async fn items(&self) -> PlainText<&'static str> {
        PlainText("items")
    }

    #[requires_auth(bearer, any(role = "admin", scope = "a"))]
    #[oai(path = "/items", method = "post")]
    async fn create(&self, name: Json<String>) -> Created {
        Created::Created(PlainText(format!("created {}", name.0)))
    }

    #[requires_auth(bearer, role = "admin", hide)]
    #[oai(path = "/hidden", method = "get")]
    async fn hidden(&self, user: Auth<User>) -> Result<PlainText<String>, Refusal> {
        user.ensure(true)?;
        Ok(PlainText(user.id.clone()))
    }

    #[requires_auth(bearer, optional)]
    #[oai(path = "/maybe", method = "get")]
    async fn maybe(&self, user: Option<Auth<User>>) -> PlainText<String> {
        PlainText(user.map_or_else(|| "guest".to_owned(), |user| user.id.clone()))
    }

    #[requires_auth(any_scheme)]
    #[oai(path = "/any", method = "get")]
    async fn any(&self) -> PlainText<&'static str> {
        PlainText("any")
    }

    #[oai(path = "/forgotten", method = "get")]
    async fn forgotten(&self) -> PlainText<&'static str> {
        PlainText("everybody's")
    }
}

/// Each operation with the name of its function.
const OPERATIONS: [(&str, &str, &str); 7] = [
    ("/health", "get", "health"),
    ("/me", "get", "me"),
    ("/items", "get", "items"),
    ("/items", "post", "create"),
    ("/hidden", "get", "hidden"),
    ("/maybe", "get", "maybe"),
    ("/any", "get", "any"),
];

fn document() -> Value {
    let service = OpenApiService::new(Api, "demo", "1");
    serde_json::from_str(&spec(&service, &[&realm()])).expect("a document")
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
        let rows = catalogue.as_array().expect("rows").iter();
        let row = rows.clone().find(|row| row["handler"] == format!("Api::{function}")).expect("a row");
        if function == "any" {
            // The catalogue knows no realm.
            assert_eq!(row["security"], json!([{"any_scheme": []}]));
            assert_eq!(operation["security"], json!([{"bearer": []}, {"basic": []}, {"service_key": []}]));
        } else {
            assert_eq!(operation["security"], row["security"], "{function}");
        }
    }
    assert!(document["paths"]["/forgotten"]["get"].get("security").is_none());
    assert!(!document.to_string().contains("Require"), "no mark is left");
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
    assert_eq!(statuses(&paths["/items"]["post"]), ["201", "400", "401", "403", "503"]);
    assert_eq!(statuses(&paths["/hidden"]["get"]), ["200", "400", "401", "404", "503"]);
    assert_eq!(paths["/me"]["get"]["responses"]["401"], json!({"description": "Unauthorized"}));
}

#[test]
fn schemes_are_those_of_the_realm() {
    let expected = json!({
        "bearer": {"type": "http", "scheme": "bearer"},
        "basic": {"type": "http", "scheme": "basic"},
        "service_key": {"type": "apiKey", "in": "header", "name": "X-Service-Key"},
    });
    assert_eq!(document()["components"]["securitySchemes"], expected);
}

#[test]
fn the_plain_document_has_the_names() {
    let plain: Value = serde_json::from_str(&OpenApiService::new(Api, "demo", "1").spec()).expect("a document");
    assert_eq!(plain["paths"]["/me"]["get"]["security"], json!([{"bearer": []}, {"basic": []}]));
    assert_eq!(plain["components"]["securitySchemes"]["bearer"], json!({"type": "http", "scheme": "bearer"}));
}

async fn answer(request: Request) -> (u16, Vec<String>, String) {
    let app = Route::new()
        .nest("/", OpenApiService::new(Api, "demo", "1"))
        .with(AuthMiddleware::new(realm()).deny_undecided());
    let response = app.get_response(request).await;
    let challenges = response.headers().get_all("www-authenticate").iter();
    let challenges = challenges.map(|line| line.to_str().expect("ASCII").to_owned()).collect();
    (response.status().as_u16(), challenges, response.into_body().into_string().await.expect("a text"))
}

#[tokio::test]
async fn functions_are_guarded() {
    let get = |path| Request::builder().uri_str(path);
    let good = |path| get(path).header("authorization", "Bearer good").finish();
    let (status, challenges, _) = answer(get("/me").finish()).await;
    assert_eq!((status, challenges.len()), (401, 2));
    assert_eq!(answer(good("/me")).await.2, "alice");
    assert_eq!(answer(good("/items")).await.0, 403);
    assert_eq!(answer(good("/hidden")).await.0, 404);
    assert_eq!(answer(get("/maybe").finish()).await.2, "guest");
    assert_eq!(answer(get("/health").finish()).await.0, 200);
    assert_eq!(answer(get("/forgotten").finish()).await.0, 500);
}

#[tokio::test]
async fn the_decision_comes_first_and_a_response_type_cannot_change_it() {
    let post = || Request::builder().method(Method::POST).uri_str("/items").content_type("application/json");
    let (status, challenges, body) = answer(post().body("no JSON")).await;
    assert_eq!((status, challenges), (401, vec![r#"Bearer realm="demo""#.to_owned()]));
    assert_eq!(body, r#"{"type":"about:blank","title":"Unauthorized","status":401}"#);
    let good = || post().header("authorization", "Bearer good");
    assert_eq!(answer(good().body("no JSON")).await.0, 400);
    assert_eq!(answer(good().body(r#""a name""#)).await.0, 201);
}
