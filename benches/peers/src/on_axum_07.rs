//! jwt-authorizer, on the axum that it is for.

use auth_request_bench::Failure;
use auth_request_bench::tokens::{AUDIENCE, ISSUER, SECRET};
use axum_07::Router;
use axum_07::body::Body;
use axum_07::routing::get;
use jwt_authorizer::{Authorizer, IntoLayer as _, JwtAuthorizer, JwtClaims, Validation};
use tower::layer::layer_fn;

use crate::service::{Service, runtime, tower};
use crate::tokens::{Claims, Token};

pub(crate) fn bare(token: &Token) -> Result<Box<dyn Service>, Failure> {
    async fn handler() -> &'static str {
        "hello"
    }
    tower(Router::new().route("/", get(handler)).layer(layer_fn(|service| service)).with_state(()), token, Body::empty)
}

pub(crate) fn jwt_authorizer(token: &Token) -> Result<Box<dyn Service>, Failure> {
    async fn handler(JwtClaims(user): JwtClaims<Claims>) -> &'static str {
        std::hint::black_box(&user.sub);
        "hello"
    }
    let builder: jwt_authorizer::AuthorizerBuilder<Claims> = match token.jwk() {
        "" => JwtAuthorizer::from_secret(std::str::from_utf8(SECRET)?),
        jwk => JwtAuthorizer::from_jwks_text(&format!(r#"{{"keys":[{jwk}]}}"#)),
    };
    let rules = Validation::new().iss(&[ISSUER]).aud(&[AUDIENCE]);
    let authorizer: Authorizer<Claims> = runtime()?.block_on(builder.validation(rules).build())?;
    let app = Router::new().route("/", get(handler)).layer(authorizer.into_layer());
    tower(app.with_state(()), token, Body::empty)
}
