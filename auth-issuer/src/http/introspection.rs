//! The introspection endpoint (RFC 7662).

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use auth_core::credential::{BearerToken, Credential as _};
use auth_core::{Attempt, Verifier as _, VerifyErrorKind};
use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use serde_json::{Map, Value};

use super::arrival::Arrival;
use super::client::ClientStore;
use super::client_auth::ClientAuth;
use super::decoder::FieldsDecoder;
use super::grant_answer::{OAuthRenderer, TokenRenderer};
use super::oauth_error::{OAuthError, OAuthErrorCode};
use super::reply;
use super::revocation::of_decoding;
use super::token::unavailable;
use crate::accounts::AccountStore;
use crate::refresh::{ChainStore, RefreshTokens};
use crate::time::seconds;
use crate::token_ids::TokenIdStore;
use crate::tokens::AccountTokens;

/// Tells resource servers what a token is.
///
/// Who asks has to be a confidential client [that may](super::Client::with_introspection). Of a token that is not good,
/// for whatever reason, the answer is `{"active":false}` and nothing else.
pub struct IntrospectionEndpoint<A, C, T, S> {
    refresh: RefreshTokens<C, A>,
    access: AccountTokens<A, T>,
    clients: ClientAuth<S>,
    arrival: Arrival,
    renderer: Arc<dyn TokenRenderer>,
}

impl<A, C, T, S> IntrospectionEndpoint<A, C, T, S>
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
        Self { refresh, access, clients, arrival, renderer: Arc::new(OAuthRenderer::new("introspect")) }
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
        match self.introspect(&parts.headers, &body, &attempt).await {
            Ok(Some(members)) => reply::json(StatusCode::OK, Value::Object(members).to_string()),
            Ok(None) => reply::json(StatusCode::OK, r#"{"active":false}"#),
            Err(error) => self.renderer.refused(&error),
        }
    }

    async fn introspect(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        attempt: &Attempt,
    ) -> Result<Option<Map<String, Value>>, OAuthError> {
        let fields = FieldsDecoder::new().accept_forms().decode(headers, body).map_err(of_decoding)?;
        let client = self.clients.authenticate(headers, &fields).await?;
        if !client.may_introspect() {
            let text = "the client may not ask what a token is";
            return Err(OAuthError::new(OAuthErrorCode::UnauthorizedClient, text));
        }
        let token = fields
            .filled("token")
            .ok_or_else(|| OAuthError::new(OAuthErrorCode::InvalidRequest, "token is missing"))?;
        match self.access(token, attempt).await? {
            Some(members) => Ok(Some(members)),
            None => self.refresh(token, attempt).await,
        }
    }

    async fn access(&self, token: &str, attempt: &Attempt) -> Result<Option<Map<String, Value>>, OAuthError> {
        let Ok(token) = BearerToken::parse(token.as_bytes()) else { return Ok(None) };
        let verified = match self.access.verify(BearerToken::into_owned(token), *attempt).await {
            Ok(verified) => verified,
            Err(error) if error.kind() == VerifyErrorKind::Refused => return Ok(None),
            Err(error) => {
                let cause: &(dyn std::error::Error + 'static) = &error;
                tracing::error!(auth.reason = %error.reason(), error = cause, "a token cannot be looked up");
                return Err(OAuthError::unavailable());
            }
        };
        let (facts, claims) = (verified.facts(), &verified.value().claims);
        let mut members = active(&facts.subject, &facts.scopes, facts.expires_at);
        members.insert("token_type".into(), "Bearer".into());
        for name in ["iss", "aud", "client_id", "jti"] {
            if let Ok(text) = claims.parse::<String>(name) {
                members.insert(name.into(), text.into());
            }
        }
        if let Ok(issued_at) = claims.parse::<i64>("iat") {
            members.insert("iat".into(), issued_at.into());
        }
        Ok(Some(members))
    }

    async fn refresh(&self, token: &str, attempt: &Attempt) -> Result<Option<Map<String, Value>>, OAuthError> {
        let Some(chain) = self.refresh.look_up(token, attempt).await.map_err(unavailable)? else { return Ok(None) };
        let mut members = active(&chain.account, &chain.scopes, Some(chain.idle_expires_at));
        members.insert("client_id".into(), chain.client.into());
        Ok(Some(members))
    }
}

fn active(subject: &str, scopes: &[String], expires_at: Option<SystemTime>) -> Map<String, Value> {
    let mut members = Map::new();
    members.insert("active".into(), true.into());
    members.insert("sub".into(), subject.into());
    members.insert("scope".into(), scopes.join(" ").into());
    if let Some(expiry) = expires_at {
        members.insert("exp".into(), seconds(expiry).into());
    }
    members
}

impl<A, C, T, S> fmt::Debug for IntrospectionEndpoint<A, C, T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IntrospectionEndpoint").finish_non_exhaustive()
    }
}
