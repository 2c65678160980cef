//! How the suite makes credentials: without the project's own code.

use std::time::SystemTime;

use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Map, Value, json};
use sha2::Sha256;

use super::server::SECRET;

/// A token that is good as long as nothing of it is changed.
#[derive(Clone, Debug)]
pub struct Token {
    pub(super) header: Value,
    pub(super) claims: Map<String, Value>,
    secret: Vec<u8>,
}

/// A token of nobody in particular, without scopes and roles.
#[must_use]
pub fn token() -> Token {
    let claims = json!({"iss": "https://issuer.example", "aud": "demo-api", "sub": "somebody", "exp": now() + 600.0});
    let Value::Object(claims) = claims else { unreachable!("an object") };
    Token { header: json!({"alg": "HS256", "typ": "JWT"}), claims, secret: SECRET.to_vec() }
}

/// What `alice` may have.
#[must_use]
pub fn alice() -> Token {
    token().claim("sub", "alice").claim("scope", "items:read").claim("roles", ["user"])
}

/// What `root` may have.
#[must_use]
pub fn root() -> Token {
    token().claim("sub", "root").claim("scope", "items:read items:write").claim("roles", ["user", "admin"])
}

/// The header line of a name and a password.
#[must_use]
pub fn basic(name: &str, password: &str) -> String {
    format!("Authorization: Basic {}", BASE64_STANDARD.encode(format!("{name}:{password}")))
}

pub(super) fn now() -> f64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_secs_f64()
}

impl Token {
    /// The same with another claim, or another value of one.
    #[must_use]
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }

    /// The same without a claim.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.claims.remove(name);
        self
    }

    pub(super) fn header_is(mut self, header: Value) -> Self {
        self.header = header;
        self
    }

    pub(super) fn signed_with(mut self, secret: &[u8]) -> Self {
        self.secret = secret.to_vec();
        self
    }

    /// The token in its compact form.
    #[must_use]
    pub fn mint(&self) -> String {
        self.mint_claims(&Value::Object(self.claims.clone()).to_string())
    }

    /// The header line.
    #[must_use]
    pub fn header(&self) -> String {
        format!("Authorization: Bearer {}", self.mint())
    }

    /// A token whose claims are this text.
    pub(super) fn mint_claims(&self, claims: &str) -> String {
        let encode = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        let message = format!("{}.{}", encode(&self.header.to_string()), encode(claims));
        let mac = Hmac::<Sha256>::new_from_slice(&self.secret).expect("any length").chain_update(&message);
        format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }
}
