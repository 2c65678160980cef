//! Request mode with generics, bounds and a body of any type.
#![deny(warnings)]

use auth_tower::requires_auth;
use bytes::Bytes;
use http::{Request, Response};

#[requires_auth(bearer, scope = "items:read")]
async fn list<B, R>(mut request: Request<B>) -> Response<R>
where
    B: Default + Send,
    R: From<Bytes>,
{
    let _body = std::mem::take(request.body_mut());
    Response::new(R::from(Bytes::from_static(b"items")))
}

#[requires_auth(bearer, request = call)]
async fn named<'a>(name: &'a str, call: http::Request<&'a str>) -> Result<Response<Vec<u8>>, std::convert::Infallible> {
    Ok(Response::new(format!("{name} {}", call.body()).into_bytes()))
}

fn main() {
    let _list = list::<String, Vec<u8>>;
    let _named = |request| named("x", request);
}
