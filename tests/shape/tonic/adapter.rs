//! A throw-away adapter for tonic, as thin as it can be: it shows what the core asks of a framework that is no HTTP
//! to its handlers.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use auth_core::catalogue::Endpoint;
use auth_core::decision::{Handle, begin_layer, current, current_party};
use auth_tower::{HttpHead, Peer};
use http::request::Parts;
use tonic::metadata::{AsciiMetadataValue, MetadataMap};
use tonic::transport::server::TcpConnectInfo;
use tonic::{Code, Status};
use tower::{Layer, Service};

pub use auth_core::__adapter::tonic::{auth_impl, requires_auth};

pub mod __private {
    pub mod v1 {
        pub use auth_core::__private::v1::*;
        use auth_core::decision::begin;

        use super::super::{Head, Refusal};

        /// The check of a method; the future borrows nothing of the request.
        pub fn authorize<E: EndpointPolicy, M>(
            request: &tonic::Request<M>,
        ) -> impl Future<Output = Result<(), Refusal>> + Send + use<E, M> {
            let (handle, head) = Head::of(request);
            let check = begin(handle, &head.http(), E::ENDPOINT);
            async move { Ok(check.await.map(drop)?) }
        }

        pub mod reject {
            use super::super::super::Refusal;

            auth_core::__adapter_reject!(advice: "return a `Result<_, E>` with `E: From<Refusal>`, like `tonic::Status`");
        }
    }
}

auth_core::__adapter_types!();

impl<P: Send + Sync + 'static> Auth<P> {
    pub fn of<M>(request: &tonic::Request<M>) -> impl Future<Output = Result<Self, Refusal>> + Send + use<P, M> {
        let (handle, head) = Head::of(request);
        let party = current_party(handle, &head.http());
        async move { Ok(Self(party.await?)) }
    }

    pub fn of_guest<M>(
        request: &tonic::Request<M>,
    ) -> impl Future<Output = Result<Option<Self>, Refusal>> + Send + use<P, M> {
        let (handle, head) = Head::of(request);
        let current = current(handle, &head.http());
        async move { Ok(current.await?.map(Self)) }
    }
}

/// The codes of gRPC have a row for each status of the wire table.
impl From<Refusal> for Status {
    fn from(Refusal(refusal): Refusal) -> Self {
        let code = match refusal.status() {
            400 => Code::InvalidArgument,
            401 => Code::Unauthenticated,
            403 => Code::PermissionDenied,
            404 => Code::NotFound,
            429 => Code::ResourceExhausted,
            503 => Code::Unavailable,
            _ => Code::Internal,
        };
        let mut metadata = MetadataMap::new();
        for (name, value) in refusal.headers() {
            // The other fields speak of an HTTP response with a body, which this is not.
            if let ("www-authenticate" | "retry-after", Ok(value)) = (name, AsciiMetadataValue::try_from(value)) {
                metadata.append(name, value);
            }
        }
        Self::with_metadata(code, refusal.to_string(), metadata)
    }
}

/// The head as it arrived. tonic merges the *trailers* of a unary call into its metadata, and those are no place for
/// credentials (RFC 9110 §6.5.1); nor does it keep the path.
#[derive(Clone)]
struct Head(Arc<Parts>);

impl Head {
    fn new<B>(request: &http::Request<B>) -> Self {
        let mut parts = http::Request::new(()).into_parts().0;
        parts.method.clone_from(request.method());
        parts.uri.clone_from(request.uri());
        parts.version = request.version();
        parts.headers.clone_from(request.headers());
        if let Some(peer) = request.extensions().get::<TcpConnectInfo>().and_then(TcpConnectInfo::remote_addr) {
            parts.extensions.insert(Peer(peer));
        }
        Self(Arc::new(parts))
    }

    /// Without the gate there is no head, and then no handle either: nobody passes.
    fn of<M>(request: &tonic::Request<M>) -> (Option<&Handle>, Self) {
        match request.extensions().get::<Self>() {
            Some(head) => (request.extensions().get(), head.clone()),
            None => (None, Self::new(&http::Request::new(()))),
        }
    }

    fn http(&self) -> HttpHead<'_> {
        HttpHead::of_parts(&self.0)
    }
}

/// Keeps the head of each call, and decides those whose policy it knows before their first message is read.
///
/// A method cannot: tonic has read the message of a unary call when it calls the method.
#[derive(Clone)]
pub struct Gate<S> {
    inner: S,
    policies: &'static [(&'static str, &'static Endpoint)],
}

impl<S, B, R> Service<http::Request<B>> for Gate<S>
where
    B: Send + 'static,
    R: Default,
    S: Service<http::Request<B>, Response = http::Response<R>, Future: Send> + Clone + Send + 'static,
{
    type Response = http::Response<R>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<http::Response<R>, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: http::Request<B>) -> Self::Future {
        let clone = self.inner.clone();
        let mut ready = std::mem::replace(&mut self.inner, clone);
        let head = Head::new(&request);
        // `GetThing` of the service is `get_thing` of the trait.
        let method = request.uri().path().rsplit('/').next().unwrap_or_default();
        let known = self.policies.iter().find(|(name, _)| name.replace('_', "").eq_ignore_ascii_case(method));
        let check =
            known.map(|(_, endpoint)| begin_layer(request.extensions().get::<Handle>(), &head.http(), endpoint));
        request.extensions_mut().insert(head);
        Box::pin(async move {
            if let Some(check) = check
                && let Err(refusal) = check.await
            {
                return Ok(Status::from(Refusal(refusal)).into_http());
            }
            ready.call(request).await
        })
    }
}

/// The layer of [`Gate`].
#[derive(Clone)]
pub struct GateLayer(pub &'static [(&'static str, &'static Endpoint)]);

impl<S> Layer<S> for GateLayer {
    type Service = Gate<S>;

    fn layer(&self, inner: S) -> Gate<S> {
        Gate { inner, policies: self.0 }
    }
}
