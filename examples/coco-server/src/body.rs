//! Request bodies: JSON objects of at most 16 KiB.

use auth_issuer::http::{Fields, FieldsDecoder, MAX_BODY, collect};
use axum::body::Bytes;
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;

use crate::envelope::Problem;

/// Reads the fields of a JSON body; `malformed` is the reason of one that is no object, or has a field twice.
pub(crate) async fn read(request: Request, malformed: &'static str) -> Result<Fields, Problem> {
    let request = whole(request, malformed).await?;
    decode(&request, malformed)
}

/// The same, where an empty body without a content type stands for an object without fields.
pub(crate) async fn read_optional(request: Request, malformed: &'static str) -> Result<Fields, Problem> {
    let request = whole(request, malformed).await?;
    if request.body().is_empty() {
        return Ok(Fields::default());
    }
    decode(&request, malformed)
}

/// The text of that name; `None` if it is absent or `null`.
pub(crate) fn text<'f>(fields: &'f Fields, name: &str, malformed: &'static str) -> Result<Option<&'f str>, Problem> {
    match fields.text(name) {
        Some(text) => Ok(Some(text)),
        None if fields.has(name) => Err(Problem::bad_request(malformed)),
        None => Ok(None),
    }
}

/// The texts of that name; `None` if they are absent or `null`.
pub(crate) fn texts(fields: &Fields, name: &str, malformed: &'static str) -> Result<Option<Vec<String>>, Problem> {
    match fields.list(name) {
        Some(list) => Ok(Some(list.to_vec())),
        None if fields.has(name) => Err(Problem::bad_request(malformed)),
        None => Ok(None),
    }
}

async fn whole(request: Request, malformed: &'static str) -> Result<axum::http::Request<Bytes>, Problem> {
    // A type that is not accepted is said before the body is waited for; without one there may be no body.
    let of_body = |error| Problem::of_body(&error, malformed);
    if request.headers().contains_key(CONTENT_TYPE) {
        FieldsDecoder::new().accept_json().check_type(request.headers()).map_err(of_body)?;
    }
    collect(request, MAX_BODY).await.map_err(of_body)
}

fn decode(request: &axum::http::Request<Bytes>, malformed: &'static str) -> Result<Fields, Problem> {
    let decoded = FieldsDecoder::new().accept_json().decode(request.headers(), request.body());
    decoded.map_err(|error| Problem::of_body(&error, malformed))
}
