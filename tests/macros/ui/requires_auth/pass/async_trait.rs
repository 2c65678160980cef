//! Methods that are rewritten to boxed futures, before and after the policy is there.

use auth_tower::{Refusal, auth_impl, requires_auth};
use http::Request;

#[async_trait::async_trait]
trait Greeter {
    async fn greet(&self, request: Request<String>) -> Result<String, Refusal>;
    async fn leave<'a>(&self, name: &'a str, request: Request<()>) -> Result<&'a str, Refusal>;
}

struct Below;

#[async_trait::async_trait]
impl Greeter for Below {
    #[requires_auth(bearer, scope = "greet")]
    async fn greet(&self, mut request: Request<String>) -> Result<String, Refusal> {
        request.body_mut().push('!');
        Ok(request.into_body())
    }

    #[requires_auth(bearer)]
    async fn leave<'a>(&self, name: &'a str, request: Request<()>) -> Result<&'a str, Refusal> {
        drop(request);
        Ok(name)
    }
}

struct Above;

#[auth_impl]
#[async_trait::async_trait]
impl Greeter for Above {
    #[requires_auth(bearer, scope = "greet")]
    async fn greet(&self, mut request: Request<String>) -> Result<String, Refusal> {
        request.body_mut().push('!');
        Ok(request.into_body())
    }

    #[requires_auth(bearer)]
    async fn leave<'a>(&self, name: &'a str, request: Request<()>) -> Result<&'a str, Refusal> {
        drop(request);
        Ok(name)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    // Without a layer nothing is decided, so nothing is answered but a refusal.
    for greeter in [&Below as &dyn Greeter, &Above] {
        assert!(greeter.greet(Request::new("hello".to_owned())).await.is_err());
        assert!(greeter.leave("bob", Request::default()).await.is_err());
    }
    let names: Vec<_> = auth_core::catalogue().endpoints().map(|endpoint| endpoint.name).collect();
    assert_eq!(names, ["greet", "leave", "Above::greet", "Above::leave"]);
}
