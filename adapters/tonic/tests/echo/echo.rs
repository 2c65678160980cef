//! A gRPC service by hand, as `tonic-build` would write it, with messages that are bytes.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use tonic::body::Body;
use tonic::server::{Grpc, NamedService};
use tonic::{Request, Response, Status, Streaming};
use tower::{Service, service_fn};

use crate::codec::BytesCodec;

#[tonic::async_trait]
pub trait Echo: Send + Sync + 'static {
    /// One message in, one out.
    async fn say(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Status>;

    type RepeatStream: Stream<Item = Result<Bytes, Status>> + Send + 'static;

    /// One message in, each of its bytes out.
    async fn repeat(&self, request: Request<Bytes>) -> Result<Response<Self::RepeatStream>, Status>;

    /// Many messages in, one out.
    async fn join(&self, request: Request<Streaming<Bytes>>) -> Result<Response<Bytes>, Status>;
}

pub struct EchoServer<T>(Arc<T>);

impl<T> EchoServer<T> {
    pub fn new(inner: T) -> Self {
        Self(Arc::new(inner))
    }
}

impl<T> Clone for EchoServer<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> NamedService for EchoServer<T> {
    const NAME: &'static str = "test.Echo";
}

impl<T: Echo, B> Service<http::Request<B>> for EchoServer<T>
where
    B: http_body::Body + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>> + Send + 'static,
{
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        let inner = Arc::clone(&self.0);
        let mut grpc = Grpc::new(BytesCodec);
        Box::pin(async move {
            Ok(match request.uri().path() {
                "/test.Echo/Say" => {
                    let method = service_fn(|message| {
                        let inner = Arc::clone(&inner);
                        async move { inner.say(message).await }
                    });
                    grpc.unary(method, request).await
                }
                "/test.Echo/Repeat" => {
                    let method = service_fn(|message| {
                        let inner = Arc::clone(&inner);
                        async move { inner.repeat(message).await }
                    });
                    grpc.server_streaming(method, request).await
                }
                "/test.Echo/Join" => {
                    let method = service_fn(|messages| {
                        let inner = Arc::clone(&inner);
                        async move { inner.join(messages).await }
                    });
                    grpc.client_streaming(method, request).await
                }
                _ => Status::unimplemented("").into_http(),
            })
        })
    }
}
