use auth_tower::requires_auth;
use axum::body::Body;
use http::{Request, Response};

#[requires_auth(bearer)]
async fn list(_: Request<Body>) -> Response<Body> {
    Response::default()
}

fn main() {}
