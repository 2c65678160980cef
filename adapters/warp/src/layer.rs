//! The layer that puts a realm into each request.

use auth_core::AnyRealm;
use auth_tower::layer::AuthService;
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
}

impl<S> Layer<S> for AuthLayer {
    type Service = AuthService<S>;

    fn layer(&self, inner: S) -> AuthService<S> {
        self.0.layer(inner)
    }
}
