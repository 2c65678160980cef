//! The caller's address reaches the verifier in every mode of axum, and so does how the connection is kept.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use auth_axum::{Auth, AuthLayer, ClientSource, Encrypted, RequireLayer, Router, get, requires_auth};
use auth_core::credential::BasicCredentials;
use auth_core::{Attempt, Facts, Realm, RequestHead as _, Source, Verified, Verifier, VerifyError};
use auth_tower::{HttpHead, KeptHead, Peer};
use axum::body::Body;
use axum::extract::connect_info::MockConnectInfo;
use http::{Request, Response, request};
use tower::layer::layer_fn;
use tower::{Service, ServiceExt as _, service_fn};

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
                .nest_service_unchecked("/files", service_fn(|_| async { Ok(Response::new(Body::empty())) }), "inside")
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

/// What another layer says of the connection counts before what axum knows of it, and what axum knows reaches a layer of
/// plain tower inside, the head that it keeps, and whoever sees the request there.
#[tokio::test]
async fn the_address_is_looked_for_under_every_name() {
    let keeps = Keeps::default();
    let realm = || {
        let realm = Realm::<String>::builder("test").basic(keeps.clone());
        realm.source(ClientSource::peer()).build().unwrap()
    };
    let (of_axum, of_proxy) = (Source::of([203, 0, 113, 9].into()), Source::of([192, 0, 2, 7].into()));
    let app = || Router::new().route("/", get(guarded)).layer(AuthLayer::new(realm())).into_axum();
    assert_eq!(source_of(app(), &keeps, "").await, [of_axum]);
    let told = app().layer(layer_fn(|inner| Tells(inner, SocketAddr::from(([192, 0, 2, 7], 1)))));
    assert_eq!(source_of(told, &keeps, "").await, [of_proxy]);

    let seen = Arc::new(Mutex::new(None));
    let sees = Arc::clone(&seen);
    let app = Router::new()
        .route("/", get(guarded))
        .layer(layer_fn(move |inner| Sees(inner, Arc::clone(&sees))))
        .layer(auth_tower::AuthLayer::new(realm()).keeping_head())
        .layer(AuthLayer::new(realm()))
        .into_axum();
    assert_eq!(source_of(app, &keeps, "").await, [of_axum]);
    let axums = Some(IpAddr::from([203, 0, 113, 9]));
    assert_eq!(seen.lock().unwrap().take(), Some([axums; 2]));
}

/// Each part of a batch has a place of its own for its verdict, and is of the same connection.
#[tokio::test]
async fn the_address_is_known_to_each_copy_of_a_request() {
    let keeps = Keeps::default();
    let realm = Realm::<String>::builder("test").basic(keeps.clone()).source(ClientSource::peer()).build().unwrap();
    let parts = Router::new().route("/", get(guarded)).into_axum();
    let batch = service_fn(move |request: Request<Body>| {
        let (parts, head) = (parts.clone(), request.into_parts().0);
        async move {
            let one = parts.clone().oneshot(Request::from_parts(head.clone(), Body::empty())).await?;
            assert_eq!(one.status(), 200);
            parts.oneshot(Request::from_parts(head, Body::empty())).await
        }
    });
    let app = axum::Router::new().route_service("/", batch).layer(AuthLayer::new(realm));
    assert_eq!(source_of(app, &keeps, "").await, [Source::of([203, 0, 113, 9].into()); 2]);
}

/// Says of every request where it comes from.
#[derive(Clone)]
struct Tells<S>(S, SocketAddr);

impl<S: Service<Request<Body>>> Service<Request<Body>> for Tells<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Body>) -> S::Future {
        request.extensions_mut().insert(Peer(self.1));
        self.0.call(request)
    }
}

/// Keeps where a request comes from, by itself and by the head that was kept of it.
#[derive(Clone)]
struct Sees<S>(S, Arc<Mutex<Option<[Option<IpAddr>; 2]>>>);

impl<S: Service<Request<Body>>> Service<Request<Body>> for Sees<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> S::Future {
        let kept = request.extensions().get::<KeptHead>().and_then(|kept| kept.head().peer());
        *self.1.lock().unwrap() = Some([HttpHead::of_request(&request).peer(), kept]);
        self.0.call(request)
    }
}

#[requires_auth(basic, optional)]
async fn greeting(user: Option<Auth<String>>) -> &'static str {
    if user.is_some() { "known" } else { "guest" }
}

type Change = fn(request::Builder) -> request::Builder;

/// What a request over plain http or https, direct or forwarded, is answered.
async fn status_of(app: &axum::Router, is_encrypted: bool, change: Change) -> u16 {
    let mut request = change(Request::get("/")).body(Body::empty()).unwrap();
    if is_encrypted {
        request.extensions_mut().insert(Encrypted);
    }
    let response = app.clone().oneshot(request).await.unwrap();
    if response.status() == 403 {
        assert!(
            !response.headers().contains_key("www-authenticate"),
            "nobody is asked to send a password in the clear"
        );
    }
    response.status().as_u16()
}

#[tokio::test]
async fn a_realm_that_requires_https_takes_nothing_over_plain_http() {
    takes_nothing_over_plain_http(403).await;
}

/// A challenge would have a browser ask for the password, and send it in the clear.
#[tokio::test]
async fn nobody_is_asked_over_plain_http_where_forbidden_is_401() {
    takes_nothing_over_plain_http(401).await;
}

async fn takes_nothing_over_plain_http(forbidden_status: u16) {
    let keeps = Keeps::default();
    let app = |source, requires_https: bool| {
        let realm = Realm::<String>::builder("test").basic(keeps.clone()).source(source);
        let realm = realm.forbidden_status(forbidden_status);
        let realm = if requires_https { realm.require_https() } else { realm };
        let app = Router::new().route("/", get(guarded)).route("/greeting", get(greeting));
        let app = app.layer(AuthLayer::new(realm.build().unwrap())).into_axum();
        app.layer(MockConnectInfo(SocketAddr::from(([10, 1, 1, 1], 4711))))
    };
    let direct = app(ClientSource::peer(), true);
    let behind = app(ClientSource::forwarded(["10.0.0.0/8"]).unwrap(), true);
    let lenient = app(ClientSource::peer(), false);
    let bare: Change = |request| request;
    let alice: Change = |request| request.header("authorization", "Basic YTpi");
    let forwarded: Change =
        |request| request.header("authorization", "Basic YTpi").header("x-forwarded-proto", "https");
    let address: Change = |request| request.header("authorization", "Basic YTpi").uri("https://app.example/");
    for (what, app, is_encrypted, change, expected) in [
        ("plain", &direct, false, alice, 403),
        ("plain, without credentials", &direct, false, bare, 403),
        ("plain, and its address says otherwise", &direct, false, address, 403),
        ("plain, and it says that it was forwarded", &direct, false, forwarded, 403),
        ("encrypted", &direct, true, alice, 200),
        ("encrypted, without credentials", &direct, true, bare, 401),
        ("forwarded from https", &behind, false, forwarded, 200),
        ("forwarded, nobody knows from what", &behind, true, alice, 403),
        ("plain, where it is taken", &lenient, false, alice, 200),
    ] {
        keeps.0.lock().unwrap().clear();
        assert_eq!(status_of(app, is_encrypted, change).await, expected, "{what}");
        let asked = usize::from(expected == 200);
        assert_eq!(keeps.0.lock().unwrap().len(), asked, "{what}: the password is not looked at");
    }
    for (change, expected) in [(bare, 200), (alice, 403)] {
        let greeting = |request| change(request).uri("/greeting");
        let request = greeting(Request::get("/")).body(Body::empty()).unwrap();
        assert_eq!(
            direct.clone().oneshot(request).await.unwrap().status(),
            expected,
            "guests bring nothing to be seen"
        );
    }
}
