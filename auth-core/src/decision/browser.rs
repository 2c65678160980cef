//! What browsers say of the page that has caused a request.

use crate::head::RequestHead;

/// Whether a browser says of an unsafe request that a page of elsewhere may have caused it. What is no browser says nothing.
pub(super) fn is_cross_site(head: &dyn RequestHead, trusted_origins: &[String]) -> bool {
    head.has_header("sec-fetch-site") && !is_same_origin(head, trusted_origins)
}

/// Whether a request with a cookie can only come from a page of the same or a trusted origin.
///
/// Safe methods may come from anywhere; an upgrade may not, whatever its method.
pub(super) fn is_same_origin(head: &dyn RequestHead, trusted_origins: &[String]) -> bool {
    let is_safe = matches!(head.method(), "GET" | "HEAD" | "OPTIONS" | "TRACE") && !head.has_header("upgrade");
    is_safe
        || matches!(head.sole_header("sec-fetch-site"), Some(b"same-origin" | b"none"))
        || head
            .sole_header("origin")
            .is_some_and(|origin| trusted_origins.iter().any(|trusted| trusted.as_bytes() == origin))
}
