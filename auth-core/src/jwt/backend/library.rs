//! The RustCrypto crates, by way of `jsonwebtoken`.

use jsonwebtoken::crypto::CryptoProvider;
use jsonwebtoken::crypto::rust_crypto::DEFAULT_PROVIDER;
use jsonwebtoken::{Algorithm, DecodingKey};

use super::Parts;
use crate::jwt::algorithm::JwtAlgorithm;

/// A key for one algorithm.
pub(in crate::jwt) struct Material {
    algorithm: Algorithm,
    key: DecodingKey,
}

impl Material {
    pub(in crate::jwt) fn new(algorithm: JwtAlgorithm, parts: Parts<'_>) -> Self {
        let key = match parts {
            Parts::Edwards(point) => DecodingKey::from_ed_der(point),
            Parts::Point(point) => DecodingKey::from_ec_der(point),
            Parts::Rsa { modulus, exponent } => DecodingKey::from_rsa_raw_components(modulus, exponent),
            Parts::Secret(secret) => DecodingKey::from_secret(secret),
        };
        Self { algorithm: in_library(algorithm), key }
    }

    /// Whether `signature` over `message` is by this key. An error of the backend is no signature.
    pub(in crate::jwt) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let provider: &CryptoProvider = &DEFAULT_PROVIDER;
        (provider.verifier_factory)(&self.algorithm, &self.key)
            .is_ok_and(|verifier| verifier.verify(message, &signature.to_vec()).is_ok())
    }

    /// Whether the point of an elliptic key lies on the curve of its algorithm (SEC 1 §3.2.2.1).
    pub(in crate::jwt) fn is_on_curve(&self) -> bool {
        let provider: &CryptoProvider = &DEFAULT_PROVIDER;
        (provider.verifier_factory)(&self.algorithm, &self.key).is_ok()
    }
}

const fn in_library(algorithm: JwtAlgorithm) -> Algorithm {
    match algorithm {
        JwtAlgorithm::Hs256 => Algorithm::HS256,
        JwtAlgorithm::Hs384 => Algorithm::HS384,
        JwtAlgorithm::Hs512 => Algorithm::HS512,
        JwtAlgorithm::Rs256 => Algorithm::RS256,
        JwtAlgorithm::Rs384 => Algorithm::RS384,
        JwtAlgorithm::Rs512 => Algorithm::RS512,
        JwtAlgorithm::Es256 => Algorithm::ES256,
        JwtAlgorithm::Es384 => Algorithm::ES384,
        JwtAlgorithm::Ps256 => Algorithm::PS256,
        JwtAlgorithm::Ps384 => Algorithm::PS384,
        JwtAlgorithm::Ps512 => Algorithm::PS512,
        JwtAlgorithm::EdDsa => Algorithm::EdDSA,
    }
}
