use auth_tower::requires_auth;
use http::{Request, Response};

#[requires_auth(bearer)]
async fn list(first: Request<String>, second: Request<String>) -> Response<String> {
    Response::new(first.into_body() + second.body())
}

fn main() {}
