//! From a refusal to an actix-web response.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

/// Marks the response of a refusal, which says everything to caches by itself.
pub(crate) struct Refused;

pub(crate) fn render(refusal: auth_core::Refusal) -> HttpResponse {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    for header in refusal.headers() {
        response.append_header(header);
    }
    if refusal.closes_connection() {
        response.force_close();
    }
    let mut response = response.body(refusal.into_body());
    response.extensions_mut().insert(Refused);
    response
}
