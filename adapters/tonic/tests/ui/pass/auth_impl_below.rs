//! `#[auth_impl]` below `async_trait`. There is no layer, so nobody gets in.
#![deny(warnings)]

use auth_tonic::{Auth, auth_impl};
use tonic::{Code, Request, Response, Status};

#[tonic::async_trait]
trait Greeter {
    async fn greet(&self, request: Request<String>) -> Result<Response<String>, Status>;
}

struct Polite;

#[tonic::async_trait]
#[auth_impl]
impl Greeter for Polite {
    #[requires_auth(bearer)]
    async fn greet(&self, request: Request<String>) -> Result<Response<String>, Status> {
        Ok(Response::new((*Auth::<String>::of(&request).await?).clone()))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert_eq!(Polite.greet(Request::new(String::new())).await.unwrap_err().code(), Code::Internal);
}
