//! What is believed again from memory is let go as soon as anything that it rests on is.

#[expect(dead_code, reason = "the other tests of tokens need the rest")]
mod signed;

use std::collections::HashSet;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use auth_core::StoreError;
use auth_core::cache::Revocations;
use auth_core::credential::BearerToken;
use auth_core::decision::{Handle, begin};
use auth_core::jwt::{
    JwtIssuers, JwtKey, JwtKeySource, JwtVerifier, JwtVerifierBuilder, KeyLookup, TokenState, WantedKey,
};
use auth_core::policy::SchemeUse;
use auth_core::{Bearer, Claims, Facts, Policy, Realm, Verifier};
use auth_test::FakeClock;
use auth_tests::{endpoint, leak};
use auth_tower::HttpHead;
use serde_json::json;

use crate::signed::{AUDIENCE, NOW, OTHER_SECRET, SECRET, sign};

const STAFF: &str = "https://staff.example";
const CUSTOMERS: &str = "https://customers.example";

/// A key that can be retired.
#[derive(Clone)]
struct Retirable {
    key: Arc<Mutex<Option<JwtKey>>>,
    revocations: Revocations,
}

impl Retirable {
    fn new(secret: &[u8]) -> Self {
        let key = Arc::new(Mutex::new(Some(JwtKey::hs256(secret).unwrap())));
        Self { key, revocations: Revocations::new() }
    }

    fn retire(&self) {
        *self.key.lock().unwrap() = None;
        self.revocations.revoke_all();
    }
}

impl JwtKeySource for Retirable {
    fn find_now(&self, _: &WantedKey) -> KeyLookup {
        self.key.lock().unwrap().clone().map_or(KeyLookup::Unknown, KeyLookup::Found)
    }

    async fn find(&self, _: WantedKey) -> Result<Option<JwtKey>, StoreError> {
        Ok(self.key.lock().unwrap().clone())
    }

    fn revocations(&self) -> Option<Revocations> {
        Some(self.revocations.clone())
    }
}

/// Subjects that have signed out.
#[derive(Clone, Default)]
struct SignedOut(Arc<Mutex<HashSet<String>>>, Revocations);

impl SignedOut {
    fn sign_out(&self, subject: &str) {
        self.0.lock().unwrap().insert(subject.to_owned());
        self.1.revoke_subject(subject);
    }
}

impl TokenState for SignedOut {
    async fn is_alive(&self, token: &Facts, _: &Claims) -> Result<bool, StoreError> {
        Ok(!self.0.lock().unwrap().contains(token.subject.as_str()))
    }

    fn revocations(&self) -> Option<Revocations> {
        Some(self.1.clone())
    }
}

fn of(issuer: &str) -> JwtVerifierBuilder {
    JwtVerifier::builder().issuer(issuer).audience(AUDIENCE)
}

fn token(issuer: &str, subject: &str, secret: &[u8]) -> String {
    let payload = json!({"iss": issuer, "aud": AUDIENCE, "sub": subject, "exp": NOW + 100});
    sign(&json!({"alg": "HS256"}), &payload, secret)
}

fn handle(verifier: impl Verifier<BearerToken, Value = Claims>) -> Handle {
    let realm = Realm::<Claims>::builder("test").bearer(verifier).clock(FakeClock::at(NOW));
    Handle::new(realm.build().unwrap().erase())
}

fn status(handle: &Handle, token: &str) -> u16 {
    let request = http::Request::get("/").header("authorization", format!("Bearer {token}")).body(()).unwrap();
    let policy = leak(endpoint(Policy::listed(leak([SchemeUse::of::<Bearer>()]))));
    let check = pin!(begin(Some(handle), &HttpHead::of_request(&request), policy));
    match check.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(_)) => 200,
        Poll::Ready(Err(refusal)) => refusal.status(),
        Poll::Pending => panic!("nothing is waited for"),
    }
}

#[test]
fn a_key_that_one_of_several_issuers_retires_opens_nothing_more() {
    let (staff, customers) = (Retirable::new(SECRET), Retirable::new(OTHER_SECRET));
    let verifiers = vec![
        of(STAFF).key_source(staff.clone()).build().unwrap(),
        of(CUSTOMERS).key_source(customers.clone()).build().unwrap(),
    ];
    let issuers = JwtIssuers::new(verifiers).unwrap();
    assert!(issuers.revocations().is_some(), "it is cached");
    let handle = handle(issuers);
    let tokens = [token(STAFF, "alice", SECRET), token(CUSTOMERS, "bob", OTHER_SECRET)];
    for token in &tokens {
        assert_eq!([status(&handle, token), status(&handle, token)], [200, 200]);
    }
    customers.retire();
    assert_eq!(tokens.each_ref().map(|token| status(&handle, token)), [200, 401]);
    staff.retire();
    assert_eq!(tokens.each_ref().map(|token| status(&handle, token)), [401, 401]);
}

#[test]
fn a_retired_key_opens_nothing_more_where_a_state_is_asked_too() {
    let (key, state) = (Retirable::new(SECRET), SignedOut::default());
    each_is_heard(key.clone(), state.clone(), &key, &state);
}

#[test]
fn a_shared_source_and_state_are_heard_as_well() {
    let (key, state) = (Arc::new(Retirable::new(SECRET)), Arc::new(SignedOut::default()));
    each_is_heard(Arc::clone(&key), Arc::clone(&state), &key, &state);
}

fn each_is_heard(source: impl JwtKeySource, revocation: impl TokenState, key: &Retirable, state: &SignedOut) {
    let verifier = of(STAFF).key_source(source).revocation(revocation).build().unwrap();
    assert!(verifier.caching().is_some(), "it is cached");
    let handle = handle(verifier);
    let [alice, bob] = ["alice", "bob"].map(|subject| token(STAFF, subject, SECRET));
    assert_eq!([status(&handle, &alice), status(&handle, &bob)], [200, 200]);
    state.sign_out("alice");
    assert_eq!([status(&handle, &alice), status(&handle, &bob)], [401, 200]);
    key.retire();
    assert_eq!(status(&handle, &bob), 401);
}

#[test]
fn who_signs_out_at_one_of_several_issuers_is_out() {
    let state = SignedOut::default();
    let asks = of(STAFF).key(JwtKey::hs256(SECRET).unwrap()).revocation(state.clone()).build().unwrap();
    let own = of(CUSTOMERS).key(JwtKey::hs256(OTHER_SECRET).unwrap()).build().unwrap();
    let handle = handle(JwtIssuers::new(vec![asks, own]).unwrap());
    let alice = token(STAFF, "alice", SECRET);
    assert_eq!([status(&handle, &alice), status(&handle, &alice)], [200, 200]);
    state.sign_out("alice");
    assert_eq!(status(&handle, &alice), 401);
}
