//! Any token: none passes that was not signed.
#![no_main]

use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use auth_core::credential::{BearerToken, Credential};
use auth_core::jwt::JwtVerifier;
use auth_core::{Attempt, Source, Verifier};
use auth_fuzz::{NOW, tokens};
use libfuzzer_sys::fuzz_target;

static VERIFIER: LazyLock<JwtVerifier> = LazyLock::new(tokens);

fuzz_target!(|data: &[u8]| {
    let Ok(token) = BearerToken::parse(data) else { return };
    let attempt = Attempt::new(SystemTime::UNIX_EPOCH + Duration::from_secs(NOW), Source::Unknown);
    let decided = VERIFIER.try_verify(&token, &attempt).expect("decided at once");
    assert!(decided.is_err(), "the secret is not in the corpus");
});
