//! Parts of a batch: copies of one request, with credentials of their own, served side by side.

use std::sync::Arc;

use auth_axum::{Auth, AuthLayer, Claims, Facts, Principal, Realm, Router, get, requires_auth};
use auth_core::credential::{BearerRef, BearerToken};
use auth_core::{Attempt, Verified, Verifier, VerifyError};
use axum::body::Body;
use axum::extract::{Extension, FromRequestParts};
use http::request::Parts;
use http::{Request, Response};
use tokio::sync::Barrier;
use tower::{Layer as _, ServiceExt as _, service_fn};

/// Each token is a name.
struct Names;

impl Verifier<BearerToken> for Names {
    type Value = Claims;

    fn try_verify(&self, token: &BearerRef<'_>, _: &Attempt) -> Option<Result<Verified<Claims>, VerifyError>> {
        Some(Ok(Verified::new(Facts::new(token.reveal()), Claims::new())))
    }

    async fn verify(&self, _: BearerToken, _: Attempt) -> Result<Verified<Claims>, VerifyError> {
        unreachable!("answers at once")
    }
}

#[derive(Clone, Principal)]
struct User {
    #[principal(subject)]
    name: String,
}

/// Waits until the guards of both parts have let them through.
struct BothDecided;

impl<S: Send + Sync> FromRequestParts<S> for BothDecided {
    type Rejection = http::StatusCode;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, http::StatusCode> {
        let both = Extension::<Arc<Barrier>>::from_request_parts(parts, state).await;
        both.map_err(|_| http::StatusCode::INTERNAL_SERVER_ERROR)?.wait().await;
        Ok(Self)
    }
}

#[requires_auth(bearer)]
async fn who(_: BothDecided, user: Auth<User>) -> String {
    user.name.clone()
}

async fn text(answer: Response<Body>) -> String {
    String::from_utf8(axum::body::to_bytes(answer.into_body(), 100).await.unwrap().to_vec()).unwrap()
}

#[tokio::test]
async fn each_part_of_a_batch_is_its_own_party() {
    let realm = Realm::<User>::builder("batch").bearer(Names).build().unwrap();
    let inner = Router::new()
        .route("/", get(who))
        .layer(AuthLayer::new(realm.clone()))
        .into_axum()
        .layer(Extension(Arc::new(Barrier::new(2))));
    let batch = service_fn(|request: Request<Body>| {
        let whole = request.into_parts().0;
        let part = |name: &str| {
            let mut parts = whole.clone();
            parts.headers.insert("authorization", format!("Bearer {name}").parse().unwrap());
            inner.clone().oneshot(Request::from_parts(parts, Body::empty()))
        };
        let both = (part("alice"), part("bob"));
        async move {
            let (alice, bob) = tokio::join!(both.0, both.1);
            Ok::<_, std::convert::Infallible>(Response::new(Body::from(format!(
                "{} {}",
                text(alice?).await,
                text(bob?).await
            ))))
        }
    });
    let answer =
        AuthLayer::new(realm).layer(batch).oneshot(Request::get("/").body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(text(answer).await, "alice bob");
}
