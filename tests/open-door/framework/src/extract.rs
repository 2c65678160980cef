//! From a request to the arguments of a handler, and from what it returns to an answer.

use std::future::Future;
use std::pin::Pin;

use crate::message::{Request, Response};

/// A type that can be an argument. Arguments are extracted one after the other, in order.
pub trait Extract: Sized + Send {
    /// Gets the value, or the answer that the request has to have instead.
    fn extract(request: &mut Request) -> impl Future<Output = Result<Self, Response>> + Send;

    /// Gets the value for an `Option<Self>`: by default whatever goes wrong is `None`.
    fn extract_option(request: &mut Request) -> impl Future<Output = Result<Option<Self>, Response>> + Send {
        async { Ok(Self::extract(request).await.ok()) }
    }
}

impl<T: Extract> Extract for Option<T> {
    async fn extract(request: &mut Request) -> Result<Self, Response> {
        T::extract_option(request).await
    }
}

/// The body.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "an extractor")]
pub struct Bytes(pub Vec<u8>);

impl Extract for Bytes {
    async fn extract(request: &mut Request) -> Result<Self, Response> {
        match request.body.read().await {
            Ok(bytes) => Ok(Self(bytes)),
            Err(_) => Err(Response::new(400, "the body does not end")),
        }
    }
}

/// What follows the path of the route, as a number.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "an extractor")]
pub struct Rest(pub u64);

impl Extract for Rest {
    async fn extract(request: &mut Request) -> Result<Self, Response> {
        request.rest.parse().map(Self).map_err(|_not_a_number| Response::new(400, "not a number"))
    }
}

/// A type that a handler can return.
pub trait IntoResponse {
    /// The answer.
    fn into_response(self) -> Response;
}

impl IntoResponse for Response {
    fn into_response(self) -> Response {
        self
    }
}

impl IntoResponse for String {
    fn into_response(self) -> Response {
        Response::new(200, self)
    }
}

impl IntoResponse for &'static str {
    fn into_response(self) -> Response {
        Response::new(200, self)
    }
}

impl<T: IntoResponse, E: IntoResponse> IntoResponse for Result<T, E> {
    fn into_response(self) -> Response {
        self.map_or_else(E::into_response, T::into_response)
    }
}

/// The future of a handler.
pub(crate) type Answer<'r> = Pin<Box<dyn Future<Output = Response> + Send + 'r>>;

/// An async function whose arguments can be extracted.
pub trait Handler<Arguments>: Send + Sync + 'static {
    /// Extracts the arguments and calls the function.
    fn call<'r>(&'r self, request: &'r mut Request) -> Pin<Box<dyn Future<Output = Response> + Send + 'r>>;
}

macro_rules! handlers {
    ($($($argument:ident $name:ident),*;)*) => {$(
        impl<Function, Output, Returned, $($argument,)*> Handler<($($argument,)*)> for Function
        where
            Function: Fn($($argument),*) -> Output + Send + Sync + 'static,
            Output: Future<Output = Returned> + Send,
            Returned: IntoResponse,
            $($argument: Extract,)*
        {
            fn call<'r>(&'r self, request: &'r mut Request) -> Answer<'r> {
                Box::pin(async move {
                    $(
                        let $name = match $argument::extract(request).await {
                            Ok(value) => value,
                            Err(answer) => return answer,
                        };
                    )*
                    self($($name),*).await.into_response()
                })
            }
        }
    )*};
}

handlers! {
    A a;
    A a, B b;
    A a, B b, C c;
}
