//! The layer that puts a realm, and the caller's address, into each request.

use std::net::SocketAddr;
use std::task::{Context, Poll};

use auth_core::AnyRealm;
use auth_tower::Peer;
use auth_tower::layer::{AuthFuture, AuthService};
use auth_tower::undecided::DenyUndecided;
use axum::extract::ConnectInfo;
use axum::extract::connect_info::MockConnectInfo;
use http::{Extensions, Request, Response};
use tower_layer::Layer;
use tower_service::Service;

/// Puts a realm into each request, for the policies of the handlers inside.
///
/// It decides nothing and never refuses. A layer inside another adds its realm and replaces none: policies name
/// theirs with `realm = ".."`, or mean the innermost. Mount it inside of trace and CORS layers.
///
/// It also tells the realm where a request comes from, if the service was made by
/// `into_make_service_with_connect_info::<SocketAddr>()`.
#[derive(Clone, Debug)]
pub struct AuthLayer(auth_tower::AuthLayer);

impl AuthLayer {
    /// A layer of that realm.
    #[must_use]
    pub fn new(realm: impl Into<AnyRealm>) -> Self {
        Self(auth_tower::AuthLayer::new(realm))
    }

    /// Also withholds answers that nobody decided about: 500 goes out instead, and an `error!` says where.
    ///
    /// For services on axum's own router; with [`Router`](crate::Router) a handler without an attribute does not
    /// compile, and this finds what layers, services and `_unchecked` routes answer undecided. Without a decision pass
    /// only 404 and 405, and of those only the status and `Allow`. A CORS layer goes outside.
    ///
    /// # Security
    ///
    /// The handler **has run**: what it did, it did for anybody. Only its answer is kept back. It is a detector, and
    /// prevents nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use auth_axum::{AuthLayer, Realm};
    /// use axum::Router;
    /// use axum::routing::get;
    /// # use auth_core::credential::BearerToken;
    /// # struct Tokens;
    /// # impl auth_core::Verifier<BearerToken> for Tokens {
    /// #     type Value = ();
    /// #     async fn verify(&self, _: BearerToken, _: auth_core::Attempt) -> Result<auth_core::Verified<()>, auth_core::VerifyError> {
    /// #         Err(auth_core::VerifyError::refused(auth_core::Reason::UNKNOWN_CREDENTIAL))
    /// #     }
    /// # }
    ///
    /// async fn forgotten() -> &'static str {
    ///     "every row of the table"
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use tower::ServiceExt as _;
    /// let realm = Realm::<()>::builder("demo").bearer(Tokens).build()?;
    /// let app: Router = Router::new().route("/rows", get(forgotten)).layer(AuthLayer::new(realm).deny_undecided());
    ///
    /// let request = http::Request::get("/rows").body(axum::body::Body::empty())?;
    /// assert_eq!(app.oneshot(request).await?.status(), 500);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn deny_undecided(self) -> DenyUndecidedLayer {
        DenyUndecidedLayer(self.0.deny_undecided())
    }
}

/// An [`AuthLayer`] that withholds the answers of handlers that decided nothing; see [`AuthLayer::deny_undecided`].
#[derive(Clone, Debug)]
pub struct DenyUndecidedLayer(auth_tower::undecided::DenyUndecidedLayer);

impl<S> Layer<S> for DenyUndecidedLayer {
    type Service = WithPeer<AuthService<DenyUndecided<S>>>;

    fn layer(&self, inner: S) -> Self::Service {
        WithPeer(self.0.layer(inner))
    }
}

impl<S> Layer<S> for AuthLayer {
    type Service = WithPeer<AuthService<S>>;

    fn layer(&self, inner: S) -> Self::Service {
        WithPeer(self.0.layer(inner))
    }
}

/// The service that [`AuthLayer`] makes: what axum knows of the connection, under the name that the realm looks for.
#[derive(Clone, Debug)]
pub struct WithPeer<S>(S);

impl<S, B, R> Service<Request<B>> for WithPeer<AuthService<S>>
where
    S: Service<Request<B>, Response = Response<R>>,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = AuthFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        self.0.call_knowing(request, tell_peer)
    }
}

fn tell_peer(extensions: &mut Extensions) {
    let connected = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
    let address = connected.or_else(|| extensions.get::<MockConnectInfo<SocketAddr>>().map(|info| info.0));
    if let Some(address) = address {
        extensions.get_or_insert_with(|| Peer(address));
    }
}
