//! The revocation endpoint (RFC 7009).

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use auth_core::Attempt;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body::Body;

use super::arrival::Arrival;
use super::client::{Client, ClientStore};
use super::client_auth::ClientAuth;
use super::front::{Asked, Front, required, unavailable};
use super::grant_answer::TokenRenderer;
use super::look_up::look_up;
use super::oauth_error::OAuthError;
use super::reply;
use crate::accounts::AccountStore;
use crate::refresh::{ChainStore, RefreshTokens};
use crate::token_ids::TokenIdStore;
use crate::tokens::AccountTokens;

/// Withdraws refresh and access tokens, for the client that they were issued to.
///
/// The answer is 200 whether or not there was anything to withdraw (RFC 7009 §2.2). Withdrawing a refresh token ends its
/// chain; access tokens that were issued with it live on to their end, so keep their life short.
pub struct RevocationEndpoint<A, C, T, S> {
    refresh: RefreshTokens<C, A>,
    access: AccountTokens<A, T>,
    front: Front<S>,
}

impl<A, C, T, S> RevocationEndpoint<A, C, T, S>
where
    A: AccountStore,
    C: ChainStore,
    T: TokenIdStore,
    S: ClientStore,
{
    /// An endpoint for these clients and tokens.
    #[must_use]
    pub fn new(
        refresh: RefreshTokens<C, A>,
        access: AccountTokens<A, T>,
        clients: ClientAuth<S>,
        arrival: Arrival,
    ) -> Self {
        Self { refresh, access, front: Front::new("revocation", clients, arrival) }
    }

    /// Writes refusals in another form than RFC 6749's.
    #[must_use]
    pub fn with_renderer(mut self, renderer: impl TokenRenderer) -> Self {
        self.front.renderer = Arc::new(renderer);
        self
    }

    /// Reads a request of at most [`MAX_BODY`](super::MAX_BODY) bytes and answers it.
    pub async fn serve<B>(&self, request: Request<B>) -> Response<Bytes>
    where
        B: Body,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        self.front.serve(request, |request| self.respond(request)).await
    }

    /// Answers a request that has been read.
    pub async fn respond(&self, request: Request<Bytes>) -> Response<Bytes> {
        self.front.answer(self.revoke(request).await.map(|()| reply::empty(StatusCode::OK)))
    }

    async fn revoke(&self, request: Request<Bytes>) -> Result<(), OAuthError> {
        let Asked { client, fields, attempt } = self.front.ask(request).await?;
        let token = required(&fields, "token", "token is missing")?;
        if !self.refresh.revoke(token, client.id(), &attempt).await.map_err(unavailable)? {
            self.revoke_access(token, &client, &attempt).await?;
        }
        Ok(())
    }

    async fn revoke_access(&self, token: &str, client: &Client, attempt: &Attempt) -> Result<(), OAuthError> {
        // A token that is not good any more needs no revocation.
        let Some(verified) = look_up(&self.access, token, attempt).await? else { return Ok(()) };
        let is_own = verified.value().claims.parse::<String>("client_id").is_ok_and(|id| id == client.id());
        if is_own {
            self.access.live().revoke(verified.facts(), attempt).await.map_err(unavailable)?;
        }
        Ok(())
    }
}

impl<A, C, T, S> fmt::Debug for RevocationEndpoint<A, C, T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RevocationEndpoint").finish_non_exhaustive()
    }
}
