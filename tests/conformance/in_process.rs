//! A target without a socket: what a server does around a service, and nothing more.

use std::future::Future;

use auth_test::conformance::{RawRequest, RawResponse, Target};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, Uri};
use http_body_util::{BodyExt as _, Full};
use tokio::runtime::Runtime;

/// Asks a function.
pub struct InProcess<F> {
    runtime: Runtime,
    answer: F,
}

impl<F> InProcess<F> {
    pub fn new(answer: F) -> Self {
        Self { runtime: Runtime::new().expect("a runtime"), answer }
    }
}

impl<F, A, B> Target for InProcess<F>
where
    F: Fn(Request<Full<Bytes>>) -> A,
    A: Future<Output = Response<B>>,
    B: http_body::Body,
    B::Error: std::fmt::Debug,
{
    fn exchange(&self, raw: &RawRequest) -> RawResponse {
        let Some(request) = parse(raw) else {
            return RawResponse::new(400);
        };
        self.runtime.block_on(async {
            let (head, body) = (self.answer)(request).await.into_parts();
            let body = body.collect().await.expect("a body in memory").to_bytes();
            let response =
                head.headers.iter().fold(RawResponse::new(head.status.as_u16()), |response, (name, value)| {
                    response.header(name.as_str(), value)
                });
            if raw.method == "HEAD" { response } else { response.body(body) }
        })
    }
}

/// The request; `None` if a server would refuse it as malformed.
fn parse(raw: &RawRequest) -> Option<Request<Full<Bytes>>> {
    let mut request = Request::new(Full::new(Bytes::from(raw.body.clone())));
    *request.method_mut() = Method::from_bytes(raw.method.as_bytes()).ok()?;
    *request.uri_mut() = raw.target.parse::<Uri>().ok()?;
    for (name, value) in &raw.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        request.headers_mut().append(name, HeaderValue::from_bytes(value).ok()?);
    }
    Some(request)
}
