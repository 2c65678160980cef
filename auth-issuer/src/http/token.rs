//! The token endpoint (RFC 6749 §3.2).

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use auth_core::claims::is_scope_token;
use auth_core::{Attempt, ConfigError, ConfigErrorKind};
use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;

use super::arrival::Arrival;
use super::client::{Client, ClientStore, GrantKind};
use super::client_auth::ClientAuth;
use super::decoder::FieldsDecoder;
use super::fields::Fields;
use super::front::{Asked, Front, required, unavailable};
use super::grant_answer::{TokenAnswer, TokenRenderer};
use super::oauth_error::{OAuthError, OAuthErrorCode};
use super::reply;
use crate::accounts::{Account, AccountStore, Permits, own_scopes};
use crate::refresh::{ChainStore, IssuedRefresh, PreparedRefresh, RefreshOutcome, RefreshRefusal, RefreshTokens};
use crate::sign_in::{Granted, Obstacle, SignIn, SignInOutcome, SignInRequest};
use crate::tokens::{TokenClaims, TokenIssuer};

/// Exchanges refresh tokens for access tokens, and passwords where that is [asked for](TokenEndpointBuilder).
///
/// `POST` with a form; everything else is refused. Access tokens say their `client_id` and `scope` (RFC 9068 §2.2).
/// Scopes are those that the account has and the client may ask for; a request can ask for fewer. One that asks for none
/// gets those that stand in the account.
///
/// | what | is replaced by |
/// | --- | --- |
/// | the form of requests | [`decoder`](TokenEndpointBuilder::decoder), [`password_request`](TokenEndpointBuilder::password_request) |
/// | what access tokens say | [`claims`](TokenEndpointBuilder::claims) |
/// | the form of answers | [`renderer`](TokenEndpointBuilder::renderer) |
/// | which scopes an account has | [`permits`](TokenEndpointBuilder::permits) |
///
/// # Second factors
///
/// A password alone gets no token for an account that has a second factor: the answer is `mfa_required` until the request
/// has a good code too, as `otp`. A code is good once, and so is a request with one.
///
/// # Security
///
/// Refusals tell a client no more than RFC 6749 §5.2 asks for: unknown, expired, spent and foreign refresh tokens are one
/// `invalid_grant`, and so are unknown users, wrong passwords and accounts that may not be used, right passwords of which
/// are throttled like wrong ones too.
pub struct TokenEndpoint<A, C, S> {
    grants: Grants<A, C>,
    access: TokenIssuer,
    front: Front<S>,
    permits: Permits,
    claims: Arc<ClaimsHook>,
    password_request: Arc<PasswordHook>,
}

type ClaimsHook = dyn Fn(TokenClaims, &Granted, &Client) -> TokenClaims + Send + Sync;
type PasswordHook = dyn Fn(&Fields) -> Result<SignInRequest, OAuthError> + Send + Sync;

struct Grants<A, C> {
    password: Option<SignIn<A>>,
    refresh: Option<RefreshTokens<C, A>>,
}

/// Puts a [`TokenEndpoint`] together.
#[must_use]
pub struct TokenEndpointBuilder<A, C, S>(TokenEndpoint<A, C, S>);

/// What a grant has come to, before anything of it is made or spent.
struct Outcome {
    granted: Granted,
    scopes: Vec<String>,
    refresh: NextRefresh,
}

/// Where the refresh token comes from.
enum NextRefresh {
    Begin,
    Exchange(Box<PreparedRefresh>),
    None,
}

impl<A: AccountStore, C: ChainStore, S: ClientStore> TokenEndpoint<A, C, S> {
    /// Begins an endpoint for these clients, which issues access tokens by `access`.
    pub fn builder(access: TokenIssuer, clients: ClientAuth<S>, arrival: Arrival) -> TokenEndpointBuilder<A, C, S> {
        TokenEndpointBuilder(Self {
            grants: Grants { password: None, refresh: None },
            access,
            front: Front::new("token", clients, arrival),
            permits: own_scopes(),
            claims: Arc::new(|claims, _, _| claims),
            password_request: Arc::new(password_request),
        })
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
        self.front.answer(self.grant(request).await.map(reply::uncached))
    }

    async fn grant(&self, request: Request<Bytes>) -> Result<Response<Bytes>, OAuthError> {
        let Asked { client, fields, attempt } = self.front.ask(request).await?;
        let grant = required(&fields, "grant_type", "grant_type is missing")?;
        let wanted = wanted_scopes(&fields)?;
        let outcome = if grant == GrantKind::Password.as_str() {
            self.password(&client, &fields, wanted.as_deref(), &attempt).await?
        } else if grant == GrantKind::RefreshToken.as_str() {
            self.refresh(&client, &fields, wanted.as_deref(), &attempt).await?
        } else {
            return Err(not_offered());
        };
        let claims = TokenClaims::of(&outcome.granted)
            .with_scopes(&outcome.scopes)
            .with_roles(outcome.granted.account.roles())
            .with_claim("client_id", client.id());
        let claims = (self.claims)(claims, &outcome.granted, &client);
        // Before a refresh token is spent: whoever is told to try again can do so with the same one.
        let access = self.access.issue_for(&claims, &attempt).await.map_err(unavailable)?;
        let Outcome { granted, scopes, refresh } = outcome;
        let refresh = self.refresh_token(refresh, &granted, &scopes, &client, &attempt).await?;
        Ok(self.front.renderer.granted(&TokenAnswer {
            access: &access,
            refresh: refresh.as_ref(),
            scope_was_requested: wanted.is_some(),
            scope_is_as_requested: wanted.is_some_and(|wanted| wanted == scopes),
            scopes: &scopes,
            now: attempt.now,
        }))
    }

    async fn refresh_token(
        &self,
        next: NextRefresh,
        granted: &Granted,
        scopes: &[String],
        client: &Client,
        attempt: &Attempt,
    ) -> Result<Option<IssuedRefresh>, OAuthError> {
        let Some(refresh) = &self.grants.refresh else { return Ok(None) };
        match next {
            NextRefresh::Begin => {
                refresh.begin(granted, client.id(), scopes, attempt).await.map(Some).map_err(unavailable)
            }
            NextRefresh::Exchange(prepared) => {
                match refresh.complete(*prepared, attempt).await.map_err(unavailable)? {
                    RefreshOutcome::Renewed(renewed) => Ok(Some(renewed.refresh)),
                    RefreshOutcome::Refused(refusal) => Err(not_renewed(refusal)),
                }
            }
            NextRefresh::None => Ok(None),
        }
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
        if wanted.is_some_and(|wanted| !wanted.iter().all(|scope| client.may_ask_for(scope))) {
            return Err(too_much()); // before a hash is computed and a code is spent
        }
        let request = (self.password_request)(fields)?;
        let granted = match sign_in.sign_in(&request, attempt).await.map_err(unavailable)? {
            SignInOutcome::Granted(granted) => granted,
            SignInOutcome::Throttled { retry_after } => return Err(OAuthError::throttled(retry_after)),
            SignInOutcome::SecondFactorNeeded { .. } => {
                let text = "a good code of the second factor is needed too: send it as otp";
                return Err(OAuthError::new(OAuthErrorCode::MfaRequired, text));
            }
            _ => {
                let text = "the name or the password is wrong, or the account may not be used";
                return Err(OAuthError::new(OAuthErrorCode::InvalidGrant, text));
            }
        };
        let scopes = self.granted_scopes(&granted.account, client, wanted)?;
        let refresh = if client.may_use(GrantKind::RefreshToken) { NextRefresh::Begin } else { NextRefresh::None };
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
        let token = required(fields, "refresh_token", "refresh_token is missing")?;
        let prepared = refresh.prepare(token, client.id(), wanted, attempt).await.map_err(unavailable)?;
        let prepared = prepared.map_err(not_renewed)?;
        // What the account has lost since is not granted again.
        let mut scopes = prepared.scopes().to_vec();
        scopes.retain(|scope| self.is_granted(prepared.account(), client, scope));
        Ok(Outcome { granted: prepared.granted(), scopes, refresh: NextRefresh::Exchange(Box::new(prepared)) })
    }

    fn granted_scopes(
        &self,
        account: &Account,
        client: &Client,
        wanted: Option<&[String]>,
    ) -> Result<Vec<String>, OAuthError> {
        let is_granted = |scope: &String| self.is_granted(account, client, scope);
        match wanted {
            None => Ok(account.scopes().iter().filter(|scope| is_granted(scope)).cloned().collect()),
            Some(wanted) if wanted.iter().all(is_granted) => Ok(wanted.to_vec()),
            Some(_) => Err(too_much()),
        }
    }

    fn is_granted(&self, account: &Account, client: &Client, scope: &str) -> bool {
        (self.permits)(account, scope) && client.may_ask_for(scope)
    }
}

impl<A: AccountStore, C: ChainStore, S: ClientStore> TokenEndpointBuilder<A, C, S> {
    /// Offers the refresh grant.
    pub fn refresh(mut self, refresh: RefreshTokens<C, A>) -> Self {
        self.0.grants.refresh = Some(refresh);
        self
    }

    /// Offers the password grant, to clients [that may use it](Client::with_grant). Of what is in the way of a right
    /// password it shows the second factor [only](SignIn::show_only).
    ///
    /// # Security
    ///
    /// Legacy: clients see passwords, and people learn to type theirs anywhere. RFC 9700 §2.4 forbids it for new
    /// services; a documented API that needs it is the only reason to ask for it, and a line in the log says that it is
    /// on.
    pub fn with_legacy_password_grant(mut self, sign_in: SignIn<A>) -> Self {
        self.0.grants.password = Some(sign_in.show_only([Obstacle::SecondFactorNeeded]));
        self
    }

    /// Writes answers in another form than RFC 6749's.
    pub fn renderer(mut self, renderer: impl TokenRenderer) -> Self {
        self.0.front.renderer = Arc::new(renderer);
        self
    }

    /// Reads requests in another form than RFC 6749's: JSON, for example. The names of the parameters stay.
    pub fn decoder(mut self, decoder: FieldsDecoder) -> Self {
        self.0.front.decoder = decoder;
        self
    }

    /// Finds name, password and code of a password grant elsewhere than in `username`, `password` and `otp`.
    ///
    /// # Examples
    ///
    /// ```
    /// use auth_issuer::SignInRequest;
    /// use auth_issuer::http::{OAuthError, OAuthErrorCode, TokenEndpointBuilder};
    ///
    /// # fn f<A, C, S>(builder: TokenEndpointBuilder<A, C, S>) -> TokenEndpointBuilder<A, C, S>
    /// # where A: auth_issuer::AccountStore, C: auth_issuer::refresh::ChainStore, S: auth_issuer::http::ClientStore {
    /// builder.password_request(|fields| {
    ///     let missing = || OAuthError::new(OAuthErrorCode::InvalidRequest, "email or password is missing");
    ///     let email = fields.filled("email").ok_or_else(missing)?;
    ///     let password = fields.filled("password").ok_or_else(missing)?;
    ///     Ok(SignInRequest::new(email, password))
    /// })
    /// # }
    /// ```
    pub fn password_request(
        mut self,
        read: impl Fn(&Fields) -> Result<SignInRequest, OAuthError> + Send + Sync + 'static,
    ) -> Self {
        self.0.password_request = Arc::new(read);
        self
    }

    /// Says which scopes an account has, where that is not the list in the account: an administrator has all, for
    /// example. Give [`AccountTokens`](crate::tokens::AccountTokens::with_permits) the same rule, or it takes from tokens
    /// what they were granted here.
    pub fn permits(mut self, permits: impl Fn(&Account, &str) -> bool + Send + Sync + 'static) -> Self {
        self.0.permits = Arc::new(permits);
        self
    }

    /// Changes what access tokens say: adds claims of one's own, or asks for another life.
    ///
    /// # Security
    ///
    /// Who has a token can read it. `client_id` is what [revocation](super::RevocationEndpoint) knows a client's own
    /// tokens by: leave it.
    pub fn claims(
        mut self,
        change: impl Fn(TokenClaims, &Granted, &Client) -> TokenClaims + Send + Sync + 'static,
    ) -> Self {
        self.0.claims = Arc::new(change);
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
            return Err(ConfigError::new(ConfigErrorKind::Grant, text));
        }
        if password.is_some() {
            tracing::warn!("the token endpoint offers the password grant, which RFC 9700 forbids for new services");
        }
        Ok(self.0)
    }
}

fn offered<T>(grant: Option<&T>) -> Result<&T, OAuthError> {
    grant.ok_or_else(not_offered)
}

fn not_offered() -> OAuthError {
    OAuthError::new(OAuthErrorCode::UnsupportedGrantType, "the grant is not offered")
}

fn permit(client: &Client, grant: GrantKind) -> Result<(), OAuthError> {
    if client.may_use(grant) {
        return Ok(());
    }
    Err(OAuthError::new(OAuthErrorCode::UnauthorizedClient, "the client may not use this grant"))
}

/// RFC 6749 §4.3.2, and a code beside it.
fn password_request(fields: &Fields) -> Result<SignInRequest, OAuthError> {
    let username = required(fields, "username", "username is missing")?;
    let password = required(fields, "password", "password is missing")?;
    let request = SignInRequest::new(username, password);
    Ok(match fields.filled("otp") {
        Some(code) => request.with_code(code),
        None => request,
    })
}

/// The scopes asked for, each once (RFC 6749 §3.3); `None` if the request does not say.
fn wanted_scopes(fields: &Fields) -> Result<Option<Vec<String>>, OAuthError> {
    let Some(text) = fields.filled("scope") else { return Ok(None) };
    let mut scopes: Vec<String> = Vec::new();
    for scope in text.split(' ') {
        if !is_scope_token(scope) {
            return Err(OAuthError::new(OAuthErrorCode::InvalidScope, "scope is malformed"));
        }
        if !scopes.iter().any(|known| known == scope) {
            scopes.push(scope.to_owned());
        }
    }
    Ok(Some(scopes))
}

fn not_renewed(refusal: RefreshRefusal) -> OAuthError {
    match refusal {
        RefreshRefusal::Scope => too_much(),
        _ => OAuthError::new(OAuthErrorCode::InvalidGrant, "the refresh token is not good"),
    }
}

fn too_much() -> OAuthError {
    OAuthError::new(OAuthErrorCode::InvalidScope, "a scope is unknown or more than may be asked for")
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
