//! Tokens of our own, signed with a secret of the test, for what the published ones do not reach.

use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime};

use auth_core::credential::{BearerToken, Credential};
use auth_core::jwt::{JwtKey, JwtVerifier, JwtVerifierBuilder};
use auth_core::{Attempt, Claims, Reason, Source, Verified, Verifier, VerifyError};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};

pub const NOW: u64 = 1_800_000_000;
pub const ISSUER: &str = "https://issuer.example";
pub const AUDIENCE: &str = "api.example";
pub const SECRET: &[u8] = b"0sF3kzP9qLm2XwT7yBnD5vRj8GhC1aEu";
pub const OTHER_SECRET: &[u8] = b"another secret, also of 32 bytes";

/// A token of that header and payload.
pub fn sign(header: &Value, payload: &Value, secret: &[u8]) -> String {
    let [header, payload] = [header, payload].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part.to_string()));
    let message = format!("{header}.{payload}");
    let mac = Hmac::<sha2::Sha256>::new_from_slice(secret).expect("any length").chain_update(&message);
    format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

/// A token that is good but for these claims: they replace what stands in their place, and `null` removes it.
pub fn token(claims: Value) -> String {
    let mut payload = json!({"iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "exp": NOW + 100});
    let (Value::Object(all), Value::Object(claims)) = (&mut payload, claims) else { panic!("claims are an object") };
    for (name, value) in claims {
        match value {
            Value::Null => drop(all.remove(&name)),
            value => drop(all.insert(name, value)),
        }
    }
    sign(&json!({"alg": "HS256"}), &payload, SECRET)
}

/// The beginning of a verifier that believes those tokens.
pub fn builder() -> JwtVerifierBuilder {
    let key = JwtKey::hs256(SECRET).expect("a good secret");
    JwtVerifier::builder().issuer(ISSUER).audience(AUDIENCE).key(key)
}

pub fn attempt() -> Attempt {
    Attempt::new(SystemTime::UNIX_EPOCH + Duration::from_secs(NOW), Source::Unknown)
}

/// What a verifier says that decides at once.
pub fn check(verifier: &impl Verifier<BearerToken, Value = Claims>, token: &str) -> Result<Verified<Claims>, Reason> {
    let token = BearerToken::parse(token.as_bytes()).expect("a bearer token");
    verifier.try_verify(&token, &attempt()).expect("an answer at once").map_err(|error| error.reason())
}

/// What a verifier says that does not decide at once, but need not wait either.
pub fn check_later(
    verifier: &impl Verifier<BearerToken, Value = Claims>,
    token: &str,
) -> Result<Verified<Claims>, VerifyError> {
    let token = BearerToken::parse(token.as_bytes()).expect("a bearer token");
    assert!(verifier.try_verify(&token, &attempt()).is_none(), "it cannot decide at once");
    match pin!(verifier.verify(BearerToken::into_owned(token), attempt())).poll(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(verdict) => verdict,
        Poll::Pending => panic!("nothing is waited for"),
    }
}
