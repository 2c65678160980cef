use std::future::Future;
use std::pin::Pin;

use auth_tower::{Refusal, requires_auth};
use http::Request;

fn spend() {}

#[requires_auth(bearer)]
fn list(request: Request<String>) -> Pin<Box<dyn Future<Output = Result<String, Refusal>>>> {
    spend();
    Box::pin(async move { Ok(request.into_body()) })
}

fn main() {}
