//! What a request presents, where own schemes share or nest their fields.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use auth_core::credential::{BasicCredentials, BearerRef, BearerToken, Credential, OpaqueRef, OpaqueToken};
use auth_core::decision::{Handle, begin, begin_layer, current};
use auth_core::policy::SchemeUse;
use auth_core::{
    AnyRealm, Attempt, Basic, Bearer, ClientSource, Facts, Policy, Realm, RealmBuilder, Reason, Scheme, Verified,
    Verifier, VerifyError,
};
use auth_tests::{decide, endpoint, leak};
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

impl Verifier<BasicCredentials> for Believes {
    type Value = ();

    fn try_verify(&self, _: &BasicCredentials, _: &Attempt) -> Option<Result<Verified<()>, VerifyError>> {
        Some(Ok(Verified::new(Facts::new("alice"), ())))
    }

    async fn verify(&self, _: BasicCredentials, _: Attempt) -> Result<Verified<()>, VerifyError> {
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
    let endpoint = leak(endpoint(only::<Ticket>()));
    let handle = Handle::new(realm);
    let head = HttpHead::of_request(&request);
    let measured = allocation_counter::measure(|| {
        drop(begin(Some(&handle), &head, endpoint));
    });
    assert!(measured.count_total < 10, "{}", measured.count_total);
}

/// Credentials are told by their form before any verifier is asked.
#[test]
fn opaque_tokens_are_visible_ascii() {
    assert!(OpaqueToken::parse(b"a!~").is_ok() && OpaqueToken::parse(b"a b").is_err());
}

/// Believes `good`, at once.
struct Sessions;

impl Verifier<OpaqueToken> for Sessions {
    type Value = ();

    fn try_verify(&self, token: &OpaqueRef<'_>, _: &Attempt) -> Option<Result<Verified<()>, VerifyError>> {
        Some(match token.reveal() {
            "good" => Ok(Verified::new(Facts::new("alice"), ())),
            "down" => Err(VerifyError::unavailable(Reason::STORE)),
            _ => Err(VerifyError::refused(Reason::UNKNOWN_CREDENTIAL)),
        })
    }

    async fn verify(&self, _: OpaqueToken, _: Attempt) -> Result<Verified<()>, VerifyError> {
        unreachable!("answers at once")
    }
}

#[derive(Scheme)]
#[scheme(header = "X-Token", challenge = none)]
struct Token;

#[derive(Scheme)]
#[scheme(cookie = "__Host-session", challenge = none)]
struct Cookie;

fn mixed() -> RealmBuilder<()> {
    Realm::<()>::builder("test").bearer(Believes).scheme(Token, Sessions).scheme(Cookie, Sessions)
}

fn all() -> Policy {
    Policy::listed(leak([SchemeUse::of::<Bearer>(), SchemeUse::of::<Token>(), SchemeUse::of::<Cookie>()]))
}

/// The status, and whether the request passes as a guest.
fn with_headers(realm: RealmBuilder<()>, policy: Policy, method: &str, headers: &[(&str, &str)]) -> (u16, bool) {
    let handle = Handle::new(realm.build().unwrap().erase());
    let request = http::Request::builder().method(method).uri("/");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let request = request.body(()).unwrap();
    let head = HttpHead::of_request(&request);
    match now(begin(Some(&handle), &head, leak(endpoint(policy)))) {
        Ok(_) => (200, now(current::<()>(Some(&handle), &head)).unwrap().is_none()),
        Err(refusal) => (refusal.status(), false),
    }
}

fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the verifiers of this test answer at once"),
    }
}

#[test]
fn another_authorization_beside_a_key_is_passed_over_unless_it_stands_alone() {
    let beside = [("authorization", "Basic YTpi"), ("x-token", "good")];
    assert_eq!(with_headers(mixed(), all(), "GET", &beside), (200, false));
    let alone = || mixed().authorization_stands_alone();
    assert_eq!(with_headers(alone(), all(), "GET", &beside).0, 400);
    for (headers, status) in [
        (vec![("authorization", "Basic YTpi")], 401),
        (vec![("authorization", "Basic YTpi"), ("cookie", "__Host-session=good")], 401),
        (vec![("authorization", ""), ("x-token", "good")], 400),
        (vec![("authorization", "Bearer a"), ("x-token", "good")], 400),
        (vec![("authorization", "Bearer a")], 200),
        (vec![("x-token", "good")], 200),
    ] {
        assert_eq!(with_headers(alone(), all(), "GET", &headers).0, status, "{headers:?}");
    }
}

#[test]
fn a_bad_cookie_is_a_guest_where_guests_pass_and_the_realm_says_so() {
    let bad = ["__Host-session=stale", "__Host-session=", "__Host-session=two words", "__Host-session=good"];
    let lenient = || mixed().bad_cookies_are_guests();
    for (at, cookie) in bad.into_iter().enumerate() {
        // The last one is good, and may come from another site.
        let (method, status) = if at == 3 { ("POST", 403) } else { ("GET", 401) };
        let headers = [("cookie", cookie)];
        assert_eq!(with_headers(mixed(), all().optional(), method, &headers).0, status, "{cookie}");
        assert_eq!(with_headers(lenient(), all().optional(), method, &headers), (200, true), "{cookie}");
        assert_eq!(with_headers(lenient(), all(), method, &headers).0, status, "{cookie}: no guests here");
    }
    let optional = |headers: &[_]| with_headers(lenient(), all().optional(), "GET", headers);
    assert_eq!(optional(&[("cookie", "__Host-session=good")]), (200, false));
    assert_eq!(optional(&[("cookie", "__Host-session=down")]).0, 503, "nobody knows");
    assert_eq!(optional(&[("cookie", "__Host-session=good"), ("x-token", "bad")]).0, 401, "what is explicit counts");
    assert_eq!(optional(&[("x-token", "bad")]).0, 401);
}

/// A challenge would have the browser ask its user for a password on behalf of the other page.
#[test]
fn what_a_browser_sends_for_another_site_is_answered_without_a_challenge_whatever_forbidden_is() {
    for (status, hides) in [(403, false), (401, false), (403, true), (401, true)] {
        let realm = mixed().scheme(Basic, Believes).source(ClientSource::peer()).forbidden_status(status);
        let realm = realm.build().unwrap().erase();
        for (name, value) in [("cookie", "__Host-session=good"), ("authorization", "Basic YTpi")] {
            let request = http::Request::post("/").header(name, value).header("sec-fetch-site", "cross-site");
            let policy = Policy::new(auth_core::policy::Schemes::Any);
            let policy = if hides { policy.hide() } else { policy };
            let refusal = decide(&realm, &HttpHead::of_request(&request.body(()).unwrap()), policy).unwrap_err();
            assert_eq!(refusal.reason(), Reason::CROSS_SITE);
            assert_eq!(refusal.status(), if hides { 404 } else { 403 }, "{name}, where forbidden is {status}");
            assert_eq!(refusal.challenges().count(), 0, "{name}, where forbidden is {status}");
        }
    }
}

/// A layer's policy and its handler's may belong to different realms, and let guests in by different fields.
#[test]
fn an_answer_varies_by_the_fields_of_every_optional_policy() {
    let outer = Handle::new(mixed().build().unwrap().erase());
    let inner = outer.nested(Realm::<()>::builder("inner").bearer(Believes).build().unwrap().erase());
    let bearer = Policy::listed(leak([SchemeUse::of::<Bearer>()]));
    let request = http::Request::get("/").body(()).unwrap();
    let head = HttpHead::of_request(&request);
    for _ in 0..2 {
        now(begin_layer(Some(&outer), &head, leak(endpoint(all().optional())))).unwrap();
    }
    now(begin(Some(&inner), &head, leak(endpoint(bearer.optional())))).unwrap();
    let headers = inner.success_headers();
    let vary: Vec<_> = headers.fields(false).map(|field| (field.name, field.value, field.is_added)).collect();
    assert_eq!(vary, [("vary", "authorization, x-token, cookie", true), ("vary", "authorization", true)]);
}
