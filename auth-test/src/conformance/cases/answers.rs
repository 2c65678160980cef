//! What answers say beside the verdict: caches, bodies, connections, methods; and endpoints that are open on purpose.

use super::{API_KEY, BASIC, BEARER, Cases, INVALID_REQUEST, INVALID_TOKEN, With as _, get, insufficient_scope, post};
use crate::conformance::expect::{Expect, ok, plainly, refused};
use crate::conformance::wire::RawRequest;
use crate::mint::bearer;

pub(super) fn add(cases: &mut Cases) {
    add_caches(cases);
    add_bodies(cases);
    add_paths_and_methods(cases);
    add_public(cases);
}

/// A success gets `private` where the handler said nothing and the credential was not in `Authorization`; and
/// `no-store` where it came in the address.
fn add_caches(cases: &mut Cases) {
    let alice = cases.alice();
    let key = cases.credentials.keys.alice.clone();
    let cookie = |path: &str| get(path).header("Cookie", "__Host-session=session-alice");
    for (rule, request, expect) in [
        ("to_a_token_says_nothing", get("/bearer").token(&alice), ok("alice bearer")),
        ("to_a_password_says_nothing", get("/basic").account("alice"), ok("alice basic")),
        (
            "to_a_prefixed_key_in_authorization_says_nothing",
            get("/own/nebula").authorization("Bearer ak_alice"),
            ok("alice nebula_key"),
        ),
        ("to_a_key_is_private", get("/api-key").key(&key), ok("alice api_key").private()),
        ("to_a_cookie_is_private", cookie("/own/session"), ok("alice session").private()),
        (
            "to_a_ticket_is_not_stored_and_tells_no_referrer",
            get("/own/ticket?ticket=ticket-alice"),
            ok("alice ticket").not_stored(),
        ),
        (
            "to_a_token_keeps_what_the_handler_said",
            get("/cached/bearer").token(&alice),
            ok("alice bearer").cache_control("max-age=60"),
        ),
        (
            "to_a_key_keeps_what_the_handler_said",
            get("/cached/api-key").key(&key),
            ok("alice api_key").cache_control("max-age=60"),
        ),
        (
            "to_a_cookie_keeps_what_the_handler_said",
            cookie("/cached/session"),
            ok("alice session").cache_control("max-age=60"),
        ),
        (
            "to_a_ticket_is_not_stored_whatever_the_handler_said",
            get("/cached/ticket?ticket=ticket-alice"),
            ok("alice ticket").not_stored(),
        ),
        (
            "to_a_key_with_which_nothing_was_served_is_not_stored",
            get("/ensure/all").key(&cases.credentials.keys.root),
            plainly(403),
        ),
        ("to_a_ticket_that_is_refused_is_not_stored", get("/own/ticket?ticket=unknown"), refused(401, [BEARER])),
    ] {
        cases.add(format!("answer_{rule}"), request, expect);
    }
}

/// The decision comes before the body: nobody is told to continue, and the connection ends.
fn add_bodies(cases: &mut Cases) {
    let (alice, root) = (cases.alice(), cases.root());
    let token = bearer(&alice.mint());
    let key = cases.credentials.keys.alice.clone();
    let all = [BEARER, BASIC, API_KEY];
    let body = |path: &str| post(path).body("some bytes");
    for (rule, request, expect) in [
        ("is_read_after_a_good_decision", body("/body").token(&alice), ok("10")),
        ("of_no_bytes_is_read_after_a_good_decision", post("/body").token(&alice).body(""), ok("0")),
        ("in_chunks_is_read_after_a_good_decision", post("/body").token(&alice).chunked("some bytes"), ok("10")),
        ("is_read_after_a_continue", body("/body").token(&alice).header("Expect", "100-continue"), ok("10")),
        ("is_read_for_a_password", body("/body/all").account("alice"), ok("10")),
        ("is_read_for_a_key", body("/body/all").key(&key), ok("10").private()),
        ("is_read_with_the_right_scope", body("/body/scope").token(&root), ok("10")),
        ("is_not_read_without_credentials", body("/body"), refused(401, [BEARER])),
        (
            "is_not_read_with_refused_credentials",
            body("/body").authorization("Bearer x"),
            refused(401, [INVALID_TOKEN]),
        ),
        (
            "is_not_read_with_two_methods",
            body("/body/all").authorization(&token).key(&key),
            refused(400, [INVALID_REQUEST]),
        ),
        (
            "is_not_read_without_the_scope",
            body("/body/scope").token(&alice),
            refused(403, [insufficient_scope("items:write")]),
        ),
        ("is_not_read_when_throttled", body("/body/all").account("fault.throttled"), plainly(429).retry_after("7")),
        ("is_not_read_in_an_outage", body("/body/all").account("fault.queue-full"), plainly(503)),
        ("is_not_read_when_the_password_is_wrong", body("/body/all").password("alice", "x"), refused(401, all)),
        ("is_not_read_when_the_layer_is_missing", body("/bare/body").token(&alice), plainly(500)),
        ("is_not_read_when_a_realm_is_missing", body("/wrong/realm").token(&alice), plainly(500)),
        ("in_chunks_is_not_read_without_credentials", post("/body").chunked("some bytes"), refused(401, [BEARER])),
        (
            "is_not_asked_for_without_credentials",
            body("/body").header("Expect", "100-continue"),
            refused(401, [BEARER]),
        ),
        (
            "is_not_asked_for_without_the_scope",
            body("/body/scope").token(&alice).header("Expect", "100-continue"),
            refused(403, [insufficient_scope("items:write")]),
        ),
        ("of_no_bytes_keeps_the_connection", post("/body").body(""), refused(401, [BEARER])),
        ("that_is_not_announced_keeps_the_connection", post("/body"), refused(401, [BEARER])),
    ] {
        cases.add(format!("body_{rule}"), request, expect);
    }
}

fn add_paths_and_methods(cases: &mut Cases) {
    let alice = cases.alice();
    cases.add("path_is_read_after_a_good_decision", get("/number/42").token(&alice), ok("42"));
    for (rule, request, expect) in [
        ("without_credentials", get("/number/not-a-number"), refused(401, [BEARER])),
        (
            "with_refused_credentials",
            get("/number/not-a-number").authorization("Bearer x"),
            refused(401, [INVALID_TOKEN]),
        ),
    ] {
        cases.add(format!("path_is_not_read_{rule}"), request, expect);
    }
    for (method, path) in
        [("OPTIONS", "/method/options"), ("POST", "/method/post"), ("PUT", "/method/put"), ("DELETE", "/method/delete")]
    {
        let name = method.to_ascii_lowercase();
        let request = || RawRequest::new(method, path);
        cases.add(
            format!("{name}_is_decided_like_any_other_method_without_credentials"),
            request(),
            refused(401, [BEARER]),
        );
        cases.add(
            format!("{name}_is_decided_like_any_other_method_with_refused_credentials"),
            request().authorization("Bearer x"),
            refused(401, [INVALID_TOKEN]),
        );
        cases.add(
            format!("{name}_is_decided_like_any_other_method_with_good_credentials"),
            request().token(&alice),
            ok("alice bearer"),
        );
    }
    cases.add(
        "a_preflight_is_decided_like_any_other_request",
        RawRequest::new("OPTIONS", "/method/options")
            .header("Origin", "https://app.example")
            .header("Access-Control-Request-Method", "GET"),
        refused(401, [BEARER]),
    );
    let head = || RawRequest::new("HEAD", "/method/head");
    cases.add("head_is_decided_like_any_other_method_without_credentials", head(), refused(401, [BEARER]));
    cases.add(
        "head_is_decided_like_any_other_method_with_refused_credentials",
        head().authorization("Bearer x"),
        refused(401, [INVALID_TOKEN]),
    );
    cases.add("head_is_decided_like_any_other_method_with_good_credentials", head().token(&alice), ok("alice bearer"));
    cases.add("a_refused_head_has_the_fields_of_its_get", head(), Expect::HeadOf(Box::new(get("/bearer"))));
    cases.add(
        "a_refused_token_of_a_head_has_the_fields_of_its_get",
        head().authorization("Bearer x"),
        Expect::HeadOf(Box::new(get("/bearer").authorization("Bearer x"))),
    );
}

/// Open on purpose: no credentials are looked at.
fn add_public(cases: &mut Cases) {
    let token = bearer(&cases.alice().mint());
    let key = cases.credentials.keys.alice.clone();
    for (rule, request) in [
        ("no_credentials", get("/public")),
        ("good_credentials", get("/public").authorization(&token)),
        ("refused_credentials", get("/public").authorization("Bearer x")),
        ("malformed_credentials", get("/public").authorization("Basic !")),
        ("an_empty_authorization", get("/public").authorization("")),
        ("two_authorization_lines", get("/public").authorization(&token).authorization(&token)),
        ("two_methods", get("/public").authorization(&token).key(&key)),
        ("credentials_that_throttle", get("/public").account("fault.throttled")),
        ("credentials_of_a_store_that_is_down", get("/public").authorization(bearer("fault.store-down"))),
        ("two_cookies", get("/public").header("Cookie", "__Host-session=a; __Host-session=b")),
        ("a_repeated_ticket", get("/public?ticket=a&ticket=b")),
        ("no_layer", get("/bare/public")),
        ("no_layer_and_bad_credentials", get("/bare/public").authorization("Bearer x")),
    ] {
        cases.add(format!("public_is_open_with_{rule}"), request, ok("ok"));
    }
    cases.add("public_reads_bodies", post("/body/public").authorization("Bearer x").body("some bytes"), ok("10"));
}
