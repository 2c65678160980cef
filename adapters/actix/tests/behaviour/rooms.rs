//! A small service on actix-web whose verifier waits for a gate, and whose extractors leave traces.

use std::collections::HashMap;
use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::dev::{Payload, Service as _};
use actix_web::error::PayloadError;
use actix_web::test::{TestRequest, init_service, read_body};
use actix_web::web::{self, Bytes, Json, Path, Query, ServiceConfig};
use actix_web::{App, Error, FromRequest, HttpMessage as _, HttpRequest, HttpResponse, get, post};
use auth_actix::{Auth, AuthMiddleware, Guarded, Refusal, auth_impl, public, requires_auth};
use auth_core::credential::BearerToken;
use auth_core::{Attempt, Facts, Realm, Reason, Verified, Verifier, VerifyError};
use futures_core::Stream;
use serde_json::Value;
use tokio::sync::watch;

/// The principal.
#[derive(Debug)]
pub(crate) struct User(pub(crate) String);

/// A principal of no realm.
#[derive(Debug)]
pub(crate) struct Stranger;

/// Tokens that say what they are good for. Each waits until the gate is open.
pub(crate) struct Tokens(pub(crate) watch::Receiver<bool>);

impl Verifier<BearerToken> for Tokens {
    type Value = User;

    async fn verify(&self, token: BearerToken, _: Attempt) -> Result<Verified<User>, VerifyError> {
        let mut gate = self.0.clone();
        gate.wait_for(|is_open| *is_open).await.or(Err(VerifyError::unavailable(Reason::STORE)))?;
        let facts = match token.as_ref().reveal() {
            "writer" => Facts::new("writer").with_scopes(["rooms:write"]),
            "reader" => Facts::new("reader"),
            "throttled" => return Err(VerifyError::throttled(Duration::from_secs(7))),
            "down" => return Err(VerifyError::unavailable(Reason::STORE)),
            _ => return Err(VerifyError::refused(Reason::UNKNOWN_CREDENTIAL)),
        };
        let user = User(facts.subject.to_string());
        Ok(Verified::new(facts, user))
    }
}

/// An extractor that counts how often it is asked. It is asked for the payload too, as all of them are.
#[derive(Debug)]
pub(crate) struct Witness;

impl FromRequest for Witness {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        request.extensions().get::<Trace>().expect("a trace").extractions.fetch_add(1, Ordering::SeqCst);
        ready(Ok(Self))
    }
}

/// What a request leaves behind.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trace {
    extractions: Arc<AtomicUsize>,
    polls: Arc<AtomicUsize>,
}

impl Trace {
    /// How often the witness was asked, and how often the body was polled.
    pub(crate) fn seen(&self) -> (usize, usize) {
        (self.extractions.load(Ordering::SeqCst), self.polls.load(Ordering::SeqCst))
    }
}

/// A body that counts how often it is polled.
struct Tripwire {
    polls: Arc<AtomicUsize>,
    content: Option<Bytes>,
}

impl Stream for Tripwire {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.polls.fetch_add(1, Ordering::SeqCst);
        Poll::Ready(self.content.take().map(Ok))
    }
}

/// Extractors that fail for whatever the body, the path or the query is wrong in.
type Details = (Witness, Path<u32>, Query<HashMap<String, u32>>, Json<Value>);

fn booked(user: &User, (_, id, when, what): &Details) -> String {
    format!("{} books {id} at {} for {}", user.0, when["hour"], what.0)
}

#[requires_auth(bearer, scope = "rooms:write")]
#[post("/rooms/{id}")]
async fn above(
    user: Auth<User>,
    seen: Witness,
    id: Path<u32>,
    when: Query<HashMap<String, u32>>,
    what: Json<Value>,
) -> String {
    booked(&user, &(seen, id, when, what))
}

#[post("/below/{id}")]
#[requires_auth(bearer, scope = "rooms:write")]
async fn below(user: Auth<User>, details: Details) -> String {
    booked(&user, &details)
}

#[requires_auth(bearer, scope = "rooms:write", hide)]
async fn hidden(user: Auth<User>, Json(what): Json<Value>, (seen, id): (Witness, Path<u32>)) -> String {
    format!("{} {seen:?} {id} {what}", user.0)
}

#[requires_auth(bearer)]
fn not_async(user: Auth<User>, mut body: Bytes) -> Ready<Result<HttpResponse, Refusal>> {
    let first = body.split_to(1);
    ready(user.ensure(user.0 == "writer").map(|()| HttpResponse::Ok().body(first)))
}

/// What is generic of a handler stays generic.
#[requires_auth(bearer)]
async fn generic<T>(payload: T) -> String
where
    T: FromRequest + ToString + 'static,
{
    payload.to_string()
}

#[get("/guest")]
#[requires_auth(bearer, optional)]
async fn guest(user: Option<Auth<User>>) -> String {
    user.map_or_else(|| "guest".to_owned(), |user| user.0.clone())
}

#[requires_auth(bearer, optional)]
async fn strange_guest(user: Option<Auth<Stranger>>, _seen: Witness) -> &'static str {
    if user.is_some() { "a stranger" } else { "guest" }
}

type Renamed = Auth<User>;
type RenamedGuest = Option<Renamed>;

/// Under another name the attribute does not see that no guest fits in.
#[requires_auth(bearer, optional)]
async fn renamed(user: Renamed) -> String {
    user.0.clone()
}

/// Nor does it see that the policy lets no guest pass.
#[requires_auth(bearer)]
async fn renamed_guest(user: RenamedGuest) -> &'static str {
    if user.is_some() { "a party" } else { "guest" }
}

/// No attribute at all.
async fn bare(user: Auth<User>) -> String {
    user.0.clone()
}

async fn bare_guest(user: Option<Auth<User>>) -> &'static str {
    if user.is_some() { "a party" } else { "guest" }
}

#[public(reason = "health check")]
#[get("/health")]
async fn health() -> &'static str {
    "ok"
}

/// A guard and a parameter beside it, as other frameworks would have it.
async fn unfolded(_decided: Guarded<UnfoldedAuth, ()>, _seen: Witness) -> &'static str {
    "seen"
}

#[requires_auth(bearer)]
struct UnfoldedAuth;

pub(crate) struct Rooms;

#[auth_impl]
impl Rooms {
    #[requires_auth(bearer)]
    pub(crate) async fn list(user: Auth<User>, hour: Query<HashMap<String, u32>>) -> String {
        let hour = ready(hour["hour"]).await;
        format!("{} at {hour}", user.0)
    }
}

/// What realms with a default policy fall back to.
#[requires_auth(bearer, scope = "rooms:write")]
struct DefaultAuth;

fn routes(config: &mut ServiceConfig) {
    config
        .service(above)
        .service(below)
        .service(guest)
        .service(health)
        .route("/hidden/{id}", web::post().to(hidden))
        .route("/not-async", web::post().to(not_async))
        .route("/generic", web::post().to(generic::<String>))
        .route("/strange-guest", web::get().to(strange_guest))
        .route("/renamed", web::get().to(renamed))
        .route("/renamed-guest", web::get().to(renamed_guest))
        .route("/bare", web::get().to(bare))
        .route("/bare-guest", web::get().to(bare_guest))
        .route("/unfolded", web::post().to(unfolded))
        .route("/list", web::get().to(Rooms::list));
}

/// An answer under way.
pub(crate) type Answering = Pin<Box<dyn Future<Output = (u16, String)>>>;

/// The service: the routes under `/in` a realm, under `/default` a realm with a default policy, under `/out` none.
pub(crate) async fn service(gate: watch::Receiver<bool>) -> impl Fn(TestRequest, &'static str, &Trace) -> Answering {
    let realm = |name| Realm::<User>::builder(name).bearer(Tokens(gate.clone()));
    let plain = realm("rooms").build().expect("a good realm");
    let default = realm("default").default_policy::<DefaultAuth>().build().expect("a good realm");
    let service = init_service(
        App::new()
            .service(web::scope("/in").wrap(AuthMiddleware::new(plain)).configure(routes))
            .service(web::scope("/default").wrap(AuthMiddleware::new(default)).configure(routes))
            .service(web::scope("/out").configure(routes)),
    )
    .await;
    move |request, body, trace| {
        let mut request = request.to_request();
        request.extensions_mut().insert(trace.clone());
        let tripwire = Tripwire { polls: Arc::clone(&trace.polls), content: Some(Bytes::from_static(body.as_bytes())) };
        *request.payload() = Payload::Stream { payload: Box::pin(tripwire) };
        let call = service.call(request);
        Box::pin(async move {
            let response = call.await.expect("refusals are answers, not errors");
            let status = response.status().as_u16();
            (status, String::from_utf8(read_body(response).await.to_vec()).expect("a text"))
        })
    }
}
