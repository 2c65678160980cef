//! `AccessMatrix`: what the realms of a service decide about each route, for each caller.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use auth_axum::{ApiKeyIn, ConfigError, Principal, Realm, Router, delete, get, not_found, public, requires_auth};
use auth_core::{ClientSource, Facts};
use auth_test::{Access, AccessMatrix, Caller, FakeClock, Minter, TestApiKeys, bearer};

#[derive(Clone, Principal)]
struct User {
    #[principal(subject)]
    _id: String,
}

static HANDLER_RAN: AtomicBool = AtomicBool::new(false);

#[requires_auth(bearer, api_key, scope = "items:read")]
async fn items() {
    HANDLER_RAN.store(true, Ordering::SeqCst);
}

#[requires_auth(bearer, role = "admin", hide)]
async fn remove() {
    HANDLER_RAN.store(true, Ordering::SeqCst);
}

#[requires_auth(bearer, realm = "operators")]
async fn restart() {}

#[requires_auth(any_scheme, optional)]
async fn lobby() {}

#[public(reason = "health check")]
async fn health() {}

struct Service {
    api: Realm<User>,
    operators: Realm<User>,
    keys: TestApiKeys,
    minter: Minter,
    operators_minter: Minter,
}

impl Service {
    fn new() -> Result<Self, ConfigError> {
        let clock = FakeClock::at(1_900_000_000);
        let minter = Minter::new("https://issuer.example", "api", &clock);
        let operators_minter = Minter::new("https://staff.example", "operators", &clock)
            .with_secret(*b"the operators' own secret of 40 bytes...");
        let keys = TestApiKeys::new("demo")?;
        let api = Realm::<User>::builder("api")
            .bearer(minter.verifier()?)
            .api_key(ApiKeyIn::header("X-API-TOKEN"), keys.verifier())
            .clock(Arc::new(clock.clone()))
            .build()?;
        let operators =
            Realm::<User>::builder("operators").bearer(operators_minter.verifier()?).clock(Arc::new(clock)).build()?;
        Ok(Self { api, operators, keys, minter, operators_minter })
    }

    fn routes(&self) -> Router {
        Router::new()
            .route("/items", get(items))
            .route("/items/{id}", delete(remove))
            .nest("/admin", Router::new().route("/restart", auth_axum::post(restart)))
            .route("/", get(lobby))
            .route("/health", get(health))
            .route_unchecked("/old", axum::routing::get(|| async {}), "moves out next month")
            .fallback(not_found(&self.api))
    }

    fn callers(&self) -> Vec<Caller> {
        let with = |name: &str, token: String| Caller::new(name).header("Authorization", bearer(&token));
        vec![
            Caller::new("guest"),
            with("reader", self.minter.token("ada").scopes(["items:read"]).mint()),
            with("admin", self.minter.token("bob").roles(["admin"]).mint()),
            with("operator", self.operators_minter.token("eve").mint()),
            Caller::new("key").header("x-api-token", self.keys.mint(Facts::new("bot").with_scopes(["items:read"]))),
            with("forger", self.minter.token("ada").signed_with(b"another secret of at least 32 bytes").mint()),
        ]
    }
}

#[tokio::test]
async fn each_route_is_decided_for_each_caller_and_no_handler_runs() {
    let service = Service::new().unwrap();
    let routes = service.routes();
    let matrix = AccessMatrix::decide(routes.routes(), &[&service.operators, &service.api], &service.callers()).await;
    assert_eq!(
        matrix.to_string(),
        "\
route                guest      reader     admin      operator   key        forger
* *                  public     public     public     public     public     public
GET /                yes        yes        yes        401        yes        401
POST /admin/restart  401        401        401        yes        401        401
GET /health          public     public     public     public     public     public
GET /items           401        yes        403        401        yes        401
DELETE /items/{id}   401        404        yes        401        401        401
* /old               unchecked  unchecked  unchecked  unchecked  unchecked  unchecked
"
    );
    assert!(!HANDLER_RAN.load(Ordering::SeqCst));
    assert_eq!(matrix.access("key", "GET", "/items"), Some(Access::Allowed));
    assert_eq!(matrix.access("reader", "DELETE", "/items/{id}"), Some(Access::Refused(404)));
    assert_eq!(matrix.access("nobody", "GET", "/items"), None);
    assert_eq!(matrix.access("key", "PUT", "/items"), None);
    assert_eq!(matrix.rows().map(|row| row.access.len()).collect::<Vec<_>>(), [6; 7]);
}

#[tokio::test]
async fn realm_that_is_missing_is_told_from_one_that_refuses() {
    let service = Service::new().unwrap();
    let routes = service.routes();
    let matrix = AccessMatrix::decide(routes.routes(), &[&service.api], &service.callers()).await;
    assert_eq!(matrix.access("operator", "POST", "/admin/restart"), Some(Access::Refused(500)));
    let without = AccessMatrix::decide(routes.routes(), &[], &service.callers()).await;
    assert_eq!(without.access("reader", "GET", "/items"), Some(Access::Refused(500)));
    assert_eq!(without.access("reader", "GET", "/health"), Some(Access::Public));
}

#[tokio::test]
async fn callers_come_over_https() {
    let service = Service::new().unwrap();
    for source in [ClientSource::peer(), ClientSource::forwarded(["127.0.0.0/8"]).unwrap()] {
        let strict = Realm::<User>::builder("api")
            .bearer(service.minter.verifier().unwrap())
            .api_key(ApiKeyIn::header("X-API-TOKEN"), service.keys.verifier())
            .clock(FakeClock::at(1_900_000_000))
            .source(source)
            .require_https()
            .build()
            .unwrap();
        let routes: Router = Router::new().route("/items", get(items));
        let matrix = AccessMatrix::decide(routes.routes(), &[&strict], &service.callers()).await;
        assert_eq!(matrix.access("reader", "GET", "/items"), Some(Access::Allowed));
        assert_eq!(matrix.access("admin", "GET", "/items"), Some(Access::Refused(403)));
        assert_eq!(matrix.access("guest", "GET", "/items"), Some(Access::Refused(401)));
    }
}

#[test]
fn debug_of_a_caller_keeps_what_it_sends() {
    let caller = Caller::new("ada").header("authorization", "Bearer s3cr3t").query("token=s3cr3t");
    assert_eq!(format!("{caller:?}"), "Caller { name: \"ada\", .. }");
}
