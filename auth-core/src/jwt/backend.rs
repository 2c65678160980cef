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
