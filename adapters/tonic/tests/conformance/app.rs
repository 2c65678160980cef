//! The routes of the suite as methods of one service.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use auth_core::policy::EndpointTable;
use auth_test::conformance::{Fixture, Group, Stranger, User};
use auth_test::for_each_route;
use auth_tonic::{Auth, AuthLayer, EndpointPolicy, public, requires_auth};
use bytes::Bytes;
use tonic::body::Body;
use tonic::server::{Grpc, NamedService};
use tonic::{Request, Response, Status, Streaming};
use tower::util::BoxCloneSyncService;
use tower::{Layer as _, Service, ServiceExt as _, service_fn};

use crate::codec::BytesCodec;

/// The name of the service.
pub const SERVICE: &str = "conformance.Suite";

/// Every method takes a stream, so that the suite's requests without a body are calls without a message.
type Call = Request<Streaming<Bytes>>;
type Answer = Result<Response<Bytes>, Status>;

#[expect(clippy::unnecessary_wraps, reason = "what methods return")]
fn text(text: impl Into<String>) -> Answer {
    Ok(Response::new(text.into().into()))
}

fn shown(user: &Auth<User>) -> Answer {
    text(format!("{} {}", user.id, Auth::scheme(user)))
}

async fn messages(call: Call) -> Result<Vec<u8>, Status> {
    let (mut all, mut messages) = (Vec::new(), call.into_inner());
    while let Some(message) = messages.message().await? {
        all.extend_from_slice(&message);
    }
    Ok(all)
}

macro_rules! handler {
    ($name:ident, $method:ident, $path:literal, $group:ident, bare, [], $tokens:tt) => {
        mod $name {
            use super::*;

            pub(super) async fn call(call: Call) -> Answer {
                shown(&Auth::<User>::of(&call).await?)
            }

            pub(super) fn listed(layer: AuthLayer) -> AuthLayer {
                layer.unchecked::<App>("it has no attribute, on purpose")
            }
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, public, [$($list:tt)*], $tokens:tt) => {
        handler!(@ $name #[public($($list)*)] |_call| text("ok"));
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, public_party, [$($list:tt)*], $tokens:tt) => {
        handler!(@ $name #[public($($list)*)] |call| shown(&Auth::<User>::of(&call).await?));
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, public_body, [$($list:tt)*], $tokens:tt) => {
        handler!(@ $name #[public($($list)*)] |call| text(messages(call).await?.len().to_string()));
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, party, [$($list:tt)*], $tokens:tt) => {
        handler!(@ $name #[requires_auth($($list)*)] |call| shown(&Auth::<User>::of(&call).await?));
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, guest, [$($list:tt)*], $tokens:tt) => {
        handler!(@ $name #[requires_auth($($list)*)] |call| {
            Auth::<User>::of_guest(&call).await?.as_ref().map_or_else(|| text("guest"), shown)
        });
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, plain, [$($list:tt)*], $tokens:tt) => {
        handler!(@ $name #[requires_auth($($list)*)] |_call| text("ok"));
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, body, [$($list:tt)*], $tokens:tt) => {
        handler!(@ $name #[requires_auth($($list)*)] |call| text(messages(call).await?.len().to_string()));
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, number, [$($list:tt)*], $tokens:tt) => {
        handler!(@ $name #[requires_auth($($list)*)] |call| {
            let sent = String::from_utf8(messages(call).await?).unwrap_or_default();
            let number: u64 = sent.parse().map_err(|_| Status::invalid_argument("Bad Request"))?;
            text(number.to_string())
        });
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, cached, [$($list:tt)*], $tokens:tt) => {
        handler!(@ $name #[requires_auth($($list)*)] |call| {
            let mut answer = shown(&Auth::<User>::of(&call).await?)?;
            answer.metadata_mut().insert("cache-control", "max-age=60".parse().expect("a good value"));
            Ok(answer)
        });
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, ensure, [$($list:tt)*], $tokens:tt) => {
        handler!(@ $name #[requires_auth($($list)*)] |call| {
            let user = Auth::<User>::of(&call).await?;
            user.ensure(user.id == "alice")?;
            shown(&user)
        });
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, ensure_scope, [$($list:tt)*], $tokens:tt) => {
        handler!(@ $name #[requires_auth($($list)*)] |call| {
            let user = Auth::<User>::of(&call).await?;
            user.ensure_scope("items:write")?;
            shown(&user)
        });
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, stranger, [$($list:tt)*], $tokens:tt) => {
        handler!(@ $name #[requires_auth($($list)*)] |call| {
            Auth::<Stranger>::of(&call).await?;
            text("ok")
        });
    };
    (@ $name:ident #[$($attribute:tt)*] |$call:ident| $body:expr) => {
        mod $name {
            use super::*;

            #[$($attribute)*]
            pub(super) async fn call($call: Request<Streaming<Bytes>>) -> Answer {
                $body
            }

            struct Table;

            impl EndpointTable for Table {
                const ENDPOINTS: &'static [(&'static str, &'static auth_tonic::catalogue::Endpoint)] =
                    &[(stringify!($name), CallAuth::ENDPOINT)];
            }

            pub(super) fn listed(layer: AuthLayer) -> AuthLayer {
                layer.service::<App, Table>()
            }
        }
    };
}

for_each_route!(handler);

/// Who is to decide first.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Decides {
    Layer,
    Method,
}

type Erased = BoxCloneSyncService<http::Request<Body>, http::Response<Body>, Infallible>;

/// The whole service: a layered service for each method.
#[derive(Clone)]
pub struct App {
    methods: Arc<BTreeMap<&'static str, Erased>>,
    unknown: Erased,
}

impl NamedService for App {
    const NAME: &'static str = SERVICE;
}

/// A method as the generated code calls it.
fn method<F>(call: fn(Call) -> F) -> Erased
where
    F: Future<Output = Answer> + Send + 'static,
{
    BoxCloneSyncService::new(service_fn(move |request: http::Request<Body>| async move {
        Ok(Grpc::new(BytesCodec).client_streaming(service_fn(call), request).await)
    }))
}

macro_rules! mount {
    ($name:ident, $method:ident, $path:literal, $group:ident, $kind:ident, $list:tt, ($methods:ident $fixture:ident $decides:ident)) => {
        let mut service = method($name::call);
        let mut is_innermost = true;
        for realm in $fixture.realms(Group::$group).into_iter().rev() {
            let layer = AuthLayer::new(realm);
            let layer = if is_innermost && $decides == Decides::Layer {
                $name::listed(layer)
            } else {
                layer.unchecked::<App>("something inside decides")
            };
            is_innermost = false;
            service = BoxCloneSyncService::new(layer.layer(service));
        }
        $methods.insert(stringify!($name), service);
    };
}

impl App {
    pub fn new(fixture: &Fixture, decides: Decides) -> Self {
        let mut methods = BTreeMap::new();
        for_each_route!(mount, (methods fixture decides));
        let nothing = service_fn(|_| async { Ok(Status::unimplemented("").into_http()) });
        let unknown = AuthLayer::new(fixture.main().clone()).layer(nothing);
        Self { methods: Arc::new(methods), unknown: BoxCloneSyncService::new(unknown) }
    }
}

impl Service<http::Request<Body>> for App {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let name = request.uri().path().rsplit('/').next().unwrap_or_default();
        let service = self.methods.get(name).unwrap_or(&self.unknown).clone();
        Box::pin(service.oneshot(request))
    }
}
