//! The token endpoint (RFC 6749 §3.2).

use std::fmt;
use std::sync::Arc;

use auth_core::{Attempt, ConfigError, ConfigErrorKind};
use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response};

use super::arrival::Arrival;
use super::client::{Client, ClientStore, GrantKind};
use super::client_auth::ClientAuth;
use super::decoder::{DecodeError, FieldsDecoder};
use super::fields::Fields;
use super::grant_answer::{OAuthRenderer, TokenAnswer, TokenRenderer};
use super::oauth_error::{OAuthError, OAuthErrorCode};
use super::reply;
use crate::accounts::{Account, AccountStore};
use crate::refresh::{ChainStore, RefreshOutcome, RefreshRefusal, RefreshTokens};
use crate::sign_in::{Granted, SignIn, SignInOutcome, SignInRequest};
use crate::tokens::{TokenClaims, TokenIssuer};
use crate::unavailable::Unavailable;

/// Exchanges refresh tokens for access tokens, and passwords where that is [asked for](TokenEndpointBuilder).
///
/// `POST` with a form; everything else is refused. Access tokens say their `client_id` and `scope` (RFC 9068 §2.2).
/// Scopes are those that the account has and the client may ask for; a request can ask for fewer.
///
/// # Security
///
/// Refusals tell a client no more than RFC 6749 §5.2 asks for: unknown, expired, spent and foreign refresh tokens are one
/// `invalid_grant`, and so are unknown users, wrong passwords and accounts that may not be used.
pub struct TokenEndpoint<A, C, S> {
    grants: Grants<A, C>,
    access: TokenIssuer,
    clients: ClientAuth<S>,
    arrival: Arrival,
    renderer: Arc<dyn TokenRenderer>,
}

struct Grants<A, C> {
    password: Option<SignIn<A>>,
    refresh: Option<RefreshTokens<C, A>>,
}

/// Puts a [`TokenEndpoint`] together.
#[must_use]
pub struct TokenEndpointBuilder<A, C, S>(TokenEndpoint<A, C, S>);

/// What a grant has come to.
struct Outcome {
    granted: Granted,
    scopes: Vec<String>,
    refresh: Option<crate::refresh::IssuedRefresh>,
}

impl<A: AccountStore, C: ChainStore, S: ClientStore> TokenEndpoint<A, C, S> {
    /// Begins an endpoint for these clients, which issues access tokens by `access`.
    pub fn builder(access: TokenIssuer, clients: ClientAuth<S>, arrival: Arrival) -> TokenEndpointBuilder<A, C, S> {
        TokenEndpointBuilder(Self {
            grants: Grants { password: None, refresh: None },
            access,
            clients,
            arrival,
            renderer: Arc::new(OAuthRenderer::new("token")),
        })
    }

    /// Answers a request.
    pub async fn respond(&self, request: Request<Bytes>) -> Response<Bytes> {
        if let Some(answer) = reply::unless_method(&request, &Method::POST) {
            return answer;
        }
        let attempt = self.arrival.of(&request);
        let (parts, body) = request.into_parts();
        match self.grant(&parts.headers, &body, &attempt).await {
            Ok(answer) => answer,
            Err(error) => self.renderer.refused(&error),
        }
    }

    async fn grant(&self, headers: &HeaderMap, body: &[u8], attempt: &Attempt) -> Result<Response<Bytes>, OAuthError> {
        let fields = FieldsDecoder::new().accept_forms().decode(headers, body).map_err(|error| match error {
            DecodeError::Repeated => OAuthError::new(OAuthErrorCode::InvalidRequest, "a parameter is repeated"),
            _ => OAuthError::new(OAuthErrorCode::InvalidRequest, "the body is no form"),
        })?;
        let client = self.clients.authenticate(headers, &fields).await?;
        let wanted = wanted_scopes(&fields)?;
        let outcome = match fields.filled("grant_type") {
            Some("password") => self.password(&client, &fields, wanted.as_deref(), attempt).await?,
            Some("refresh_token") => self.refresh(&client, &fields, wanted.as_deref(), attempt).await?,
            Some(_) => {
                return Err(OAuthError::new(OAuthErrorCode::UnsupportedGrantType, "the grant is not offered"));
            }
            None => return Err(OAuthError::new(OAuthErrorCode::InvalidRequest, "grant_type is missing")),
        };
        let claims = TokenClaims::of(&outcome.granted)
            .with_scopes(&outcome.scopes)
            .with_roles(outcome.granted.account.roles())
            .with_claim("client_id", client.id());
        let access = self.access.issue(&claims, attempt.now).map_err(unavailable)?;
        Ok(self.renderer.granted(&TokenAnswer {
            access: &access,
            refresh: outcome.refresh.as_ref(),
            are_as_asked: wanted.is_some_and(|wanted| wanted == outcome.scopes),
            scopes: &outcome.scopes,
            now: attempt.now,
        }))
    }

    async fn password(
        &self,
        client: &Client,
        fields: &Fields,
        wanted: Option<&[String]>,
        attempt: &Attempt,
    ) -> Result<Outcome, OAuthError> {
        let sign_in = offered(self.grants.password.as_ref())?;
        permit(client, GrantKind::Password)?;
        let request = SignInRequest::new(required(fields, "username")?, required(fields, "password")?.to_owned());
        let request = match fields.filled("otp") {
            Some(code) => request.with_code(code),
            None => request,
        };
        let granted = match sign_in.sign_in(&request, attempt).await.map_err(unavailable)? {
            SignInOutcome::Granted(granted) => granted,
            SignInOutcome::Throttled { retry_after } => return Err(OAuthError::throttled(retry_after)),
            SignInOutcome::SecondFactorNeeded { .. } => {
                let text = "the account has a second factor: send its code as otp";
                return Err(OAuthError::new(OAuthErrorCode::MfaRequired, text));
            }
            _ => {
                let text = "the name or the password is wrong, or the account may not be used";
                return Err(OAuthError::new(OAuthErrorCode::InvalidGrant, text));
            }
        };
        let scopes = granted_scopes(&granted.account, client, wanted)?;
        let refresh = match &self.grants.refresh {
            Some(refresh) if client.may_use(GrantKind::RefreshToken) => {
                Some(refresh.begin(&granted, client.id(), &scopes, attempt).await.map_err(unavailable)?)
            }
            _ => None,
        };
        Ok(Outcome { granted, scopes, refresh })
    }

    async fn refresh(
        &self,
        client: &Client,
        fields: &Fields,
        wanted: Option<&[String]>,
        attempt: &Attempt,
    ) -> Result<Outcome, OAuthError> {
        let refresh = offered(self.grants.refresh.as_ref())?;
        permit(client, GrantKind::RefreshToken)?;
        let token = required(fields, "refresh_token")?;
        let renewed = match refresh.refresh(token, client.id(), wanted, attempt).await.map_err(unavailable)? {
            RefreshOutcome::Renewed(renewed) => renewed,
            RefreshOutcome::Refused(RefreshRefusal::Scope) => return Err(too_much()),
            RefreshOutcome::Refused(_) => {
                return Err(OAuthError::new(OAuthErrorCode::InvalidGrant, "the refresh token is not good"));
            }
        };
        // What the account has lost since is not granted again.
        let mut scopes = renewed.scopes.clone();
        scopes.retain(|scope| renewed.account.scopes().contains(scope) && client.may_ask_for(scope));
        Ok(Outcome { granted: renewed.granted(), scopes, refresh: Some(renewed.refresh) })
    }
}

impl<A: AccountStore, C: ChainStore, S: ClientStore> TokenEndpointBuilder<A, C, S> {
    /// Offers the refresh grant.
    pub fn refresh(mut self, refresh: RefreshTokens<C, A>) -> Self {
        self.0.grants.refresh = Some(refresh);
        self
    }

    /// Offers the password grant, to clients [that may use it](Client::with_grant).
    ///
    /// # Security
    ///
    /// Legacy: clients see passwords, and people learn to type theirs anywhere. RFC 9700 §2.4 forbids it for new
    /// services; a documented API that needs it is the only reason to ask for it, and a line in the log says that it is
    /// on.
    pub fn with_legacy_password_grant(mut self, sign_in: SignIn<A>) -> Self {
        self.0.grants.password = Some(sign_in);
        self
    }

    /// Writes answers in another form than RFC 6749's.
    pub fn renderer(mut self, renderer: impl TokenRenderer) -> Self {
        self.0.renderer = Arc::new(renderer);
        self
    }

    /// Makes the endpoint.
    ///
    /// # Errors
    ///
    /// If no grant is offered.
    pub fn build(self) -> Result<TokenEndpoint<A, C, S>, ConfigError> {
        let Grants { password, refresh } = &self.0.grants;
        if password.is_none() && refresh.is_none() {
            let text = "the token endpoint offers no grant; add `.refresh(..)`";
            return Err(ConfigError::new(ConfigErrorKind::Value, text));
        }
        if password.is_some() {
            tracing::warn!("the token endpoint offers the password grant, which RFC 9700 forbids for new services");
        }
        Ok(self.0)
    }
}

fn offered<T>(grant: Option<&T>) -> Result<&T, OAuthError> {
    grant.ok_or_else(|| OAuthError::new(OAuthErrorCode::UnsupportedGrantType, "the grant is not offered"))
}

fn permit(client: &Client, grant: GrantKind) -> Result<(), OAuthError> {
    if client.may_use(grant) {
        return Ok(());
    }
    Err(OAuthError::new(OAuthErrorCode::UnauthorizedClient, "the client may not use this grant"))
}

fn required<'f>(fields: &'f Fields, name: &'static str) -> Result<&'f str, OAuthError> {
    fields.filled(name).ok_or_else(|| {
        let text = match name {
            "username" => "username is missing",
            "password" => "password is missing",
            _ => "refresh_token is missing",
        };
        OAuthError::new(OAuthErrorCode::InvalidRequest, text)
    })
}

/// The scopes asked for, each once (RFC 6749 §3.3); `None` if the request does not say.
fn wanted_scopes(fields: &Fields) -> Result<Option<Vec<String>>, OAuthError> {
    let Some(text) = fields.filled("scope") else { return Ok(None) };
    let is_scope =
        |scope: &str| !scope.is_empty() && scope.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e));
    let mut scopes: Vec<String> = Vec::new();
    for scope in text.split(' ') {
        if !is_scope(scope) {
            return Err(OAuthError::new(OAuthErrorCode::InvalidScope, "scope is malformed"));
        }
        if !scopes.iter().any(|known| known == scope) {
            scopes.push(scope.to_owned());
        }
    }
    Ok(Some(scopes))
}

fn granted_scopes(account: &Account, client: &Client, wanted: Option<&[String]>) -> Result<Vec<String>, OAuthError> {
    let is_granted = |scope: &String| account.scopes().contains(scope) && client.may_ask_for(scope);
    match wanted {
        None => Ok(account.scopes().iter().filter(|scope| is_granted(scope)).cloned().collect()),
        Some(wanted) if wanted.iter().all(is_granted) => Ok(wanted.to_vec()),
        Some(_) => Err(too_much()),
    }
}

fn too_much() -> OAuthError {
    OAuthError::new(OAuthErrorCode::InvalidScope, "a scope is unknown or more than may be asked for")
}

#[expect(clippy::needless_pass_by_value, reason = "reads as `.map_err(unavailable)`")]
pub(super) fn unavailable(error: Unavailable) -> OAuthError {
    let cause: &(dyn std::error::Error + 'static) = &error;
    tracing::error!(auth.reason = %error.reason(), error = cause, "nothing can be decided");
    OAuthError::unavailable()
}

impl<A, C, S> fmt::Debug for TokenEndpoint<A, C, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenEndpoint")
            .field("has_password_grant", &self.grants.password.is_some())
            .field("has_refresh_grant", &self.grants.refresh.is_some())
            .finish_non_exhaustive()
    }
}

impl<A, C, S> fmt::Debug for TokenEndpointBuilder<A, C, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TokenEndpointBuilder").field(&self.0).finish()
    }
}
