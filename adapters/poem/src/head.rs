//! A poem request, as the core sees it.

use auth_core::decision::Handle;
use auth_tower::HttpHead;
use poem::Request;
use poem::http::uri::Scheme;

/// The head of a request, with the other end of its connection.
pub(crate) fn head(request: &Request) -> HttpHead<'_> {
    let peer = request.remote_addr().as_socket_addr().map(std::net::SocketAddr::ip);
    HttpHead::new(request.method(), request.uri(), request.version(), request.headers())
        .with_peer(peer)
        .with_encryption(*request.scheme() == Scheme::HTTPS)
}

/// What a middleware has put into the request.
pub(crate) fn handle(request: &Request) -> Option<&Handle> {
    request.extensions().get()
}
