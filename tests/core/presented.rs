//! What a request presents, where own schemes share or nest their fields.

use auth_core::credential::{BearerRef, BearerToken, Credential, OpaqueRef, OpaqueToken};
use auth_core::policy::SchemeUse;
use auth_core::{AnyRealm, Attempt, Bearer, Facts, Policy, Realm, Scheme, Verified, Verifier, VerifyError};
use auth_tests::{decide, leak};
use auth_tower::HttpHead;

/// Believes everything that has the form of its kind.
struct Believes;

impl Verifier<BearerToken> for Believes {
    type Value = ();

    fn try_verify(&self, _: &BearerRef<'_>, _: &Attempt) -> Option<Result<Verified<()>, VerifyError>> {
        Some(Ok(Verified::new(Facts::new("alice"), ())))
    }

    async fn verify(&self, _: BearerToken, _: Attempt) -> Result<Verified<()>, VerifyError> {
        unreachable!("answers at once")
    }
}

impl Verifier<OpaqueToken> for Believes {
    type Value = ();

    fn try_verify(&self, _: &OpaqueRef<'_>, _: &Attempt) -> Option<Result<Verified<()>, VerifyError>> {
        Some(Ok(Verified::new(Facts::new("alice"), ())))
    }

    async fn verify(&self, _: OpaqueToken, _: Attempt) -> Result<Verified<()>, VerifyError> {
        unreachable!("answers at once")
    }
}

#[derive(Scheme)]
#[scheme(bearer, prefix = "ak_")]
struct Key;

#[derive(Scheme)]
#[scheme(query = "t", challenge = "Ticket")]
struct Ticket;

fn realm() -> AnyRealm {
    let builder = Realm::<()>::builder("test").bearer(Believes).scheme(Key, Believes).scheme(Ticket, Believes);
    builder.build().unwrap().erase()
}

/// The status, and whether a `Bearer` challenge names an error.
fn answer(realm: &AnyRealm, policy: Policy, uri: &str, authorization: Option<&str>) -> (u16, bool) {
    let mut request = http::Request::get(uri);
    if let Some(value) = authorization {
        request = request.header("authorization", value);
    }
    match decide(realm, &HttpHead::of_request(&request.body(()).unwrap()), policy) {
        Ok(_) => (200, false),
        Err(refusal) => (refusal.status(), refusal.challenges().any(|line| line.contains("invalid_token"))),
    }
}

fn only<S: Scheme>() -> Policy {
    Policy::listed(leak([SchemeUse::of::<S>()]))
}

#[test]
fn the_longest_prefix_owns_a_value_and_nobody_else_sees_it() {
    let realm = realm();
    assert_eq!(answer(&realm, only::<Key>(), "/", Some("Bearer ak_1")), (200, false));
    assert_eq!(answer(&realm, only::<Bearer>(), "/", Some("Bearer ak_1")), (401, false));
    assert_eq!(answer(&realm, only::<Key>(), "/", Some("Bearer other")), (401, false), "the plain scheme's value");
    assert_eq!(answer(&realm, only::<Key>(), "/", Some("Bearer ak_\"")), (401, true));
}

/// A value under the right name that nobody owns is a malformed one.
#[test]
fn without_a_plain_scheme_other_values_are_malformed() {
    let realm = Realm::<()>::builder("test").scheme(Key, Believes).build().unwrap().erase();
    for value in ["Bearer", "Bearer other", "bearer \t", "Bearer\tak_1"] {
        assert_eq!(answer(&realm, only::<Key>(), "/", Some(value)), (401, true), "{value:?}");
    }
    assert_eq!(answer(&realm, only::<Key>(), "/", Some("Negotiate ak_1")), (401, false));
}

#[test]
fn a_parameter_is_found_under_every_spelling_of_its_name_once() {
    let realm = realm();
    let ticket = |uri: &str| answer(&realm, only::<Ticket>(), uri, None).0;
    for uri in ["/?t=1", "/?a=2&t=1", "/?%74=1", "/?t=%31", "/?t=1&tt=2&=3&"] {
        assert_eq!(ticket(uri), 200, "{uri}");
    }
    for uri in ["/?t=1&t=2", "/?t=1&%74=2", "/?t=1&t"] {
        assert_eq!(ticket(uri), 400, "{uri}");
    }
    for uri in ["/", "/?T=1", "/?tt=1", "/?t", "/?t=", "/?t=%3", "/?t=%zz", "/?t=a+b", "/?t=%00"] {
        assert_eq!(ticket(uri), 401, "{uri}");
    }
    let long = |bytes: usize| ticket(&format!("/?t={}", "a".repeat(bytes)));
    assert_eq!((long(8 * 1024), long(8 * 1024 + 1), long(60_000)), (200, 401, 401));
}

#[test]
fn a_parameter_is_no_part_of_any_scheme() {
    let policy = || Policy::new(auth_core::policy::Schemes::Any);
    assert_eq!(answer(&realm(), policy(), "/?t=1", None).0, 401);
    assert_eq!(answer(&realm(), policy(), "/?t=1", Some("Bearer x")).0, 200);
}

/// The number of names in a query costs no memory.
#[test]
fn a_query_of_many_names_allocates_nothing() {
    let realm = realm();
    let uri = format!("/?{}t=1", "%61&".repeat(10_000));
    let request = http::Request::get(&uri).body(()).unwrap();
    let endpoint = leak(auth_tests::endpoint(only::<Ticket>()));
    let handle = auth_core::decision::Handle::new(realm);
    let head = HttpHead::of_request(&request);
    let measured = allocation_counter::measure(|| {
        drop(auth_core::decision::begin(Some(&handle), &head, endpoint));
    });
    assert!(measured.count_total < 10, "{}", measured.count_total);
}

/// Credentials are told by their form before any verifier is asked.
#[test]
fn opaque_tokens_are_visible_ascii() {
    assert!(OpaqueToken::parse(b"a!~").is_ok() && OpaqueToken::parse(b"a b").is_err());
}
