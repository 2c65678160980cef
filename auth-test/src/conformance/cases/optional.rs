//! `optional`: only absence makes a guest.

use super::{API_KEY, BASIC, BEARER, Cases, INVALID_REQUEST, INVALID_TOKEN, With as _, get};
use crate::conformance::expect::{Answer, ok, plainly, refused};
use crate::conformance::wire::RawRequest;
use crate::mint::bearer;

pub(super) fn add(cases: &mut Cases) {
    add_guests(cases);
    add_parties(cases);
    add_refusals(cases);
    add_authorization_of_any_form(cases);
}

fn guest() -> Answer {
    ok("guest").any_cache_control()
}

fn add_guests(cases: &mut Cases) {
    let key = cases.credentials.keys.alice.clone();
    let rows: [(&str, RawRequest, Answer); 12] = [
        ("without_credentials_is_a_guest_bearer", get("/optional/bearer"), guest().vary(["authorization"])),
        ("without_credentials_is_a_guest_basic", get("/optional/basic"), guest().vary(["authorization"])),
        ("without_credentials_is_a_guest_api_key", get("/optional/api-key"), guest().vary(["x-api-token"])),
        // The field is read, if only to refuse it.
        (
            "varies_by_authorization_where_no_scheme_of_the_policy_reads_it",
            get("/optional/api-key"),
            guest().vary(["authorization", "x-api-token"]),
        ),
        (
            "without_credentials_is_a_guest_among_three",
            get("/optional/all"),
            guest().vary(["authorization", "x-api-token"]),
        ),
        (
            "without_credentials_is_a_guest_of_any_scheme",
            get("/optional/any"),
            guest().vary(["authorization", "x-api-token", "x-service-key", "cookie"]),
        ),
        (
            "without_credentials_is_a_guest_of_a_cookie_scheme",
            get("/optional/session"),
            guest().vary(["authorization", "cookie"]),
        ),
        ("without_credentials_is_a_guest_of_a_query_scheme", get("/optional/ticket"), guest().vary(["authorization"])),
        (
            "without_principal_lets_everybody_in",
            get("/optional/plain"),
            ok("ok").any_cache_control().vary(["authorization"]),
        ),
        ("ignores_a_field_that_no_scheme_of_the_policy_reads", get("/optional/bearer").key(key), guest()),
        (
            "ignores_a_cookie_that_no_scheme_of_the_policy_reads",
            get("/optional/session").header("Cookie", "a=b; __Host-other=session-alice; x__Host-session=x"),
            guest(),
        ),
        (
            "ignores_a_parameter_that_no_scheme_of_the_policy_reads",
            get("/optional/ticket?tickets=1&Ticket=2&x=ticket"),
            guest(),
        ),
    ];
    for (rule, request, expect) in rows {
        cases.add(format!("optional_{rule}"), request, expect);
    }
}

fn add_parties(cases: &mut Cases) {
    let alice = cases.alice();
    let key = cases.credentials.keys.alice.clone();
    let rows: [(&str, RawRequest, Answer); 6] = [
        ("good_token", get("/optional/bearer").token(&alice), ok("alice bearer").vary(["authorization"])),
        (
            "good_password",
            get("/optional/all").account("alice"),
            ok("alice basic").vary(["authorization", "x-api-token"]),
        ),
        ("good_key", get("/optional/api-key").key(&key), ok("alice api_key").private().vary(["x-api-token"])),
        (
            "good_cookie",
            get("/optional/session").header("Cookie", "__Host-session=session-alice"),
            ok("alice session").private().vary(["authorization", "cookie"]),
        ),
        (
            "good_ticket",
            get("/optional/ticket?ticket=ticket-alice"),
            ok("alice ticket").not_stored().vary(["authorization"]),
        ),
        (
            "good_key_of_a_prefix",
            get("/optional/nebula").authorization("Bearer ak_alice"),
            ok("alice nebula_key").vary(["authorization"]),
        ),
    ];
    for (rule, request, expect) in rows {
        cases.add(format!("optional_{rule}_is_no_guest"), request, expect);
    }
}

/// Refused is never a guest. Refusals of optional endpoints vary as well.
fn add_refusals(cases: &mut Cases) {
    let alice = cases.alice();
    let expired = cases.alice().expires_in(0);
    let keys = cases.credentials.keys.clone();
    let session = |value: &str| get("/optional/session").header("Cookie", format!("__Host-session={value}"));
    let rows: [(&str, RawRequest, Answer); 16] = [
        ("expired_token", get("/optional/bearer").token(&expired), refused(401, [INVALID_TOKEN])),
        ("malformed_token", get("/optional/bearer").authorization("Bearer"), refused(401, [INVALID_TOKEN])),
        ("wrong_password", get("/optional/basic").password("alice", "wrong"), refused(401, [BASIC])),
        ("unknown_key", get("/optional/api-key").key(&keys.unknown), refused(401, [API_KEY])),
        ("empty_key", get("/optional/api-key").key(""), refused(401, [API_KEY])),
        ("empty_key_among_three", get("/optional/all").key(""), refused(401, [BEARER, BASIC, API_KEY])),
        ("stale_cookie", session("stale"), refused(401, [BEARER])),
        ("empty_cookie", session(""), refused(401, [BEARER])),
        ("two_cookies_of_one_name", session("session-alice; __Host-session=session-alice"), refused(401, [BEARER])),
        ("unknown_ticket", get("/optional/ticket?ticket=unknown"), refused(401, [BEARER])),
        ("empty_ticket", get("/optional/ticket?ticket="), refused(401, [BEARER])),
        ("ticket_without_a_value", get("/optional/ticket?a&ticket"), refused(401, [BEARER])),
        (
            "repeated_ticket",
            get("/optional/ticket?ticket=ticket-alice&ticket=ticket-alice"),
            refused(400, [INVALID_REQUEST]),
        ),
        ("two_methods", get("/optional/all").token(&alice).key(&keys.alice), refused(400, [INVALID_REQUEST])),
        ("outage", get("/optional/bearer").authorization(bearer("fault.store-down")), plainly(503)),
        ("throttling", get("/optional/basic").account("fault.throttled"), plainly(429).retry_after("7")),
    ];
    for (rule, request, expect) in rows {
        let expect = if request.target.starts_with("/optional/api-key") {
            expect.vary(["x-api-token"])
        } else {
            expect.vary(["authorization"])
        };
        cases.add(format!("optional_{rule}_is_refused_and_no_guest"), request, expect);
    }
}

/// An `Authorization` field in any form is 401, where no accepted scheme finds credentials in it.
fn add_authorization_of_any_form(cases: &mut Cases) {
    let token = bearer(&cases.alice().mint());
    let key = cases.credentials.keys.alice.clone();
    for (form, value) in [
        ("empty", &b""[..]),
        ("blank", b"   "),
        ("of_an_unknown_scheme", b"Negotiate YII="),
        ("of_another_scheme", b"Basic YWxpY2U6eA=="),
        ("without_a_scheme", b"abc.def"),
        ("that_is_not_ascii", "\u{412}\u{e9}".as_bytes()),
        ("that_is_no_text", b"\xff"),
    ] {
        cases.add(
            format!("optional_authorization_{form}_is_401_without_error"),
            get("/optional/bearer").authorization(value),
            refused(401, [BEARER]).vary(["authorization"]),
        );
    }
    cases.add(
        "optional_authorization_is_401_where_the_policy_reads_none",
        get("/optional/api-key").authorization(&token),
        refused(401, [API_KEY]),
    );
    cases.add(
        "optional_authorization_of_another_prefix_is_401",
        get("/optional/nebula").authorization(&token),
        refused(401, [BEARER]),
    );
    cases.add(
        "optional_two_authorization_lines_are_400",
        get("/optional/bearer").authorization(&token).authorization(&token),
        refused(400, [INVALID_REQUEST]).vary(["authorization"]),
    );
    cases.add(
        "optional_a_second_authorization_line_that_is_no_text_is_400",
        get("/optional/bearer").authorization(&token).authorization(b"\xff"),
        refused(400, [INVALID_REQUEST]).vary(["authorization"]),
    );
    cases.add(
        "optional_two_empty_authorization_lines_are_400",
        get("/optional/api-key").authorization("").authorization(""),
        plainly(400),
    );
    cases.add(
        "optional_two_key_lines_are_400",
        get("/optional/all").key(&key).key(&key),
        refused(400, [INVALID_REQUEST]),
    );
}
