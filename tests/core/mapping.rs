//! `map` and `try_map`: from what a verifier yields to the principal of a realm, whichever way it answers.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use auth_core::credential::{BearerRef, BearerToken};
use auth_core::decision::{Handle, begin, current_party};
use auth_core::policy::SchemeUse;
use auth_core::{Attempt, Bearer, Facts, Policy, PrincipalError, Realm, Reason, Verified, Verifier, VerifyError};
use auth_tests::{endpoint, leak};
use auth_tower::HttpHead;
use http::Request;

/// A number, at once or after a wait.
#[derive(Clone, Copy)]
struct Number {
    at_once: bool,
}

fn number(text: &str) -> Result<Verified<u32>, VerifyError> {
    let value = text.parse().map_err(|_no_number| VerifyError::refused(Reason::UNKNOWN_CREDENTIAL))?;
    Ok(Verified::new(Facts::new(text).with_scopes(["count"]), value))
}

impl Verifier<BearerToken> for Number {
    type Value = u32;

    fn try_verify(&self, token: &BearerRef<'_>, _: &Attempt) -> Option<Result<Verified<u32>, VerifyError>> {
        self.at_once.then(|| number(token.reveal()))
    }

    async fn verify(&self, token: BearerToken, _: Attempt) -> Result<Verified<u32>, VerifyError> {
        number(token.as_ref().reveal())
    }
}

#[derive(Debug, PartialEq, Eq)]
struct User {
    name: String,
    may_count: bool,
}

fn user(facts: &Facts, number: u32) -> User {
    User { name: format!("number {number}"), may_count: facts.has_scope("count") }
}

fn odd_user(facts: &Facts, number: u32) -> Result<User, PrincipalError> {
    if number.is_multiple_of(2) {
        return Err(PrincipalError::new("even numbers have no account"));
    }
    Ok(user(facts, number))
}

/// The principal, or the status and the reason of the refusal.
fn decided(realm: &Realm<User>, token: &str) -> Result<(String, bool), (u16, Reason)> {
    let handle = Handle::new(realm.erase());
    let request = Request::get("/").header("authorization", format!("Bearer {token}")).body(()).unwrap();
    let endpoint = leak(endpoint(Policy::listed(leak([SchemeUse::of::<Bearer>()]))));
    let decision = async {
        begin(Some(&handle), &HttpHead::of_request(&request), endpoint).await?;
        current_party::<User>(Some(&handle), &HttpHead::of_request(&request)).await
    };
    match pin!(decision).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(party)) => Ok((party.principal().name.clone(), party.principal().may_count)),
        Poll::Ready(Err(refusal)) => Err((refusal.status(), refusal.reason())),
        Poll::Pending => panic!("waits for nothing"),
    }
}

#[test]
fn what_a_verifier_yields_becomes_the_principal_of_the_realm() {
    for at_once in [true, false] {
        let realm = || Realm::<User>::builder("test").bearer(Number { at_once }.map(user)).build().unwrap();
        assert_eq!(decided(&realm(), "7"), Ok(("number 7".to_owned(), true)));
        assert_eq!(decided(&realm(), "x"), Err((401, Reason::UNKNOWN_CREDENTIAL)));
    }
}

#[test]
fn good_credentials_that_become_no_principal_are_refused() {
    for at_once in [true, false] {
        let realm = || Realm::<User>::builder("test").bearer(Number { at_once }.try_map(odd_user)).build().unwrap();
        assert_eq!(decided(&realm(), "7"), Ok(("number 7".to_owned(), true)));
        assert_eq!(decided(&realm(), "8"), Err((401, Reason::PRINCIPAL)));
        assert_eq!(decided(&realm(), "x"), Err((401, Reason::UNKNOWN_CREDENTIAL)));
    }
}
