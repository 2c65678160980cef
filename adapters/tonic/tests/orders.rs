//! Every order of the attributes: under `async_trait`, above it, and on methods alone.

use auth_tonic::{Auth, auth_impl, requires_auth};
use tonic::{Request, Response, Status};

#[tonic::async_trait]
trait Greeter {
    async fn greet(&self, request: Request<String>) -> Result<Response<String>, Status>;
}

struct Alone;

#[tonic::async_trait]
impl Greeter for Alone {
    #[requires_auth(bearer)]
    async fn greet(&self, request: Request<String>) -> Result<Response<String>, Status> {
        Ok(Response::new((*Auth::<String>::of(&request).await?).clone()))
    }
}

struct Above;

#[auth_impl]
#[tonic::async_trait]
impl Greeter for Above {
    #[requires_auth(bearer)]
    async fn greet(&self, request: Request<String>) -> Result<Response<String>, Status> {
        Ok(Response::new((*Auth::<String>::of(&request).await?).clone()))
    }
}

struct Below;

#[tonic::async_trait]
#[auth_impl]
impl Greeter for Below {
    #[requires_auth(bearer)]
    async fn greet(&self, request: Request<String>) -> Result<Response<String>, Status> {
        Ok(Response::new((*Auth::<String>::of(&request).await?).clone()))
    }
}

/// There is no layer.
#[tokio::test]
async fn nobody_passes_whatever_the_order_is() {
    for refused in [
        Alone.greet(Request::new(String::new())).await,
        Above.greet(Request::new(String::new())).await,
        Below.greet(Request::new(String::new())).await,
    ] {
        assert_eq!(refused.unwrap_err().code(), tonic::Code::Internal);
    }
}
