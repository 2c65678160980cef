//! The guard that the attribute adds to a handler.

use auth_core::EndpointPolicy;
use auth_core::decision::begin;
use poem::{FromRequest, Request, RequestBody, Result};

use crate::auth::Refusal;
use crate::head::{handle, head};

auth_core::__adapter_require!();

impl<'a, E: EndpointPolicy> FromRequest<'a> for Require<E> {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        let check = begin(handle(request), &head(request), E::ENDPOINT);
        check.await.map_err(Refusal::from)?;
        Ok(Self::decided())
    }
}
