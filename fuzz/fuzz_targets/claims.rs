//! Any payload, well signed: it is read as `serde_json` reads it or refused, alike by the reader of plain text and by the
//! full one, and who passes has not expired.
#![no_main]

use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use auth_core::credential::{BearerToken, Credential};
use auth_core::jwt::JwtVerifier;
use auth_core::{Attempt, Claims, Source, Verified, Verifier, VerifyError};
use auth_fuzz::{NOW, signed, tokens};
use libfuzzer_sys::fuzz_target;

static VERIFIER: LazyLock<JwtVerifier> = LazyLock::new(tokens);

/// What becomes of a payload, unless the token is too long.
fn decide(payload: &[u8]) -> Option<Result<Verified<Claims>, VerifyError>> {
    let token = signed(br#"{"alg":"HS256"}"#, payload);
    let parsed = BearerToken::parse(token.as_bytes()).ok()?;
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW);
    Some(VERIFIER.try_verify(&parsed, &Attempt::new(now, Source::Unknown)).expect("decided at once"))
}

fuzz_target!(|data: &[u8]| {
    let ours = Claims::from_json(data);
    let theirs = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(data);
    if let Ok(claims) = &ours {
        let theirs = theirs.as_ref().expect("stricter, never laxer");
        assert_eq!(claims.iter().count(), theirs.len(), "no name stands twice");
    }
    // No plain text begins with white space, which changes nothing otherwise.
    let Some((decided, by_full_reader)) = decide(data).zip(decide(&[b" ", data].concat())) else { return };
    match (&decided, &by_full_reader) {
        (Ok(verified), Ok(other)) => {
            assert_eq!((verified.facts(), verified.value()), (other.facts(), other.value()));
            assert_eq!(ours.as_ref(), Ok(verified.value()));
        }
        (Err(error), Err(other)) => assert_eq!(error.reason(), other.reason()),
        _ => panic!("two readers, two answers"),
    }
    if let Ok(verified) = decided {
        let theirs = theirs.expect("read by both");
        assert_eq!(
            (theirs["iss"].as_str(), theirs["sub"].as_str()),
            (Some("us"), Some(verified.facts().subject.as_str()))
        );
        assert!(theirs["exp"].as_f64().expect("a number") + 60.0 > NOW as f64);
        assert!(!verified.facts().subject.is_empty());
        let audience = &theirs["aud"];
        let is_ours = |audience: &serde_json::Value| audience == "api";
        assert!(is_ours(audience) || audience.as_array().is_some_and(|list| list.iter().any(is_ours)));
        assert!(["nonce", "at_hash", "c_hash", "cnf"].iter().all(|name| !theirs.contains_key(*name)));
    }
});
