//! The document of utoipa: beside policies and routes, and before outside tools.

use auth_axum::{Auth, AuthLayer, Router, any, catalogue, get, not_found, openapi, public, requires_auth};
use auth_tests_openapi::{Parties, Tools, User, serve};
use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::openapi::OpenApi;
use utoipa::{OpenApi as _, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

#[derive(Serialize, ToSchema)]
struct Me {
    id: Option<String>,
}

#[derive(Serialize, Deserialize, ToSchema)]
struct Item {
    name: String,
}

#[public(reason = "health check")]
#[utoipa::path(get, path = "/health", responses((status = 200, description = "as asked", body = String, content_type = "text/plain")))]
async fn health() -> &'static str {
    "ok"
}

#[requires_auth(bearer, api_key)]
#[utoipa::path(get, path = "/me", responses((status = 200, description = "as asked", body = Me)))]
async fn me(user: Auth<User>) -> Json<Me> {
    Json(Me { id: Some(user.id.clone()) })
}

// The other order of the two attributes.
#[utoipa::path(get, path = "/items", responses((status = 200, description = "as asked", body = Vec<Item>)))]
#[requires_auth(bearer, api_key, scope = "items:read")]
async fn items() -> Json<Vec<Item>> {
    Json(vec![Item { name: "lamp".to_owned() }])
}

#[requires_auth(bearer, scope = "items:write")]
#[utoipa::path(post, path = "/items", request_body = Item, responses(
    (status = 201, description = "as asked", body = Item),
    (status = 400, description = "no JSON"),
    (status = 415, description = "not said to be JSON"),
    (status = 422, description = "no item"),
))]
async fn create(Json(item): Json<Item>) -> (StatusCode, Json<Item>) {
    (StatusCode::CREATED, Json(item))
}

#[requires_auth(bearer, any(role = "admin", scope = "items:read"))]
#[utoipa::path(get, path = "/items/{id}", params(("id" = u32, Path)), responses(
    (status = 200, description = "as asked", body = Item),
    (status = 400, description = "no number"),
))]
async fn item(Path(id): Path<u32>) -> Json<Item> {
    Json(Item { name: format!("lamp {id}") })
}

#[requires_auth(bearer, optional)]
#[utoipa::path(get, path = "/maybe", responses((status = 200, description = "as asked", body = Me)))]
async fn maybe(user: Option<Auth<User>>) -> Json<Me> {
    Json(Me { id: user.map(|user| user.id.clone()) })
}

#[requires_auth(bearer, role = "admin", hide)]
#[utoipa::path(get, path = "/hidden", responses((status = 200, description = "as asked", body = Me)))]
async fn hidden(user: Auth<User>) -> Json<Me> {
    Json(Me { id: Some(user.id.clone()) })
}

/// Two handlers of one name.
mod twins {
    pub(super) mod one {
        #[auth_axum::requires_auth(bearer, scope = "one")]
        #[utoipa::path(get, path = "/one", responses((status = 200)))]
        pub(crate) async fn listed() {}
    }

    pub(super) mod other {
        #[auth_axum::requires_auth(bearer, scope = "other")]
        #[utoipa::path(get, path = "/other/{rest}", responses((status = 200)))]
        pub(crate) async fn listed() {}
    }
}

/// A handler that nobody annotated.
#[utoipa::path(get, path = "/forgotten", responses((status = 200)))]
async fn forgotten() {}

/// The same, and says so.
#[utoipa::path(get, path = "/open", security(()), responses((status = 200)))]
async fn open() {}

#[derive(utoipa::OpenApi)]
#[openapi(info(title = "demo", version = "1"))]
struct Info;

fn mounted() -> (axum::Router, OpenApi) {
    OpenApiRouter::with_openapi(Info::openapi())
        .routes(routes!(health))
        .routes(routes!(me))
        .routes(routes!(items, create))
        .routes(routes!(item))
        .routes(routes!(maybe))
        .routes(routes!(hidden))
        .split_for_parts()
}

/// The service as a user of utoipa-axum builds it, and its document.
fn service(parties: &Parties) -> (axum::Router, OpenApi) {
    let (router, mut document) = mounted();
    openapi::secure(&mut document, &catalogue(), &[&parties.realm]).expect("every operation has its handler");
    let app = Router::new()
        .merge_unchecked(router, "mounted by utoipa-axum; `deny_undecided` sees to it")
        .fallback(not_found(&parties.realm))
        .layer(AuthLayer::new(parties.realm.clone()).deny_undecided());
    (app.into_axum(), document)
}

fn value(document: &OpenApi) -> Value {
    serde_json::to_value(document).expect("JSON")
}

fn statuses(operation: &Value) -> Vec<&str> {
    operation["responses"].as_object().expect("responses").keys().map(String::as_str).collect()
}

#[test]
fn operations_say_what_policies_say() {
    let document = value(&service(&Parties::new()).1);
    let paths = &document["paths"];
    assert!(paths["/health"]["get"].get("security").is_none());
    assert_eq!(paths["/me"]["get"]["security"], json!([{"bearer": []}, {"api_key": []}]));
    assert_eq!(paths["/items"]["get"]["security"], json!([{"bearer": ["items:read"]}, {"api_key": ["items:read"]}]));
    assert_eq!(paths["/items"]["post"]["security"], json!([{"bearer": ["items:write"]}]));
    assert_eq!(paths["/maybe"]["get"]["security"], json!([{"bearer": []}, {}]));
    assert!(paths["/items"]["get"].get("x-auth-policy").is_none());
    let printed = r#"bearer, any(role = "admin", scope = "items:read")"#;
    assert_eq!(paths["/items/{id}"]["get"]["x-auth-policy"], printed);
    let schemes = json!({
        "bearer": {"type": "http", "scheme": "bearer"},
        "api_key": {"type": "apiKey", "in": "header", "name": "X-API-TOKEN"},
    });
    assert_eq!(document["components"]["securitySchemes"], schemes);
}

#[test]
fn refusals_are_among_the_responses() {
    let document = value(&service(&Parties::new()).1);
    let paths = &document["paths"];
    assert_eq!(statuses(&paths["/health"]["get"]), ["200"]);
    assert_eq!(statuses(&paths["/me"]["get"]), ["200", "400", "401", "403", "503"]);
    assert_eq!(statuses(&paths["/items"]["post"]), ["201", "400", "401", "403", "415", "422", "503"]);
    assert_eq!(statuses(&paths["/hidden"]["get"]), ["200", "400", "401", "404", "503"]);
}

#[test]
fn what_the_document_says_of_everybody_is_not_said_of_public_handlers() {
    let mut document = mounted().1;
    document.security = Some(vec![utoipa::openapi::SecurityRequirement::new("bearer", [""; 0])]);
    openapi::secure(&mut document, &catalogue(), &[&Parties::new().realm]).expect("every operation has its handler");
    assert_eq!(value(&document)["paths"]["/health"]["get"]["security"], json!([]));
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(twins::one::listed, twins::other::listed))]
struct Twins;

#[test]
fn names_of_two_handlers_need_routes() {
    let realm = Parties::new().realm;
    let mut document = Twins::openapi();
    let before = value(&document);
    let refused = openapi::secure(&mut document, &catalogue(), &[&realm]).expect_err("two of one name").to_string();
    assert!(refused.contains("GET /one") && refused.contains("twins::other::listed"), "{refused}");
    assert_eq!(value(&document), before, "nothing is half done");

    let router: Router =
        Router::new().route("/one", get(twins::one::listed)).route("/other/{*rest}", get(twins::other::listed));
    openapi::secure(&mut document, &catalogue().with_routes(router.routes()), &[&realm]).expect("routes tell");
    let paths = &value(&document)["paths"];
    assert_eq!(paths["/one"]["get"]["security"], json!([{"bearer": ["one"]}]));
    assert_eq!(paths["/other/{rest}"]["get"]["security"], json!([{"bearer": ["other"]}]));
}

/// Routes of one path.
mod side_by_side {
    #[auth_axum::requires_auth(bearer, scope = "read")]
    #[utoipa::path(method(get, head), path = "/shelf", responses((status = 200)))]
    pub(crate) async fn read() {}

    #[auth_axum::requires_auth(bearer, scope = "look")]
    #[utoipa::path(head, path = "/desk", responses((status = 200)))]
    pub(crate) async fn look() {}

    #[auth_axum::public(reason = "everybody may know that it is there")]
    #[utoipa::path(method(put, patch), path = "/shelf", responses((status = 405)))]
    pub(crate) async fn other() {}
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(side_by_side::read, side_by_side::other))]
struct Shelf;

#[derive(utoipa::OpenApi)]
#[openapi(paths(side_by_side::look))]
struct Desk;

/// As axum routes: by the method, `HEAD` by `GET` where it has no handler of its own, the rest by the fallback.
#[test]
fn a_method_of_its_own_goes_before_a_fallback() {
    use side_by_side::{look, other, read};
    let realm = Parties::new().realm;
    for handlers in [get(read).fallback(other), any(other).get(read)] {
        let router: Router = Router::new().route("/shelf", handlers);
        let mut document = Shelf::openapi();
        openapi::secure(&mut document, &catalogue().with_routes(router.routes()), &[&realm]).expect("routes tell");
        let shelf = &value(&document)["paths"]["/shelf"];
        for method in ["get", "head"] {
            assert_eq!(shelf[method]["security"], json!([{"bearer": ["read"]}]), "{method}");
        }
        for method in ["put", "patch"] {
            assert!(shelf[method].get("security").is_none(), "{method}");
        }
    }

    let router: Router = Router::new().route("/desk", get(read).head(look).fallback(other));
    let mut document = Desk::openapi();
    openapi::secure(&mut document, &catalogue().with_routes(router.routes()), &[&realm]).expect("routes tell");
    assert_eq!(value(&document)["paths"]["/desk"]["head"]["security"], json!([{"bearer": ["look"]}]));
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(forgotten, open))]
struct Unguarded;

#[test]
fn an_operation_of_nobody_is_an_error_unless_it_says_that_it_is_open() {
    let mut document = Unguarded::openapi();
    let refused = openapi::secure(&mut document, &catalogue(), &[&Parties::new().realm]).expect_err("forgotten");
    let refused = refused.to_string();
    assert!(refused.contains("1 operation(s)") && refused.contains("GET /forgotten"), "{refused}");
    assert!(refused.contains("security(())"), "says what to do: {refused}");

    let router: Router = Router::new()
        .route_unchecked("/forgotten", axum::routing::get(forgotten), "everybody's")
        .route_unchecked("/open", axum::routing::get(open), "everybody's");
    let catalogue = catalogue().with_routes(router.routes());
    openapi::secure(&mut document, &catalogue, &[&Parties::new().realm]).expect("a reason stands at the route");
    assert!(value(&document)["paths"]["/forgotten"]["get"].get("security").is_none());
}

#[test]
fn outside_tools_find_the_service_as_documented() {
    let Some(tools) = Tools::below(env!("CARGO_TARGET_TMPDIR")) else { return };
    let parties = Parties::new();
    let (app, document) = service(&parties);
    let document = document.to_json().expect("JSON");
    let (_runtime, address) = serve(|listener| async move { axum::serve(listener, app).await });
    tools.agree("axum", &document, address, &parties.token);
}

/// What the tools are for: they see a service that does not do as its document says.
#[test]
fn outside_tools_find_an_open_door() {
    let Some(tools) = Tools::below(env!("CARGO_TARGET_TMPDIR")) else { return };
    let parties = Parties::new();
    let (_, document) = service(&parties);
    let document = document.to_json().expect("JSON");
    let invalid = tools.validate("invalid", &document.replace(r#""in":"header""#, r#""in":"nowhere""#));
    assert!(!invalid.is_success, "{}", invalid.text);
    let open = axum::Router::new().fallback(async || Json(Me { id: None }));
    let (_runtime, address) = serve(|listener| async move { axum::serve(listener, open).await });
    let driven = tools.drive("open", &document, address, &parties.token);
    assert!(
        !driven.is_success && driven.text.contains("API accepts requests without authentication"),
        "{}",
        driven.text
    );
}
