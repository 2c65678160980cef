//! The catalogue of a whole program: its table, its JSON, and its check against several realms.

use auth_axum::{
    Attempt, Auth, Claims, ClientSource, Principal, Realm, RealmBuilder, Reason, Router, Verified, Verifier,
    VerifyError, any, catalogue, get, public, requires_auth,
};
use auth_core::ConfigErrorKind;
use auth_core::catalogue::Route;
use auth_core::credential::{BasicCredentials, BearerToken};
use serde_json::{Value, json};

#[derive(Clone, Principal)]
struct User {
    #[principal(subject)]
    _id: String,
}

#[derive(Clone, Principal)]
struct Operator {
    #[principal(subject)]
    _id: String,
}

#[requires_auth(bearer, basic, scope("items:read", "items:list"), hide)]
async fn items(_user: Auth<User>) {}

#[requires_auth(any_scheme, optional)]
async fn lobby(_user: Option<Auth<User>>) {}

#[requires_auth(bearer, role = "operator", realm = "admin")]
async fn restart(_operator: Auth<Operator>) {}

#[public(reason = "health check \"v1\"")]
async fn health() {}

#[requires_auth(bearer)]
#[expect(dead_code, clippy::unused_async, reason = "no route leads to it, and it has nothing to wait for")]
async fn forgotten() {}

fn app() -> Router {
    let admin = Router::new().route("/restart", auth_axum::post(restart));
    Router::new()
        .route("/items", get(items).head(items))
        .route("/", get(lobby))
        .route("/health", get(health))
        .nest("/admin", admin)
        .route_unchecked("/old", axum::routing::get(|| async {}), "moves out next month")
}

#[test]
fn table_shows_routes_handlers_and_policies_and_what_is_not_mounted() {
    assert_eq!(
        format!("{:#}", catalogue().with_routes(app().routes())),
        "\
GET /                catalogue::lobby      any_scheme, optional
POST /admin/restart  catalogue::restart    bearer, role = \"operator\", realm = \"admin\"
GET /health          catalogue::health     public: health check \"v1\"
GET /items           catalogue::items      bearer, basic, all(scope = \"items:read\", scope = \"items:list\"), hide
HEAD /items          catalogue::items      bearer, basic, all(scope = \"items:read\", scope = \"items:list\"), hide
* /old               -                     unchecked: moves out next month
-                    catalogue::forgotten  bearer
"
    );
}

#[test]
fn an_unchecked_route_needs_a_reason() {
    let unchecked = |reason| {
        let app: Router = Router::new().route_unchecked("/old", axum::routing::get(|| async {}), reason);
        catalogue().of_crate("nothing").with_routes(app.routes()).check(&[]).map_err(|error| error.to_string())
    };
    assert_eq!(unchecked("moves out next month"), Ok(()));
    for reason in ["", " "] {
        let error = unchecked(reason).unwrap_err();
        let complaint = "1 unchecked route(s) that nobody answers for:\n  * /old is unchecked without a reason";
        assert!(error.contains(complaint), "{error}");
        let error = Route::unchecked("*", "/old", reason).report_unchecked().unwrap_err();
        assert!(
            error.kind() == ConfigErrorKind::Catalogue && error.to_string().contains("* /old is unchecked"),
            "{error}"
        );
    }
    assert_eq!(Route::unchecked("*", "/old", "moves out next month").report_unchecked(), Ok(()));
}

#[test]
fn table_without_routes_has_no_column_for_them() {
    assert_eq!(
        format!("{:#}", catalogue()),
        "\
catalogue::items      bearer, basic, all(scope = \"items:read\", scope = \"items:list\"), hide
catalogue::lobby      any_scheme, optional
catalogue::restart    bearer, role = \"operator\", realm = \"admin\"
catalogue::health     public: health check \"v1\"
catalogue::forgotten  bearer
"
    );
}

#[test]
fn table_says_where_a_handler_stands() {
    let table = catalogue().with_routes(app().routes()).to_string();
    let line = |handler: &str| table.lines().find(|line| line.contains(handler)).unwrap_or_default().to_owned();
    let restart = catalogue().endpoints().find(|endpoint| endpoint.name == "restart").unwrap();
    assert!(line("::restart ").ends_with(&format!("core/catalogue.rs:{}", restart.line)), "{table}");
    assert!(table.contains("* /old "), "{table}");
}

#[test]
fn json_has_one_object_for_each_endpoint_and_each_unchecked_route() {
    let text = catalogue().with_routes(app().routes()).to_json();
    assert!(text.starts_with("[{\"handler\":\"items\",\"module\":\"catalogue\",\"file\":"), "{text}");
    let mut rows: Value = serde_json::from_str(&text).unwrap();
    for row in rows.as_array_mut().unwrap().iter_mut().filter_map(Value::as_object_mut) {
        // They change with every edit of this file.
        assert!(row.remove("line").is_none_or(|line| line.as_u64() > Some(20)));
        assert!(row.remove("file").is_none_or(|file| file.as_str().unwrap().ends_with("core/catalogue.rs")));
        // `type_name` is not stable between compilers.
        row.remove("principal");
    }
    let endpoint = |handler: &str, policy: &str, public: Value, security: Value, routes: Value| {
        json!({
            "handler": handler, "module": "catalogue", "policy": policy, "public": public, "security": security,
            "routes": routes,
        })
    };
    let scopes = json!(["items:read", "items:list"]);
    assert_eq!(
        rows,
        json!([
            endpoint(
                "items",
                "bearer, basic, all(scope = \"items:read\", scope = \"items:list\"), hide",
                Value::Null,
                json!([{"bearer": scopes}, {"basic": scopes}]),
                json!([{"method": "GET", "path": "/items"}, {"method": "HEAD", "path": "/items"}]),
            ),
            endpoint(
                "lobby",
                "any_scheme, optional",
                Value::Null,
                json!([{"any_scheme": []}, {}]),
                json!([{"method": "GET", "path": "/"}]),
            ),
            endpoint(
                "restart",
                "bearer, role = \"operator\", realm = \"admin\"",
                Value::Null,
                json!([{"bearer": []}]),
                json!([{"method": "POST", "path": "/admin/restart"}]),
            ),
            endpoint(
                "health",
                "public: health check \"v1\"",
                json!("health check \"v1\""),
                json!([]),
                json!([{"method": "GET", "path": "/health"}]),
            ),
            endpoint("forgotten", "bearer", Value::Null, json!([{"bearer": []}]), json!([])),
            {"method": "*", "path": "/old", "unchecked": "moves out next month"},
        ])
    );
}

#[test]
fn order_of_mounting_changes_nothing() {
    let app = app();
    let forward = catalogue().with_routes(app.routes());
    let backward = catalogue().with_routes(app.routes().iter().rev());
    assert_eq!(forward.to_string(), backward.to_string());
    assert_eq!(forward.to_json(), backward.to_json());
    assert_eq!(forward.routes().count(), app.routes().len());
}

/// axum keeps the last one, so nobody reaches the others.
#[test]
fn a_fallback_takes_the_place_of_another() {
    let moving = || any(lobby).fallback_service_unchecked(axum::routing::get(async || ()), "moves");
    for handlers in [any(lobby).fallback(restart), moving().fallback(restart)] {
        let router: Router = Router::new().route("/", handlers.get(items));
        let routes: Vec<_> =
            router.routes().iter().map(|route| (route.method, route.endpoint().unwrap().name)).collect();
        assert_eq!(routes, [("*", "restart"), ("GET", "items")]);
    }
    let router: Router = Router::new().route("/", moving());
    assert!(matches!(router.routes(), [only] if only.endpoint().is_none()), "{:?}", router.routes());
}

#[test]
fn endpoint_of_a_route_is_listed_though_it_did_not_register() {
    let realm = realm::<User>("api").build().unwrap();
    let app: Router = Router::new().fallback(auth_axum::not_found(&realm));
    assert!(catalogue().endpoints().all(|endpoint| endpoint.name != "not_found"));
    let table = format!("{:#}", catalogue().with_routes(app.routes()));
    assert!(table.starts_with("* * ") && table.contains("::not_found  public: unknown path\n"), "{table}");
}

#[test]
fn check_passes_where_each_endpoint_has_one_realm() {
    let api = realm::<User>("api").basic(Nobody).source(ClientSource::peer()).build().unwrap();
    let admin = realm::<Operator>("admin").build().unwrap();
    catalogue().check(&[&api, &admin]).unwrap();
    catalogue().with_routes(app().routes()).check(&[&admin, &api]).unwrap();
}

#[test]
fn check_names_every_endpoint_that_none_of_several_realms_can_decide() {
    // `basic` is missing from one, and the operators' realm has the users' principal.
    let api = realm::<User>("api").build().unwrap();
    let admin = realm::<User>("admin").build().unwrap();
    let error = catalogue().check(&[&api, &admin]).unwrap_err();
    assert_eq!(error.kind(), ConfigErrorKind::Catalogue);
    let text = error.to_string();
    assert!(text.contains("2 endpoint(s) that no realm can decide"), "{text}");
    assert!(text.contains("catalogue::items needs the scheme `basic`, which realm \"api\" does not have"), "{text}");
    assert!(
        text.contains("catalogue::restart takes `catalogue::Operator`, the principal of realm \"admin\" is"),
        "{text}"
    );

    let text = catalogue().check(&[&api]).unwrap_err().to_string();
    assert!(text.contains("catalogue::restart names the realm \"admin\", which is not given"), "{text}");
}

fn realm<P: Principal>(name: &str) -> RealmBuilder<P> {
    Realm::<P>::builder(name).bearer(Nobody)
}

/// Believes nobody.
struct Nobody;

impl Verifier<BearerToken> for Nobody {
    type Value = Claims;

    async fn verify(&self, _: BearerToken, _: Attempt) -> Result<Verified<Claims>, VerifyError> {
        Err(VerifyError::refused(Reason::UNKNOWN_CREDENTIAL))
    }
}

impl Verifier<BasicCredentials> for Nobody {
    type Value = Claims;

    async fn verify(&self, _: BasicCredentials, _: Attempt) -> Result<Verified<Claims>, VerifyError> {
        Err(VerifyError::refused(Reason::UNKNOWN_CREDENTIAL))
    }
}

#[test]
fn one_crate_of_several_that_are_linked() {
    assert_eq!(catalogue().of_crate("catalogue").endpoints().count(), catalogue().endpoints().count());
    for other in ["cat", "catalogue::items", "", "auth_axum"] {
        assert_eq!(catalogue().of_crate(other).endpoints().count(), 0, "{other:?}");
    }
    assert!(catalogue().check(&[]).is_err() && catalogue().of_crate("another").check(&[]).is_ok());
}
