//! The signature check of the chosen backend.
//!
//! Never the process-wide provider of `jsonwebtoken`: another dependency may have set it, or nobody at all.

use jsonwebtoken::crypto::CryptoProvider;
use jsonwebtoken::{Algorithm, DecodingKey};

#[cfg(not(any(feature = "aws-lc-rs", feature = "rust-crypto")))]
use self::missing::DEFAULT_PROVIDER;
#[cfg(feature = "aws-lc-rs")]
use jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER;
#[cfg(all(feature = "rust-crypto", not(feature = "aws-lc-rs")))]
use jsonwebtoken::crypto::rust_crypto::DEFAULT_PROVIDER;

/// Whether `signature` over `message` is by `key`. An error of the backend is no signature.
pub(super) fn is_signed(message: &[u8], signature: &Vec<u8>, key: &DecodingKey, algorithm: Algorithm) -> bool {
    let provider: &CryptoProvider = &DEFAULT_PROVIDER;
    (provider.verifier_factory)(&algorithm, key).is_ok_and(|verifier| verifier.verify(message, signature).is_ok())
}

/// Whether the point of an elliptic key lies on the curve of its algorithm (SEC 1 §3.2.2.1).
///
/// This backend parses keys when it verifies, and not before; so the key is parsed once more here.
#[cfg(feature = "aws-lc-rs")]
pub(super) fn is_on_curve(point: &[u8], _: &DecodingKey, algorithm: Algorithm) -> bool {
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ParsedPublicKey};

    match algorithm {
        Algorithm::ES256 => ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).is_ok(),
        Algorithm::ES384 => ParsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, point).is_ok(),
        _ => false,
    }
}

/// Whether the point of an elliptic key lies on the curve of its algorithm (SEC 1 §3.2.2.1).
#[cfg(not(feature = "aws-lc-rs"))]
pub(super) fn is_on_curve(_: &[u8], key: &DecodingKey, algorithm: Algorithm) -> bool {
    let provider: &CryptoProvider = &DEFAULT_PROVIDER;
    (provider.verifier_factory)(&algorithm, key).is_ok()
}

/// Stands in where the build is refused anyway, so that the refusal is the only error shown.
#[cfg(not(any(feature = "aws-lc-rs", feature = "rust-crypto")))]
mod missing {
    use jsonwebtoken::crypto::{CryptoProvider, KeyUtils};
    use jsonwebtoken::errors::ErrorKind;

    pub(super) static DEFAULT_PROVIDER: CryptoProvider = CryptoProvider {
        signer_factory: |_, _| Err(ErrorKind::InvalidAlgorithm.into()),
        verifier_factory: |_, _| Err(ErrorKind::InvalidAlgorithm.into()),
        key_utils: KeyUtils::new_unimplemented(),
    };
}
