//! The builder of token verifiers: every mistake is found here, when the program starts.

use std::fmt;
use std::time::Duration;

use super::claims::Expected;
use super::key::{JwtKey, JwtKeySet};
use super::memory::HeaderMemory;
use super::rules::ClaimRules;
use super::source::{AnySource, JwtKeySource};
use super::state::TokenState;
use super::verifier::{JwtVerifier, Keys, State, media_type};
use crate::cache::Revocations;
use crate::claims::ClaimValue;
use crate::config_error::{ConfigError, ConfigErrorKind};

/// Puts a [`JwtVerifier`] together.
#[derive(Debug)]
#[must_use]
pub struct JwtVerifierBuilder {
    keys: Vec<JwtKey>,
    source: Source,
    allows_any_issuer: bool,
    allows_any_audience: bool,
    expected: Expected,
    required_type: Option<String>,
    state: State,
    is_cached: bool,
}

struct Source(Option<Box<dyn AnySource>>);

impl JwtVerifierBuilder {
    pub(super) fn new() -> Self {
        Self {
            keys: Vec::new(),
            source: Source(None),
            allows_any_issuer: false,
            allows_any_audience: false,
            expected: Expected {
                issuers: Vec::new(),
                audiences: Vec::new(),
                rules: ClaimRules::default(),
                scope_may_be_list: false,
                is_id_required: false,
                required: Vec::new(),
                equal: Vec::new(),
            },
            required_type: None,
            state: State(None),
            is_cached: true,
        }
    }

    /// Allows an issuer: the token's `iss` has to be equal to it, byte for byte.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.expected.issuers.push(issuer.into());
        self
    }

    /// Allows an audience: one of the token's `aud` has to be equal to it, byte for byte.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.expected.audiences.push(audience.into());
        self
    }

    /// Adds a key. Several keys need ids.
    pub fn key(mut self, key: JwtKey) -> Self {
        self.keys.push(key);
        self
    }

    /// Adds the keys of a set.
    pub fn keys(mut self, set: &JwtKeySet) -> Self {
        self.keys.extend(set.keys().iter().cloned());
        self
    }

    /// Takes the keys from a source that may change while the program runs, such as a remote key set.
    pub fn key_source(mut self, source: impl JwtKeySource) -> Self {
        self.source = Source(Some(Box::new(source)));
        self
    }

    /// How far clocks may differ: at most 300 seconds; 60 if not set.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.expected.rules = self.expected.rules.with_leeway(leeway);
        self
    }

    /// Accepts tokens of this type only, like `at+jwt` (RFC 9068 §2.1). Otherwise `typ` may be absent, `JWT` or
    /// `at+jwt`.
    pub fn require_typ(mut self, token_type: impl Into<String>) -> Self {
        self.required_type = Some(token_type.into());
        self
    }

    /// Accepts tokens with an id (`jti`) only.
    pub fn require_jti(mut self) -> Self {
        self.expected.is_id_required = true;
        self
    }

    /// Accepts tokens only that have these claims, whatever they say (RFC 8725 §3.12): where several kinds of token come
    /// from one issuer, or an application reads them anyway.
    pub fn require_claims<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.expected.required.extend(names.into_iter().map(Into::into));
        self
    }

    /// Accepts tokens only in which this claim is there and equal to `value`, in type too (RFC 8725 §3.12): where several
    /// kinds of token come from one issuer for one audience, and a claim says which kind it is.
    pub fn require_claim(mut self, name: impl Into<String>, value: impl Into<ClaimValue>) -> Self {
        self.expected.equal.push((name.into(), value.into()));
        self
    }

    /// Accepts `scope` as a list too. Otherwise it is a space list (RFC 9068 §2.2.3).
    pub fn scope_may_be_list(mut self) -> Self {
        self.expected.scope_may_be_list = true;
        self
    }

    /// Finds the roles elsewhere than in `roles`: in the claim of that name, like `https://acme.example/roles`, or at
    /// the end of a path of names joined by dots, like `realm_access.roles`.
    pub fn roles_at(mut self, path: &str) -> Self {
        self.expected.rules = self.expected.rules.with_roles_at(path);
        self
    }

    /// Asks whether a token was withdrawn, after everything else was found good. A token is then good only if the
    /// answer is yes, it is alive: no answer is 503.
    pub fn revocation(mut self, state: impl TokenState) -> Self {
        self.state = State(Some(Box::new(state)));
        self
    }

    /// Checks a token at each use, where it would be [believed again](crate::cache) for up to 60 seconds.
    pub fn without_cache(mut self) -> Self {
        self.is_cached = false;
        self
    }

    /// Accepts tokens of any issuer whose key is known.
    ///
    /// # Security
    ///
    /// Weakens the check (RFC 8725 §3.8), and says so in the log: whatever the key signs, for whatever purpose,
    /// passes.
    pub fn with_insecure_any_issuer(mut self) -> Self {
        self.allows_any_issuer = true;
        self
    }

    /// Accepts tokens for any audience.
    ///
    /// # Security
    ///
    /// Weakens the check (RFC 8725 §3.9), and says so in the log: a token for another service opens this one.
    pub fn with_insecure_any_audience(mut self) -> Self {
        self.allows_any_audience = true;
        self
    }

    /// Checks everything and makes the verifier.
    ///
    /// # Errors
    ///
    /// If there is no issuer, no audience or no key; an issuer or audience is empty, or named where any is allowed; keys
    /// are given beside a key source, or are no set (see [`JwtKeySet::new`]); the leeway is over 300 seconds; the token
    /// type, or a name on the way to the roles, is empty.
    pub fn build(self) -> Result<JwtVerifier, ConfigError> {
        let Expected { issuers, audiences, rules, .. } = &self.expected;
        check_names(ConfigErrorKind::Issuer, "issuer", "https://issuer.example", issuers, self.allows_any_issuer)?;
        check_names(ConfigErrorKind::Audience, "audience", "api.example", audiences, self.allows_any_audience)?;
        rules.check()?;
        if let Some(token_type) = self.required_type.as_deref().filter(|token_type| token_type.trim().is_empty()) {
            return Err(ConfigError::new(
                ConfigErrorKind::TokenType,
                format!("`{}` is not a token type; use one like `at+jwt`", token_type.escape_default()),
            ));
        }
        let keys = match (self.source.0, self.keys.is_empty()) {
            (None, false) => Keys::Own(JwtKeySet::new(self.keys)?),
            (Some(source), true) => Keys::Elsewhere(source),
            (source, _) => {
                let text = if source.is_some() {
                    "keys are given beside a key source; use one of them, or one verifier for each"
                } else {
                    "the token verifier has no key; add one: `.key(JwtKey::hs256(&secret)?)`, or say where they are: `.key_source(keys)`"
                };
                return Err(ConfigError::new(ConfigErrorKind::KeySet, text));
            }
        };
        let revocations = if self.is_cached { revocations(&keys, &self.state) } else { None };
        Ok(JwtVerifier {
            keys,
            expected: self.expected,
            required_type: self.required_type.map(|token_type| media_type(&token_type).to_owned()),
            state: self.state,
            revocations,
            headers: HeaderMemory::default(),
        })
    }
}

/// Who withdraws verdicts: whoever lets a key go, and whoever says that a token has died.
fn revocations(keys: &Keys, state: &State) -> Option<Revocations> {
    let of_keys = match keys {
        Keys::Own(_) => None,
        Keys::Elsewhere(source) => source.revocations(),
    };
    match &state.0 {
        // A state that tells of no death has to be asked each time.
        Some(state) => Some(Revocations::joined(of_keys.into_iter().chain([state.revocations()?]))),
        None => Some(of_keys.unwrap_or_default()),
    }
}

/// Names have to be there, and good; unless any is allowed, and then none may be there.
fn check_names(
    kind: ConfigErrorKind,
    what: &str,
    example: &str,
    names: &[String],
    allows_any: bool,
) -> Result<(), ConfigError> {
    if allows_any && names.is_empty() {
        tracing::warn!("tokens of any {what} are accepted; name the one that you mean: `.{what}(\"{example}\")`");
        return Ok(());
    }
    let text = if allows_any {
        format!("an {what} is named and any {what} is allowed; keep one of the two")
    } else if names.is_empty() {
        format!("the token verifier has no {what}; name the one that you accept: `.{what}(\"{example}\")`")
    } else if names.iter().any(|name| name.trim().is_empty()) {
        format!("\"\" is not an {what}; name the one that you accept: `.{what}(\"{example}\")`")
    } else {
        return Ok(());
    };
    Err(ConfigError::new(kind, text))
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Source(..)" } else { "Source" })
    }
}
