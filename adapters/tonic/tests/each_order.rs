//! Each order is right with `async_trait`, and so is an attribute without `#[auth_impl]`. There is no layer, so nobody
//! gets in.
#![deny(warnings)]

use auth_tonic::{Auth, auth_impl, requires_auth};
use tonic::{Code, Request, Response, Status};

#[tonic::async_trait]
trait Greeter {
    async fn greet(&self, request: Request<String>) -> Result<Response<String>, Status>;
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

struct Alone;

#[tonic::async_trait]
impl Greeter for Alone {
    #[requires_auth(bearer)]
    async fn greet(&self, request: Request<String>) -> Result<Response<String>, Status> {
        Ok(Response::new((*Auth::<String>::of(&request).await?).clone()))
    }
}

#[tokio::test]
async fn each_order_guards() {
    let orders: [(&str, Box<dyn Greeter>); 3] =
        [("above", Box::new(Above)), ("below", Box::new(Below)), ("alone", Box::new(Alone))];
    for (order, greeter) in orders {
        assert_eq!(greeter.greet(Request::new(String::new())).await.unwrap_err().code(), Code::Internal, "{order}");
    }
}
