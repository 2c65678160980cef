//! A throw-away adapter for actix-web, as thin as it can be: it shows what the core asks of a framework whose
//! extractors run side by side and whose futures are not `Send`.

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::http::header::{CACHE_CONTROL, HeaderName, HeaderValue};
use actix_web::http::{StatusCode, Version};
use actix_web::middleware::{Next, from_fn};
use actix_web::{Error, FromRequest, HttpMessage as _, HttpRequest, HttpResponse, ResponseError};
use auth_core::decision::{Handle, begin, current, no_principal, not_found};
use auth_core::{AnyRealm, EndpointPolicy, RequestHead};

pub use auth_core::__adapter::actix::{auth_impl, public, requires_auth};

pub mod __private {
    pub mod v1 {
        pub use super::super::Guarded;
        pub use auth_core::__private::v1::*;
    }
}

auth_core::__adapter_types!();

struct Head<'r>(&'r HttpRequest);

impl RequestHead for Head<'_> {
    fn method(&self) -> &str {
        self.0.method().as_str()
    }

    fn path(&self) -> &str {
        self.0.uri().path()
    }

    fn query(&self) -> Option<&str> {
        self.0.uri().query()
    }

    fn for_each_header<'h>(&'h self, name: &str, each: &mut dyn FnMut(&'h [u8])) {
        self.0.headers().get_all(name).for_each(|value| each(value.as_bytes()));
    }

    fn peer(&self) -> Option<IpAddr> {
        self.0.peer_addr().as_ref().map(SocketAddr::ip)
    }

    fn is_multiplexed(&self) -> bool {
        self.0.version() >= Version::HTTP_2
    }
}

type Extraction<T> = Pin<Box<dyn Future<Output = Result<T, Error>>>>;

auth_core::__adapter_guarded!();

impl<E: EndpointPolicy, A: FromRequest + 'static> FromRequest for Guarded<E, A> {
    type Error = Error;
    type Future = Extraction<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let check = begin(request.extensions().get::<Handle>(), &Head(request), E::ENDPOINT);
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            check.await.map_err(Refusal)?;
            let args = A::from_request(&request, &mut payload).await.map_err(Into::into)?;
            // `Option<Auth<P>>` turns every error into `None`; one that is no guest's is found here.
            let withheld = request.extensions().get::<Handle>().and_then(Handle::withheld);
            match withheld {
                Some(refusal) => Err(Refusal(refusal).into()),
                None => Ok(Self::decided(args)),
            }
        })
    }
}

/// What becomes of a guest where `Auth<P>` stands without an `Option`; inside of one nobody asks.
#[derive(Debug)]
struct NoPrincipal(HttpRequest, fn(Option<&Handle>, &dyn RequestHead) -> auth_core::Refusal);

impl std::fmt::Display for NoPrincipal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a guest has no principal")
    }
}

impl ResponseError for NoPrincipal {
    fn error_response(&self) -> HttpResponse {
        render((self.1)(self.0.extensions().get::<Handle>(), &Head(&self.0)))
    }
}

impl<P: Send + Sync + 'static> FromRequest for Auth<P> {
    type Error = Error;
    type Future = Extraction<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let current = current(request.extensions().get::<Handle>(), &Head(request));
        let request = request.clone();
        Box::pin(async move {
            let user = current.await.map_err(Refusal)?;
            user.map(Self).ok_or_else(|| NoPrincipal(request, no_principal::<P>).into())
        })
    }
}

impl ResponseError for Refusal {
    fn error_response(&self) -> HttpResponse {
        render(self.0.clone())
    }
}

fn render(refusal: auth_core::Refusal) -> HttpResponse {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    for header in refusal.headers() {
        response.append_header(header);
    }
    if refusal.closes_connection() {
        response.force_close();
    }
    response.body(refusal.into_body())
}

/// The answer for unknown paths, in the realm's own form.
pub fn unknown_path(realm: &AnyRealm, request: &HttpRequest) -> HttpResponse {
    render(not_found(realm, &Head(request)))
}

/// Puts a realm into each request, and tells caches what they have to know.
pub fn auth_layer<S, B>(
    realm: impl Into<AnyRealm>,
) -> impl Transform<S, ServiceRequest, Response = ServiceResponse<BoxBody>, Error = Error, InitError = ()>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    let realm = realm.into();
    from_fn(move |request: ServiceRequest, next: Next<B>| {
        let outer = request.extensions().get::<Handle>().cloned();
        let handle = outer.as_ref().map_or_else(|| Handle::new(realm.clone()), |outer| outer.nested(realm.clone()));
        request.extensions_mut().insert(handle.clone());
        async move {
            let mut response = next.call(request).await?.map_into_boxed_body();
            if let Some(refusal) = handle.withheld() {
                response = response.into_response(render(refusal));
            }
            if outer.is_none() {
                let success = handle.success_headers();
                let headers = response.headers_mut();
                for field in success.fields(headers.contains_key(CACHE_CONTROL)) {
                    let Ok(value) = HeaderValue::from_str(field.value) else { continue };
                    let name = HeaderName::from_static(field.name);
                    if field.is_added { headers.append(name, value) } else { drop(headers.insert(name, value)) }
                }
            }
            Ok(response)
        }
    })
}
