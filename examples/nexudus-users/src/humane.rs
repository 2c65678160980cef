//! What the framework refuses, in the form that whoever asked can read.
//!
//! A refusal of the pages has no body: API clients expect none on 401. On its way out a person gets a page instead, and a
//! program whatever the rest of the API sends.

use auth_axum::{Body, RefusalView, Renderer};
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use crate::accept::Preference;
use crate::{answer, language, login, pages};

/// The media type of a refusal that has no body yet.
const NONE: &str = "";

/// Writes no bodies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bare;

impl Renderer for Bare {
    fn render(&self, _: &RefusalView<'_>) -> Body {
        Body::new(NONE, &b""[..])
    }
}

/// Gives refusals their form.
pub(crate) async fn told(request: Request, next: Next) -> Response {
    let language = language::of(request.uri().path()).to_owned();
    let is_home = request.uri().path() == login::home(&language);
    let is_resource = request.uri().query().is_some_and(|query| !query.is_empty());
    let is_person = is_home || !is_resource && Preference::of(request.headers()) == Preference::Page;
    let mut answer = next.run(request).await;
    let status = answer.status();
    let has_form = answer.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes() != NONE.as_bytes());
    if has_form || status.is_success() || status.is_redirection() {
        return answer;
    }
    answer.headers_mut().remove(CONTENT_TYPE);
    let form = if is_person {
        pages::refused(&language, status)
    } else if status == StatusCode::UNAUTHORIZED {
        return answer;
    } else {
        answer::write(status, answer::failure(status.as_u16(), message_of(status)))
    };
    let (mut head, _) = answer.into_parts();
    let (form, body) = form.into_parts();
    head.headers.remove(axum::http::header::CONTENT_LENGTH);
    for (name, value) in &form.headers {
        head.headers.insert(name.clone(), HeaderValue::clone(value));
    }
    Response::from_parts(head, body)
}

fn message_of(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "The request has more than one credential.",
        403 => "The request comes from another site.",
        429 => "Too many attempts. Please try again later.",
        503 => "Service unavailable. Please try again later.",
        _ => "Internal server error.",
    }
}
