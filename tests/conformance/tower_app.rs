//! The routes of the suite on plain functions of `http` types, in request mode.

use std::convert::Infallible;

use auth_test::conformance::{Fixture, Group, Stranger, User};
use auth_test::for_each_route;
use auth_tower::{Auth, AuthLayer, Refusal, not_found, public, requires_auth};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use tower::util::BoxCloneSyncService;
use tower::{Layer as _, ServiceExt as _, service_fn};

pub type Answer = Response<Full<Bytes>>;

fn text(text: impl Into<String>) -> Answer {
    let mut answer = Response::new(Full::from(text.into()));
    answer
        .headers_mut()
        .insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("text/plain; charset=utf-8"));
    answer
}

fn shown(user: &Auth<User>) -> Answer {
    text(format!("{} {}", user.id, Auth::scheme(user)))
}

async fn length<B: http_body::Body>(request: Request<B>) -> Answer {
    match request.into_body().collect().await {
        Ok(body) => text(body.to_bytes().len().to_string()),
        Err(_) => Response::builder().status(400).body(Full::default()).expect("a good response"),
    }
}

macro_rules! handler {
    ($name:ident, $method:ident, $path:literal, $group:ident, party, [$($list:tt)*], $tokens:tt) => {
        #[requires_auth($($list)*)]
        async fn $name<B>(request: Request<B>) -> Result<Answer, Refusal> {
            Ok(shown(&Auth::<User>::of(&request).await?))
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, guest, [$($list:tt)*], $tokens:tt) => {
        #[requires_auth($($list)*)]
        async fn $name<B>(request: Request<B>) -> Result<Answer, Refusal> {
            Ok(Auth::<User>::of_guest(&request).await?.as_ref().map_or_else(|| text("guest"), shown))
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, plain, [$($list:tt)*], $tokens:tt) => {
        #[requires_auth($($list)*)]
        async fn $name<B>(_request: Request<B>) -> Answer {
            text("ok")
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, body, [$($list:tt)*], $tokens:tt) => {
        #[requires_auth($($list)*)]
        async fn $name<B: http_body::Body>(request: Request<B>) -> Result<Answer, Infallible> {
            Ok(length(request).await)
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, number, [$($list:tt)*], $tokens:tt) => {
        #[requires_auth($($list)*)]
        async fn $name<B>(request: Request<B>) -> Answer {
            let number = request.uri().path().rsplit('/').next().and_then(|number| number.parse::<u64>().ok());
            number.map_or_else(
                || Response::builder().status(400).body(Full::default()).expect("a good response"),
                |number| text(number.to_string()),
            )
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, cached, [$($list:tt)*], $tokens:tt) => {
        #[requires_auth($($list)*)]
        async fn $name<B>(request: Request<B>) -> Result<Answer, Refusal> {
            let mut answer = shown(&Auth::<User>::of(&request).await?);
            answer.headers_mut().insert("cache-control", http::HeaderValue::from_static("max-age=60"));
            Ok(answer)
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, ensure, [$($list:tt)*], $tokens:tt) => {
        #[requires_auth($($list)*)]
        async fn $name<B>(request: Request<B>) -> Result<Answer, Refusal> {
            let user = Auth::<User>::of(&request).await?;
            user.ensure(user.id == "alice")?;
            Ok(shown(&user))
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, ensure_scope, [$($list:tt)*], $tokens:tt) => {
        #[requires_auth($($list)*)]
        async fn $name<B>(request: Request<B>) -> Result<Answer, Refusal> {
            let user = Auth::<User>::of(&request).await?;
            user.ensure_scope("items:write")?;
            Ok(shown(&user))
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, stranger, [$($list:tt)*], $tokens:tt) => {
        #[requires_auth($($list)*)]
        async fn $name<B>(request: Request<B>) -> Result<Answer, Refusal> {
            Auth::<Stranger>::of(&request).await?;
            Ok(text("ok"))
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, bare, [], $tokens:tt) => {
        async fn $name<B>(request: Request<B>) -> Result<Answer, Refusal> {
            Ok(shown(&Auth::<User>::of(&request).await?))
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, public, [$($list:tt)*], $tokens:tt) => {
        #[public($($list)*)]
        async fn $name<B>(_request: Request<B>) -> Answer {
            text("ok")
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, public_party, [$($list:tt)*], $tokens:tt) => {
        #[public($($list)*)]
        async fn $name<B>(request: Request<B>) -> Result<Answer, Refusal> {
            Ok(shown(&Auth::<User>::of(&request).await?))
        }
    };
    ($name:ident, $method:ident, $path:literal, $group:ident, public_body, [$($list:tt)*], $tokens:tt) => {
        #[public($($list)*)]
        async fn $name<B: http_body::Body>(request: Request<B>) -> Answer {
            length(request).await
        }
    };
}

for_each_route!(handler);

/// What a handler returns, as an answer.
trait IntoAnswer {
    fn into_answer(self) -> Answer;
}

impl IntoAnswer for Answer {
    fn into_answer(self) -> Answer {
        self
    }
}

impl IntoAnswer for Result<Answer, Refusal> {
    fn into_answer(self) -> Answer {
        self.unwrap_or_else(Refusal::into_response)
    }
}

impl IntoAnswer for Result<Answer, Infallible> {
    fn into_answer(self) -> Answer {
        let Ok(answer) = self;
        answer
    }
}

type Service<B> = BoxCloneSyncService<Request<B>, Answer, Infallible>;

/// One route and what serves it.
struct Route<B> {
    method: &'static str,
    path: &'static str,
    takes_more: bool,
    service: Service<B>,
}

/// The whole service.
pub struct App<B> {
    routes: Vec<Route<B>>,
    fixture: Fixture,
}

macro_rules! mount {
    ($name:ident, $method:ident, $path:literal, $group:ident, $kind:ident, $list:tt, ($routes:ident $fixture:ident)) => {
        let handler = service_fn(|request| async { Ok($name(request).await.into_answer()) });
        let mut service: Service<B> = BoxCloneSyncService::new(handler);
        for realm in $fixture.realms(Group::$group).into_iter().rev() {
            service = BoxCloneSyncService::new(AuthLayer::new(realm).layer(service));
        }
        $routes.push(Route {
            method: stringify!($method),
            path: $path,
            takes_more: stringify!($kind) == "number",
            service,
        });
    };
}

impl<B: http_body::Body + Send + 'static> App<B>
where
    B::Data: Send,
    B::Error: Send,
{
    pub fn new(fixture: Fixture) -> Self {
        let mut routes = Vec::new();
        for_each_route!(mount, (routes fixture));
        Self { routes, fixture }
    }

    pub async fn answer(&self, request: Request<B>) -> Answer {
        let path = request.uri().path();
        let route = self.routes.iter().find(|route| {
            let rest = path.strip_prefix(route.path);
            route.method == request.method().as_str()
                && rest.is_some_and(|rest| rest.is_empty() || (route.takes_more && rest.starts_with('/')))
        });
        match route {
            Some(route) => {
                let Ok(answer) = route.service.clone().oneshot(request).await;
                answer
            }
            None => not_found(self.fixture.main(), &request),
        }
    }
}
