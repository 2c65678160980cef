//! The token verifier: signatures, registered claims, times, and what configuration refuses.

use std::time::{Duration, SystemTime};

use auth_core::claims::ClaimError;
use auth_core::credential::{BearerToken, Credential};
use auth_core::jwt::{JwtKey, JwtVerifier};
use auth_core::{Attempt, Claims, ConfigErrorKind, Reason, Source, Verified, Verifier};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

const SECRET: &[u8] = b"0sF3kzP9qLm2XwT7yBnD5vRj8GhC1aEu";
const NOW: u64 = 1_800_000_000;

/// Signed once with a key that was thrown away; it expires in 2030.
const RS256_TOKEN: &str = concat!(
    "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6Im9uZSJ9.eyJpc3MiOiJodHRwczovL2lzc3Vlci5leGFtcGxlIiwiYXV",
    "kIjoiYXBpLmV4YW1wbGUiLCJzdWIiOiJhbGljZSIsImV4cCI6MTg5MzQ1NjAwMCwic2NvcGUiOiJhIGIiLCJyb2xlcyI6WyJ1c2V",
    "yIl19.H10AqETJ6Cmr2P6i17ODPxIoIX7REh0nmj1v1lq8OtKXglQZKshdqQqb5JnrQIqEv4_vhYomuHLMzcLOmKEgfiodz7lW7f",
    "NqMmoveZzOsZ4Nhym6DxDvc90VjCdeWUa7tNUpXCbMxwGdH9vdKUpZp3_WPgWK3ZdsshbRXjFxgF0IK470yxIrt2gD3bfEdGt87d",
    "1ksEc1_-ddRX9hJ15WyibhKHGIjuOLtFOCkETZFN2b2I6CqcK7hSrPmyzKaXX17oIq5wqarF-MRqObEgmxgnJTyCmQpl0eo11Z5W",
    "-vqGXVy1qaVG-I-cTuB1oA8PbZk65ILej0810gVdg5B64B-Q",
);

fn sign(header: &str, payload: &str, secret: &[u8]) -> String {
    let message = format!("{}.{}", BASE64_URL_SAFE_NO_PAD.encode(header), BASE64_URL_SAFE_NO_PAD.encode(payload));
    let key = EncodingKey::from_secret(secret);
    let signer = (DEFAULT_PROVIDER.signer_factory)(&Algorithm::HS256, &key).unwrap();
    format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(signer.try_sign(message.as_bytes()).unwrap()))
}

fn claims() -> Value {
    json!({
        "iss": "https://issuer.example", "aud": "api.example", "sub": "alice", "exp": NOW + 100,
        "scope": "items:read items:write", "roles": ["user"], "jti": "t-1", "amr": ["pwd", "otp"], "auth_time": NOW - 30,
    })
}

fn token_with(change: impl FnOnce(&mut Value)) -> String {
    let mut claims = claims();
    change(&mut claims);
    sign(r#"{"alg":"HS256","typ":"JWT"}"#, &claims.to_string(), SECRET)
}

fn verifier() -> JwtVerifier {
    JwtVerifier::builder()
        .issuer("https://issuer.example")
        .audience("api.example")
        .key(JwtKey::hs256(SECRET).unwrap())
        .leeway(Duration::ZERO)
        .build()
        .unwrap()
}

fn check_at(verifier: &JwtVerifier, token: &str, seconds: f64) -> Result<Verified<Claims>, Reason> {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs_f64(seconds);
    let parsed = BearerToken::parse(token.as_bytes()).map_err(|_| Reason::MALFORMED)?;
    let attempt = Attempt::new(now, Source::Unknown);
    verifier.try_verify(&parsed, &attempt).expect("tokens are decided at once").map_err(|error| error.reason())
}

/// What a verifier says that has seen no token yet. One that has believed others says the same.
fn check(token: &str) -> Result<Verified<Claims>, Reason> {
    let facts = |verdict: &Result<Verified<Claims>, Reason>| {
        verdict.as_ref().map(Verified::facts).cloned().map_err(|reason| *reason)
    };
    let (verdict, experienced) = (check_at(&verifier(), token, NOW as f64), verifier());
    let good = token_with(|_| {});
    for _ in 0..2 {
        assert!(check_at(&experienced, &good, NOW as f64).is_ok());
        assert_eq!(facts(&check_at(&experienced, token, NOW as f64)), facts(&verdict));
    }
    verdict
}

#[test]
fn a_good_token_yields_its_facts_and_claims() {
    let verified = check(&token_with(|_| {})).unwrap();
    let facts = verified.facts();
    assert_eq!((facts.subject.as_str(), facts.issuer.as_deref()), ("alice", Some("https://issuer.example")));
    assert_eq!(facts.scopes, ["items:read", "items:write"]);
    assert_eq!(facts.roles, ["user"]);
    assert_eq!(facts.credential_id.as_deref(), Some("t-1"));
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW);
    assert!(facts.has_factor("otp", Some(Duration::from_secs(30)), now));
    assert!(!facts.has_factor("otp", Some(Duration::from_secs(29)), now));
    assert_eq!(verified.value().parse::<String>("sub"), Ok::<_, ClaimError>("alice".to_owned()));
}

#[test]
fn claims_are_refused_each_for_its_reason() {
    type Case = (Reason, &'static str, fn(&mut Value));
    let cases: [Case; 40] = [
        (Reason::ISSUER, "no iss", |c| drop(c.as_object_mut().unwrap().remove("iss"))),
        (Reason::ISSUER, "other iss", |c| c["iss"] = json!("https://issuer.example/")),
        (Reason::CLAIMS, "iss array", |c| c["iss"] = json!(["https://issuer.example"])),
        (Reason::AUDIENCE, "no aud", |c| drop(c.as_object_mut().unwrap().remove("aud"))),
        (Reason::AUDIENCE, "other aud", |c| c["aud"] = json!("api.example.evil")),
        (Reason::AUDIENCE, "empty aud list", |c| c["aud"] = json!([])),
        (Reason::AUDIENCE, "empty aud", |c| c["aud"] = json!([""])),
        (Reason::CLAIMS, "aud object", |c| c["aud"] = json!({"api.example": true})),
        (Reason::CLAIMS, "aud mixed", |c| c["aud"] = json!(["api.example", 1])),
        (Reason::CLAIMS, "iss null", |c| c["iss"] = json!(null)),
        (Reason::CLAIMS, "aud null", |c| c["aud"] = json!(null)),
        (Reason::CLAIMS, "aud number", |c| c["aud"] = json!(1)),
        (Reason::CLAIMS, "no exp", |c| drop(c.as_object_mut().unwrap().remove("exp"))),
        (Reason::CLAIMS, "exp text", |c| c["exp"] = json!("1900000000")),
        (Reason::CLAIMS, "exp true", |c| c["exp"] = json!(true)),
        (Reason::CLAIMS, "exp null", |c| c["exp"] = json!(null)),
        (Reason::CLAIMS, "exp negative", |c| c["exp"] = json!(-1)),
        (Reason::CLAIMS, "exp in milliseconds", |c| c["exp"] = json!((NOW + 100) * 1000)),
        (Reason::CLAIMS, "exp 2^64", |c| c["exp"] = json!(18_446_744_073_709_551_616.0)),
        (Reason::EXPIRED, "exp zero", |c| c["exp"] = json!(0)),
        (Reason::EXPIRED, "exp now", |c| c["exp"] = json!(NOW)),
        (Reason::NOT_YET_VALID, "nbf ahead", |c| c["nbf"] = json!(NOW + 1)),
        (Reason::CLAIMS, "nbf text", |c| c["nbf"] = json!("0")),
        (Reason::NOT_YET_VALID, "iat 61 s ahead", |c| c["iat"] = json!(NOW + 61)),
        (Reason::CLAIMS, "iat text", |c| c["iat"] = json!("0")),
        (Reason::CLAIMS, "no sub", |c| drop(c.as_object_mut().unwrap().remove("sub"))),
        (Reason::CLAIMS, "sub number", |c| c["sub"] = json!(7)),
        (Reason::CLAIMS, "sub empty", |c| c["sub"] = json!("")),
        (Reason::CLAIMS, "scope list", |c| c["scope"] = json!(["items:read"])),
        (Reason::CLAIMS, "roles text", |c| c["roles"] = json!("admin")),
        (Reason::CLAIMS, "roles mixed", |c| c["roles"] = json!(["admin", 1])),
        (Reason::CLAIMS, "amr text", |c| c["amr"] = json!("pwd")),
        (Reason::CLAIMS, "jti number", |c| c["jti"] = json!(1)),
        (Reason::TOKEN_TYPE, "nonce of an ID token", |c| c["nonce"] = json!("n")),
        (Reason::TOKEN_TYPE, "at_hash of an ID token", |c| c["at_hash"] = json!("h")),
        (Reason::TOKEN_TYPE, "c_hash of an ID token", |c| c["c_hash"] = json!("h")),
        (Reason::SENDER_CONSTRAINED, "DPoP, RFC 9449", |c| {
            c["cnf"] = json!({"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"});
        }),
        (Reason::SENDER_CONSTRAINED, "mTLS, RFC 8705", |c| {
            c["cnf"] = json!({"x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"});
        }),
        (Reason::SENDER_CONSTRAINED, "cnf null", |c| c["cnf"] = json!(null)),
        (Reason::SENDER_CONSTRAINED, "cnf empty", |c| c["cnf"] = json!({})),
    ];
    for (reason, what, change) in cases {
        assert_eq!(check(&token_with(change)).err(), Some(reason), "{what}");
    }
}

#[test]
fn near_misses_of_refused_claims_pass() {
    let cases: [fn(&mut Value); 8] = [
        |c| c["aud"] = json!(["other", "api.example"]),
        |c| c["exp"] = json!(NOW + 1),
        |c| c["exp"] = json!(NOW as f64 + 0.5),
        |c| c["nbf"] = json!(NOW),
        |c| c["iat"] = json!(NOW + 60),
        |c| c["scope"] = json!(""),
        |c| drop(c.as_object_mut().unwrap().remove("roles")),
        |c| c["act"] = json!({"cnf": {"jkt": "the actor's, not the token's"}}),
    ];
    for change in cases {
        let token = token_with(change);
        assert!(check(&token).is_ok(), "{token}");
    }
}

#[test]
fn a_fraction_of_a_second_counts() {
    let token = token_with(|claims| claims["exp"] = json!(NOW as f64 + 0.5));
    assert!(check_at(&verifier(), &token, NOW as f64 + 0.25).is_ok());
    assert_eq!(check_at(&verifier(), &token, NOW as f64 + 0.5).err(), Some(Reason::EXPIRED));
}

#[test]
fn leeway_stretches_both_ends_and_no_further() {
    let verifier = JwtVerifier::builder()
        .issuer("https://issuer.example")
        .audience("api.example")
        .key(JwtKey::hs256(SECRET).unwrap())
        .leeway(Duration::from_secs(10))
        .build()
        .unwrap();
    let token = token_with(|claims| claims["nbf"] = json!(NOW));
    assert!(check_at(&verifier, &token, (NOW + 109) as f64).is_ok());
    assert_eq!(check_at(&verifier, &token, (NOW + 110) as f64).err(), Some(Reason::EXPIRED));
    assert!(check_at(&verifier, &token, (NOW - 10) as f64).is_ok());
    assert_eq!(check_at(&verifier, &token, (NOW - 11) as f64).err(), Some(Reason::NOT_YET_VALID));
}

#[test]
fn headers_are_refused_each_for_its_reason() {
    let payload = claims().to_string();
    let cases = [
        (Reason::ALGORITHM, r#"{"alg":"none"}"#),
        (Reason::ALGORITHM, r#"{"alg":"hs256"}"#),
        (Reason::ALGORITHM, r#"{"alg":"HS384"}"#),
        (Reason::ALGORITHM, r#"{"alg":"RS256"}"#),
        (Reason::TOKEN_HEADER, r#"{"typ":"JWT"}"#),
        (Reason::TOKEN_HEADER, r#"{"alg":["HS256"]}"#),
        (Reason::TOKEN_HEADER, r#"{"alg":"none","alg":"HS256"}"#),
        (Reason::TOKEN_HEADER, r#"{"alg":"HS256","crit":["exp"]}"#),
        (Reason::TOKEN_HEADER, r#"{"alg":"HS256","crit":[]}"#),
        (Reason::TOKEN_HEADER, r#"{"alg":"HS256","b64":false}"#),
        (Reason::TOKEN_HEADER, r#"{"alg":"HS256","zip":"DEF"}"#),
        (Reason::TOKEN_HEADER, r#"{"alg":"HS256","kid":1}"#),
        (Reason::TOKEN_HEADER, r#"["HS256"]"#),
        (Reason::TOKEN_TYPE, r#"{"alg":"HS256","typ":"secevent+jwt"}"#),
        (Reason::TOKEN_TYPE, r#"{"alg":"HS256","typ":""}"#),
    ];
    for (reason, header) in cases {
        assert_eq!(check(&sign(header, &payload, SECRET)).err(), Some(reason), "{header}");
    }
    for header in [
        r#"{"alg":"HS256"}"#,
        r#"{"alg":"HS256","typ":"at+jwt"}"#,
        r#"{"alg":"HS256","typ":"application/AT+JWT"}"#,
        r#"{"alg":"HS256","jwk":{"kty":"oct","k":"AA"},"kid":"unknown to a key without an id"}"#,
    ] {
        assert!(check(&sign(header, &payload, SECRET)).is_ok(), "{header}");
    }
}

#[test]
fn a_required_type_is_required() {
    let strict = JwtVerifier::builder()
        .issuer("https://issuer.example")
        .audience("api.example")
        .key(JwtKey::hs256(SECRET).unwrap())
        .require_typ("at+jwt")
        .build()
        .unwrap();
    let with_header = |header: &str| check_at(&strict, &sign(header, &claims().to_string(), SECRET), NOW as f64);
    assert!(with_header(r#"{"alg":"HS256","typ":"at+jwt"}"#).is_ok());
    assert_eq!(with_header(r#"{"alg":"HS256","typ":"JWT"}"#).err(), Some(Reason::TOKEN_TYPE));
    assert_eq!(with_header(r#"{"alg":"HS256"}"#).err(), Some(Reason::TOKEN_TYPE));
}

#[test]
fn tokens_that_are_no_compact_form_are_refused() {
    let good = token_with(|_| {});
    let parts: Vec<&str> = good.split('.').collect();
    let cases = [
        parts[..2].join("."),
        format!("{good}.x"),
        format!("{}.{}.", parts[0], parts[1]),
        format!(".{}.{}", parts[1], parts[2]),
        format!("{}..{}", parts[0], parts[2]),
        format!("{good}="),
        format!("{}.{}=.{}", parts[0], parts[1], parts[2]),
        good.replace('.', "/"),
    ];
    for token in cases {
        assert!(check(&token).is_err(), "{token}");
    }
}

#[test]
fn every_changed_character_breaks_a_token() {
    let good = token_with(|_| {});
    for at in 0..good.len() {
        let mut bytes = good.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        assert!(check(&changed).is_err(), "character {at}");
    }
}

#[test]
fn a_signature_by_another_secret_is_refused() {
    let token = sign(r#"{"alg":"HS256"}"#, &claims().to_string(), b"another secret, also of 32 bytes");
    assert_eq!(check(&token).err(), Some(Reason::SIGNATURE));
}

fn rs256(pem: &[u8]) -> JwtVerifier {
    JwtVerifier::builder()
        .issuer("https://issuer.example")
        .audience("api.example")
        .key(JwtKey::rs256_pem(pem).unwrap().with_id("one"))
        .build()
        .unwrap()
}

#[test]
fn rs256_tokens_are_verified_by_either_form_of_the_public_key() {
    for pem in [&include_bytes!("keys/rs256.pem")[..], include_bytes!("keys/rs256_pkcs1.pem")] {
        let verified = check_at(&rs256(pem), RS256_TOKEN, NOW as f64).unwrap();
        assert_eq!(verified.facts().subject, "alice");
        let broken = format!("{}A", &RS256_TOKEN[..RS256_TOKEN.len() - 1]);
        assert!(check_at(&rs256(pem), &broken, NOW as f64).is_err());
    }
}

/// The oldest trick: the public key as an HMAC secret.
#[test]
fn a_public_key_is_never_a_secret() {
    let pem = include_bytes!("keys/rs256.pem");
    let forged = sign(r#"{"alg":"HS256","kid":"one"}"#, &claims().to_string(), pem);
    assert_eq!(check_at(&rs256(pem), &forged, NOW as f64).err(), Some(Reason::ALGORITHM));
}

#[test]
fn keys_are_chosen_by_id_and_unknown_ids_are_refused() {
    let verifier = JwtVerifier::builder()
        .issuer("https://issuer.example")
        .audience("api.example")
        .key(JwtKey::hs256(SECRET).unwrap().with_id("old"))
        .key(JwtKey::hs256(b"another secret, also of 32 bytes").unwrap().with_id("new"))
        .build()
        .unwrap();
    let with_header = |header: &str| check_at(&verifier, &sign(header, &claims().to_string(), SECRET), NOW as f64);
    assert!(with_header(r#"{"alg":"HS256","kid":"old"}"#).is_ok());
    assert_eq!(with_header(r#"{"alg":"HS256","kid":"new"}"#).err(), Some(Reason::SIGNATURE));
    assert_eq!(with_header(r#"{"alg":"HS256","kid":"../../dev/null"}"#).err(), Some(Reason::UNKNOWN_KEY));
    assert_eq!(with_header(r#"{"alg":"HS256"}"#).err(), Some(Reason::UNKNOWN_KEY), "two keys fit: neither is guessed");
}

#[test]
fn configuration_names_the_value_and_the_fix() {
    let complete =
        || JwtVerifier::builder().issuer("https://issuer.example").audience("api").key(JwtKey::hs256(SECRET).unwrap());
    let cases = [
        (JwtVerifier::builder().audience("api").build(), ConfigErrorKind::Issuer, ".issuer("),
        (JwtVerifier::builder().issuer("i").build(), ConfigErrorKind::Audience, ".audience("),
        (complete().audience("  ").build(), ConfigErrorKind::Audience, "\"\" is not an audience"),
        (JwtVerifier::builder().issuer("i").audience("a").build(), ConfigErrorKind::KeySet, ".key("),
        (JwtVerifier::builder().issuer("i").audience("a").build(), ConfigErrorKind::KeySet, ".key_source("),
        (complete().key(JwtKey::hs256(SECRET).unwrap()).build(), ConfigErrorKind::KeySet, ".with_id("),
        (complete().leeway(Duration::from_secs(301)).build(), ConfigErrorKind::Leeway, "301 s"),
        (complete().require_typ(" ").build(), ConfigErrorKind::TokenType, "at+jwt"),
    ];
    for (built, kind, text) in cases {
        let error = built.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(text), "{error}");
    }
    for (pem, text) in
        [(&include_bytes!("keys/rsa_1024.pem")[..], "1024 bits"), (include_bytes!("keys/p256.pem"), "another kind")]
    {
        let error = JwtKey::rs256_pem(pem).unwrap_err();
        assert!(error.kind() == ConfigErrorKind::Key && error.to_string().contains(text), "{error}");
    }
    assert!("HS255".parse::<auth_core::jwt::JwtAlgorithm>().unwrap_err().to_string().contains("`HS255`"));
}
