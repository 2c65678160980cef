//! What the layer has put into a request.

use std::convert::Infallible;

use auth_core::RequestHead;
use auth_core::decision::Handle;
use auth_tower::KeptHead;
use http::{HeaderMap, Method, Request};
use warp::Filter;
use warp::path::FullPath;

/// The realms around a request, and its head: filters see a request in parts only.
pub(crate) struct Arrival {
    pub(crate) handle: Option<Handle>,
    head: KeptHead,
}

/// Yields what the layer has put in. Never rejects.
pub(crate) fn arrival() -> impl Filter<Extract = (Arrival,), Error = Infallible> + Copy {
    let head = warp::ext::get::<KeptHead>().or(parts()).unify();
    warp::ext::optional::<Handle>().and(head).map(|handle, head| Arrival { handle, head })
}

/// Puts the head together where no layer has kept it. There is no handle then either, so nobody passes; the answer
/// still has to know whether a body is left unread.
fn parts() -> impl Filter<Extract = (KeptHead,), Error = Infallible> + Copy {
    let parts = warp::method().and(warp::path::full()).and(warp::header::headers_cloned());
    parts.map(|method: Method, path: FullPath, headers: HeaderMap| {
        let mut request = Request::new(());
        *request.method_mut() = method;
        *request.uri_mut() = path.as_str().parse().unwrap_or_default();
        *request.headers_mut() = headers;
        KeptHead::of(&request)
    })
}

impl Arrival {
    /// Asks the core.
    pub(crate) fn ask<T>(&self, ask: impl FnOnce(Option<&Handle>, &dyn RequestHead) -> T) -> T {
        ask(self.handle.as_ref(), &self.head.head())
    }
}
