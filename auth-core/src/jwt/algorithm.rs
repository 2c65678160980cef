//! Signature algorithms (RFC 7518 §3.1, RFC 8037 §3.1).

use std::fmt;
use std::str::FromStr;

use crate::config_error::{ConfigError, ConfigErrorKind};

/// A signature algorithm. There is no `none`.
///
/// # Examples
///
/// ```
/// use auth_core::jwt::JwtAlgorithm;
///
/// assert_eq!("RS256".parse(), Ok(JwtAlgorithm::Rs256));
/// assert!("none".parse::<JwtAlgorithm>().is_err());
/// assert!("rs256".parse::<JwtAlgorithm>().is_err(), "names compare with case");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum JwtAlgorithm {
    /// HMAC with SHA-256; a shared secret.
    Hs256,
    /// HMAC with SHA-384; a shared secret.
    Hs384,
    /// HMAC with SHA-512; a shared secret.
    Hs512,
    /// `RSASSA-PKCS1-v1_5` with SHA-256.
    Rs256,
    /// `RSASSA-PKCS1-v1_5` with SHA-384.
    Rs384,
    /// `RSASSA-PKCS1-v1_5` with SHA-512.
    Rs512,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// RSASSA-PSS with SHA-384.
    Ps384,
    /// RSASSA-PSS with SHA-512.
    Ps512,
    /// `EdDSA` on Ed25519.
    EdDsa,
}

/// What kind of key an algorithm takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyKind {
    /// A secret of at least so many bytes: the length of the hash.
    Secret {
        min_bytes: usize,
    },
    Rsa,
    P256,
    P384,
    Ed25519,
}

impl JwtAlgorithm {
    /// Every algorithm, in the order of RFC 7518.
    pub const ALL: [Self; 12] = [
        Self::Hs256,
        Self::Hs384,
        Self::Hs512,
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Es256,
        Self::Es384,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::EdDsa,
    ];

    /// The name in a token's header; compares with case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Hs384 => "HS384",
            Self::Hs512 => "HS512",
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::EdDsa => "EdDSA",
        }
    }

    pub(super) const fn key_kind(self) -> KeyKind {
        match self {
            Self::Hs256 => KeyKind::Secret { min_bytes: 32 },
            Self::Hs384 => KeyKind::Secret { min_bytes: 48 },
            Self::Hs512 => KeyKind::Secret { min_bytes: 64 },
            Self::Rs256 | Self::Rs384 | Self::Rs512 | Self::Ps256 | Self::Ps384 | Self::Ps512 => KeyKind::Rsa,
            Self::Es256 => KeyKind::P256,
            Self::Es384 => KeyKind::P384,
            Self::EdDsa => KeyKind::Ed25519,
        }
    }
}

impl fmt::Display for JwtAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for JwtAlgorithm {
    type Err = ConfigError;

    fn from_str(name: &str) -> Result<Self, ConfigError> {
        Self::ALL.into_iter().find(|known| known.as_str() == name).ok_or_else(|| {
            let known = Self::ALL.map(Self::as_str).join(", ");
            let text = format!("`{}` is not a supported algorithm; use one of {known}", name.escape_default());
            ConfigError::new(ConfigErrorKind::Algorithm, text)
        })
    }
}
