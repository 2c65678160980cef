//! Several issuers in one realm: each token goes to one verifier, and no issuer vouches for another.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use auth_core::jwt::{JwtIssuers, JwtKey, JwtVerifier, JwtVerifierBuilder, TokenState};
use auth_core::{Claims, ConfigErrorKind, Facts, Reason, StoreError};
use serde_json::{Value, json};

use crate::signed::{AUDIENCE, NOW, OTHER_SECRET, SECRET, check, check_later, sign};

const STAFF: &str = "https://staff.example";
const CUSTOMERS: &str = "https://customers.example";
const PARTNERS: &str = "https://partners.example";

fn of(issuer: &str, secret: &[u8]) -> JwtVerifierBuilder {
    JwtVerifier::builder().issuer(issuer).audience(AUDIENCE).key(JwtKey::hs256(secret).unwrap())
}

fn token(issuer: &Value, secret: &[u8]) -> String {
    let payload = json!({"iss": issuer, "aud": AUDIENCE, "sub": "alice", "exp": NOW + 100});
    sign(&json!({"alg": "HS256"}), &payload, secret)
}

/// Counts how often it is asked; every token is alive.
struct Counter(Arc<AtomicUsize>);

impl TokenState for Counter {
    async fn is_alive(&self, _: &Facts, _: &Claims) -> Result<bool, StoreError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(true)
    }
}

#[test]
fn each_token_goes_to_the_verifier_of_its_issuer() {
    let customers = of(CUSTOMERS, OTHER_SECRET).issuer(PARTNERS).build().unwrap();
    let issuers = JwtIssuers::new(vec![of(STAFF, SECRET).build().unwrap(), customers]).unwrap();
    for (issuer, secret) in [(STAFF, SECRET), (CUSTOMERS, OTHER_SECRET), (PARTNERS, OTHER_SECRET)] {
        let verified = check(&issuers, &token(&json!(issuer), secret)).unwrap();
        assert_eq!(verified.facts().issuer.as_deref(), Some(issuer));
        assert_eq!(verified.value().parse::<String>("sub").as_deref(), Ok("alice"));
    }
}

#[test]
fn no_issuer_vouches_for_another() {
    let verifiers = vec![of(STAFF, SECRET).build().unwrap(), of(CUSTOMERS, OTHER_SECRET).build().unwrap()];
    let issuers = JwtIssuers::new(verifiers).unwrap();
    for (issuer, secret) in [(STAFF, OTHER_SECRET), (CUSTOMERS, SECRET)] {
        assert_eq!(check(&issuers, &token(&json!(issuer), secret)).err(), Some(Reason::SIGNATURE), "{issuer}");
    }
}

#[test]
fn a_token_of_no_issuer_that_is_known_goes_nowhere() {
    let issuers = JwtIssuers::new(vec![of(STAFF, SECRET).build().unwrap()]).unwrap();
    for issuer in [json!("https://staff.example/"), json!(""), Value::Null, json!([STAFF]), json!(7)] {
        assert_eq!(check(&issuers, &token(&issuer, SECRET)).err(), Some(Reason::ISSUER), "{issuer}");
    }
    let no_claims = sign(&json!({"alg": "HS256"}), &json!([STAFF]), SECRET);
    assert_eq!(check(&issuers, &no_claims).err(), Some(Reason::CLAIMS));
    assert_eq!(check(&issuers, "a.b").err(), Some(Reason::MALFORMED));
}

#[test]
fn claims_are_checked_by_the_verifier_that_is_chosen() {
    let strict = of(CUSTOMERS, SECRET).require_jti().build().unwrap();
    let issuers = JwtIssuers::new(vec![of(STAFF, SECRET).build().unwrap(), strict]).unwrap();
    assert!(check(&issuers, &token(&json!(STAFF), SECRET)).is_ok());
    assert_eq!(check(&issuers, &token(&json!(CUSTOMERS), SECRET)).err(), Some(Reason::CLAIMS));
}

#[test]
fn only_the_verifier_that_has_to_wait_makes_its_tokens_wait() {
    let asked = Arc::new(AtomicUsize::new(0));
    let waiting = of(CUSTOMERS, OTHER_SECRET).revocation(Counter(Arc::clone(&asked))).build().unwrap();
    let issuers = JwtIssuers::new(vec![of(STAFF, SECRET).build().unwrap(), waiting]).unwrap();
    assert!(check(&issuers, &token(&json!(STAFF), SECRET)).is_ok());
    assert_eq!(asked.load(Ordering::Relaxed), 0);
    let verified = check_later(&issuers, &token(&json!(CUSTOMERS), OTHER_SECRET)).unwrap();
    assert_eq!(verified.facts().issuer.as_deref(), Some(CUSTOMERS));
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    let forged = check_later(&issuers, &token(&json!(CUSTOMERS), SECRET)).unwrap_err();
    assert_eq!((forged.reason(), asked.load(Ordering::Relaxed)), (Reason::SIGNATURE, 1));
}

#[test]
fn issuers_that_overlap_or_are_not_named_are_refused() {
    let any = JwtVerifier::builder().with_insecure_any_issuer().audience(AUDIENCE).key(JwtKey::hs256(SECRET).unwrap());
    let staff = || of(STAFF, SECRET).build().unwrap();
    let cases = [
        (Vec::new(), "there is no token verifier"),
        (vec![staff(), any.build().unwrap()], "any issuer stands beside others"),
        (vec![staff(), of(CUSTOMERS, SECRET).build().unwrap(), staff()], "accept `https://staff.example`"),
        (vec![of(CUSTOMERS, SECRET).issuer(STAFF).build().unwrap(), staff()], "accept `https://staff.example`"),
    ];
    for (verifiers, why) in cases {
        let error = JwtIssuers::new(verifiers).unwrap_err();
        assert!(error.kind() == ConfigErrorKind::Issuer && error.to_string().contains(why), "{why}: {error}");
    }
}
