//! The verifier of JSON Web Tokens.

use std::time::Duration;

use super::claims::Expected;
use super::key::JwtKey;
use super::token::{Compact, Header};
use crate::claims::Claims;
use crate::config_error::{ConfigError, ConfigErrorKind};
use crate::credential::{BearerRef, BearerToken};
use crate::verified::Verified;
use crate::verifier::{Attempt, Reason, Verifier, VerifyError};

/// The longest leeway.
const MAX_LEEWAY: Duration = Duration::from_mins(5);
/// The leeway if none is chosen.
const DEFAULT_LEEWAY: Duration = Duration::from_mins(1);

/// Believes tokens that a known key has signed, for us, now.
///
/// The value of what it verifies is the token's [`Claims`]. Facts are made of `sub`, `iss`, `scope` (a space
/// list), `roles` (a list), `amr`, `auth_time`, `exp` and `jti`.
///
/// Made by [`JwtVerifier::builder`]; see the [module](super) for an example.
#[derive(Debug)]
pub struct JwtVerifier {
    keys: Vec<JwtKey>,
    expected: Expected,
    required_type: Option<String>,
}

impl JwtVerifier {
    /// Begins a verifier. An issuer, an audience and a key are needed.
    pub fn builder() -> JwtVerifierBuilder {
        JwtVerifierBuilder {
            keys: Vec::new(),
            issuers: Vec::new(),
            audiences: Vec::new(),
            leeway: DEFAULT_LEEWAY,
            required_type: None,
        }
    }

    fn check(&self, token: BearerRef<'_>, attempt: &Attempt) -> Result<Verified<Claims>, Reason> {
        let token = Compact::parse(token.reveal())?;
        self.check_type(&token.header)?;
        let key = self.key_for(&token.header)?;
        if !key.has_signed(token.message.as_bytes(), &token.signature) {
            return Err(Reason::SIGNATURE);
        }
        let claims = token.claims()?;
        let facts = self.expected.facts(&claims, attempt.now)?;
        Ok(Verified::new(facts, claims))
    }

    /// The key that the token names, or the only one of its algorithm. The token's `alg` has to be the key's.
    fn key_for(&self, header: &Header) -> Result<&JwtKey, Reason> {
        let mut candidates = self.keys.iter().filter(|key| match (&header.key_id, key.id()) {
            (Some(wanted), Some(id)) => wanted == id,
            _ => true,
        });
        let no_key = if self.keys.iter().any(|key| key.algorithm().as_str() == header.algorithm) {
            Reason::UNKNOWN_KEY
        } else {
            Reason::ALGORITHM
        };
        let mut fitting = candidates.by_ref().filter(|key| key.algorithm().as_str() == header.algorithm);
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => Ok(key),
            _ => Err(no_key),
        }
    }

    /// RFC 8725 §3.11: tokens of another kind are refused. Types compare without case (RFC 7515 §4.1.9).
    fn check_type(&self, header: &Header) -> Result<(), Reason> {
        let token_type = header.token_type.as_deref().map(media_type);
        let is_accepted = match (&self.required_type, token_type) {
            (Some(required), Some(token_type)) => token_type.eq_ignore_ascii_case(required),
            (Some(_), None) => false,
            (None, Some(token_type)) => ["jwt", "at+jwt"].iter().any(|known| token_type.eq_ignore_ascii_case(known)),
            (None, None) => true,
        };
        if is_accepted { Ok(()) } else { Err(Reason::TOKEN_TYPE) }
    }
}

/// The type without `application/`, which may be left out (RFC 7515 §4.1.9).
fn media_type(text: &str) -> &str {
    match text.split_once('/') {
        Some((tree, name)) if tree.eq_ignore_ascii_case("application") => name,
        _ => text,
    }
}

impl Verifier<BearerToken> for JwtVerifier {
    type Value = Claims;

    fn try_verify(&self, token: &BearerRef<'_>, attempt: &Attempt) -> Option<Result<Verified<Claims>, VerifyError>> {
        Some(self.check(*token, attempt).map_err(VerifyError::refused))
    }

    async fn verify(&self, token: BearerToken, attempt: Attempt) -> Result<Verified<Claims>, VerifyError> {
        self.check(token.as_ref(), &attempt).map_err(VerifyError::refused)
    }
}

/// Puts a [`JwtVerifier`] together.
#[derive(Debug)]
#[must_use]
pub struct JwtVerifierBuilder {
    keys: Vec<JwtKey>,
    issuers: Vec<String>,
    audiences: Vec<String>,
    leeway: Duration,
    required_type: Option<String>,
}

impl JwtVerifierBuilder {
    /// Allows an issuer: the token's `iss` has to be equal to it, byte for byte.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuers.push(issuer.into());
        self
    }

    /// Allows an audience: one of the token's `aud` has to be equal to it, byte for byte.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audiences.push(audience.into());
        self
    }

    /// Adds a key. Several keys need ids.
    pub fn key(mut self, key: JwtKey) -> Self {
        self.keys.push(key);
        self
    }

    /// How far clocks may differ: at most 300 seconds; 60 if not set.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// Accepts tokens of this type only, like `at+jwt` (RFC 9068 §2.1). Otherwise `typ` may be absent, `JWT` or
    /// `at+jwt`.
    pub fn require_typ(mut self, token_type: impl Into<String>) -> Self {
        self.required_type = Some(token_type.into());
        self
    }

    /// Checks everything and makes the verifier.
    ///
    /// # Errors
    ///
    /// If there is no issuer, no audience or no key, one of them is empty, several keys lack an id or share one,
    /// or the leeway is over 300 seconds.
    pub fn build(self) -> Result<JwtVerifier, ConfigError> {
        check_names(ConfigErrorKind::Issuer, "issuer", "https://issuer.example", &self.issuers)?;
        check_names(ConfigErrorKind::Audience, "audience", "api.example", &self.audiences)?;
        check_keys(&self.keys)?;
        if self.leeway > MAX_LEEWAY {
            return Err(ConfigError::new(
                ConfigErrorKind::Leeway,
                format!("a leeway of {} s is too long; use at most {} s", self.leeway.as_secs(), MAX_LEEWAY.as_secs()),
            ));
        }
        if let Some(token_type) = self.required_type.as_deref().filter(|token_type| token_type.trim().is_empty()) {
            return Err(ConfigError::new(
                ConfigErrorKind::TokenType,
                format!("`{}` is no token type; use one like `at+jwt`", token_type.escape_default()),
            ));
        }
        Ok(JwtVerifier {
            keys: self.keys,
            expected: Expected { issuers: self.issuers, audiences: self.audiences, leeway: self.leeway },
            required_type: self.required_type.map(|token_type| media_type(&token_type).to_owned()),
        })
    }
}

fn check_names(kind: ConfigErrorKind, what: &str, example: &str, names: &[String]) -> Result<(), ConfigError> {
    if names.is_empty() {
        let text = format!("the token verifier has no {what}; name the one that you accept: `.{what}(\"{example}\")`");
        return Err(ConfigError::new(kind, text));
    }
    if names.iter().any(|name| name.trim().is_empty()) {
        let text = format!("\"\" is no {what}; name the one that you accept: `.{what}(\"{example}\")`");
        return Err(ConfigError::new(kind, text));
    }
    Ok(())
}

fn check_keys(keys: &[JwtKey]) -> Result<(), ConfigError> {
    let complain = |text: String| Err(ConfigError::new(ConfigErrorKind::KeySet, text));
    match keys {
        [] => return complain("the token verifier has no key; add one: `.key(JwtKey::hs256(&secret)?)`".to_owned()),
        [_] => return Ok(()),
        _ => {}
    }
    let mut seen = Vec::with_capacity(keys.len());
    for key in keys {
        let Some(id) = key.id() else {
            return complain("one of several keys has no id; give each one: `.with_id(\"2026-01\")`".to_owned());
        };
        if seen.contains(&id) {
            return complain(format!("two keys have the id `{}`; give each its own", id.escape_default()));
        }
        seen.push(id);
    }
    Ok(())
}
