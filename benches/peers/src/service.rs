//! Services of any framework, called in process.

use std::convert::Infallible;
use std::future::Future;

use auth_request_bench::{Bench, Failure};
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use tokio::runtime::{self, Runtime};
use tower::ServiceExt as _;

use crate::tokens::Token;

/// Requests that are made and wait to be served.
pub type Work<'s> = Box<dyn FnOnce() + 's>;

/// A service that is ready to be measured.
pub trait Service {
    /// Serves one request and tells its status.
    ///
    /// # Errors
    ///
    /// If no request can be made.
    fn status(&self) -> Result<u16, Failure>;

    /// Makes so many requests.
    ///
    /// # Errors
    ///
    /// If they cannot be made.
    fn work(&self, requests: usize) -> Result<Work<'_>, Failure>;
}

/// What each request has, whatever the framework. A server puts something into the extensions, too.
pub(crate) const FIELDS: [(&str, &str); 2] = [("host", "localhost"), ("accept", "*/*")];

/// What a server leaves in every request, as hyper does for upgrades.
#[derive(Clone)]
pub(crate) struct ServersOwn;

/// A request of the crate `http`.
pub(crate) fn request<B>(bearer: &HeaderValue, body: B) -> Request<B> {
    let mut request = Request::new(body);
    for (name, value) in FIELDS {
        request.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    request.headers_mut().insert(http::header::AUTHORIZATION, bearer.clone());
    request.extensions_mut().insert(ServersOwn);
    request
}

/// The header field that presents a token.
pub(crate) fn bearer(token: &Token) -> Result<HeaderValue, Failure> {
    Ok(format!("Bearer {}", token.text()).try_into()?)
}

/// The runtime that a service is called on.
pub(crate) fn runtime() -> Result<Runtime, Failure> {
    Ok(runtime::Builder::new_current_thread().enable_all().build()?)
}

/// A service that a closure calls: it makes the future of one request's status.
pub(crate) struct Called<C, M> {
    pub(crate) runtime: Runtime,
    pub(crate) make: M,
    pub(crate) call: C,
}

impl<R, M, C, F> Service for Called<C, M>
where
    R: 'static,
    M: Fn() -> R,
    C: Fn(R) -> F,
    F: Future<Output = u16>,
{
    fn status(&self) -> Result<u16, Failure> {
        Ok(self.runtime.block_on((self.call)((self.make)())))
    }

    fn work(&self, requests: usize) -> Result<Work<'_>, Failure> {
        let requests: Vec<_> = (0..requests).map(|_| (self.make)()).collect();
        Ok(Box::new(move || {
            self.runtime.block_on(async {
                for request in requests {
                    (self.call)(request).await;
                }
            });
        }))
    }
}

/// A service of tower, axum's router above all, which is cloned for each request as servers do.
pub(crate) fn tower<S, B, R>(service: S, token: &Token, body: fn() -> B) -> Result<Box<dyn Service>, Failure>
where
    S: tower::Service<Request<B>, Response = Response<R>, Error = Infallible> + Clone + 'static,
    B: 'static,
    R: 'static,
{
    let bearer = bearer(token)?;
    Ok(Box::new(Called {
        runtime: runtime()?,
        make: move || request(&bearer, body()),
        call: move |request| {
            let service = service.clone();
            async move { service.oneshot(request).await.map_or(0, |answer| answer.status().as_u16()) }
        },
    }))
}

/// This project's service.
pub(crate) struct Own(pub(crate) Bench);

impl Service for Own {
    /// The benchmark has looked at its answers when it was put together.
    fn status(&self) -> Result<u16, Failure> {
        Ok(StatusCode::OK.as_u16())
    }

    fn work(&self, requests: usize) -> Result<Work<'_>, Failure> {
        let requests = self.0.requests(requests)?;
        Ok(Box::new(move || self.0.serve(requests)))
    }
}
