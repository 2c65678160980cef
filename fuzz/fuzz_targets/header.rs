//! Any token header, well signed: what passes is a strict object that names our algorithm, a type of ours, and nothing
//! that would change what is signed.
#![no_main]

use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use auth_core::credential::{BearerToken, Credential};
use auth_core::jwt::{JwtKey, JwtVerifier};
use auth_core::{Attempt, Source, Verifier};
use auth_fuzz::{NOW, SECRET, signed};
use libfuzzer_sys::fuzz_target;

const PAYLOAD: &[u8] = br#"{"iss":"us","aud":"api","sub":"alice","exp":1900000000}"#;
const TYPES: [&str; 4] = ["jwt", "at+jwt", "application/jwt", "application/at+jwt"];

/// The key has an id, so that `kid` is looked at too.
static VERIFIER: LazyLock<JwtVerifier> = LazyLock::new(|| {
    let key = JwtKey::hs256(SECRET).expect("a good secret").with_id("one");
    JwtVerifier::builder().issuer("us").audience("api").key(key).build().expect("complete")
});

fuzz_target!(|data: &[u8]| {
    let token = signed(data, PAYLOAD);
    let Ok(parsed) = BearerToken::parse(token.as_bytes()) else { return };
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW);
    let decided = VERIFIER.try_verify(&parsed, &Attempt::new(now, Source::Unknown)).expect("decided at once");
    let header = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(data);
    let Ok(verified) = decided else { return };
    assert_eq!(verified.facts().subject, "alice");
    let header = header.expect("stricter than another reader, never laxer");
    assert_eq!(header["alg"], "HS256");
    assert!(header.get("kid").is_none_or(|id| id == "one"));
    assert!(["crit", "b64", "zip", "enc"].iter().all(|name| !header.contains_key(*name)));
    let is_ours = |name: &str| TYPES.contains(&name.to_ascii_lowercase().as_str());
    assert!(header.get("typ").is_none_or(|name| name.as_str().is_some_and(is_ours)));
});
