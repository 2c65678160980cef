//! What handlers and routes of several systems take from a request.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Path, Request};
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use http::request::Parts;

/// The one parameter of a path; `None` where it is not UTF-8, and so the id of nothing.
///
/// axum's own `Path` answers such a path by itself, in plain text and past the envelope of the system.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "handlers take it apart")]
pub struct PathId(pub Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for PathId {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(Self(Path::from_request_parts(parts, state).await.ok().map(|Path(id)| id)))
    }
}

/// Whether there are two lines of `Authorization`. It is no list, so two of them are a mistake or an attempt to be read
/// differently by a proxy (RFC 9110 §5.3). Realms refuse them; where no realm reads the field, handlers do.
#[must_use]
pub fn has_two_authorizations(headers: &HeaderMap) -> bool {
    headers.get_all(AUTHORIZATION).iter().nth(1).is_some()
}

/// Refuses [two lines of `Authorization`](has_two_authorizations) where no realm reads the field: what opens a door and what
/// is open say so alike.
pub async fn one_authorization(request: Request, next: Next, refuse: impl FnOnce() -> Response) -> Response {
    if has_two_authorizations(request.headers()) {
        return refuse();
    }
    next.run(request).await
}
