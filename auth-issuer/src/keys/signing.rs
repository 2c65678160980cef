//! A key that signs.

use std::error::Error;
use std::fmt;

use auth_core::jwt::{JwtAlgorithm, JwtKey};
use auth_core::{ConfigError, ConfigErrorKind};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use jsonwebtoken::crypto::CryptoProvider;
use jsonwebtoken::jwk::EllipticCurve;
use jsonwebtoken::{Algorithm, EncodingKey};
use pkcs8::der::zeroize::Zeroizing;
use pkcs8::{PrivateKeyInfo, SecretDocument};

use super::thumbprint::PublicMembers;

#[cfg(feature = "aws-lc-rs")]
use jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER;
#[cfg(all(feature = "rust-crypto", not(feature = "aws-lc-rs")))]
use jsonwebtoken::crypto::rust_crypto::DEFAULT_PROVIDER;

/// A private key or shared secret, with the one algorithm that it signs under.
///
/// Its id is the thumbprint of its public part (RFC 7638), or random for a shared secret, whose digest would be a
/// hint.
///
/// # Security
///
/// `Debug` shows the algorithm and the id. The key cannot be compared, printed or serialised; who stores it calls
/// [`reveal_pem`](Self::reveal_pem).
///
/// # Examples
///
/// ```
/// use auth_core::jwt::JwtAlgorithm;
/// use auth_issuer::keys::SigningKey;
///
/// let key = SigningKey::generate(JwtAlgorithm::Es256)?;
/// let token = key.sign(r#"{"sub":"alice"}"#, None)?;
/// assert_eq!(token.split('.').count(), 3);
///
/// let stored = key.reveal_pem().expect("a private key");
/// assert_eq!(SigningKey::from_pem(JwtAlgorithm::Es256, stored.as_bytes())?.id(), key.id());
/// assert!(SigningKey::from_pem(JwtAlgorithm::Rs256, stored.as_bytes()).is_err(), "another kind of key");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SigningKey {
    id: String,
    algorithm: JwtAlgorithm,
    private: EncodingKey,
    document: Option<SecretDocument>,
    public: Option<PublicMembers>,
    verifying: JwtKey,
}

/// The longest id of a key, in characters.
const MAX_ID_LEN: usize = 128;

impl SigningKey {
    /// Makes a new key: a secret as long as the hash, RSA of 3072 bits, the algorithm's curve.
    ///
    /// # Errors
    ///
    /// If the operating system has no randomness.
    #[cfg(feature = "aws-lc-rs")]
    pub fn generate(algorithm: JwtAlgorithm) -> Result<Self, ConfigError> {
        use aws_lc_rs::encoding::AsDer as _;
        use aws_lc_rs::signature::{
            ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
        };

        let failed = |error: aws_lc_rs::error::Unspecified| no_randomness(algorithm, "key cannot be made", error);
        let random = aws_lc_rs::rand::SystemRandom::new();
        let ecdsa = |curve| EcdsaKeyPair::generate_pkcs8(curve, &random).map_err(failed);
        match algorithm {
            JwtAlgorithm::Hs256 => Self::generate_secret::<32>(algorithm),
            JwtAlgorithm::Hs384 => Self::generate_secret::<48>(algorithm),
            JwtAlgorithm::Hs512 => Self::generate_secret::<64>(algorithm),
            JwtAlgorithm::Es256 => Self::from_pkcs8(algorithm, ecdsa(&ECDSA_P256_SHA256_FIXED_SIGNING)?.as_ref()),
            JwtAlgorithm::Es384 => Self::from_pkcs8(algorithm, ecdsa(&ECDSA_P384_SHA384_FIXED_SIGNING)?.as_ref()),
            JwtAlgorithm::EdDsa => {
                Self::from_pkcs8(algorithm, Ed25519KeyPair::generate_pkcs8v1(&random).map_err(failed)?.as_ref())
            }
            _ => {
                let pair = aws_lc_rs::rsa::KeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa3072).map_err(failed)?;
                Self::from_pkcs8(algorithm, pair.as_der().map_err(failed)?.as_ref())
            }
        }
    }

    #[cfg(feature = "aws-lc-rs")]
    fn generate_secret<const N: usize>(algorithm: JwtAlgorithm) -> Result<Self, ConfigError> {
        let mut secret = Zeroizing::new([0_u8; N]);
        getrandom::fill(secret.as_mut_slice())
            .map_err(|error| no_randomness(algorithm, "secret cannot be made", error))?;
        Self::from_secret(algorithm, secret.as_slice())
    }

    /// A shared secret, for HS256, HS384 and HS512. Its id is random; choose one with [`with_id`](Self::with_id) if
    /// it has to outlive the process.
    ///
    /// # Errors
    ///
    /// As [`JwtKey::from_secret`]; if the operating system has no randomness.
    pub fn from_secret(algorithm: JwtAlgorithm, secret: &[u8]) -> Result<Self, ConfigError> {
        let verifying = JwtKey::from_secret(algorithm, secret)?;
        let mut id = [0_u8; 16];
        getrandom::fill(&mut id).map_err(|error| no_randomness(algorithm, "secret gets no id", error))?;
        let id = BASE64_URL_SAFE_NO_PAD.encode(id);
        let private = EncodingKey::from_secret(secret);
        let verifying = verifying.with_id(id.as_str());
        Ok(Self { id, algorithm, private, document: None, public: None, verifying })
    }

    /// A private key in PEM: `PRIVATE KEY` (PKCS#8, RFC 5958).
    ///
    /// # Errors
    ///
    /// If it cannot be read, is of another kind or curve than the algorithm's, or is too weak.
    pub fn from_pem(algorithm: JwtAlgorithm, pem: &[u8]) -> Result<Self, ConfigError> {
        let unreadable =
            "key cannot be read; give a private key in PEM, `-----BEGIN PRIVATE KEY-----` (`openssl genpkey`)";
        let text = str::from_utf8(pem)
            .map_err(|error| complain(algorithm, &format!("{unreadable}: {error}")).with_source(error))?;
        match SecretDocument::from_pem(text.trim()) {
            Ok(("PRIVATE KEY", document)) => Self::from_pkcs8(algorithm, document.as_bytes()),
            Ok((label, _)) => Err(complain(algorithm, &format!("{unreadable}: it is a `{label}`"))),
            Err(error) => Err(complain(algorithm, &format!("{unreadable}: {error}")).with_source(error)),
        }
    }

    fn from_pkcs8(algorithm: JwtAlgorithm, der: &[u8]) -> Result<Self, ConfigError> {
        let broken = |why: &str| complain(algorithm, &format!("key is refused: {why}"));
        let info = PrivateKeyInfo::try_from(der).map_err(|error| broken(&error.to_string()).with_source(error))?;
        let provider: &CryptoProvider = &DEFAULT_PROVIDER;
        let utils = &provider.key_utils;
        let unfit = |error: jsonwebtoken::errors::Error| {
            broken(&format!("{algorithm} needs another kind or curve ({error})")).with_source(error)
        };
        let (private, public) = match algorithm {
            JwtAlgorithm::Es256 | JwtAlgorithm::Es384 => {
                let wanted = if algorithm == JwtAlgorithm::Es256 { Algorithm::ES256 } else { Algorithm::ES384 };
                let (curve, x, y) = (utils.ec_pub_components_from_private_key)(der, wanted).map_err(unfit)?;
                let curve = if matches!(curve, EllipticCurve::P256) { "P-256" } else { "P-384" };
                (EncodingKey::from_ec_der(der), PublicMembers::elliptic(curve, &x, &y))
            }
            JwtAlgorithm::EdDsa => {
                let x = (utils.ed_pub_components_from_private_key)(der, &EllipticCurve::Ed25519).map_err(unfit)?;
                (EncodingKey::from_ed_der(der), PublicMembers::edwards(&x))
            }
            JwtAlgorithm::Hs256 | JwtAlgorithm::Hs384 | JwtAlgorithm::Hs512 => {
                return Err(broken("a shared secret is not a private key; use `SigningKey::from_secret`"));
            }
            _ => {
                let pkcs1 = info.private_key;
                let (n, e) = (utils.rsa_pub_components_from_private_key)(pkcs1).map_err(unfit)?;
                (EncodingKey::from_rsa_der(pkcs1), PublicMembers::rsa(&n, &e))
            }
        };
        let id = public.thumbprint();
        // Read back as others will read it: what is too weak to verify with is too weak to sign with.
        let verifying = JwtKey::from_jwk_for(algorithm, &public.to_json(&[("kid", &id)]))?;
        let document = SecretDocument::try_from(der).map_err(|error| broken(&error.to_string()).with_source(error))?;
        Ok(Self { id, algorithm, private, document: Some(document), public: Some(public), verifying })
    }

    /// The key with an id of one's own choice.
    ///
    /// # Errors
    ///
    /// If the id is empty, longer than 128 characters, or has others than ASCII letters, digits, `-`, `_` and `.`.
    pub fn with_id(mut self, id: &str) -> Result<Self, ConfigError> {
        let fits = |char: char| char.is_ascii_alphanumeric() || "-_.".contains(char);
        if id.is_empty() || id.len() > MAX_ID_LEN || !id.chars().all(fits) {
            let (shown, length) = (id.chars().take(MAX_ID_LEN).collect::<String>(), id.chars().count());
            return Err(ConfigError::new(
                ConfigErrorKind::KeySet,
                format!(
                    "the id {shown:?} ({length} characters) cannot name a key; give 1 to {MAX_ID_LEN} characters of \
                     `A-Za-z0-9-_.`, such as `.with_id(\"2026-01\")`"
                ),
            ));
        }
        id.clone_into(&mut self.id);
        self.verifying = self.verifying.with_id(id);
        Ok(self)
    }

    /// The id, which tokens name (`kid`).
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The one algorithm.
    #[must_use]
    pub fn algorithm(&self) -> JwtAlgorithm {
        self.algorithm
    }

    /// The key that verifies what this one signs.
    #[must_use]
    pub fn verifying_key(&self) -> &JwtKey {
        &self.verifying
    }

    /// The public part as JSON (RFC 7517); `None` for a shared secret, which has none.
    #[must_use]
    pub fn to_public_jwk(&self) -> Option<String> {
        let more = [("alg", self.algorithm.as_str()), ("kid", self.id.as_str()), ("use", "sig")];
        self.public.as_ref().map(|public| public.to_json(&more))
    }

    /// The private key as PEM (PKCS#8), to be stored where nobody else reads it; `None` for a shared secret.
    #[must_use]
    pub fn reveal_pem(&self) -> Option<Zeroizing<String>> {
        self.document.as_ref().and_then(|document| document.to_pem("PRIVATE KEY", pkcs8::LineEnding::LF).ok())
    }

    /// Signs a token with the given payload, a JSON object. `token_type` is `JWT` if not given.
    ///
    /// # Errors
    ///
    /// If the backend cannot sign, which a key that could be loaded rules out but for lack of randomness.
    pub fn sign(&self, payload: &str, token_type: Option<&str>) -> Result<String, SigningError> {
        self.sign_naming_key(payload, token_type, true)
    }

    /// Signs a token whose header names the key or does not.
    pub(crate) fn sign_naming_key(
        &self,
        payload: &str,
        token_type: Option<&str>,
        names_key: bool,
    ) -> Result<String, SigningError> {
        let token_type: String = token_type
            .unwrap_or("JWT")
            .chars()
            .filter(|char| char.is_ascii_graphic() && !"\"\\".contains(*char))
            .collect();
        let key_id = if names_key { format!(r#","kid":"{}""#, self.id) } else { String::new() };
        let header = format!(r#"{{"alg":"{}","typ":"{token_type}"{key_id}}}"#, self.algorithm);
        let mut token = BASE64_URL_SAFE_NO_PAD.encode(header);
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(payload, &mut token);
        let provider: &CryptoProvider = &DEFAULT_PROVIDER;
        let algorithm = self.algorithm.as_str().parse().map_err(SigningError::new)?;
        let signer = (provider.signer_factory)(&algorithm, &self.private).map_err(SigningError::new)?;
        let signature = signer.try_sign(token.as_bytes()).map_err(SigningError::new)?;
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }
}

fn complain(algorithm: JwtAlgorithm, why: &str) -> ConfigError {
    ConfigError::new(ConfigErrorKind::Key, format!("the {algorithm} signing {why}"))
}

fn no_randomness(algorithm: JwtAlgorithm, what: &str, error: impl Error + Send + Sync + 'static) -> ConfigError {
    let text =
        format!("the {algorithm} signing {what}: {error}; see what keeps the system's randomness from the program");
    ConfigError::new(ConfigErrorKind::Randomness, text).with_source(error)
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("id", &self.id).field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

/// A token could not be signed.
#[derive(Debug)]
pub struct SigningError(Box<dyn Error + Send + Sync>);

impl SigningError {
    fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

impl fmt::Display for SigningError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the token could not be signed")
    }
}

impl Error for SigningError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.0.as_ref())
    }
}
