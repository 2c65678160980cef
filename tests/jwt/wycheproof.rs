//! The `json_web_signature` and `json_web_key` vectors of Wycheproof.
//!
//! Most payloads are no claims, so a token whose claims are refused has passed everything that the vectors are about.

use std::collections::{BTreeMap, BTreeSet};

use auth_core::Reason;
use auth_core::jwt::{JwtAlgorithm, JwtKey, JwtKeySet, JwtVerifier};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use serde_json::Value;
use wycheproof_ng_kdf_jose::json_web::{Test, TestGroup, TestName, TestSet};

use crate::bearer::Bench;
use crate::deviations;

pub fn cases(name: TestName) -> Vec<(TestGroup, Test)> {
    let groups = TestSet::load(name).expect("the vectors can be read").test_groups;
    groups
        .into_iter()
        .flat_map(|group| group.tests.clone().into_iter().map(move |test| (group.clone(), test)))
        .collect()
}

/// What a verifier of the group is given: the public part where there is one.
fn key_of(group: &TestGroup) -> &Value {
    group.public_key.as_ref().or(group.private_key.as_ref()).expect("a key")
}

pub fn token_of(test: &Test) -> &str {
    test.jws.as_ref().and_then(Value::as_str).expect("a token")
}

pub fn verifier(keys: &JwtKeySet) -> Bench {
    let builder = JwtVerifier::builder().with_insecure_any_issuer().with_insecure_any_audience();
    Bench::new(builder.keys(keys).build().expect("a good verifier"), 1_800_000_000)
}

fn stranger() -> JwtKeySet {
    let key = JwtKey::hs256(b"a secret that signs none of the vectors").expect("a good secret").with_id("hs256-key");
    JwtKeySet::new(vec![key]).expect("a good set")
}

/// The key of a group, for the algorithm that it names, or for each one that it fits.
pub fn key_sets(group: &TestGroup) -> Vec<JwtKeySet> {
    let key = key_of(group);
    let keys: Vec<JwtKey> = if let Some(named) = key.get("alg") {
        let named = named.as_str().and_then(|name| name.parse().ok());
        named.and_then(|algorithm| load(algorithm, key)).into_iter().collect()
    } else {
        JwtAlgorithm::ALL.into_iter().filter_map(|algorithm| load(algorithm, key)).collect()
    };
    keys.into_iter().map(|key| JwtKeySet::new(vec![key]).expect("a good set")).collect()
}

/// Some of the secrets can be guessed, and are loaded as a program may load them that insists.
fn load(algorithm: JwtAlgorithm, key: &Value) -> Option<JwtKey> {
    let loaded = JwtKey::from_jwk_for(algorithm, &key.to_string());
    match loaded {
        Err(error) if error.to_string().contains("repeats a short text") => {
            let secret = BASE64_URL_SAFE_NO_PAD.decode(key["k"].as_str().expect("a secret")).expect("base64url");
            let loaded = JwtKey::from_insecure_secret(algorithm, &secret).ok()?;
            Some(key["kid"].as_str().map_or(loaded.clone(), |id| loaded.with_id(id)))
        }
        loaded => loaded.ok(),
    }
}

fn passes_the_signature(keys: &JwtKeySet, token: &str) -> bool {
    matches!(verifier(keys).verify(token), Ok(_) | Err(Reason::CLAIMS))
}

/// Runs all cases and compares them with the vectors and with `docs/jwt.md`.
fn run(name: TestName, label: &str, count: usize, key_sets: impl Fn(&TestGroup) -> Vec<JwtKeySet>) {
    let cases = cases(name);
    assert_eq!(cases.len(), count);
    let (mut otherwise, mut accepted, mut without_key) = (BTreeMap::new(), 0, BTreeSet::new());
    for (group, test) in &cases {
        let (token, sets) = (token_of(test), key_sets(group));
        let is_accepted = sets.iter().any(|keys| passes_the_signature(keys, token));
        accepted += usize::from(is_accepted);
        if sets.is_empty() {
            without_key.insert(format!("{label} {}", test.tc_id));
        }
        if is_accepted == test.result.must_fail() {
            otherwise.insert(format!("{label} {}", test.tc_id), is_accepted);
        }
        for keys in sets.iter().chain([&stranger()]) {
            let verifier = verifier(keys);
            let refused = verifier.verify(token).map(drop).expect_err("no claims of ours");
            assert_eq!(verifier.over_http(token), Err(refused), "{label} {}: over HTTP", test.tc_id);
        }
    }
    let deviations = otherwise.len();
    deviations::compare(&format!("wycheproof {label}"), &otherwise);
    deviations::compare_refused_keys(&format!("wycheproof {label}"), &without_key);
    let without_key = without_key.len();
    println!("{label}: {count} cases, {accepted} accepted, {without_key} with a refused key, {deviations} otherwise");
}

/// The key set of a group, if none of its keys is refused.
pub fn whole_set(group: &TestGroup) -> Vec<JwtKeySet> {
    JwtKeySet::from_json(&key_of(group).to_string()).into_iter().collect()
}

#[test]
fn every_signature_is_decided_as_published() {
    run(TestName::JsonWebSignature, "JWS", 401, key_sets);
}

#[test]
fn every_key_set_is_decided_as_published() {
    run(TestName::JsonWebKey, "JWK", 26, whole_set);
}

/// Reading a set of somebody else's making leaves keys out instead of refusing all; no bad token may pass by that.
#[test]
fn no_bad_key_passes_in_a_foreign_set() {
    for (group, test) in cases(TestName::JsonWebKey).iter().filter(|(_, test)| test.result.must_fail()) {
        let document = key_of(group).to_string();
        if let Ok(keys) = JwtKeySet::from_foreign_json(document.as_bytes(), &JwtAlgorithm::ALL) {
            assert!(!passes_the_signature(&keys, token_of(test)), "JWK {}", test.tc_id);
        }
    }
}

/// The cases of the group `base64`, put to another key: what is no base64url is refused for its form, whatever is
/// signed, and the rest for its signature.
#[test]
fn encodings_are_refused_whatever_is_signed() {
    // Cases 367 and 370 are to show padding, which the published file has lost: they are case 357.
    let lost_their_padding = [367, 370];
    let cases = cases(TestName::JsonWebSignature);
    let base64: Vec<&Test> =
        cases.iter().filter(|(group, _)| group.group_comment == "base64").map(|(_, test)| test).collect();
    let valid = token_of(base64.iter().find(|test| test.tc_id == 357).expect("case 357"));
    let verifier = verifier(&stranger());
    for test in &base64 {
        let token = token_of(test);
        let has_lost = lost_their_padding.contains(&test.tc_id);
        assert_eq!(token == valid, test.tc_id == 357 || has_lost, "{}", test.tc_id);
        let is_well_formed = has_lost || (!test.result.must_fail() && !token.contains('?'));
        let reason = if is_well_formed { Reason::SIGNATURE } else { Reason::MALFORMED };
        assert_eq!(verifier.verify(token).err(), Some(reason), "{}: {}", test.tc_id, test.comment);
    }
    assert_eq!(base64.len(), 21);
    for padded in [format!("{valid}="), valid.replacen('.', "=.", 1), valid.replace(".c1", "==.c1")] {
        assert_eq!(verifier.verify(&padded).err(), Some(Reason::MALFORMED), "{padded}");
    }
}
