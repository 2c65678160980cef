//! The revocation endpoint (RFC 7009).

use std::fmt;
use std::sync::Arc;

use auth_core::credential::{BearerToken, Credential as _};
use auth_core::{Attempt, Verifier as _, VerifyErrorKind};
use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode};

use super::arrival::Arrival;
use super::client::{Client, ClientStore};
use super::client_auth::ClientAuth;
use super::decoder::{DecodeError, FieldsDecoder};
use super::grant_answer::{OAuthRenderer, TokenRenderer};
use super::oauth_error::{OAuthError, OAuthErrorCode};
use super::reply;
use super::token::unavailable;
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
    clients: ClientAuth<S>,
    arrival: Arrival,
    renderer: Arc<dyn TokenRenderer>,
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
        Self { refresh, access, clients, arrival, renderer: Arc::new(OAuthRenderer::new("revoke")) }
    }

    /// Writes refusals in another form than RFC 6749's.
    #[must_use]
    pub fn renderer(mut self, renderer: impl TokenRenderer) -> Self {
        self.renderer = Arc::new(renderer);
        self
    }

    /// Answers a request.
    pub async fn respond(&self, request: Request<Bytes>) -> Response<Bytes> {
        if let Some(answer) = reply::unless_method(&request, &Method::POST) {
            return answer;
        }
        let attempt = self.arrival.of(&request);
        let (parts, body) = request.into_parts();
        match self.revoke(&parts.headers, &body, &attempt).await {
            Ok(()) => reply::empty(StatusCode::OK),
            Err(error) => self.renderer.refused(&error),
        }
    }

    async fn revoke(&self, headers: &HeaderMap, body: &[u8], attempt: &Attempt) -> Result<(), OAuthError> {
        let fields = FieldsDecoder::new().accept_forms().decode(headers, body).map_err(of_decoding)?;
        let client = self.clients.authenticate(headers, &fields).await?;
        let token = fields
            .filled("token")
            .ok_or_else(|| OAuthError::new(OAuthErrorCode::InvalidRequest, "token is missing"))?;
        if !self.refresh.revoke(token, client.id(), attempt).await.map_err(unavailable)? {
            self.revoke_access(token, &client, attempt).await?;
        }
        Ok(())
    }

    /// A token that is not good any more needs no revocation.
    async fn revoke_access(&self, token: &str, client: &Client, attempt: &Attempt) -> Result<(), OAuthError> {
        let Ok(token) = BearerToken::parse(token.as_bytes()) else { return Ok(()) };
        let verified = match self.access.verify(BearerToken::into_owned(token), *attempt).await {
            Ok(verified) => verified,
            Err(error) if error.kind() == VerifyErrorKind::Refused => return Ok(()),
            Err(error) => {
                let cause: &(dyn std::error::Error + 'static) = &error;
                tracing::error!(auth.reason = %error.reason(), error = cause, "a token cannot be looked up");
                return Err(OAuthError::unavailable());
            }
        };
        let is_own = verified.value().claims.parse::<String>("client_id").is_ok_and(|id| id == client.id());
        if is_own {
            self.access.live().revoke(verified.facts(), attempt).await.map_err(unavailable)?;
        }
        Ok(())
    }
}

pub(super) fn of_decoding(error: DecodeError) -> OAuthError {
    OAuthError::new(
        OAuthErrorCode::InvalidRequest,
        match error {
            DecodeError::Repeated => "a parameter is repeated",
            _ => "the body is no form",
        },
    )
}

impl<A, C, T, S> fmt::Debug for RevocationEndpoint<A, C, T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RevocationEndpoint").finish_non_exhaustive()
    }
}
