//! The guard that the attribute puts in place of a handler's parameters.

use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{Error, FromRequest, HttpMessage as _, HttpRequest};
use auth_core::EndpointPolicy;
use auth_core::decision::{Handle, begin};

use crate::auth::Refusal;
use crate::head::Head;

auth_core::__adapter_guarded!();

impl<E: EndpointPolicy, A: FromRequest + 'static> FromRequest for Guarded<E, A> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let check = begin(request.extensions().get::<Handle>(), &Head(request), E::ENDPOINT);
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            check.await.map_err(Refusal::from)?;
            let args = A::from_request(&request, &mut payload).await.map_err(Into::into)?;
            // `Option<Auth<P>>` turns every error into `None`; one that is no guest's is found here.
            let withheld = request.extensions().get::<Handle>().and_then(Handle::withheld);
            match withheld {
                Some(refusal) => Err(Refusal::from(refusal).into()),
                None => Ok(Self::decided(args)),
            }
        })
    }
}
