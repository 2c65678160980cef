//! The layer that puts a realm, and a way to the caller's address, into each request.

use std::any::Any;
use std::net::{IpAddr, SocketAddr};

use auth_core::AnyRealm;
use auth_tower::layer::AuthService;
use auth_tower::undecided::DenyUndecidedLayer;
use axum::extract::ConnectInfo;
use axum::extract::connect_info::MockConnectInfo;
use http::Extensions;
use tower_layer::Layer;

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
        Self(auth_tower::AuthLayer::new(realm).finding_peer(find_peer))
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
        self.0.deny_undecided()
    }
}

impl<S> Layer<S> for AuthLayer {
    type Service = AuthService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        self.0.layer(inner)
    }
}

/// Where axum leaves the other end of the connection.
fn find_peer(extensions: &dyn Any) -> Option<IpAddr> {
    let extensions = extensions.downcast_ref::<Extensions>()?;
    let connected = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
    let address = connected.or_else(|| extensions.get::<MockConnectInfo<SocketAddr>>().map(|info| info.0));
    address.map(|address| address.ip())
}
