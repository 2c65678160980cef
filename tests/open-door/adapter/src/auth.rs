//! What handlers name: the principal and the refusal.

use auth_core::decision::{Handle, current, current_party};
use tiny_web::{Extract, IntoResponse, Request, Response};

use crate::head::Head;

auth_core::__adapter_types!();

/// Marks the answer of a refusal, which says everything to caches by itself.
pub(crate) struct Refused;

impl<P: Send + Sync + 'static> Extract for Auth<P> {
    async fn extract(request: &mut Request) -> Result<Self, Response> {
        let party = current_party(request.extras.get::<Handle>(), &Head(request));
        party.await.map(Self).map_err(|refusal| Refusal(refusal).into_response())
    }

    /// Not the framework's own, which would make a guest of whoever is refused.
    async fn extract_option(request: &mut Request) -> Result<Option<Self>, Response> {
        let current = current(request.extras.get::<Handle>(), &Head(request));
        match current.await {
            Ok(party) => Ok(party.map(Self)),
            Err(refusal) => Err(Refusal(refusal).into_response()),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = Response::new(self.status(), Vec::new());
        for (name, value) in self.headers() {
            response = response.with_header(&name.to_ascii_lowercase(), value);
        }
        response.body = self.0.into_body().into_owned();
        response.extras.insert(Refused);
        response
    }
}
