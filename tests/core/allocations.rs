//! A decision whose verifier answers at once, with what it has already, allocates nothing.

use auth_core::credential::{BearerRef, BearerToken};
use auth_core::decision::{Handle, begin};
use auth_core::policy::{Name, Requirement, SchemeUse};
use auth_core::{Attempt, Bearer, Facts, Policy, Realm, Reason, Verified, Verifier, VerifyError};
use auth_tests::{endpoint, leak};
use auth_tower::HttpHead;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// Knows one token and its party.
struct Remembers(Verified<()>);

impl Verifier<BearerToken> for Remembers {
    type Value = ();

    fn try_verify(&self, token: &BearerRef<'_>, _: &Attempt) -> Option<Result<Verified<()>, VerifyError>> {
        Some(if token.reveal() == "good" {
            Ok(self.0.clone())
        } else {
            Err(VerifyError::refused(Reason::UNKNOWN_CREDENTIAL))
        })
    }

    async fn verify(&self, _: BearerToken, _: Attempt) -> Result<Verified<()>, VerifyError> {
        unreachable!("answers at once")
    }
}

#[test]
fn a_decision_at_once_allocates_nothing() {
    let party = Verified::new(Facts::new("alice").with_scopes(["items:read"]), ());
    let realm = Realm::<()>::builder("test").bearer(Remembers(party)).build().unwrap().erase();
    let policy =
        Policy::listed(leak([SchemeUse::of::<Bearer>()])).require(Requirement::Scope(Name::Text("items:read")));
    let endpoint = leak(endpoint(policy));
    let request = http::Request::get("/").header("authorization", "Bearer good").body(()).unwrap();
    let head = HttpHead::of_request(&request);
    let handle = Handle::new(realm);

    let measured = allocation_counter::measure(|| {
        let passes = pin!(begin(Some(&handle), &head, endpoint)).poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(passes, Poll::Ready(Ok(_))));
    });
    assert_eq!(measured.count_total, 0);
}

#[test]
fn the_layer_costs_one_allocation_the_handle() {
    let party = Verified::new(Facts::new("alice"), ());
    let realm = Realm::<()>::builder("test").bearer(Remembers(party)).build().unwrap().erase();
    let measured = allocation_counter::measure(|| drop(Handle::new(realm.clone())));
    assert_eq!(measured.count_total, 1);
}
