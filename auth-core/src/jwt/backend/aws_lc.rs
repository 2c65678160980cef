//! aws-lc-rs, asked directly: `jsonwebtoken` would parse the key anew at each check.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::MAX_OUTPUT_LEN;
use aws_lc_rs::hmac;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384,
    RSA_PSS_2048_8192_SHA512, RsaParameters, RsaPublicKeyComponents, VerificationAlgorithm,
};

use super::Parts;
use crate::jwt::algorithm::JwtAlgorithm;

/// A key for one algorithm.
pub(in crate::jwt) enum Material {
    Public(ParsedPublicKey),
    Secret(Box<hmac::Key>),
    /// What is no key: it has signed nothing.
    Unusable,
}

impl Material {
    pub(in crate::jwt) fn new(algorithm: JwtAlgorithm, parts: Parts<'_>) -> Self {
        let public = match parts {
            Parts::Secret(secret) => {
                return hmac_algorithm(algorithm)
                    .map_or(Self::Unusable, |algorithm| Self::Secret(Box::new(hmac::Key::new(algorithm, secret))));
            }
            Parts::Rsa { modulus: n, exponent: e } => rsa_parameters(algorithm)
                .and_then(|parameters| RsaPublicKeyComponents { n, e }.to_parsed_public_key(parameters).ok()),
            Parts::Point(point) | Parts::Edwards(point) => {
                curve(algorithm).and_then(|curve| ParsedPublicKey::new(curve, point).ok())
            }
        };
        public.map_or(Self::Unusable, Self::Public)
    }

    /// Whether `signature` over `message` is by this key. An error of the backend is no signature.
    pub(in crate::jwt) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Public(key) => key.verify_sig(message, signature).is_ok(),
            // Like `hmac::verify`, which moves its state and the tag about.
            Self::Secret(key) => hmac::sign_to_buffer(key, message, &mut [0; MAX_OUTPUT_LEN])
                .is_ok_and(|tag| verify_slices_are_equal(tag, signature).is_ok()),
            Self::Unusable => false,
        }
    }

    /// Whether the point of an elliptic key lies on the curve of its algorithm (SEC 1 §3.2.2.1).
    pub(in crate::jwt) fn is_on_curve(&self) -> bool {
        matches!(self, Self::Public(_))
    }
}

fn hmac_algorithm(algorithm: JwtAlgorithm) -> Option<hmac::Algorithm> {
    match algorithm {
        JwtAlgorithm::Hs256 => Some(hmac::HMAC_SHA256),
        JwtAlgorithm::Hs384 => Some(hmac::HMAC_SHA384),
        JwtAlgorithm::Hs512 => Some(hmac::HMAC_SHA512),
        _ => None,
    }
}

fn rsa_parameters(algorithm: JwtAlgorithm) -> Option<&'static RsaParameters> {
    match algorithm {
        JwtAlgorithm::Rs256 => Some(&RSA_PKCS1_2048_8192_SHA256),
        JwtAlgorithm::Rs384 => Some(&RSA_PKCS1_2048_8192_SHA384),
        JwtAlgorithm::Rs512 => Some(&RSA_PKCS1_2048_8192_SHA512),
        JwtAlgorithm::Ps256 => Some(&RSA_PSS_2048_8192_SHA256),
        JwtAlgorithm::Ps384 => Some(&RSA_PSS_2048_8192_SHA384),
        JwtAlgorithm::Ps512 => Some(&RSA_PSS_2048_8192_SHA512),
        _ => None,
    }
}

fn curve(algorithm: JwtAlgorithm) -> Option<&'static dyn VerificationAlgorithm> {
    match algorithm {
        JwtAlgorithm::Es256 => Some(&ECDSA_P256_SHA256_FIXED),
        JwtAlgorithm::Es384 => Some(&ECDSA_P384_SHA384_FIXED),
        JwtAlgorithm::EdDsa => Some(&ED25519),
        _ => None,
    }
}
