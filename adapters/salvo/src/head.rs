//! A salvo request, as the core sees it.

use auth_core::decision::Handle;
use auth_tower::HttpHead;
use salvo::http::uri::Scheme;
use salvo::{Depot, Request};

/// The head of a request, with the other end of its connection.
pub(crate) fn head(request: &Request) -> HttpHead<'_> {
    HttpHead::new(request.method(), request.uri(), request.version(), request.headers())
        .with_peer(request.remote_addr().ip())
        .with_encryption(*request.scheme() == Scheme::HTTPS)
}

/// What a hoop has put into the request's depot.
pub(crate) fn handle(depot: &Depot) -> Option<&Handle> {
    depot.get_typed().ok()
}
