//! Request mode: the policy looks at the request, and refuses by the return type.

use std::cell::Cell;
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;

use auth_tower::{Refusal, requires_auth};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;

#[derive(Debug)]
enum Error {
    Refused(Refusal),
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

type Web<B> = Request<B>;

/// A plain response.
#[requires_auth(bearer)]
async fn plain(_request: Request<Full<Bytes>>) -> Response<Full<Bytes>> {
    Response::new(Full::default())
}

/// Items in front, any body, an error that cannot be.
#[requires_auth(bearer, scope = "a")]
async fn generic<B>(mut req: Request<B>) -> Result<Response<Full<Bytes>>, Infallible>
where
    B: Send,
{
    const LIMIT: usize = 3;
    req.extensions_mut().insert(LIMIT);
    Ok(Response::new(Full::default()))
}

/// An error of its own, which a refusal becomes; the request by name.
#[requires_auth(bearer, request = web)]
async fn named<'a>(limit: &'a u8, web: Web<()>) -> Result<u8, Error> {
    let _ = web;
    Ok(*limit)
}

struct Service;

trait Answer {
    fn answer<'a>(&'a self, request: Request<()>) -> Pin<Box<dyn Future<Output = Result<u8, Error>> + Send + 'a>>;
}

impl Answer for Service {
    /// What async traits are rewritten to; the policy is inside.
    #[requires_auth(basic)]
    fn answer<'a>(&'a self, request: Request<()>) -> Pin<Box<dyn Future<Output = Result<u8, Error>> + Send + 'a>> {
        Box::pin(async move {
            let request = request;
            Ok(u8::from(request.headers().is_empty()))
        })
    }
}

impl Service {
    /// A method; the policy is inside.
    #[requires_auth(basic)]
    async fn show<T>(&self, request: Request<T>) -> Result<T, Error> {
        Ok(request.into_body())
    }
}

fn is_send<T: Send>(future: T) -> T {
    future
}

fn main() {
    // A body that may be sent but not shared does not keep the future from being sent.
    let _future = is_send(generic(Request::new(Cell::new(1))));
    let _future = plain(Request::default());
    let _future = named(&1, Request::default());
    let _future = is_send(Service.answer(Request::default()));
    let _future = Service.show(Request::new(1));
    let names: Vec<_> = auth_core::catalogue().endpoints().map(|endpoint| endpoint.name).collect();
    assert_eq!(names, ["plain", "generic", "named", "answer", "show"]);
}
