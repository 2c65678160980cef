//! What a handler in request mode reads of its request.

use std::future::Future;

use auth_core::decision::{Handle, current, current_party};
use bytes::Bytes;
use http::{Request, Response};

use crate::head::HttpHead;

auth_core::__adapter_types!(
    /// # Examples
    ///
    /// ```
    /// use auth_tower::{Auth, Refusal, requires_auth};
    /// use http::{Request, Response};
    ///
    /// struct User {
    ///     id: u64,
    /// }
    ///
    /// #[requires_auth(bearer)]
    /// async fn profile(request: Request<String>) -> Result<Response<String>, Refusal> {
    ///     let user = Auth::<User>::of(&request).await?;
    ///     user.ensure(request.uri().path() == format!("/users/{}", user.id))?; // 403, or 404 where the policy hides
    ///     Ok(Response::new(format!("seen by {}", Auth::facts(&user).subject)))
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let refused = profile(Request::new(String::new())).await.unwrap_err();
    /// assert_eq!(refused.status(), 500, "no layer put a realm into the request");
    /// # }
    /// ```
);

impl<P: Send + Sync + 'static> Auth<P> {
    /// Reads the principal of a request that `#[requires_auth(..)]` has let through, or that the realm's default
    /// policy lets through now. The future borrows nothing of the request.
    ///
    /// # Errors
    ///
    /// 500, if there is no policy, it is `optional`, or the realm's principal is of another type. What a default
    /// policy refuses.
    pub fn of<B>(request: &Request<B>) -> impl Future<Output = Result<Self, Refusal>> + Send + use<P, B> {
        let party = current_party(request.extensions().get::<Handle>(), &HttpHead::of_request(request));
        async move { Ok(Self(party.await?)) }
    }

    /// Reads the principal of a request whose policy is `optional`: `None` is a guest.
    ///
    /// # Errors
    ///
    /// 500, if there is no policy, or the realm's principal is of another type. What a default policy refuses.
    pub fn of_guest<B>(request: &Request<B>) -> impl Future<Output = Result<Option<Self>, Refusal>> + Send + use<P, B> {
        let current = current(request.extensions().get::<Handle>(), &HttpHead::of_request(request));
        async move { Ok(current.await?.map(Self)) }
    }
}

impl Refusal {
    /// The refusal as a response.
    #[must_use]
    pub fn into_response<B: From<Bytes>>(self) -> Response<B> {
        crate::render(self.0)
    }
}

impl<B: From<Bytes>> From<Refusal> for Response<B> {
    fn from(refusal: Refusal) -> Self {
        refusal.into_response()
    }
}
