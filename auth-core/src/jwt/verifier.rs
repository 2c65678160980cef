//! The verifier of JSON Web Tokens.

use std::fmt;

use super::builder::JwtVerifierBuilder;
use super::claims::Expected;
use super::key::{JwtKey, JwtKeySet};
use super::memory::HeaderMemory;
use super::payload::Payload;
use super::registered::Registered;
use super::source::{AnySource, KeyLookup};
use super::state::AnyState;
use super::token::{Compact, Header, decoded_len};
use crate::cache::{Caching, Revocations};
use crate::claims::Claims;
use crate::credential::{BearerRef, BearerToken};
use crate::verified::Verified;
use crate::verifier::{Attempt, Reason, Verifier, VerifyError};

/// How the types of tokens may begin.
const APPLICATION: &str = "application/";

/// Believes tokens that a known key has signed, for us, now.
///
/// The value of what it verifies is the token's [`Claims`]. Facts are made of `sub`, `iss`, `scope` (a space
/// list), `roles` (a list), `amr`, `auth_time`, `exp` and `jti`.
///
/// Made by [`JwtVerifier::builder`]; see the [module](super) for an example.
#[derive(Debug)]
pub struct JwtVerifier {
    pub(super) keys: Keys,
    pub(super) expected: Expected,
    pub(super) required_type: Option<String>,
    pub(super) state: State,
    pub(super) revocations: Option<Revocations>,
    pub(super) headers: HeaderMemory,
}

/// Where the keys are.
pub(super) enum Keys {
    Own(JwtKeySet),
    Elsewhere(Box<dyn AnySource>),
}

/// Who is asked whether a token was withdrawn.
pub(super) struct State(pub(super) Option<Box<dyn AnyState>>);

impl JwtVerifier {
    /// Begins a verifier. An issuer, an audience and a key are needed.
    pub fn builder() -> JwtVerifierBuilder {
        JwtVerifierBuilder::new()
    }

    /// Who withdraws tokens that were verified before, for a program that lets a key go at once; `None` if nothing
    /// is [cached](crate::cache).
    #[must_use]
    pub fn revocations(&self) -> Option<&Revocations> {
        self.revocations.as_ref()
    }

    pub(super) fn issuers(&self) -> &[String] {
        &self.expected.issuers
    }

    /// The key that has to have signed the token; `None` if it has to be waited for.
    fn key_now(&self, token: &Compact<'_>) -> Result<Option<JwtKey>, Reason> {
        self.check_type(&token.header)?;
        match self.find_now(&token.header) {
            KeyLookup::Found(key) => Ok(Some(key)),
            KeyLookup::Unknown => Err(self.no_key(&token.header)),
            KeyLookup::Ask => Ok(None),
        }
    }

    /// Checks the signature and then the claims, which are read here if nobody has done so.
    fn check_signed<'t>(
        &self,
        token: &Compact<'t>,
        registered: &mut Registered<'t>,
        key: &JwtKey,
        attempt: &Attempt,
    ) -> Result<Verified<Claims>, Reason> {
        // The key was looked for by the token's `alg`; a source that answers with another one is not believed.
        if token.header.algorithm != key.algorithm().as_str() {
            return Err(Reason::ALGORITHM);
        }
        if !key.has_signed(token.message, token.signature) {
            return Err(Reason::SIGNATURE);
        }
        token.read(registered)?;
        let payload = Payload::new(registered.payload);
        let claims = payload.claims();
        let facts = self.expected.facts(registered, &payload, &claims, attempt.now)?;
        Ok(Verified::new(facts, claims))
    }

    pub(super) fn try_check<'t>(
        &self,
        token: &Compact<'t>,
        registered: &mut Registered<'t>,
        attempt: &Attempt,
    ) -> Option<Result<Verified<Claims>, VerifyError>> {
        if self.state.0.is_some() {
            return None;
        }
        let verified = match self.key_now(token) {
            Ok(None) => return None,
            Ok(Some(key)) => self.check_signed(token, registered, &key, attempt),
            Err(reason) => Err(reason),
        };
        Some(verified.map_err(VerifyError::refused))
    }

    pub(super) async fn check<'t>(
        &self,
        token: &Compact<'t>,
        registered: &mut Registered<'t>,
        attempt: &Attempt,
    ) -> Result<Verified<Claims>, VerifyError> {
        let key = match self.key_now(token).map_err(VerifyError::refused)? {
            Some(key) => key,
            None => self.find(&token.header).await?.ok_or(VerifyError::refused(Reason::UNKNOWN_KEY))?,
        };
        let verified = self.check_signed(token, registered, &key, attempt).map_err(VerifyError::refused)?;
        match &self.state.0 {
            Some(state) if !state.is_alive(verified.facts(), verified.value()).await? => {
                Err(VerifyError::refused(Reason::REVOKED))
            }
            _ => Ok(verified),
        }
    }

    fn find_now(&self, header: &Header<'_>) -> KeyLookup {
        match &self.keys {
            Keys::Own(set) => {
                set.find(&header.algorithm, header.key_id.as_deref()).map_or(KeyLookup::Unknown, KeyLookup::Found)
            }
            Keys::Elsewhere(source) => source.find_now(&header.wanted_key()),
        }
    }

    /// Why there is no key: the operator wants to know whether the algorithm is wrong or the id.
    fn no_key(&self, header: &Header<'_>) -> Reason {
        match &self.keys {
            Keys::Own(set) if !set.has_algorithm(&header.algorithm) => Reason::ALGORITHM,
            _ => Reason::UNKNOWN_KEY,
        }
    }

    async fn find(&self, header: &Header<'_>) -> Result<Option<JwtKey>, VerifyError> {
        match &self.keys {
            Keys::Own(_) => Ok(None),
            Keys::Elsewhere(source) => source
                .find(header.wanted_key())
                .await
                .map_err(|error| VerifyError::unavailable(Reason::KEY_SERVER).with_source(error)),
        }
    }

    /// RFC 8725 §3.11: tokens of another kind are refused. Types compare without case (RFC 7515 §4.1.9).
    fn check_type(&self, header: &Header<'_>) -> Result<(), Reason> {
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
pub(super) fn media_type(text: &str) -> &str {
    match text.split_at_checked(APPLICATION.len()) {
        Some((tree, name)) if tree.eq_ignore_ascii_case(APPLICATION) => name,
        _ => text,
    }
}

impl Verifier<BearerToken> for JwtVerifier {
    type Value = Claims;

    fn try_verify(&self, token: &BearerRef<'_>, attempt: &Attempt) -> Option<Result<Verified<Claims>, VerifyError>> {
        self.headers
            .with_token(token.reveal_bytes(), |token| self.try_check(token, &mut Registered::default(), attempt))
    }

    async fn verify(&self, token: BearerToken, attempt: Attempt) -> Result<Verified<Claims>, VerifyError> {
        let token = token.as_ref().reveal_bytes();
        let mut buffer = vec![0; decoded_len(token)];
        let token = Compact::parse(token, &mut buffer, None).map_err(VerifyError::refused)?;
        self.check(&token, &mut Registered::default(), &attempt).await
    }

    fn caching(&self) -> Option<Caching> {
        self.revocations.clone().map(Caching::of_signed_tokens)
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own(set) => fmt::Debug::fmt(set, f),
            Self::Elsewhere(_) => f.write_str("Elsewhere(..)"),
        }
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "State(..)" } else { "State" })
    }
}
