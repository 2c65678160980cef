//! Peers on axum 0.8.

use std::sync::Arc;

use aliri::{Jwk, Jwks, jwa, jws, jwt};
use aliri_clock::UnixTime;
use aliri_oauth2::{Authority, HasScope, Scope};
use aliri_tower::Oauth2Authorizer;
use auth_request_bench::Failure;
use auth_request_bench::tokens::{AUDIENCE, ISSUER, SECRET};
use axum::body::Body;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::routing::get;
use axum::{Extension, Router};
use axum_gate::prelude::{Account, Gate, Group, JsonWebToken, JsonWebTokenOptions, JwtClaims, Role};
use axum_jwt_auth::LocalDecoder;
use jsonwebtoken::{DecodingKey, Validation};
use oauth_resource_server::axum::AuthLayer;
use oauth_resource_server::{AuthorizedToken, KeyNaming, OAuthConfig, OAuthValidator};
use tower::layer::layer_fn;
use tower_http::validate_request::ValidateRequestHeaderLayer;

use crate::service::{Service, tower};
use crate::tokens::{Claims, Token, jsonwebtoken_10, jsonwebtoken_11};

const ANSWER: &str = "hello";

async fn hello() -> &'static str {
    ANSWER
}

fn answer(subject: &str) -> &'static str {
    std::hint::black_box(subject);
    ANSWER
}

fn service(app: Router, token: &Token) -> Result<Box<dyn Service>, Failure> {
    tower(app.with_state(()), token, Body::empty)
}

/// Nothing but a handler.
pub(crate) fn bare(token: &Token) -> Result<Box<dyn Service>, Failure> {
    service(Router::new().route("/", get(hello)), token)
}

/// A handler, and a layer that does nothing.
pub(crate) fn bare_with_layer(token: &Token) -> Result<Box<dyn Service>, Failure> {
    service(bare_router(), token)
}

/// The same, for a server.
pub(crate) fn bare_router() -> Router {
    Router::new().route("/", get(hello)).layer(layer_fn(|service| service))
}

/// What people write themselves.
#[derive(Clone)]
struct Keys(Arc<(DecodingKey, Validation)>);

struct User(String);

impl<S> FromRequestParts<S> for User
where
    S: Send + Sync,
    Keys: FromRef<S>,
{
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, StatusCode> {
        let Keys(keys) = Keys::from_ref(state);
        let field = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = field.and_then(|value| value.strip_prefix("Bearer ")).ok_or(StatusCode::UNAUTHORIZED)?;
        let claims = jsonwebtoken::decode::<Claims>(token, &keys.0, &keys.1).map_err(|_| StatusCode::UNAUTHORIZED)?;
        Ok(Self(claims.claims.sub))
    }
}

pub(crate) fn by_hand_router(token: &Token) -> Result<Router, Failure> {
    async fn handler(user: User) -> &'static str {
        answer(&user.0)
    }
    Ok(Router::new().route("/", get(handler)).with_state(Keys(Arc::new(jsonwebtoken_11(token)?))))
}

pub(crate) fn by_hand(token: &Token) -> Result<Box<dyn Service>, Failure> {
    service(by_hand_router(token)?, token)
}

pub(crate) fn axum_jwt_auth(token: &Token) -> Result<Box<dyn Service>, Failure> {
    #[derive(Clone)]
    struct State(axum_jwt_auth::Decoder<Claims>);
    impl FromRef<State> for axum_jwt_auth::Decoder<Claims> {
        fn from_ref(state: &State) -> Self {
            Self::clone(&state.0)
        }
    }
    async fn handler(user: axum_jwt_auth::Claims<Claims>) -> &'static str {
        answer(&user.claims.sub)
    }
    prefer_aws_lc();
    let (key, validation) = jsonwebtoken_10(token)?;
    let decoder = LocalDecoder::builder().keys(vec![key]).validation(validation).build()?;
    service(Router::new().route("/", get(handler)).with_state(State(Arc::new(decoder))), token)
}

/// axum-jwt-auth builds jsonwebtoken's other backend whether one wants it or not.
fn prefer_aws_lc() {
    // It fails if it is installed already.
    let _ = jsonwebtoken_10::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
}

pub(crate) fn axum_gate(token: &Token) -> Result<Box<dyn Service>, Failure> {
    type User = Account<Role, Group>;
    async fn handler(Extension(user): Extension<User>) -> &'static str {
        answer(&user.user_id)
    }
    prefer_aws_lc();
    let (key, validation) = jsonwebtoken_10(token)?;
    let options = JsonWebTokenOptions::default()
        .with_decoding_key(key)
        .with_validation(validation)
        .with_header(jsonwebtoken_10::decode_header(token.text())?);
    let codec = Arc::new(JsonWebToken::<JwtClaims<User>>::new_with_options(options));
    let gate = Gate::bearer::<_, Role, Group>(ISSUER, codec).require_login();
    service(Router::new().route("/", get(handler)).layer(gate), token)
}

pub(crate) fn aliri_tower(token: &Token) -> Result<Box<dyn Service>, Failure> {
    #[derive(Clone, Debug, serde::Deserialize)]
    struct User {
        iss: jwt::Issuer,
        aud: jwt::Audiences,
        sub: jwt::Subject,
        exp: UnixTime,
        scope: Scope,
    }
    impl jwt::CoreClaims for User {
        fn nbf(&self) -> Option<UnixTime> {
            None
        }
        fn exp(&self) -> Option<UnixTime> {
            Some(self.exp)
        }
        fn aud(&self) -> &jwt::Audiences {
            &self.aud
        }
        fn iss(&self) -> Option<&jwt::IssuerRef> {
            Some(&self.iss)
        }
        fn sub(&self) -> Option<&jwt::SubjectRef> {
            Some(&self.sub)
        }
    }
    impl HasScope for User {
        fn scope(&self) -> &Scope {
            &self.scope
        }
    }
    async fn handler(Extension(user): Extension<User>) -> &'static str {
        answer(user.sub.as_str())
    }
    let mut keys = Jwks::default();
    let algorithm = match token.jwk() {
        "" => {
            let key = Jwk::from(jwa::Hmac::new(SECRET.to_vec())).with_algorithm(jwa::Algorithm::HS256);
            keys.add_key(key.with_key_id("2026-01".to_owned().into()));
            jwa::Algorithm::HS256
        }
        jwk => {
            keys.add_key(serde_json::from_str(jwk)?);
            jwa::Algorithm::Signing(jws::Algorithm::RS256)
        }
    };
    let rules = jwt::CoreValidator::default()
        .add_approved_algorithm(algorithm)
        .add_allowed_audience(jwt::Audience::from_static(AUDIENCE))
        .require_issuer(jwt::Issuer::from_static(ISSUER))
        .check_expiration();
    let authorizer = Oauth2Authorizer::new().with_claims::<User>().with_terse_error_handler::<Body>();
    let layer = authorizer.jwt_layer(Authority::new(keys, rules));
    service(Router::new().route("/", get(handler)).layer(layer), token)
}

pub(crate) fn oauth_resource_server(token: &Token) -> Result<Box<dyn Service>, Failure> {
    async fn handler(user: AuthorizedToken) -> &'static str {
        answer(user.principal.as_deref().unwrap_or_default())
    }
    let config = OAuthConfig {
        enabled: true,
        issuer: ISSUER.to_owned(),
        audience: AUDIENCE.to_owned(),
        resource: AUDIENCE.to_owned(),
        required_scope: Some("items:read".to_owned()),
        algorithms: vec![token.algorithm().to_owned()],
        principal_claims: vec!["sub".to_owned()],
        ..OAuthConfig::default()
    };
    let config = config.resolve(KeyNaming::Dotted("oauth"))?.ok_or("it is enabled")?;
    let keys = format!(r#"{{"keys":[{}]}}"#, token.jwk());
    let validator = Arc::new(OAuthValidator::builder(&config).initial_jwks(&keys).build()?);
    let layer = AuthLayer::builder().oauth(validator).build()?;
    service(Router::new().route("/", get(handler)).layer(layer), token)
}

/// Compares the header field with a text: it verifies nothing and knows nobody.
pub(crate) fn tower_http_bearer(token: &Token) -> Result<Box<dyn Service>, Failure> {
    #[expect(deprecated, reason = "this is what people use")]
    let layer = ValidateRequestHeaderLayer::bearer(token.text());
    service(Router::new().route("/", get(hello)).layer(layer), token)
}

/// Its hook for a check of one's own, with jsonwebtoken in it.
pub(crate) fn tower_http_validate(token: &Token) -> Result<Box<dyn Service>, Failure> {
    async fn handler(Extension(user): Extension<Claims>) -> &'static str {
        answer(&user.sub)
    }
    let keys = Arc::new(jsonwebtoken_11(token)?);
    #[expect(clippy::result_large_err, reason = "this is how tower-http wants it")]
    let validate = move |request: &mut http::Request<Body>| {
        let refused = || {
            let mut answer = http::Response::new(Body::empty());
            *answer.status_mut() = StatusCode::UNAUTHORIZED;
            answer
        };
        let field = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = field.and_then(|value| value.strip_prefix("Bearer ")).ok_or_else(refused)?;
        let claims = jsonwebtoken::decode::<Claims>(token, &keys.0, &keys.1).map_err(|_| refused())?;
        request.extensions_mut().insert(claims.claims);
        Ok(())
    };
    let layer = ValidateRequestHeaderLayer::custom(validate);
    service(Router::new().route("/", get(handler)).layer(layer), token)
}
