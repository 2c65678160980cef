use auth_axum::auth_impl;
use axum::body::Body;
use http::{Request, Response};

struct _1;

trait Answer {
    async fn answer(&self, request: Request<Body>) -> Response<Body>;
}

#[auth_impl]
impl Answer for _1 {
    #[requires_auth(bearer)]
    async fn answer(&self, request: Request<Body>) -> Response<Body> {
        Response::new(request.into_body())
    }
}

fn main() {}
