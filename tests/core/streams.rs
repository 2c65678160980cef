//! Many requests on one connection (HTTP/2, RFC 9113): each is its own party, whatever becomes of the others.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use auth_axum::{Auth, AuthLayer, Claims, ClientSource, Facts, Principal, Realm, Refusal, Router, get, requires_auth};
use auth_core::credential::{BasicCredentials, BearerRef, BearerToken};
use auth_core::{Attempt, Reason, Verified, Verifier, VerifyError};
use axum::body::Body;
use axum::extract::{FromRequestParts as _, State};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use h2::client::{ResponseFuture, SendRequest};
use http::request::Parts;
use http::{Request, Response, StatusCode};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tower::ServiceExt as _;
use tower_http::catch_panic::CatchPanicLayer;

type Decided = Result<Verified<Claims>, VerifyError>;

/// How many requests of each kind a connection has.
const ROUNDS: usize = 100;
const CONNECTIONS: usize = 4;

/// Believes that everybody has the name that they give, but for those who begin with `forged`.
#[derive(Clone, Default)]
struct Names(Arc<Waiting>);

/// Who is waited for, and never comes.
#[derive(Default)]
struct Waiting {
    count: AtomicUsize,
    changed: Notify,
}

/// Counts one of them for as long as it is waited for.
struct Stuck<'w>(&'w Waiting);

impl<'w> Stuck<'w> {
    fn new(waiting: &'w Waiting) -> Self {
        waiting.count.fetch_add(1, Ordering::SeqCst);
        waiting.changed.notify_waiters();
        Self(waiting)
    }
}

impl Drop for Stuck<'_> {
    fn drop(&mut self) {
        self.0.count.fetch_sub(1, Ordering::SeqCst);
        self.0.changed.notify_waiters();
    }
}

impl Waiting {
    /// Until so many are waited for.
    async fn reaches(&self, count: usize) {
        loop {
            let changed = self.changed.notified();
            if self.count.load(Ordering::SeqCst) == count {
                return;
            }
            changed.await;
        }
    }
}

fn decided(name: &str) -> Decided {
    if name.starts_with("forged") {
        return Err(VerifyError::refused(Reason::UNKNOWN_CREDENTIAL));
    }
    Ok(Verified::new(Facts::new(name), Claims::new()))
}

impl Verifier<BearerToken> for Names {
    type Value = Claims;

    fn try_verify(&self, token: &BearerRef<'_>, _: &Attempt) -> Option<Decided> {
        (!token.reveal().contains("slow") && token.reveal() != "stuck").then(|| decided(token.reveal()))
    }

    async fn verify(&self, token: BearerToken, _: Attempt) -> Decided {
        if token.as_ref().reveal() == "stuck" {
            let _stuck = Stuck::new(&self.0);
            std::future::pending::<()>().await;
        }
        tokio::task::yield_now().await;
        decided(token.as_ref().reveal())
    }
}

impl Verifier<BasicCredentials> for Names {
    type Value = Claims;

    async fn verify(&self, credentials: BasicCredentials, _: Attempt) -> Decided {
        tokio::task::yield_now().await;
        decided(credentials.user())
    }
}

#[derive(Clone, Principal)]
struct User {
    #[principal(subject)]
    name: String,
}

/// The heads of requests that handlers have kept.
type Kept = Arc<Mutex<Vec<(String, Parts)>>>;

#[requires_auth(bearer, basic)]
async fn who(user: Auth<User>) -> String {
    tokio::task::yield_now().await;
    user.name.clone()
}

#[requires_auth(bearer, basic, optional)]
async fn maybe(user: Option<Auth<User>>) -> String {
    user.map_or_else(|| "guest".to_owned(), |user| user.name.clone())
}

#[requires_auth(bearer)]
async fn keep(State(kept): State<Kept>, user: Auth<User>, request: Request<Body>) -> String {
    kept.lock().unwrap().push((user.name.clone(), request.into_parts().0));
    user.name.clone()
}

/// Decides nothing, so nobody is there: not even whoever has been decided about before, on this thread.
async fn undecided(user: Auth<User>) -> String {
    user.name.clone()
}

#[requires_auth(bearer)]
async fn panics(user: Auth<User>) -> String {
    // Without a word on the standard error.
    std::panic::resume_unwind(Box::new(user.name.clone()))
}

/// Asks another router as somebody else by a copy of the request, and says who both were, and who it is itself.
#[requires_auth(bearer)]
async fn forward(State(inner): State<axum::Router>, request: Request<Body>) -> Result<String, Refusal> {
    let (mut parts, _) = request.into_parts();
    let ask = |name: String| {
        let mut copy = parts.clone();
        copy.uri = "/who".parse().unwrap();
        copy.headers.insert("authorization", format!("Bearer {name}").parse().unwrap());
        inner.clone().oneshot(Request::from_parts(copy, Body::empty()))
    };
    let name = parts.headers["authorization"].to_str().unwrap().strip_prefix("Bearer ").unwrap().to_owned();
    let (first, second) = tokio::join!(ask(format!("{name}-slow-first")), ask(format!("{name}-second")));
    let own = Auth::<User>::from_request_parts(&mut parts, &()).await?;
    Ok(format!("{} {} {}", text(first).await, text(second).await, own.name))
}

async fn text(answer: Result<Response<Body>, Infallible>) -> String {
    let bytes = axum::body::to_bytes(answer.unwrap().into_body(), 1_000).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn realm(name: &str, names: &Names) -> Realm<User> {
    let realm = Realm::<User>::builder(name).bearer(names.clone()).basic(names.clone());
    realm.source(ClientSource::peer()).build().unwrap()
}

fn app(names: &Names, kept: &Kept) -> axum::Router {
    let realm = realm("outer", names);
    let inner = Router::new().route("/who", get(who)).layer(AuthLayer::new(realm.clone())).into_axum();
    let nested = Router::new().route("/nested", get(who)).layer(AuthLayer::new(self::realm("inner", names)));
    Router::new()
        .route("/who", get(who))
        .route("/maybe", get(maybe))
        .route("/panics", get(panics))
        .route("/keep", get(keep).with_state(Arc::clone(kept)))
        .route("/forward", get(forward).with_state(inner))
        .merge(nested)
        .into_axum()
        .route("/undecided", axum::routing::get(undecided))
        .layer(AuthLayer::new(realm))
        .layer(CatchPanicLayer::new())
}

async fn serve(names: &Names, kept: &Kept) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = app(names, kept).into_make_service_with_connect_info::<SocketAddr>();
    drop(tokio::spawn(async move { axum::serve(listener, service).await }));
    address
}

async fn connect(address: SocketAddr) -> SendRequest<bytes::Bytes> {
    let stream = TcpStream::connect(address).await.unwrap();
    let (client, connection) = h2::client::handshake(stream).await.unwrap();
    drop(tokio::spawn(connection));
    client
}

/// Sends a request. The host that it names is nobody's business but the sender's.
async fn send(client: &SendRequest<bytes::Bytes>, path: &str, fields: &[String]) -> ResponseFuture {
    let mut request = Request::get(format!("http://root@host-{}.example{path}", fields.len()));
    for field in fields {
        request = request.header("authorization", field);
    }
    let request = request.header("host", "another.example").body(()).unwrap();
    client.clone().ready().await.unwrap().send_request(request, true).unwrap().0
}

async fn answer(sent: ResponseFuture) -> (StatusCode, String) {
    let (head, mut body) = sent.await.unwrap().into_parts();
    let mut text = Vec::new();
    while let Some(bytes) = body.data().await {
        text.extend_from_slice(&bytes.unwrap());
    }
    (head.status, String::from_utf8(text).unwrap())
}

fn bearer(name: &str) -> String {
    format!("Bearer {name}")
}

/// What a request asks for, by which credentials, and what it is told: nothing of the body of a refusal.
fn cases(name: &str) -> Vec<(&'static str, Vec<String>, u16, String)> {
    let basic = |name: &str| format!("Basic {}", BASE64_STANDARD.encode(format!("{name}:secret")));
    let slow = format!("{name}-slow");
    vec![
        ("/who", vec![bearer(name)], 200, name.to_owned()),
        ("/who", vec![bearer(&slow)], 200, slow.clone()),
        ("/who", vec![basic(name)], 200, name.to_owned()),
        ("/who", vec![bearer(&format!("forged-{name}"))], 401, String::new()),
        ("/who", vec![bearer(&format!("forged-{slow}"))], 401, String::new()),
        ("/who", vec![], 401, String::new()),
        ("/who", vec![bearer(name), bearer(name)], 400, String::new()),
        ("/maybe", vec![], 200, "guest".to_owned()),
        ("/maybe", vec![bearer(&slow)], 200, slow.clone()),
        ("/maybe", vec![bearer(&format!("forged-{name}"))], 401, String::new()),
        ("/nested", vec![bearer(name)], 200, name.to_owned()),
        ("/nested", vec![bearer(&slow)], 200, slow.clone()),
        ("/keep", vec![bearer(name)], 200, name.to_owned()),
        ("/undecided", vec![bearer(name)], 500, String::new()),
        ("/panics", vec![bearer(name)], 500, String::new()),
        ("/forward", vec![bearer(name)], 200, format!("{name}-slow-first {name}-second {name}")),
    ]
}

/// Sends everything at once over one connection, and in between what is taken back at every stage. Returns how many
/// were answered rightly.
async fn run(address: SocketAddr, connection: usize) -> usize {
    let client = connect(address).await;
    let mut answers = JoinSet::new();
    for round in 0..ROUNDS {
        let (name, mut taken_back) = (format!("n{connection}-{round}"), Vec::new());
        for (path, fields, status, body) in cases(&name) {
            let sent = send(&client, path, &fields).await;
            answers.spawn(async move {
                let (found, text) = answer(sent).await;
                assert_eq!(found, status, "{path} {fields:?}");
                assert!(status != 200 || text == body, "{path}: {text:?} in place of {body:?}");
            });
            // The stream is reset when this is dropped: while it is decided, or at any later moment.
            let name = if round % 2 == 0 { "stuck".to_owned() } else { format!("taken-back-slow-{round}") };
            taken_back.push(send(&client, path, &[bearer(&name)]).await);
        }
        // Streams are accepted in their order, and a server ends a connection of which many are reset before that.
        assert_eq!(answer(send(&client, "/maybe", &[]).await).await, (StatusCode::OK, "guest".to_owned()));
    }
    answers.join_all().await.len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_taken_for_the_party_of_another_stream() {
    let (names, kept) = (Names::default(), Kept::default());
    let address = serve(&names, &kept).await;
    let runs = (0..CONNECTIONS).map(|connection| run(address, connection)).collect::<JoinSet<_>>();
    let expected = CONNECTIONS * ROUNDS * cases("").len();
    assert_eq!(runs.join_all().await.into_iter().sum::<usize>(), expected);
    names.0.reaches(0).await;

    // What handlers have kept is still of the party that it was of, though their requests are over long since.
    let kept = std::mem::take(&mut *kept.lock().unwrap());
    assert!(kept.len() >= CONNECTIONS * ROUNDS);
    for (name, mut parts) in kept {
        let user = Auth::<User>::from_request_parts(&mut parts, &()).await.unwrap();
        assert_eq!(user.name, name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_is_reset_while_it_is_decided_ends_its_decision() {
    let (names, kept) = (Names::default(), Kept::default());
    let address = serve(&names, &kept).await;
    let client = connect(address).await;
    let mut stuck = Vec::new();
    for _ in 0..50 {
        stuck.push(send(&client, "/nested", &[bearer("stuck")]).await);
    }
    names.0.reaches(50).await;
    assert_eq!(answer(send(&client, "/who", &[bearer("alice")]).await).await, (StatusCode::OK, "alice".to_owned()));
    drop(stuck.drain(..20));
    names.0.reaches(30).await;
    assert_eq!(answer(send(&client, "/maybe", &[]).await).await, (StatusCode::OK, "guest".to_owned()));
    drop((client, stuck));
    names.0.reaches(0).await;
}
