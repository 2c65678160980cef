//! The service three times, protected by attributes in each place where they may stand, and its realm.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use auth_core::credential::{BasicCredentials, BearerToken};
use auth_core::{Attempt, ClientSource, Facts, Realm, RealmBuilder, Reason, Verified, Verifier, VerifyError};
use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use tonic::{Request, Response, Status, Streaming};

use auth_tonic::{Auth, AuthLayer, auth_impl, requires_auth};

use crate::echo::{Echo, EchoServer};

/// The principal.
pub struct User(String);

struct Tokens;

impl Verifier<BearerToken> for Tokens {
    type Value = User;

    async fn verify(&self, token: BearerToken, attempt: Attempt) -> Result<Verified<User>, VerifyError> {
        tokio::task::yield_now().await;
        let facts = match token.as_ref().reveal() {
            "speaker" => Facts::new("speaker").with_scopes(["say"]),
            "rude" => Facts::new("rude").with_scopes(["say"]),
            "source" => Facts::new(format!("{:?}", attempt.source)).with_scopes(["say"]),
            "listener" => Facts::new("listener"),
            "throttled" => return Err(VerifyError::throttled(Duration::from_secs(7))),
            "down" => return Err(VerifyError::unavailable(Reason::STORE)),
            _ => return Err(VerifyError::refused(Reason::UNKNOWN_CREDENTIAL)),
        };
        let user = User(facts.subject.to_string());
        Ok(Verified::new(facts, user))
    }
}

/// Nobody has a password.
struct Passwords;

impl Verifier<BasicCredentials> for Passwords {
    type Value = User;

    async fn verify(&self, _: BasicCredentials, _: Attempt) -> Result<Verified<User>, VerifyError> {
        Err(VerifyError::refused(Reason::UNKNOWN_CREDENTIAL))
    }
}

pub fn realm() -> Realm<User> {
    builder().build().expect("a good realm")
}

pub fn builder() -> RealmBuilder<User> {
    Realm::builder("echo").bearer(Tokens).basic(Passwords).source(ClientSource::peer())
}

/// A layer that leaves every decision to the methods.
pub fn unlisted() -> AuthLayer {
    AuthLayer::new(realm()).unchecked::<EchoServer<Block>>("the methods decide")
}

/// Each byte of a message, as a message.
pub struct Letters(pub Bytes);

impl Stream for Letters {
    type Item = Result<Bytes, Status>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready((!self.0.is_empty()).then(|| Ok(self.0.split_to(1))))
    }
}

fn said(user: &Auth<User>, message: &Bytes) -> Result<Response<Bytes>, Status> {
    user.ensure(user.0 != "rude")?;
    Ok(Response::new(format!("{} by {}: {}", user.0, Auth::scheme(user), message.escape_ascii()).into()))
}

async fn joined(who: &str, mut messages: Streaming<Bytes>) -> Result<Response<Bytes>, Status> {
    let mut all = BytesMut::from(who);
    while let Some(message) = messages.message().await? {
        all.extend_from_slice(&message);
    }
    Ok(Response::new(all.freeze()))
}

fn name(user: Option<&Auth<User>>) -> &str {
    user.map_or("guest", |user| user.0.as_str())
}

/// Attributes on methods that `async_trait` has rewritten when they are read.
pub struct Methods;

#[tonic::async_trait]
impl Echo for Methods {
    #[requires_auth(bearer, basic, scope = "say")]
    async fn say(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Status> {
        said(&Auth::of(&request).await?, request.get_ref())
    }

    type RepeatStream = Letters;

    #[requires_auth(bearer, scope = "say", hide)]
    async fn repeat(&self, request: Request<Bytes>) -> Result<Response<Self::RepeatStream>, Status> {
        Ok(Response::new(Letters(request.into_inner())))
    }

    #[requires_auth(bearer, optional)]
    async fn join(&self, request: Request<Streaming<Bytes>>) -> Result<Response<Bytes>, Status> {
        let user = Auth::<User>::of_guest(&request).await?;
        joined(name(user.as_ref()), request.into_inner()).await
    }
}

/// The policies beside the block, read before `async_trait`.
pub struct Block;

#[auth_impl]
#[tonic::async_trait]
impl Echo for Block {
    #[requires_auth(bearer, basic, scope = "say")]
    async fn say(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Status> {
        said(&Auth::of(&request).await?, request.get_ref())
    }

    type RepeatStream = Letters;

    #[requires_auth(bearer, scope = "say", hide)]
    async fn repeat(&self, request: Request<Bytes>) -> Result<Response<Self::RepeatStream>, Status> {
        Ok(Response::new(Letters(request.into_inner())))
    }

    #[requires_auth(bearer, optional)]
    async fn join(&self, mut request: Request<Streaming<Bytes>>) -> Result<Response<Bytes>, Status> {
        let user = Auth::<User>::of_guest(&request).await?;
        request.metadata_mut().clear();
        joined(name(user.as_ref()), request.into_inner()).await
    }
}

/// The same, read after `async_trait`.
pub struct Rewritten;

#[tonic::async_trait]
#[auth_impl]
impl Echo for Rewritten {
    #[requires_auth(bearer, basic, scope = "say")]
    async fn say(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Status> {
        said(&Auth::of(&request).await?, request.get_ref())
    }

    type RepeatStream = Letters;

    #[requires_auth(bearer, scope = "say", hide)]
    async fn repeat(&self, request: Request<Bytes>) -> Result<Response<Self::RepeatStream>, Status> {
        Ok(Response::new(Letters(request.into_inner())))
    }

    #[requires_auth(bearer, optional)]
    async fn join(&self, request: Request<Streaming<Bytes>>) -> Result<Response<Bytes>, Status> {
        let user = Auth::<User>::of_guest(&request).await?;
        joined(name(user.as_ref()), request.into_inner()).await
    }
}
