//! Request bodies: JSON objects and forms of at most 16 KiB, names in any case, numbers also as texts.

use std::time::Duration;

use auth_issuer::http::{Fields, FieldsDecoder, MAX_BODY, collect};
use axum::body::Bytes;
use axum::extract::Request;

use crate::answer::Problem;

/// The lives that can be asked for, and the one of whoever asks for none.
const SHORTEST: i64 = 1;
const LONGEST: i64 = 24 * 60;
const DEFAULT: i64 = 30;

fn decoder() -> FieldsDecoder {
    FieldsDecoder::new().accept_json().accept_forms().with_names_of_any_case().with_numeric_texts()
}

/// Reads the fields of a body; their names are in lower case.
pub(crate) async fn read(request: Request) -> Result<Fields, Problem> {
    Ok(decoder().read(request).await?)
}

/// The same, where an empty body stands for one without fields.
pub(crate) async fn read_optional(request: Request) -> Result<Fields, Problem> {
    let request: axum::http::Request<Bytes> = collect(request, MAX_BODY).await?;
    if request.body().is_empty() {
        return Ok(Fields::default());
    }
    Ok(decoder().decode(request.headers(), request.body())?)
}

/// Reads the parameters of a query; their names are as they stand there.
pub(crate) fn query(query: Option<&str>) -> Result<Fields, Problem> {
    let fields = FieldsDecoder::new().decode_query(query.unwrap_or_default());
    fields.map_err(|_quotes_nothing| Problem::bad_request("A parameter is malformed, or there twice."))
}

/// The life that `validityInMinutes` asks for: what cannot be read counts as absent, what is out of range as the nearest.
pub(crate) fn validity(fields: &Fields) -> Duration {
    let minutes = fields.integer("validityinminutes").unwrap_or(DEFAULT).clamp(SHORTEST, LONGEST);
    Duration::from_mins(u64::try_from(minutes).unwrap_or_default())
}
