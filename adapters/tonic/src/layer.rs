//! The layer that puts a realm into each call, and decides before a message is read.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use auth_core::AnyRealm;
use auth_core::catalogue::{Endpoint, Route};
use auth_core::decision::{Check, begin_layer};
use auth_core::policy::EndpointTable;
use http::{Request, Response};
use pin_project_lite::pin_project;
use tonic::Status;
use tonic::server::NamedService;
use tower_layer::Layer;
use tower_service::Service;

use crate::arrival::Arrival;
use crate::auth::Refusal;
use crate::connection;
use crate::status::not_found;

/// Puts a realm into each call, and decides by the policies of the services that it knows.
///
/// Calls to anything else are answered as if it did not exist. A layer inside another adds its realm and replaces
/// none; services whose policies name the inner realm are [`unchecked`](Self::unchecked) outside.
#[derive(Clone, Debug)]
pub struct AuthLayer {
    realm: AnyRealm,
    services: Vec<Served>,
}

/// A service, by the first part of its paths.
#[derive(Clone, Copy, Debug)]
struct Served {
    name: &'static str,
    /// The policies by method; `None` if the layer is to let every call pass.
    methods: Option<&'static [(&'static str, &'static Endpoint)]>,
}

impl AuthLayer {
    /// A layer of that realm, which knows no service yet.
    #[must_use]
    pub fn new(realm: impl Into<AnyRealm>) -> Self {
        Self { realm: realm.into(), services: Vec::new() }
    }

    /// Adds the generated server `S` with the policies that `#[auth_impl]` has listed.
    ///
    /// Methods that have neither `#[requires_auth(..)]` nor `#[public(..)]` are not in the list, and refused.
    #[must_use]
    pub fn service<S: NamedService, T: EndpointTable>(self) -> Self {
        self.with(Served { name: S::NAME, methods: Some(T::ENDPOINTS) })
    }

    /// Adds a service whose calls the layer lets pass, because of `reason`: a health check, or methods that decide
    /// by themselves. The operator is told. Without a reason that says something it is not added, and its calls are
    /// answered as unknown.
    #[must_use]
    pub fn unchecked<S: NamedService>(self, reason: &'static str) -> Self {
        match Route::unchecked("POST", format!("/{}/*", S::NAME), reason).report_unchecked() {
            Ok(()) => self.with(Served { name: S::NAME, methods: None }),
            Err(error) => {
                tracing::error!(why = %error, "a service is not added; its calls are answered as unknown");
                self
            }
        }
    }

    fn with(mut self, served: Served) -> Self {
        self.services.retain(|known| known.name != served.name);
        self.services.push(served);
        self
    }
}

impl<S> Layer<S> for AuthLayer {
    type Service = AuthService<S>;

    fn layer(&self, inner: S) -> AuthService<S> {
        let gate = Gate { inner, realm: self.realm.clone(), services: self.services.clone() };
        AuthService(auth_tower::AuthLayer::new(self.realm.clone()).keeping_head().layer(gate))
    }
}

/// The service that [`AuthLayer`] makes.
#[derive(Clone, Debug)]
pub struct AuthService<S>(auth_tower::layer::AuthService<Gate<S>>);

impl<S, B, R> Service<Request<B>> for AuthService<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone,
    R: Default,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = auth_tower::layer::AuthFuture<GateFuture<S, B>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        connection::tell(request.extensions_mut());
        self.0.call(request)
    }
}

/// Decides the calls whose policy it knows, from the head alone.
#[derive(Clone, Debug)]
pub struct Gate<S> {
    inner: S,
    realm: AnyRealm,
    services: Vec<Served>,
}

/// What the gate makes of a path.
enum Door {
    Guarded(&'static Endpoint),
    Open,
    Unknown,
}

impl<S> Gate<S> {
    fn door(&self, path: &str) -> Door {
        let Some((service, method)) = path.strip_prefix('/').and_then(|path| path.split_once('/')) else {
            return Door::Unknown;
        };
        match self.services.iter().find(|served| served.name == service) {
            Some(Served { methods: Some(methods), .. }) => {
                // `GetThing` of the service is `get_thing` of the trait.
                let known = methods.iter().find(|(name, _)| is_method_of(name, method));
                known.map_or(Door::Unknown, |(_, endpoint)| Door::Guarded(endpoint))
            }
            Some(Served { methods: None, .. }) => Door::Open,
            None => Door::Unknown,
        }
    }
}

/// Whether a function of a generated trait serves the method of that name: words begin with a capital there, and
/// stand between underscores here. `#[auth_impl]` refuses two functions of one trait that serve one name.
fn is_method_of(function: &str, method: &str) -> bool {
    letters(function).eq(letters(method))
}

/// Compared as they come: an attacker chooses how long a path is.
fn letters(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().filter(|byte| *byte != b'_').map(|byte| byte.to_ascii_lowercase())
}

impl<S, B, R> Service<Request<B>> for Gate<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone,
    R: Default,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = GateFuture<S, B>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let state = match self.door(request.uri().path()) {
            Door::Guarded(endpoint) => {
                let check = Arrival::in_extensions(request.extensions())
                    .ask(|handle, head| begin_layer(handle, head, endpoint));
                // `poll_ready` reserved `self.inner`, so it must serve this call; the clone waits its turn.
                let clone = self.inner.clone();
                let ready = std::mem::replace(&mut self.inner, clone);
                State::Deciding { check, then: Some((ready, request)) }
            }
            Door::Open => State::Serving { inner: self.inner.call(request) },
            Door::Unknown => {
                let path: String = request.uri().path().chars().take(MAX_SHOWN).collect();
                tracing::warn!(path = %path.escape_default(), "no policy is known for this call; it is answered as unknown");
                State::Refused { status: Some(not_found(&self.realm)) }
            }
        };
        GateFuture { state }
    }
}

/// How many characters of an unknown path are logged.
const MAX_SHOWN: usize = 64;

pin_project! {
    /// The future of [`Gate`].
    pub struct GateFuture<S, B>
    where
        S: Service<Request<B>>,
    {
        #[pin]
        state: State<S, B, S::Future>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<S, B, F> {
        Refused { status: Option<Status> },
        Deciding { check: Check, then: Option<(S, Request<B>)> },
        Serving { #[pin] inner: F },
    }
}

impl<S, B> std::fmt::Debug for GateFuture<S, B>
where
    S: Service<Request<B>>,
{
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("GateFuture(..)")
    }
}

impl<S, B, R> Future for GateFuture<S, B>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: Default,
{
    type Output = Result<Response<R>, S::Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            let inner = match self.as_mut().project().state.project() {
                StateProjection::Serving { inner } => return inner.poll(cx),
                StateProjection::Refused { status } => match status.take() {
                    Some(status) => return Poll::Ready(Ok(status.into_http())),
                    // Polled again after it was ready: there is no second answer.
                    None => return Poll::Pending,
                },
                StateProjection::Deciding { check, then } => match (ready!(Pin::new(check).poll(cx)), then.take()) {
                    (Err(refusal), _) => return Poll::Ready(Ok(Status::from(Refusal::from(refusal)).into_http())),
                    (Ok(_), Some((mut service, request))) => service.call(request),
                    (Ok(_), None) => return Poll::Pending,
                },
            };
            self.as_mut().project().state.set(State::Serving { inner });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_serves_the_method_of_its_letters() {
        for (function, method) in [("get_thing", "GetThing"), ("get_url2", "GetURL2"), ("a", "A")] {
            assert!(is_method_of(function, method), "{function} {method}");
        }
        for (function, method) in
            [("get_thing", "GetThings"), ("get_things", "GetThing"), ("get_thing", ""), ("a", "B")]
        {
            assert!(!is_method_of(function, method), "{function} {method}");
        }
    }
}
