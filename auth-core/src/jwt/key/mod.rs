//! Keys that verify tokens: one key, one algorithm.

mod der;
mod edwards;
mod foreign;
mod jwk;
mod rsa;
mod secret;
mod set;

pub use set::JwtKeySet;

use std::fmt;
use std::sync::Arc;

use self::der::{Parameters, PublicKeyInfo};
use self::jwk::Jwk;
use self::rsa::RsaPublicKey;
use super::algorithm::{JwtAlgorithm, KeyKind};
use super::backend::{Material, Parts};
use crate::config_error::{ConfigError, ConfigErrorKind};

/// `rsaEncryption`, 1.2.840.113549.1.1.1 (RFC 8017 A.1).
const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// `id-ecPublicKey`, 1.2.840.10045.2.1 (RFC 5480 §2.1.1).
const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
/// `secp256r1`, 1.2.840.10045.3.1.7 (RFC 5480 §2.1.1.1).
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
/// `secp384r1`, 1.3.132.0.34 (RFC 5480 §2.1.1.1).
const P384: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x22];
/// `id-Ed25519`, 1.3.101.112 (RFC 8410 §3).
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];

/// A key that verifies tokens under one algorithm, checked when it is made: alike on both backends. Cheap to clone.
///
/// # Security
///
/// A shared secret is a secret: `Debug` shows the algorithm and the id only. A private key is refused: a verifier
/// must not have one.
///
/// # Examples
///
/// ```
/// use auth_core::jwt::{JwtAlgorithm, JwtKey};
///
/// let key = JwtKey::from_jwk(r#"{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","kid":"2026-01",
///     "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#)?;
/// assert_eq!((key.id(), key.algorithm()), (Some("2026-01"), JwtAlgorithm::EdDsa));
///
/// assert!(JwtKey::from_secret(JwtAlgorithm::Hs512, b"only 32 bytes of a shared secret").is_err());
/// assert!(JwtKey::from_secret(JwtAlgorithm::Rs256, &[0; 256]).is_err(), "RS256 takes no secret");
/// # Ok::<(), auth_core::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct JwtKey {
    id: Option<Arc<str>>,
    algorithm: JwtAlgorithm,
    material: Arc<Material>,
}

impl JwtKey {
    /// A shared secret for HS256, HS384 or HS512.
    ///
    /// # Errors
    ///
    /// If the algorithm takes no secret; if the secret is shorter than the hash (RFC 7518 §3.2), well known, or
    /// plainly not random.
    pub fn from_secret(algorithm: JwtAlgorithm, secret: &[u8]) -> Result<Self, ConfigError> {
        let KeyKind::Secret { min_bytes } = algorithm.key_kind() else {
            return Err(complain(algorithm, "takes a public key, not a secret; use `JwtKey::from_pem`"));
        };
        if let Some(complaint) = secret::complaint(secret, min_bytes) {
            let length = secret.len();
            let text = format!(
                "secret of {length} bytes {complaint}; use {min_bytes} or more random bytes (`openssl rand -hex {min_bytes}`, taken as it is)"
            );
            return Err(complain(algorithm, &text));
        }
        Ok(Self::new(algorithm, Parts::Secret(secret)))
    }

    /// A shared secret that need not look random, for demonstrations and tests.
    ///
    /// # Security
    ///
    /// Weakens the check, and says so in the log: whoever guesses the secret signs tokens.
    ///
    /// # Errors
    ///
    /// If the algorithm takes no secret, or the secret is shorter than the hash (RFC 7518 §3.2).
    pub fn from_insecure_secret(algorithm: JwtAlgorithm, secret: &[u8]) -> Result<Self, ConfigError> {
        match (Self::from_secret(algorithm, secret), algorithm.key_kind()) {
            (Err(complaint), KeyKind::Secret { min_bytes }) if secret.len() >= min_bytes => {
                tracing::warn!("a guessable secret is in use: {complaint}");
                Ok(Self::new(algorithm, Parts::Secret(secret)))
            }
            (key, _) => key,
        }
    }

    /// A public key in PEM: `PUBLIC KEY`, or `RSA PUBLIC KEY` for RSA.
    ///
    /// # Errors
    ///
    /// If it cannot be read, is private, is of another kind or curve than the algorithm's, is not a point of that curve,
    /// or is weak: an RSA modulus under 2048 bits, or over the 4096 that both backends take.
    pub fn from_pem(algorithm: JwtAlgorithm, pem: &[u8]) -> Result<Self, ConfigError> {
        let complain = |why: &str| {
            complain(
                algorithm,
                &format!("key cannot be read ({why}); give a public key in PEM, `-----BEGIN PUBLIC KEY-----`"),
            )
        };
        let text = str::from_utf8(pem).or(Err(complain("it is not text")))?;
        let (label, document) = der::from_pem(text).ok_or_else(|| complain("it is not PEM"))?;
        match label {
            "PUBLIC KEY" => Self::from_der(algorithm, &document),
            "RSA PUBLIC KEY" => Self::rsa(
                algorithm,
                &RsaPublicKey::from_der(&document).ok_or_else(|| complain("it holds no RSA numbers"))?,
            ),
            label if label.ends_with("PRIVATE KEY") => {
                Err(complain("it is a private key, which a verifier must not have"))
            }
            _ => Err(complain("its PEM label is not `PUBLIC KEY`")),
        }
    }

    /// A public key in DER: `SubjectPublicKeyInfo` (RFC 5280 §4.1.2.7).
    ///
    /// # Errors
    ///
    /// As [`from_pem`](Self::from_pem).
    pub fn from_der(algorithm: JwtAlgorithm, der: &[u8]) -> Result<Self, ConfigError> {
        let complain = |why: &str| complain(algorithm, why);
        let broken = "key cannot be read (its DER is broken); give a public key, `SubjectPublicKeyInfo`";
        let PublicKeyInfo { algorithm: kind, parameters, key } =
            PublicKeyInfo::parse(der).ok_or_else(|| complain(broken))?;
        match (algorithm.key_kind(), kind, parameters) {
            // RFC 3279 §2.3.1: NULL, and not left out.
            (KeyKind::Rsa, RSA_ENCRYPTION, Parameters::Null) => {
                Self::rsa(algorithm, &RsaPublicKey::from_der(key).ok_or_else(|| complain(broken))?)
            }
            (KeyKind::P256, EC_PUBLIC_KEY, Parameters::Identifier(P256))
            | (KeyKind::P384, EC_PUBLIC_KEY, Parameters::Identifier(P384)) => Self::point(algorithm, key),
            // RFC 8410 §3: left out, and not NULL.
            (KeyKind::Ed25519, ED25519, Parameters::Absent) => Self::edwards(algorithm, key),
            (KeyKind::Rsa, RSA_ENCRYPTION, _) | (KeyKind::Ed25519, ED25519, _) => Err(complain(broken)),
            (KeyKind::Secret { .. }, ..) => {
                Err(complain("takes a secret, not a public key; use `JwtKey::from_secret`"))
            }
            _ => Err(complain("needs a key of another kind or curve")),
        }
    }

    /// A key in JSON (RFC 7517) that names its algorithm and, usually, its id.
    ///
    /// # Errors
    ///
    /// If it cannot be read, names no algorithm, is private, is for something else than verifying, or is weak.
    pub fn from_jwk(json: &str) -> Result<Self, ConfigError> {
        Jwk::parse(json.as_bytes()).and_then(|jwk| Self::from_parsed_jwk(&jwk, None)).map_err(jwk_error)
    }

    /// A key in JSON, for the given algorithm, which the key need not name and must not contradict.
    ///
    /// # Errors
    ///
    /// As [`from_jwk`](Self::from_jwk).
    pub fn from_jwk_for(algorithm: JwtAlgorithm, json: &str) -> Result<Self, ConfigError> {
        Jwk::parse(json.as_bytes()).and_then(|jwk| Self::from_parsed_jwk(&jwk, Some(algorithm))).map_err(jwk_error)
    }

    fn from_parsed_jwk(jwk: &Jwk, wanted: Option<JwtAlgorithm>) -> Result<Self, String> {
        jwk.check_use()?;
        let algorithm = jwk.algorithm(wanted)?;
        jwk.check_type(algorithm)?;
        let key = match algorithm.key_kind() {
            KeyKind::Secret { .. } => Self::from_secret(algorithm, &jwk.bytes("k")?),
            KeyKind::Rsa => Self::rsa(algorithm, &RsaPublicKey::new(&jwk.bytes("n")?, &jwk.bytes("e")?)),
            KeyKind::P256 | KeyKind::P384 => {
                let (x, y) = (jwk.bytes("x")?, jwk.bytes("y")?);
                if x.len() != y.len() {
                    return Err("has an `x` and a `y` of different lengths".to_owned());
                }
                Self::point(algorithm, &[vec![4], x, y].concat())
            }
            KeyKind::Ed25519 => Self::edwards(algorithm, &jwk.bytes("x")?),
        };
        let mut key = key.map_err(|error| format!("is refused: {error}"))?;
        key.id = jwk.text("kid")?.map(Arc::from);
        Ok(key)
    }

    /// A shared secret for HS256: [`from_secret`](Self::from_secret) for the commonest case.
    ///
    /// # Errors
    ///
    /// If it is shorter than 32 bytes, well known, or plainly not random.
    pub fn hs256(secret: &[u8]) -> Result<Self, ConfigError> {
        Self::from_secret(JwtAlgorithm::Hs256, secret)
    }

    /// A public key for RS256: [`from_pem`](Self::from_pem) for the commonest case.
    ///
    /// # Errors
    ///
    /// If it cannot be read or its modulus has less than 2048 bits.
    pub fn rs256_pem(pem: &[u8]) -> Result<Self, ConfigError> {
        Self::from_pem(JwtAlgorithm::Rs256, pem)
    }

    /// The key with an id, by which tokens name it (`kid`).
    #[must_use]
    pub fn with_id(mut self, id: impl Into<Arc<str>>) -> Self {
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

    /// Whether anybody who can verify with the key can sign with it too.
    #[must_use]
    pub fn is_shared_secret(&self) -> bool {
        matches!(self.algorithm.key_kind(), KeyKind::Secret { .. })
    }

    pub(super) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        self.material.has_signed(message, signature)
    }

    fn new(algorithm: JwtAlgorithm, parts: Parts<'_>) -> Self {
        Self { id: None, algorithm, material: Arc::new(Material::new(algorithm, parts)) }
    }

    fn rsa(algorithm: JwtAlgorithm, key: &RsaPublicKey<'_>) -> Result<Self, ConfigError> {
        if algorithm.key_kind() != KeyKind::Rsa {
            return Err(complain(algorithm, "needs a key of another kind or curve"));
        }
        match key.complaint() {
            Some(complaint) => Err(complain(algorithm, &format!("key {complaint}"))),
            None => Ok(Self::new(algorithm, Parts::Rsa { modulus: key.modulus, exponent: key.exponent })),
        }
    }

    /// An uncompressed point (SEC 1 §2.3.3).
    fn point(algorithm: JwtAlgorithm, point: &[u8]) -> Result<Self, ConfigError> {
        let length = if algorithm.key_kind() == KeyKind::P256 { 65 } else { 97 };
        if point.len() != length || point.first() != Some(&4) {
            return Err(complain(algorithm, &format!("key is not an uncompressed point of {length} bytes")));
        }
        let key = Self::new(algorithm, Parts::Point(point));
        if !key.material.is_on_curve() {
            return Err(complain(algorithm, "key is not a point of the algorithm's curve; is it of another one?"));
        }
        Ok(key)
    }

    fn edwards(algorithm: JwtAlgorithm, key: &[u8]) -> Result<Self, ConfigError> {
        match edwards::complaint(key) {
            Some(complaint) => Err(complain(algorithm, &format!("key {complaint}"))),
            None => Ok(Self::new(algorithm, Parts::Edwards(key))),
        }
    }
}

fn complain(algorithm: JwtAlgorithm, why: &str) -> ConfigError {
    ConfigError::new(ConfigErrorKind::Key, format!("{algorithm} {why}"))
}

fn jwk_error(why: impl fmt::Display) -> ConfigError {
    ConfigError::new(ConfigErrorKind::Key, format!("the JSON Web Key {why}"))
}

impl fmt::Debug for JwtKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtKey").field("id", &self.id).field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
