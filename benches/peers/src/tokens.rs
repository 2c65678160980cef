//! The tokens that every service gets, and their keys in the form that peers read.

use std::time::{Duration, SystemTime};

use auth_core::jwt::JwtAlgorithm;
use auth_issuer::keys::SigningKey;
use auth_request_bench::Failure;
use auth_request_bench::tokens::{self, AUDIENCE, ISSUER, SECRET};
use serde::{Deserialize, Serialize};

/// A token, with what verifies it.
#[derive(Clone, Debug)]
pub struct Token([String; 3]);

/// What peers read of the claims.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Claims {
    pub(crate) sub: String,
}

impl Token {
    /// A token from another process.
    #[must_use]
    pub fn from_parts(parts: [String; 3]) -> Self {
        Self(parts)
    }

    /// Its parts, for another process.
    #[must_use]
    pub fn parts(&self) -> &[String; 3] {
        &self.0
    }

    /// The algorithm's name.
    #[must_use]
    pub fn algorithm(&self) -> &str {
        &self.0[0]
    }

    /// The public key as JSON; empty for HS256.
    pub(crate) fn jwk(&self) -> &str {
        &self.0[1]
    }

    pub(crate) fn text(&self) -> &str {
        &self.0[2]
    }

    /// The same for this project's own benchmark.
    pub(crate) fn own(&self) -> tokens::Token {
        tokens::Token::from_parts(self.0.clone())
    }
}

/// One token of each algorithm, good for an hour. The claims are those of RFC 9068 and those that axum-gate wants.
///
/// # Errors
///
/// If a key cannot be made.
pub fn mint() -> Result<Vec<Token>, Failure> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let end = now + Duration::from_hours(1);
    let permissions = serde_json::to_string(&axum_gate::permissions::Permissions::new())?;
    let payload = format!(
        r#"{{"iss":"{ISSUER}","aud":["{AUDIENCE}"],"sub":"5d1c2f0a","client_id":"app","scope":"items:read items:write","jti":"01J9ZQ3R5T7V9X1Z","iat":{},"exp":{},"account_id":"0b9c7a52-0000-4000-8000-000000000003","user_id":"5d1c2f0a","roles":["User"],"groups":[],"permissions":{permissions}}}"#,
        now.as_secs(),
        end.as_secs()
    );
    let mut tokens = Vec::new();
    for (name, algorithm) in
        [("HS256", JwtAlgorithm::Hs256), ("RS256", JwtAlgorithm::Rs256), ("ES256", JwtAlgorithm::Es256)]
    {
        let key = match algorithm {
            JwtAlgorithm::Hs256 => SigningKey::from_secret(algorithm, SECRET)?.with_id("2026-01")?,
            _ => SigningKey::generate(algorithm)?,
        };
        let text = key.sign(&payload, Some("at+jwt"))?;
        tokens.push(Token([name.to_owned(), key.to_public_jwk().unwrap_or_default(), text]));
    }
    Ok(tokens)
}

/// The key and the rules for one version of jsonwebtoken: the same checks for every peer that lets them be chosen.
macro_rules! for_jsonwebtoken {
    ($crate_name:ident, $name:ident) => {
        pub(crate) fn $name(token: &Token) -> Result<($crate_name::DecodingKey, $crate_name::Validation), Failure> {
            let mut validation = $crate_name::Validation::new(token.algorithm().parse()?);
            validation.set_issuer(&[ISSUER]);
            validation.set_audience(&[AUDIENCE]);
            validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
            let key = match token.jwk() {
                "" => $crate_name::DecodingKey::from_secret(SECRET),
                jwk => $crate_name::DecodingKey::from_jwk(&serde_json::from_str(jwk)?)?,
            };
            Ok((key, validation))
        }
    };
}

for_jsonwebtoken!(jsonwebtoken, jsonwebtoken_11);
for_jsonwebtoken!(jsonwebtoken_10, jsonwebtoken_10);
