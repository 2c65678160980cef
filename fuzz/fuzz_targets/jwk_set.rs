//! Any key set of somebody else's: what comes out of it has an algorithm that was wanted, and no shared secret; and
//! whatever its numbers are, nobody's signature is good under it.
#![no_main]

use std::time::{Duration, SystemTime};

use auth_core::credential::{BearerToken, Credential};
use auth_core::jwt::{JwtAlgorithm, JwtKey, JwtKeySet, JwtVerifier};
use auth_core::{Attempt, Source, Verifier};
use auth_fuzz::NOW;
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use libfuzzer_sys::fuzz_target;

const PAYLOAD: &str = r#"{"iss":"us","aud":"api","sub":"alice","exp":1900000000}"#;
/// The length of a signature: RSA of 2048 bits, P-384, and P-256 or Ed25519.
const LENGTHS: [usize; 3] = [256, 96, 64];

fuzz_target!(|data: &[u8]| {
    // One algorithm for each type and curve, as a foreign set needs for keys that name none.
    let wanted = [JwtAlgorithm::Rs256, JwtAlgorithm::Es256, JwtAlgorithm::Es384, JwtAlgorithm::EdDsa];
    for wanted in [&wanted[..], &JwtAlgorithm::ALL] {
        let Ok(set) = JwtKeySet::from_foreign_json(data, wanted) else { continue };
        assert!((1..=100).contains(&set.keys().len()));
        assert!(set.keys().iter().all(|key| !key.is_shared_secret() && wanted.contains(&key.algorithm())));
        let mut ids: Vec<_> = set.keys().iter().filter_map(|key| key.id()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert!(ids.len() == set.keys().len() || set.keys().len() == 1, "every id stands once");
        for key in set.keys() {
            LENGTHS.iter().for_each(|length| refuses(key, *length));
        }
    }
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = JwtKeySet::from_json(text);
    }
});

fn refuses(key: &JwtKey, length: usize) {
    let header = format!(r#"{{"alg":"{}"}}"#, key.algorithm());
    let [header, payload] = [header.as_str(), PAYLOAD].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part));
    let token = format!("{header}.{payload}.{}", BASE64_URL_SAFE_NO_PAD.encode(vec![1; length]));
    let verifier = JwtVerifier::builder().issuer("us").audience("api").key(key.clone()).build().expect("complete");
    let parsed = BearerToken::parse(token.as_bytes()).expect("well formed");
    let attempt = Attempt::new(SystemTime::UNIX_EPOCH + Duration::from_secs(NOW), Source::Unknown);
    assert!(verifier.try_verify(&parsed, &attempt).expect("decided at once").is_err(), "nobody has signed this");
}
