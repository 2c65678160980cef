use std::time::{Duration, SystemTime};

use auth_core::credential::{BearerToken, Credential};
use auth_core::jwt::{JwtAlgorithm, JwtKeySet, JwtVerifier};
use auth_core::{Attempt, ConfigErrorKind, Reason, Source, Verifier};

use super::{KeyRing, SigningKey};

const PAYLOAD: &str = r#"{"iss":"us","aud":"api","sub":"alice","exp":2000000000}"#;

fn check(keys: &JwtKeySet, token: &str) -> Result<(), Reason> {
    let verifier = JwtVerifier::builder().issuer("us").audience("api").keys(keys).build().unwrap();
    let now = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(1_900_000_000)).unwrap();
    let parsed = BearerToken::parse(token.as_bytes()).unwrap();
    let decided = verifier.try_verify(&parsed, &Attempt::new(now, Source::Unknown)).unwrap();
    decided.map(drop).map_err(|error| error.reason())
}

fn only(key: &SigningKey) -> JwtKeySet {
    JwtKeySet::new(vec![key.verifying_key().clone()]).unwrap()
}

#[test]
fn what_each_algorithm_signs_its_verifier_believes_and_no_other() {
    let keys = JwtAlgorithm::ALL.map(|algorithm| SigningKey::generate(algorithm).unwrap());
    for key in &keys {
        let token = key.sign(PAYLOAD, None).unwrap();
        for other in &keys {
            assert_eq!(check(&only(other), &token).is_ok(), key.id() == other.id(), "{key:?} {other:?}");
        }
    }
}

#[test]
fn a_stored_key_is_the_same_key() {
    for algorithm in [JwtAlgorithm::Rs256, JwtAlgorithm::Es384, JwtAlgorithm::EdDsa] {
        let key = SigningKey::generate(algorithm).unwrap();
        let again = SigningKey::from_pem(algorithm, key.reveal_pem().unwrap().as_bytes()).unwrap();
        assert_eq!(again.id(), key.id());
        assert_eq!(check(&only(&key), &again.sign(PAYLOAD, Some("at+jwt")).unwrap()), Ok(()));
    }
    let secret = SigningKey::generate(JwtAlgorithm::Hs256).unwrap();
    assert!(secret.reveal_pem().is_none() && secret.to_public_jwk().is_none());
}

#[test]
fn a_key_of_another_kind_is_refused() {
    let pem = SigningKey::generate(JwtAlgorithm::Es256).unwrap().reveal_pem().unwrap();
    for algorithm in [JwtAlgorithm::Es384, JwtAlgorithm::Rs256, JwtAlgorithm::EdDsa, JwtAlgorithm::Hs256] {
        let error = SigningKey::from_pem(algorithm, pem.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(algorithm.as_str()) && !error.contains(pem.lines().nth(1).unwrap()), "{error}");
    }
    assert!(SigningKey::from_pem(JwtAlgorithm::Rs256, b"no key").is_err());
}

#[test]
fn rotation_has_no_gap() {
    let key = || SigningKey::generate(JwtAlgorithm::Es256).unwrap();
    let mut ring = KeyRing::new(key());
    let first = ring.active().id().to_owned();
    let old_token = ring.sign(PAYLOAD, None).unwrap();

    let next = key();
    let second = next.id().to_owned();
    ring.announce(next).unwrap();
    assert_eq!(ring.active().id(), first, "announced keys do not sign");
    assert!(ring.to_jwk_set().contains(&second), "but are published");
    let published = JwtKeySet::from_json(&ring.to_jwk_set()).unwrap();
    assert!(ring.activate(&second) && !ring.activate("unknown"));
    let new_token = ring.sign(PAYLOAD, None).unwrap();
    assert_eq!(check(&published, &new_token), Ok(()), "whoever fetched the set before knows the new key");
    assert_eq!(check(&ring.key_set().unwrap(), &old_token), Ok(()));

    assert!(ring.retire(&first));
    assert_eq!(check(&ring.key_set().unwrap(), &old_token), Err(Reason::UNKNOWN_KEY));
    assert_eq!(check(&ring.key_set().unwrap(), &new_token), Ok(()));
    assert!(!ring.retire(&second), "the key that signs stays");
}

#[test]
fn one_id_stands_once_in_a_ring() {
    let pem = SigningKey::generate(JwtAlgorithm::EdDsa).unwrap().reveal_pem().unwrap();
    let same = || SigningKey::from_pem(JwtAlgorithm::EdDsa, pem.as_bytes()).unwrap();
    let mut ring = KeyRing::new(same());
    assert!(ring.rotate(same()).unwrap_err().to_string().contains(same().id()));
    assert!(ring.announce(same().with_id("two").unwrap()).is_ok());
}

/// Whatever is published or printed, a private part is not in it.
#[test]
fn private_parts_stay() {
    for algorithm in JwtAlgorithm::ALL {
        let key = SigningKey::generate(algorithm).unwrap();
        let pem = key.reveal_pem();
        let ring = KeyRing::new(key);
        let shown = format!("{ring:?} {} {:?}", ring.to_jwk_set(), ring.active().verifying_key());
        for member in ["\"d\"", "\"p\"", "\"q\"", "\"dp\"", "\"dq\"", "\"qi\"", "\"k\"", "PRIVATE"] {
            assert!(!shown.contains(member), "{member}: {shown}");
        }
        let body = pem.as_ref().map(|pem| pem.lines().nth(2).unwrap_or("-----BEGIN").to_owned());
        assert!(body.is_none_or(|line| !shown.contains(&line)), "{shown}");
    }
}

#[test]
fn refuses_ids_that_cannot_name_a_key() {
    let key = || SigningKey::generate(JwtAlgorithm::Hs256).unwrap();
    let (longest, long) = ("a".repeat(128), "a".repeat(129));
    for id in ["", "a\",\"alg\":\"none", "two words", "a\nb", "\u{e9}", "a/b", &long] {
        let error = key().with_id(id).unwrap_err();
        let (kind, text) = (error.kind(), error.to_string());
        let shown = format!("{:?}", id.get(..128).unwrap_or(id));
        assert!(kind == ConfigErrorKind::KeySet && text.contains(&shown) && text.contains("A-Za-z0-9-_."), "{text}");
    }
    for id in ["a", "2026-01_B.c", &longest] {
        let key = key().with_id(id).unwrap();
        assert_eq!((key.id(), key.verifying_key().id()), (id, Some(id)));
        assert_eq!(check(&only(&key), &key.sign(PAYLOAD, None).unwrap()), Ok(()));
    }
}

#[test]
fn types_cannot_break_out_of_the_header() {
    let key = SigningKey::generate(JwtAlgorithm::Hs256).unwrap();
    let token = key.sign(PAYLOAD, Some("JWT\",\"crit\":[\"x")).unwrap();
    assert_eq!(check(&only(&key), &token), Err(Reason::TOKEN_TYPE));
}
