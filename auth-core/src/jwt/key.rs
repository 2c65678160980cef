//! Keys that verify tokens: one key, one algorithm.

use std::fmt;
use std::str::FromStr;

use jsonwebtoken::{Algorithm, DecodingKey};
use spki::SubjectPublicKeyInfoRef;
use spki::der::asn1::{ObjectIdentifier, UintRef};
use spki::der::{Decode as _, Document, Reader as _, SliceReader};

use super::backend;
use crate::config_error::{ConfigError, ConfigErrorKind};

/// The smallest RSA modulus, in bits (RFC 7518 §3.3).
const MIN_RSA_BITS: usize = 2048;
/// The largest, so that a key from elsewhere cannot make each check slow.
const MAX_RSA_BITS: usize = 8192;

/// `rsaEncryption` (RFC 8017 A.1).
const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// A signature algorithm (RFC 7518 §3.1).
///
/// # Examples
///
/// ```
/// use auth_core::jwt::JwtAlgorithm;
///
/// assert_eq!("RS256".parse(), Ok(JwtAlgorithm::Rs256));
/// assert!("none".parse::<JwtAlgorithm>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum JwtAlgorithm {
    /// HMAC with SHA-256; a shared secret.
    Hs256,
    /// RSASSA-PKCS1-v1_5 with SHA-256; a public key.
    Rs256,
}

impl JwtAlgorithm {
    /// The name in a token's header; compares with case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Rs256 => "RS256",
        }
    }

    fn in_library(self) -> Algorithm {
        match self {
            Self::Hs256 => Algorithm::HS256,
            Self::Rs256 => Algorithm::RS256,
        }
    }
}

impl FromStr for JwtAlgorithm {
    type Err = ConfigError;

    fn from_str(name: &str) -> Result<Self, ConfigError> {
        [Self::Hs256, Self::Rs256].into_iter().find(|known| known.as_str() == name).ok_or_else(|| {
            ConfigError::new(
                ConfigErrorKind::Algorithm,
                format!("`{}` is no algorithm that is supported; use `HS256` or `RS256`", name.escape_default()),
            )
        })
    }
}

/// A key that verifies tokens under one algorithm.
///
/// # Security
///
/// An HMAC key is a secret: `Debug` shows the algorithm and the id only.
#[derive(Clone)]
pub struct JwtKey {
    id: Option<String>,
    algorithm: JwtAlgorithm,
    material: DecodingKey,
}

impl JwtKey {
    /// A shared secret for HS256.
    ///
    /// # Errors
    ///
    /// If it is shorter than 32 bytes, the length of the hash (RFC 7518 §3.2), or one byte repeated.
    pub fn hs256(secret: &[u8]) -> Result<Self, ConfigError> {
        let is_repeated = secret.windows(2).all(|pair| matches!(pair, [a, b] if a == b));
        if secret.len() < 32 || is_repeated {
            let what = if secret.len() < 32 { "is too short" } else { "repeats one byte" };
            return Err(ConfigError::new(
                ConfigErrorKind::Key,
                format!(
                    "the HS256 secret of {} bytes {what}; use 32 or more random bytes (`openssl rand 32`)",
                    secret.len()
                ),
            ));
        }
        Ok(Self { id: None, algorithm: JwtAlgorithm::Hs256, material: DecodingKey::from_secret(secret) })
    }

    /// A public key for RS256, as PEM (`PUBLIC KEY` or `RSA PUBLIC KEY`).
    ///
    /// # Errors
    ///
    /// If it cannot be read, its modulus has less than 2048 or more than 8192 bits, or its exponent is even or
    /// below 3.
    pub fn rs256_pem(pem: &[u8]) -> Result<Self, ConfigError> {
        let complain = |text: String| ConfigError::new(ConfigErrorKind::Key, text);
        let numbers = RsaNumbers::from_pem(pem).map_err(|why| {
            complain(format!(
                "the RS256 key cannot be read ({why}); give a public key in PEM, `-----BEGIN PUBLIC KEY-----`"
            ))
        })?;
        let bits = bit_length(&numbers.modulus);
        if !(MIN_RSA_BITS..=MAX_RSA_BITS).contains(&bits) {
            return Err(complain(format!("the RS256 key has {bits} bits; use {MIN_RSA_BITS} to {MAX_RSA_BITS}")));
        }
        let is_even = numbers.exponent.last().is_none_or(|last| last & 1 == 0);
        if is_even || bit_length(&numbers.exponent) < 2 {
            let text = "the RS256 key has an even exponent or one below 3; make a new key, usually with 65537";
            return Err(complain(text.to_owned()));
        }
        let material = DecodingKey::from_rsa_raw_components(&numbers.modulus, &numbers.exponent);
        Ok(Self { id: None, algorithm: JwtAlgorithm::Rs256, material })
    }

    /// The key with an id, by which tokens name it (`kid`).
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// The key's id.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The key's one algorithm.
    #[must_use]
    pub fn algorithm(&self) -> JwtAlgorithm {
        self.algorithm
    }

    pub(super) fn has_signed(&self, message: &[u8], signature: &Vec<u8>) -> bool {
        backend::is_signed(message, signature, &self.material, self.algorithm.in_library())
    }
}

impl fmt::Debug for JwtKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtKey").field("id", &self.id).field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

/// An RSA public key (RFC 8017 A.1.1), big-endian.
struct RsaNumbers {
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

impl RsaNumbers {
    /// Reads `PUBLIC KEY` (RFC 5280 §4.1.2.7) or `RSA PUBLIC KEY`.
    fn from_pem(pem: &[u8]) -> Result<Self, &'static str> {
        let pem = str::from_utf8(pem).or(Err("it is no text"))?;
        let (label, document) = Document::from_pem(pem.trim()).or(Err("it is no PEM, or its DER is broken"))?;
        match label {
            "RSA PUBLIC KEY" => Self::from_der(document.as_bytes()),
            "PUBLIC KEY" => {
                let key = SubjectPublicKeyInfoRef::try_from(document.as_bytes()).or(Err("its DER is broken"))?;
                if key.algorithm.oid != RSA_ENCRYPTION {
                    return Err("it is of another kind than RSA");
                }
                Self::from_der(key.subject_public_key.as_bytes().ok_or("its DER is broken")?)
            }
            label if label.ends_with("PRIVATE KEY") => Err("it is a private key, which a verifier must not have"),
            _ => Err("its PEM label is not `PUBLIC KEY`"),
        }
    }

    fn from_der(der: &[u8]) -> Result<Self, &'static str> {
        let read = || {
            let mut reader = SliceReader::new(der)?;
            let numbers = reader.sequence(|numbers| Ok((UintRef::decode(numbers)?, UintRef::decode(numbers)?)))?;
            reader.finish(numbers)
        };
        let (modulus, exponent) = read().or(Err("it holds no RSA numbers"))?;
        Ok(Self { modulus: modulus.as_bytes().to_vec(), exponent: exponent.as_bytes().to_vec() })
    }
}

/// The length of a big-endian number.
fn bit_length(number: &[u8]) -> usize {
    let significant = number.iter().position(|byte| *byte != 0).and_then(|at| number.get(at..)).unwrap_or_default();
    let leading_zeros = significant.first().map_or(0, |byte| usize::try_from(byte.leading_zeros()).unwrap_or(0));
    significant.len().saturating_mul(8).saturating_sub(leading_zeros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_shorter_than_the_hash_or_repeating_one_byte_are_refused() {
        let mut secret: Vec<u8> = (0..32).collect();
        assert!(JwtKey::hs256(&secret).is_ok());
        secret.pop();
        let error = JwtKey::hs256(&secret).unwrap_err();
        assert_eq!(error.kind(), ConfigErrorKind::Key);
        assert!(error.to_string().contains("31 bytes"), "{error}");
        assert!(JwtKey::hs256(&[7; 64]).unwrap_err().to_string().contains("repeats"));
        assert!(JwtKey::hs256(b"").is_err());
    }

    #[test]
    fn what_is_no_public_rsa_key_is_refused_with_the_reason() {
        let cases = [
            ("", "it is no PEM"),
            ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "its DER is broken"),
            ("-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----", "its DER is broken"),
            ("-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----", "must not have"),
            ("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----", "its PEM label"),
            ("-----BEGIN RSA PUBLIC KEY-----\nMAA=\n-----END RSA PUBLIC KEY-----", "no RSA numbers"),
        ];
        for (pem, why) in cases {
            let error = JwtKey::rs256_pem(pem.as_bytes()).unwrap_err();
            assert!(error.to_string().contains(why), "{pem:?}: {error}");
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let key = JwtKey::hs256(b"0123456789abcdef0123456789abcdef").unwrap().with_id("one");
        assert_eq!(format!("{key:?}"), "JwtKey { id: Some(\"one\"), algorithm: Hs256, .. }");
    }
}
