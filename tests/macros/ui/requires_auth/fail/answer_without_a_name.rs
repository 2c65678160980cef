use auth_tower::requires_auth;
use http::Request;

#[requires_auth(bearer)]
async fn list(request: Request<String>) -> Result<impl Into<String>, auth_tower::Refusal> {
    Ok(request.into_body())
}

fn main() {}
