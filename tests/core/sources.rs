//! The caller's address reaches the verifier in every mode of axum.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use auth_axum::{Auth, AuthLayer, ClientSource, RequireLayer, Router, get, requires_auth};
use auth_core::credential::BasicCredentials;
use auth_core::{Attempt, Facts, Realm, Source, Verified, Verifier, VerifyError};
use axum::body::Body;
use axum::extract::connect_info::MockConnectInfo;
use http::{Request, Response};
use tower::ServiceExt as _;

/// Believes every password, and keeps where it came from.
#[derive(Clone, Default)]
struct Keeps(Arc<Mutex<Vec<Source>>>);

impl Verifier<BasicCredentials> for Keeps {
    type Value = String;

    async fn verify(&self, _: BasicCredentials, attempt: Attempt) -> Result<Verified<String>, VerifyError> {
        self.0.lock().unwrap().push(attempt.source);
        Ok(Verified::new(Facts::new("alice"), "alice".to_owned()))
    }
}

#[requires_auth(basic)]
async fn guarded(user: Auth<String>) -> String {
    user.to_string()
}

#[requires_auth(basic, request = request)]
async fn looked_at(request: Request<Body>) -> Response<Body> {
    Response::new(request.into_body())
}

#[requires_auth(basic)]
struct Members;

async fn source_of(app: axum::Router, keeps: &Keeps, forwarded: &str) -> Vec<Source> {
    let app = app.layer(MockConnectInfo(SocketAddr::from(([203, 0, 113, 9], 4711))));
    let request = Request::get("/").header("authorization", "Basic YTpi").header("x-forwarded-for", forwarded);
    assert_eq!(app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap().status(), 200);
    std::mem::take(&mut keeps.0.lock().unwrap())
}

#[tokio::test]
async fn the_address_is_known_to_guards_layers_and_functions_of_a_request() {
    let keeps = Keeps::default();
    let realm = |source| Realm::<String>::builder("test").basic(keeps.clone()).source(source).build().unwrap();
    let sources = [
        (ClientSource::peer(), Source::of([203, 0, 113, 9].into())),
        (ClientSource::forwarded(["203.0.113.0/24"]).unwrap(), Source::of([198, 51, 100, 1].into())),
    ];
    for (source, expected) in sources {
        let layer = AuthLayer::new(realm(source));
        let apps: [axum::Router; 3] = [
            Router::new().route("/", get(guarded)).layer(layer.clone()).into_axum(),
            Router::new()
                .route_unchecked("/", axum::routing::get(looked_at), "checks itself")
                .layer(layer.clone())
                .into_axum(),
            Router::new()
                .nest_service_unchecked(
                    "/files",
                    tower::service_fn(|_| async { Ok(Response::new(Body::empty())) }),
                    "inside",
                )
                .route_unchecked("/", axum::routing::get(|| async {}), "guarded by the layer around it")
                .layer(RequireLayer::<Members>::new())
                .layer(layer)
                .into_axum(),
        ];
        for app in apps {
            assert_eq!(source_of(app, &keeps, "198.51.100.1").await, [expected]);
        }
    }
}
