use auth_tower::requires_auth;
use http::{Request, Response};

#[requires_auth(bearer, request = reqest)]
async fn list(request: Request<String>) -> Response<String> {
    Response::new(request.into_body())
}

fn main() {}
