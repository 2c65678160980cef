use auth_axum::requires_auth;
use axum::body::Body;
use axum::extract::Path;
use http::{Request, Response};

#[requires_auth(bearer, request = call)]
async fn show(Path(_id): Path<u32>, call: Request<Body>) -> Response<Body> {
    Response::new(call.into_body())
}

fn main() {}
