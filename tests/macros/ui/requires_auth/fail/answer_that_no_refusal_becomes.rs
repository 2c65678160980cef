use auth_tower::requires_auth;
use http::Request;

#[requires_auth(bearer)]
async fn list(request: Request<String>) -> Option<String> {
    Some(request.into_body())
}

fn main() {}
