//! A provider that must not be asked.

use jsonwebtoken::crypto::{CryptoProvider, KeyUtils};

pub static UNWANTED: CryptoProvider = CryptoProvider {
    signer_factory: |_, _| panic!("the process-wide provider was asked to sign"),
    verifier_factory: |_, _| panic!("the process-wide provider was asked to verify"),
    key_utils: KeyUtils::new_unimplemented(),
};
