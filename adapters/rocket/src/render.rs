//! From a refusal to a Rocket response.

use std::io::Cursor;

use rocket::Response;
use rocket::http::Status;

pub(crate) fn render(refusal: auth_core::Refusal) -> Response<'static> {
    let mut response = Response::new();
    response.set_status(Status::new(refusal.status()));
    for (name, value) in refusal.headers() {
        response.adjoin_raw_header(name, value.to_owned());
    }
    let body = refusal.into_body();
    response.set_sized_body(body.len(), Cursor::new(body));
    response
}
