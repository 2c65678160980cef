//! What handlers name: the principal and the refusal.

use auth_core::decision::{Authenticated, Handle, current, current_party};
use auth_tower::HttpHead;
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::response::{IntoResponse, Response};
use http::request::Parts;

auth_core::__adapter_types!(
    /// # Examples
    ///
    /// ```
    /// use auth_axum::{Auth, Refusal, Router, get, requires_auth};
    /// use axum::extract::Path;
    ///
    /// struct User {
    ///     id: u64,
    /// }
    ///
    /// #[requires_auth(bearer)]
    /// async fn profile(user: Auth<User>, Path(id): Path<u64>) -> Result<String, Refusal> {
    ///     user.ensure(user.id == id)?; // 403, or 404 where the policy hides
    ///     Ok(format!("seen by {}", Auth::facts(&user).subject))
    /// }
    ///
    /// let app: Router = Router::new().route("/users/{id}", get(profile));
    /// assert_eq!(app.routes().len(), 1);
    /// ```
);

impl<P, S> FromRequestParts<S> for Auth<P>
where
    P: Send + Sync + 'static,
    S: Send + Sync,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let handle = parts.extensions.get::<Handle>();
        if let Some(principal) = handle.and_then(Authenticated::of_current) {
            return Ok(Self(principal));
        }
        // Apart: a future of its own would lie in every request's.
        let principal = Box::pin(current_party(handle, &HttpHead::of_parts(parts)));
        Ok(Self(principal.await?))
    }
}

impl<P, S> OptionalFromRequestParts<S> for Auth<P>
where
    P: Send + Sync + 'static,
    S: Send + Sync,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Refusal> {
        let current = current(parts.extensions.get::<Handle>(), &HttpHead::of_parts(parts));
        Ok(current.await?.map(Self))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        auth_tower::render(self.0)
    }
}

/// For handlers in request mode, which return what the tower entry point makes.
impl From<auth_tower::Refusal> for Refusal {
    fn from(refusal: auth_tower::Refusal) -> Self {
        Self(refusal.into_inner())
    }
}
