//! The guard that the attribute adds to a handler.

use auth_core::EndpointPolicy;
use auth_core::decision::{Handle, begin};
use tiny_web::{Extract, IntoResponse as _, Request, Response};

use crate::auth::Refusal;
use crate::head::Head;

auth_core::__adapter_require!();

impl<E: EndpointPolicy> Extract for Require<E> {
    async fn extract(request: &mut Request) -> Result<Self, Response> {
        let check = begin(request.extras.get::<Handle>(), &Head(request), E::ENDPOINT);
        match check.await {
            Ok(_) => Ok(Self::decided()),
            Err(refusal) => Err(Refusal::from(refusal).into_response()),
        }
    }
}
