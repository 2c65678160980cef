//! Tokens, and the keys that verify them. They are made once and handed to the program that callgrind runs: making an RSA
//! key under callgrind takes minutes.

use std::time::{Duration, SystemTime};

use auth_core::jwt::{JwtAlgorithm, JwtKey};
use auth_issuer::keys::SigningKey;

use crate::{Case, Failure};

/// Verifies the HS256 token. It stands in the source, and opens nothing.
pub const SECRET: &[u8] = b"not a secret: it stands in the source";
/// Who issues the tokens.
pub const ISSUER: &str = "https://issuer.example";
/// Whom they are for.
pub const AUDIENCE: &str = "https://api.example";

/// A token, with what verifies it.
#[derive(Clone, Debug)]
pub struct Token {
    algorithm: String,
    /// The public key as JSON; empty for HS256.
    key: String,
    text: String,
}

impl Token {
    /// A token from another process.
    #[must_use]
    pub fn from_parts([algorithm, key, text]: [String; 3]) -> Self {
        Self { algorithm, key, text }
    }

    /// Its parts, for another process.
    #[must_use]
    pub fn parts(&self) -> [&str; 3] {
        [&self.algorithm, &self.key, &self.text]
    }

    /// The algorithm's name.
    #[must_use]
    pub fn algorithm(&self) -> &str {
        &self.algorithm
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The token with the signature of another one: well formed, and wrong.
    pub(crate) fn forged(&self) -> String {
        let Some((message, signature)) = self.text.rsplit_once('.') else { return String::new() };
        let (first, rest) = signature.split_at(1);
        format!("{message}.{}{rest}", if first == "A" { "B" } else { "A" })
    }

    /// The token with another signature for each number: well formed, and wrong.
    pub(crate) fn numbered(&self, at: usize) -> String {
        // The last character of a signature in base64url may have bits that have to be zero: `A` has none.
        let number = format!("{at:08x}A");
        let stem = self.text.len().saturating_sub(number.len());
        format!("{}{number}", self.text.get(..stem).unwrap_or_default())
    }

    pub(crate) fn verifying_key(&self) -> Result<JwtKey, Failure> {
        Ok(if self.key.is_empty() { JwtKey::hs256(SECRET)? } else { JwtKey::from_jwk(&self.key)? })
    }
}

/// One token of each algorithm: claims as an authorization server writes them (RFC 9068), good for an hour.
///
/// # Errors
///
/// If a key cannot be made.
pub fn mint() -> Result<Vec<Token>, Failure> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let end = now + Duration::from_hours(1);
    let payload = format!(
        r#"{{"iss":"{ISSUER}","aud":"{AUDIENCE}","sub":"5d1c2f0a","client_id":"app","scope":"items:read items:write","roles":["user"],"jti":"01J9ZQ3R5T7V9X1Z","iat":{},"exp":{}}}"#,
        now.as_secs(),
        end.as_secs()
    );
    let algorithms = [
        ("HS256", JwtAlgorithm::Hs256),
        ("RS256", JwtAlgorithm::Rs256),
        ("ES256", JwtAlgorithm::Es256),
        ("EdDSA", JwtAlgorithm::EdDsa),
    ];
    let mut tokens = Vec::new();
    for (name, algorithm) in algorithms {
        let key = match algorithm {
            JwtAlgorithm::Hs256 => SigningKey::from_secret(algorithm, SECRET)?.with_id("2026-01")?,
            _ => SigningKey::generate(algorithm)?,
        };
        let text = key.sign(&payload, Some("at+jwt"))?;
        tokens.push(Token { algorithm: name.to_owned(), key: key.to_public_jwk().unwrap_or_default(), text });
    }
    Ok(tokens)
}

/// The token that a case presents.
pub(crate) fn of(tokens: &[Token], case: Case) -> &Token {
    tokens.iter().find(|token| Some(token.algorithm()) == case.algorithm()).unwrap_or(&tokens[0])
}
