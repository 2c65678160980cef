//! What a handler in request mode reads of its request.

use auth_core::decision::{Current, Handle};
use bytes::Bytes;
use http::{Request, Response};

use crate::head::HttpHead;

auth_core::__adapter_types!();

impl<P: Send + Sync + 'static> Auth<P> {
    /// Reads the principal of a request that `#[requires_auth(..)]` has let through.
    ///
    /// # Errors
    ///
    /// 500, if no policy was decided before, the policy is `optional`, or the realm's principal is of another type.
    pub fn of<B>(request: &Request<B>) -> Result<Self, Refusal> {
        let handle = request.extensions().get::<Handle>();
        let head = HttpHead::of_request(request);
        Ok(Self(Current::required(handle, &head).now(&head)?))
    }

    /// Reads the principal of a request whose policy is `optional`: `None` is a guest.
    ///
    /// # Errors
    ///
    /// 500, if no policy was decided before, the policy is not `optional`, or the realm's principal is of another
    /// type.
    pub fn of_guest<B>(request: &Request<B>) -> Result<Option<Self>, Refusal> {
        let handle = request.extensions().get::<Handle>();
        let head = HttpHead::of_request(request);
        Ok(Current::optional(handle, &head).now_or_guest(&head)?.map(Self))
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
