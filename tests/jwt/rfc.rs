//! The signed examples of RFC 7515 and RFC 8037.

use std::collections::BTreeMap;

use auth_core::Reason;
use auth_core::jwt::{JwtAlgorithm, JwtKey, JwtVerifier};
use serde_json::Value;

use crate::bearer::Bench;
use crate::deviations;

/// One second before the claims of RFC 7515 A.1 to A.3 expire.
const JUST_VALID: u64 = 1_300_819_379;

fn bench(key: JwtKey, now: u64) -> Bench {
    let builder = JwtVerifier::builder().with_insecure_any_issuer().with_insecure_any_audience();
    Bench::new(builder.leeway(std::time::Duration::ZERO).key(key).build().expect("a good verifier"), now)
}

#[test]
fn signatures_of_the_rfcs_are_decided_as_printed() {
    let vectors: Value = serde_json::from_str(include_str!("../vectors/rfc/jose.json")).expect("JSON");
    let examples = vectors["jws"].as_array().expect("a list");
    assert_eq!(examples.len(), 6);
    let mut otherwise = BTreeMap::new();
    for example in examples {
        let text = |member: &str| example[member].as_str().expect("a text");
        let (name, token) = (text("name"), text("token"));
        let key = text("alg")
            .parse()
            .and_then(|algorithm: JwtAlgorithm| JwtKey::from_jwk_for(algorithm, &example["jwk"].to_string()));
        let is_known = key.is_ok();
        let key = key.unwrap_or_else(|_| JwtKey::hs256(b"a secret that signs none of the vectors").expect("good"));
        // None of them has a subject, so the claims are refused where the signature is good.
        let reason = bench(key.clone(), JUST_VALID).verify(token).expect_err("no claims of ours");
        assert!(!bench(key.clone(), JUST_VALID).lets_through(token), "{name}");
        let is_good = is_known && reason == Reason::CLAIMS;
        if is_good && example.get("note").is_none_or(|note| note != "payload is text, not claims") {
            let late = bench(key, JUST_VALID + 1).verify(token);
            assert_eq!(late.err(), Some(Reason::EXPIRED), "{name} expires a second later");
        }
        if is_good != (text("expect") == "valid") {
            otherwise.insert(name.to_owned(), is_good);
        }
    }
    deviations::compare("rfc", &otherwise);
}
