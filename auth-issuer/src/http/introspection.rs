//! The introspection endpoint (RFC 7662).

use std::borrow::Borrow;
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use auth_core::Attempt;
use auth_core::claims::is_scope_token;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body::Body;
use serde_json::{Map, Value};

use super::arrival::Arrival;
use super::client::{Client, ClientStore};
use super::client_auth::ClientAuth;
use super::front::{Asked, Front, required, unavailable};
use super::grant_answer::TokenRenderer;
use super::look_up::look_up;
use super::oauth_error::{OAuthError, OAuthErrorCode};
use super::reply;
use crate::accounts::AccountStore;
use crate::refresh::{ChainStore, RefreshTokens};
use crate::time::seconds;
use crate::token_ids::TokenIdStore;
use crate::tokens::AccountTokens;

/// Tells resource servers what a token is.
///
/// Who asks has to be a confidential client [that may](super::Client::with_introspection). Of a token that is not good,
/// for whatever reason, the answer is `{"active":false}` and nothing else.
///
/// # Security
///
/// A refresh token is active for the client that it was issued to, and for nobody else: a resource server that asks what
/// a request has brought must not take it for an access token (RFC 7662 §4). `token_use` says which of the two it is.
pub struct IntrospectionEndpoint<A, C, T, S> {
    refresh: RefreshTokens<C, A>,
    access: AccountTokens<A, T>,
    front: Front<S>,
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
        Self { refresh, access, front: Front::new("introspection", clients, arrival) }
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
        let told = self.introspect(request).await.map(|members| match members {
            Some(members) => Value::Object(members).to_string(),
            None => r#"{"active":false}"#.to_owned(),
        });
        self.front.answer(told.map(|text| reply::json(StatusCode::OK, text)))
    }

    async fn introspect(&self, request: Request<Bytes>) -> Result<Option<Map<String, Value>>, OAuthError> {
        let Asked { client, fields, attempt } = self.front.ask(request).await?;
        if !client.is_confidential() {
            // Whoever only says a name has not authenticated (RFC 7662 §2.1).
            return Err(OAuthError::new(OAuthErrorCode::InvalidClient, "the client has to authenticate"));
        }
        if !client.may_introspect() {
            let text = "the client may not ask what a token is";
            return Err(OAuthError::new(OAuthErrorCode::UnauthorizedClient, text));
        }
        let token = required(&fields, "token", "token is missing")?;
        match self.access(token, &attempt).await? {
            Some(members) => Ok(Some(members)),
            None => self.refresh(token, &client, &attempt).await,
        }
    }

    async fn access(&self, token: &str, attempt: &Attempt) -> Result<Option<Map<String, Value>>, OAuthError> {
        let Some(verified) = look_up(&self.access, token, attempt).await? else { return Ok(None) };
        let (facts, claims) = (verified.facts(), &verified.value().claims);
        // The verifier's leeway is for clocks of others; this one has set the expiry.
        if facts.expires_at.is_none_or(|expiry| attempt.now >= expiry) {
            return Ok(None);
        }
        let mut members = active(&facts.subject, &facts.scopes, facts.expires_at);
        members.insert("token_type".into(), "Bearer".into());
        members.insert("token_use".into(), "access_token".into());
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

    async fn refresh(
        &self,
        token: &str,
        client: &Client,
        attempt: &Attempt,
    ) -> Result<Option<Map<String, Value>>, OAuthError> {
        let chain = self.refresh.look_up(token, attempt).await.map_err(unavailable)?;
        let Some(chain) = chain.filter(|chain| chain.client == client.id()) else { return Ok(None) };
        let mut members = active(&chain.account, &chain.scopes, Some(chain.idle_expires_at));
        members.insert("token_use".into(), "refresh_token".into());
        members.insert("client_id".into(), chain.client.into());
        Ok(Some(members))
    }
}

fn active<S: Borrow<str>>(subject: &str, scopes: &[S], expires_at: Option<SystemTime>) -> Map<String, Value> {
    let mut members = Map::new();
    members.insert("active".into(), true.into());
    members.insert("sub".into(), subject.into());
    // A chain of an earlier release may hold what would be read as several.
    let scopes: Vec<&str> = scopes.iter().map(Borrow::borrow).filter(|scope| is_scope_token(scope)).collect();
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
