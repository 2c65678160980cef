//! The layer that puts a realm into each request.

use auth_core::AnyRealm;
use auth_tower::layer::AuthService;
use auth_tower::undecided::DenyUndecidedLayer;
use tower_layer::Layer;

/// Puts a realm into each request, for the filters of [`warp::service`].
///
/// It decides nothing and never refuses. A layer inside another adds its realm and replaces none.
#[derive(Clone, Debug)]
pub struct AuthLayer(auth_tower::AuthLayer);

impl AuthLayer {
    /// A layer of that realm.
    #[must_use]
    pub fn new(realm: impl Into<AnyRealm>) -> Self {
        Self(auth_tower::AuthLayer::new(realm).keeping_head())
    }

    /// Withholds the answer of a function that decided nothing, because it has no attribute: the caller gets 500, the
    /// operator an error in the log.
    ///
    /// warp's filters do not show the functions behind them, so this is known only once one has run; what it did, it
    /// did. The 404 and 405 of warp itself pass without their bodies.
    ///
    /// # Examples
    ///
    /// ```
    /// use auth_warp::{AuthLayer, not_found, public, require};
    /// use tower::ServiceExt as _;
    /// use tower_layer::Layer as _;
    /// use warp::Filter as _;
    /// # use auth_core::credential::BearerToken;
    /// # use auth_core::{Attempt, Reason, Realm, Verified, Verifier, VerifyError};
    /// # struct Tokens;
    /// # impl Verifier<BearerToken> for Tokens {
    /// #     type Value = ();
    /// #     async fn verify(&self, _: BearerToken, _: Attempt) -> Result<Verified<()>, VerifyError> {
    /// #         Err(VerifyError::refused(Reason::UNKNOWN_CREDENTIAL))
    /// #     }
    /// # }
    ///
    /// async fn forgotten() -> &'static str {
    ///     "every row of the table"
    /// }
    ///
    /// #[public(reason = "health check")]
    /// async fn health() -> &'static str {
    ///     "ok"
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let realm = Realm::<()>::builder("demo").bearer(Tokens).build()?;
    /// let routes = warp::path!("rows").then(forgotten).or(warp::path!("health").and(require()).then(health));
    /// let routes = routes.or(not_found(&realm));
    /// let service = AuthLayer::new(realm).deny_undecided().layer(warp::service(routes));
    /// let status = async |path: &str| {
    ///     let request = http::Request::get(path).body(warp::reply::Response::default().into_body()).unwrap();
    ///     service.clone().oneshot(request).await.unwrap().status().as_u16()
    /// };
    /// assert_eq!(status("/health").await, 200);
    /// assert_eq!(status("/rows").await, 500);
    /// assert_eq!(status("/nothing").await, 404);
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

    fn layer(&self, inner: S) -> AuthService<S> {
        self.0.layer(inner)
    }
}
