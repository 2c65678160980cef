//! The mint of tokens.

use std::fmt;
use std::time::{Duration, SystemTime};

use auth_core::jwt::{JwtKey, JwtVerifier, JwtVerifierBuilder};
use auth_core::{Clock as _, ConfigError};

use super::TokenDraft;
use crate::clock::FakeClock;

/// Mints HS256 tokens, and makes the verifier that believes them.
///
/// # Security
///
/// The secret is in the source of the tests. Build it into nothing else.
///
/// # Examples
///
/// ```
/// use auth_test::{FakeClock, Minter};
///
/// let clock = FakeClock::at(1_900_000_000);
/// let minter = Minter::new("https://issuer.example", "api.example", &clock);
///
/// let good = minter.token("alice").scopes(["items:read"]).roles(["user"]).mint();
/// let expired = minter.token("alice").expires_in(-1).mint();
/// let forged = minter.token("alice").signed_with(b"another secret of at least 32 bytes").mint();
/// let strange = minter.token("alice").header("typ", "id_token").claim("sub", 7).without("exp").mint();
///
/// // `Realm::builder("api").bearer(minter.verifier()?).clock(clock)` believes the first of them.
/// # minter.verifier()?;
/// # Ok::<(), auth_core::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct Minter {
    issuer: String,
    audience: String,
    secret: Vec<u8>,
    clock: FakeClock,
}

/// The secret of a minter that was given none.
const SECRET: &[u8] = b"not a secret: it stands in the source";

impl Minter {
    /// A minter of tokens from `issuer` for `audience`, which expire five minutes after `clock`'s time.
    #[must_use]
    pub fn new(issuer: impl Into<String>, audience: impl Into<String>, clock: &FakeClock) -> Self {
        Self { issuer: issuer.into(), audience: audience.into(), secret: SECRET.to_vec(), clock: clock.clone() }
    }

    /// The same minter with a secret of its own, at least 32 bytes long.
    #[must_use]
    pub fn with_secret(mut self, secret: impl Into<Vec<u8>>) -> Self {
        self.secret = secret.into();
        self
    }

    /// Begins a token for `subject`: good as it is, until the test spoils it.
    pub fn token(&self, subject: &str) -> TokenDraft {
        TokenDraft::new(&self.secret, self.seconds())
            .claim("iss", self.issuer.as_str())
            .claim("aud", self.audience.as_str())
            .claim("sub", subject)
            .expires_in(300)
    }

    /// The beginning of a verifier that believes the minter's tokens, to add to.
    ///
    /// # Errors
    ///
    /// If the minter was given a secret of less than 32 bytes.
    pub fn verifier_builder(&self) -> Result<JwtVerifierBuilder, ConfigError> {
        let key = JwtKey::hs256(&self.secret)?;
        Ok(JwtVerifier::builder().issuer(self.issuer.as_str()).audience(self.audience.as_str()).key(key))
    }

    /// A verifier that believes the minter's tokens, without leeway.
    ///
    /// # Errors
    ///
    /// As [`verifier_builder`](Self::verifier_builder), or if issuer or audience is empty.
    pub fn verifier(&self) -> Result<JwtVerifier, ConfigError> {
        self.verifier_builder()?.leeway(Duration::ZERO).build()
    }

    fn seconds(&self) -> u64 {
        self.clock.now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
    }
}

/// The secret may be a real one, even in a test: it may come from the environment.
impl fmt::Debug for Minter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { issuer, audience, .. } = self;
        f.debug_struct("Minter").field("issuer", issuer).field("audience", audience).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_no_secret() {
        let minter = Minter::new("issuer", "api", &FakeClock::at(0)).with_secret(*b"s3cr3t");
        assert_eq!(format!("{minter:?}"), r#"Minter { issuer: "issuer", audience: "api", .. }"#);
    }
}
