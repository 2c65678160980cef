//! `POST /api/token`: the grants `password` and `refresh_token`, as the REST API, the portal and the user API have it.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use auth_core::jwt::JwtAlgorithm;
use auth_core::{Attempt, Clock};
use auth_issuer::http::{Arrival, BodyErrorKind, Fields, FieldsDecoder, MAX_BODY, collect, reply};
use auth_issuer::refresh::{ChainsPerClient, IssuedRefresh, RefreshOutcome, RefreshRefusal, RefreshTokens};
use auth_issuer::sign_in::Granted;
use auth_issuer::stores::AnyStore;
use auth_issuer::tokens::{AccountTokens, IssuedToken, LiveTokens, TokenClaims, TokenIssuer};
use auth_issuer::{Account, AccountStore as _, LoginKey, SignIn, SignInOutcome, SignInRequest, Unavailable};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use zeroize::Zeroizing;

use crate::context::Context;
use crate::extract::has_two_authorizations;
use crate::failure::StartError;
use crate::failure_head::FailureHead;
use crate::settings::Setting;
use crate::unix_time::unix_time;

/// The life of access tokens: seven days.
pub const ACCESS_LIFE: Duration = Duration::from_hours(7 * 24);
/// The life of a refresh token: fifteen days, anew with each rotation.
pub const REFRESH_LIFE: Duration = Duration::from_hours(15 * 24);
/// The longest life of a line of refresh tokens.
pub const LONGEST_REFRESH_LIFE: Duration = Duration::from_hours(90 * 24);
/// The header with the client's identification.
pub const CLIENT_ID: &str = "client_id";
/// The setting `chains_per_client`.
pub const CHAINS_PER_CLIENT: Setting = Setting {
    name: "chains_per_client",
    values: &["one", "many"],
    help: "Whether a sign-in ends the client's earlier refresh tokens (one) or not (many).",
};

/// The content type of this API's answers.
const JSON: HeaderValue = HeaderValue::from_static("application/json;charset=UTF-8");
const MAX_CLIENT_ID: usize = 200;

/// In what servers differ.
#[derive(Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "servers write it down")]
pub struct TokenRules {
    /// The realm of challenges.
    pub realm: &'static str,
    /// The `purpose` of access tokens, which keeps kinds of tokens apart.
    pub purpose: &'static str,
    /// The name of the key ring.
    pub ring: &'static str,
    /// The `error_description` of a wrong name or password.
    pub wrong_password: &'static str,
    /// Who is served. Others look like a wrong password.
    pub admits: fn(&Account) -> bool,
}

/// The endpoint, and what its tokens are made with. Clones share everything.
#[derive(Clone)]
pub struct TokenEndpoint(Arc<Inner>);

struct Inner {
    rules: TokenRules,
    access: TokenIssuer,
    sign_in: SignIn<AnyStore>,
    refresh: RefreshTokens<AnyStore, AnyStore>,
    store: AnyStore,
    arrival: Arrival,
    clock: Arc<dyn Clock>,
}

/// A pair of tokens.
#[derive(Debug)]
#[non_exhaustive]
pub struct Pair {
    /// The access token.
    pub access: IssuedToken,
    /// The refresh token.
    pub refresh: IssuedRefresh,
}

/// Why a request gets no tokens.
enum Refusal {
    /// 400 with a code and a text.
    Because(&'static str, &'static str),
    /// 400 with the reset token as text.
    MustReset(Zeroizing<String>),
    /// 429 or 503 with a text.
    NotNow(FailureHead, &'static str),
    TooLarge(FailureHead),
}

impl TokenEndpoint {
    /// Puts the endpoint together. The setting [`CHAINS_PER_CLIENT`] counts where the system has it.
    ///
    /// # Errors
    ///
    /// If the keys cannot be used.
    pub fn new(context: &Context, rules: TokenRules) -> Result<Self, StartError> {
        let access = TokenIssuer::builder(context.keys.ring(rules.ring, JwtAlgorithm::Rs256)?)
            .issuer(context.name)
            .audience(context.name)
            .purpose(rules.purpose)
            .lifetime(ACCESS_LIFE)
            .longest_lifetime(Duration::from_hours(14 * 24))
            .token_type("JWT")
            .without_id_of_only_key()
            .audit(context.audit.clone())
            .build()?;
        let chains = match context.options.settings.text(CHAINS_PER_CLIENT.name) {
            "many" => ChainsPerClient::Many,
            _ => ChainsPerClient::One,
        };
        let sign_in = context
            .sign_in()
            .with_totp(context.totp())
            .with_reset_tokens(context.store.clone())
            .admit_only_if(rules.admits);
        let refresh = RefreshTokens::new(context.store.clone(), context.store.clone())
            .with_idle_timeout(REFRESH_LIFE)
            .with_absolute_lifetime(LONGEST_REFRESH_LIFE)
            .with_chains_per_client(chains)
            .admit_only_if(rules.admits)
            .with_audit(context.audit.clone());
        Ok(Self(Arc::new(Inner {
            rules,
            access,
            sign_in,
            refresh,
            store: context.store.clone(),
            arrival: context.arrival(),
            clock: Arc::clone(&context.clock),
        })))
    }

    /// Verifies the access tokens of this endpoint, with state, roles and scopes as the store has them now, of the accounts
    /// that it admits.
    ///
    /// # Errors
    ///
    /// If the keys cannot be used.
    pub fn tokens(&self) -> Result<AccountTokens<AnyStore, AnyStore>, StartError> {
        let Inner { rules, access, store, .. } = &*self.0;
        let live = LiveTokens::new(access.clone(), store.clone(), store.clone());
        Ok(AccountTokens::new(live)?.admit_only_if(rules.admits))
    }

    /// The service of refresh tokens.
    #[must_use]
    pub fn refresh_tokens(&self) -> &RefreshTokens<AnyStore, AnyStore> {
        &self.0.refresh
    }

    /// Issues a pair for a sign-in that another endpoint has completed. Without a client id it is bound to the e-mail.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] if the store does not answer or there is no randomness.
    pub async fn issue(
        &self,
        granted: &Granted,
        client: Option<&str>,
        life: Duration,
        attempt: &Attempt,
    ) -> Result<Pair, Unavailable> {
        let client = client.unwrap_or_else(|| granted.account.login_key().as_str());
        let access = self.access(granted, client, life, attempt).await?;
        let refresh = self.0.refresh.begin(granted, client, granted.account.scopes(), attempt).await?;
        Ok(Pair { access, refresh })
    }

    /// The identification of a client in a request without a form; `None` if there is none.
    ///
    /// # Errors
    ///
    /// If it is there twice, or is not 1 to 200 visible ASCII characters. An empty one counts as absent.
    pub fn client_id(headers: &HeaderMap) -> Result<Option<&str>, BadClientId> {
        let mut values = headers.get_all(CLIENT_ID).iter();
        let (first, None) = (values.next(), values.next()) else { return Err(BadClientId) };
        match first {
            None => Ok(None),
            Some(value) => checked_client_id(value.to_str().map_err(|_not_visible| BadClientId)?),
        }
    }

    /// Answers a request of any method. Mount it with `any`, so that every answer is one that no cache keeps.
    pub async fn serve<B>(&self, request: Request<B>) -> Response<Bytes>
    where
        B: http_body::Body,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        if let Some(answer) = reply::unless_method(&request, &Method::POST) {
            return answer;
        }
        if has_two_authorizations(request.headers()) {
            let answer = oauth(StatusCode::BAD_REQUEST, "invalid_request", "there is more than one Authorization");
            let challenge = format!("Bearer realm=\"{}\", error=\"invalid_request\"", self.0.rules.realm);
            return reply::with(answer, WWW_AUTHENTICATE, &challenge);
        }
        let answer = match collect(request, MAX_BODY).await {
            Ok(request) => self.grant(&request).await,
            Err(error) if error.kind() == BodyErrorKind::TooLarge => Err(Refusal::TooLarge((&error).into())),
            Err(_) => Err(Refusal::Because("invalid_request", "the body cannot be read")),
        };
        answer.unwrap_or_else(Refusal::render)
    }

    async fn grant(&self, request: &Request<Bytes>) -> Result<Response<Bytes>, Refusal> {
        let attempt = self.0.arrival.of(request);
        let fields = FieldsDecoder::new().accept_forms().decode(request.headers(), request.body());
        let fields = fields.map_err(|error| match error.kind() {
            BodyErrorKind::Unsupported => {
                Refusal::Because("unsupported_grant_type", "the body is not application/x-www-form-urlencoded")
            }
            BodyErrorKind::Repeated => Refusal::Because("invalid_request", "a parameter is repeated"),
            _ => Refusal::Because("invalid_request", "the body is malformed"),
        })?;
        let grant =
            fields.filled("grant_type").ok_or(Refusal::Because("unsupported_grant_type", "grant_type is missing"))?;
        let client = client_of(request.headers(), &fields)?;
        let pair = match grant {
            "password" => self.password(&fields, client, &attempt).await?,
            "refresh_token" => self.renew(&fields, client, &attempt).await?,
            _ => return Err(Refusal::Because("unsupported_grant_type", "the grant is password or refresh_token")),
        };
        Ok(self.answer(&pair))
    }

    async fn password(&self, fields: &Fields, client: Option<&str>, attempt: &Attempt) -> Result<Pair, Refusal> {
        let missing = |text| Refusal::Because("invalid_request", text);
        let username = fields.filled("username").ok_or(missing("username is missing"))?;
        let password = fields.filled("password").ok_or(missing("password is missing"))?;
        let mut request = SignInRequest::new(username, password);
        if let Some(code) = fields.filled("totp") {
            request = request.with_code(code);
        }
        let granted = match self.0.sign_in.sign_in(&request, attempt).await? {
            SignInOutcome::Granted(granted) => granted,
            SignInOutcome::Throttled { retry_after } => {
                return Err(Refusal::NotNow(FailureHead::throttled(retry_after), "Too many attempts."));
            }
            SignInOutcome::SecondFactorNeeded { .. } => {
                return Err(Refusal::Because(
                    "two_factor_auth_check",
                    "a good code of the second factor is needed: totp",
                ));
            }
            SignInOutcome::MustResetPassword { token: Some(token) } => {
                return Err(Refusal::MustReset(Zeroizing::new(token.reveal().to_owned())));
            }
            SignInOutcome::Suspended => return Err(Refusal::Because("invalid_grant", "The account is suspended.")),
            SignInOutcome::Inactive => return Err(Refusal::Because("invalid_grant", "The account is not active.")),
            _ => return Err(Refusal::Because("invalid_grant", self.0.rules.wrong_password)),
        };
        Ok(self.issue(&granted, client, ACCESS_LIFE, attempt).await?)
    }

    async fn renew(&self, fields: &Fields, client: Option<&str>, attempt: &Attempt) -> Result<Pair, Refusal> {
        let refused = Refusal::Because("invalid_grant", "The refresh token is not good.");
        let token =
            fields.filled("refresh_token").ok_or(Refusal::Because("invalid_request", "refresh_token is missing"))?;
        let Some(client) = client else { return Err(refused) };
        let mut client = std::borrow::Cow::Borrowed(client);
        let mut prepared = self.0.refresh.prepare(token, &client, None, attempt).await?;
        if matches!(prepared, Err(RefreshRefusal::WrongClient))
            && let Some(login) = self.login_of(&client).await?
        {
            prepared = self.0.refresh.prepare(token, &login, None, attempt).await?;
            client = login.into();
        }
        let Ok(prepared) = prepared else { return Err(refused) };
        // Signed before the token is spent: whoever is told to try again can do so with the same one.
        let access = self.access(&prepared.granted(), &client, ACCESS_LIFE, attempt).await?;
        match self.0.refresh.complete(prepared, attempt).await? {
            RefreshOutcome::Renewed(renewed) => Ok(Pair { access, refresh: renewed.refresh }),
            _ => Err(refused),
        }
    }

    /// The e-mail of an account, if this is one in other letters: the default client id is compared without case.
    async fn login_of(&self, client: &str) -> Result<Option<String>, Unavailable> {
        let Ok(key) = LoginKey::parse(client) else { return Ok(None) };
        if key.as_str() == client || !key.as_str().eq_ignore_ascii_case(client) {
            return Ok(None);
        }
        let account = self.0.store.find_account(&key).await?;
        Ok(account.map(|account| account.login_key().as_str().to_owned()))
    }

    async fn access(
        &self,
        granted: &Granted,
        client: &str,
        life: Duration,
        attempt: &Attempt,
    ) -> Result<IssuedToken, Unavailable> {
        let account = &granted.account;
        // Not the start of the request: a hash may have waited, and the life that the answer tells begins here.
        let now = self.0.clock.now();
        let claims = TokenClaims::of(granted)
            .with_roles(account.roles())
            .with_claim("email", account.login())
            .with_claim(CLIENT_ID, client)
            .with_claim("nbf", unix_time(now))
            .with_lifetime(life);
        self.0.access.issue_for(&claims, &Attempt::new(now, attempt.source)).await
    }

    fn answer(&self, pair: &Pair) -> Response<Bytes> {
        let body = serde_json::json!({
            "access_token": pair.access.reveal(),
            "token_type": "bearer",
            "expires_in": seconds_left(&pair.access, self.0.clock.now()),
            "refresh_token": pair.refresh.token.reveal(),
        });
        json(StatusCode::OK, &body)
    }
}

/// The seconds that a token has left, rounded down.
#[must_use]
pub fn seconds_left(token: &IssuedToken, now: SystemTime) -> u64 {
    token.expires_at().duration_since(now).unwrap_or(Duration::ZERO).as_secs()
}

/// An answer of this API in JSON, which no cache keeps.
#[must_use]
pub fn json(status: StatusCode, body: &serde_json::Value) -> Response<Bytes> {
    let mut response = reply::json(status, body.to_string());
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    response
}

/// A client id that is no client id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BadClientId;

fn checked_client_id(text: &str) -> Result<Option<&str>, BadClientId> {
    if text.is_empty() {
        return Ok(None);
    }
    let is_good = text.len() <= MAX_CLIENT_ID && text.bytes().all(|byte| byte.is_ascii_graphic());
    if is_good { Ok(Some(text)) } else { Err(BadClientId) }
}

/// The header, or else the field (RFC 6749 §3.2.1); two that differ are refused.
fn client_of<'r>(headers: &'r HeaderMap, fields: &'r Fields) -> Result<Option<&'r str>, Refusal> {
    let bad = |_| Refusal::Because("invalid_request", "client_id has to be 1 to 200 visible ASCII characters, once");
    let in_header = TokenEndpoint::client_id(headers).map_err(bad)?;
    let in_form = checked_client_id(fields.text(CLIENT_ID).unwrap_or_default()).map_err(bad)?;
    match (in_header, in_form) {
        (Some(header), Some(field)) if header != field => {
            Err(Refusal::Because("invalid_request", "the two client_id differ"))
        }
        (header, field) => Ok(header.or(field)),
    }
}

fn oauth(status: StatusCode, error: &str, description: &str) -> Response<Bytes> {
    json(status, &serde_json::json!({ "error": error, "error_description": description }))
}

impl Refusal {
    fn render(self) -> Response<Bytes> {
        match self {
            Self::Because(error, description) => oauth(StatusCode::BAD_REQUEST, error, description),
            Self::MustReset(token) => oauth(StatusCode::BAD_REQUEST, "must_reset_password", &token),
            Self::NotNow(head, description) => {
                let answer = oauth(head.status(), "temporarily_unavailable", description);
                head.write(answer)
            }
            Self::TooLarge(head) => {
                let answer = reply::empty(head.status());
                head.write(answer)
            }
        }
    }
}

impl From<Unavailable> for Refusal {
    fn from(error: Unavailable) -> Self {
        Self::NotNow(error.into(), "Try again later.")
    }
}

impl fmt::Debug for TokenRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenRules").field("realm", &self.realm).field("purpose", &self.purpose).finish_non_exhaustive()
    }
}

impl fmt::Debug for TokenEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TokenEndpoint").field(&self.0.rules).finish()
    }
}
