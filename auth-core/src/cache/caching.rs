//! What a verifier says about the caching of its verdicts.

use std::time::Duration;

use super::revocations::Revocations;

/// How long the verdicts of a verifier may be used again, and who withdraws them.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use auth_core::cache::{Caching, Revocations};
///
/// let revocations = Revocations::new();
/// let caching = Caching::of_secrets(revocations.clone()).with_ttl(Duration::from_secs(10));
/// assert_eq!(caching.ttl(), Duration::from_secs(10));
/// assert_eq!(caching.with_ttl(Duration::MAX).ttl(), Duration::from_secs(60), "no longer than the rule");
/// ```
#[derive(Clone, Debug)]
pub struct Caching {
    form: Form,
    ttl: Duration,
    revocations: Revocations,
}

/// What is kept of a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Bytes,
    Digest,
    KeyedDigest,
}

impl Caching {
    /// For signed tokens: kept as they are, for 60 seconds.
    #[must_use]
    pub fn of_signed_tokens(revocations: Revocations) -> Self {
        Self { form: Form::Bytes, ttl: Form::Bytes.longest(), revocations }
    }

    /// For keys and opaque tokens of at least 128 random bits: their digest is kept, for 60 seconds.
    #[must_use]
    pub fn of_secrets(revocations: Revocations) -> Self {
        Self { form: Form::Digest, ttl: Form::Digest.longest(), revocations }
    }

    /// For secrets that people choose: a digest under a random key is kept, for 30 seconds.
    #[must_use]
    pub fn of_passwords(revocations: Revocations) -> Self {
        Self { form: Form::KeyedDigest, ttl: Form::KeyedDigest.longest(), revocations }
    }

    /// For a shorter time. A longer one than the rule is the rule's.
    #[must_use]
    pub fn with_ttl(mut self, ttl: Duration) -> Self {
        self.ttl = ttl.min(self.form.longest());
        self
    }

    /// How long a verdict may be used again.
    #[must_use]
    pub fn ttl(&self) -> Duration {
        self.ttl
    }

    /// Who withdraws verdicts.
    #[must_use]
    pub fn revocations(&self) -> &Revocations {
        &self.revocations
    }

    pub(crate) fn form(&self) -> Form {
        self.form
    }
}

impl Form {
    const fn longest(self) -> Duration {
        match self {
            Self::Bytes | Self::Digest => Duration::from_mins(1),
            Self::KeyedDigest => Duration::from_secs(30),
        }
    }
}
