//! Cookies: ambient, so never one of two methods, and never from another site where that matters.

use super::{
    API_KEY, BASIC, BEARER, Cases, INVALID_REQUEST, INVALID_TOKEN, MAX_CREDENTIAL, With as _, get, insufficient_scope,
    post,
};
use crate::conformance::expect::{ok, plainly, refused};
use crate::conformance::wire::RawRequest;
use crate::mint::bearer;

const ALICE: &str = "__Host-session=session-alice";

fn served() -> crate::conformance::expect::Answer {
    ok("alice session").private()
}

pub(super) fn add(cases: &mut Cases) {
    add_reading(cases);
    add_beside(cases);
    add_origins(cases);
}

fn session(cookie: &str) -> RawRequest {
    get("/own/session").header("Cookie", cookie)
}

fn add_reading(cases: &mut Cases) {
    for (rule, cookie) in [
        ("alone", "__Host-session=session-alice".to_owned()),
        ("among_others", "a=b; __Host-session=session-alice; c=d".to_owned()),
        ("beside_a_longer_name", "x__Host-session=x; __Host-session=session-alice; __Host-session2=y".to_owned()),
        ("with_white_space_around", "a=b;   __Host-session=session-alice \t;c=d".to_owned()),
        ("without_space_between", "a=b;__Host-session=session-alice;c=d".to_owned()),
    ] {
        cases.add(format!("cookie_{rule}_is_read"), session(&cookie), served());
    }
    cases.add("cookie_of_two_lines_is_read", session("a=b").header("Cookie", ALICE), served());
    for (rule, cookie) in [
        ("stale", "__Host-session=stale".to_owned()),
        ("empty", "__Host-session=".to_owned()),
        ("in_quotes", "__Host-session=\"session-alice\"".to_owned()),
        ("twice_with_one_value", format!("{ALICE}; {ALICE}")),
        ("twice_with_a_stale_value", format!("{ALICE}; __Host-session=stale")),
        ("twice_with_an_empty_value", format!("__Host-session=; {ALICE}")),
        ("over_8_kib", format!("__Host-session={}", "a".repeat(MAX_CREDENTIAL.saturating_add(1)))),
        ("that_is_no_ascii", "__Host-session=session-\u{e9}".to_owned()),
    ] {
        cases.add(format!("cookie_{rule}_is_401_without_error"), session(&cookie), refused(401, [BEARER]));
    }
    cases.add(
        "cookie_twice_in_two_lines_is_401_without_error",
        session(ALICE).header("Cookie", ALICE),
        refused(401, [BEARER]),
    );
    for (rule, cookie) in [
        ("another_case", "__host-session=session-alice"),
        ("a_longer_name", "__Host-session2=session-alice"),
        ("a_name_that_ends_alike", "x__Host-session=session-alice"),
        ("no_equals_sign", "__Host-session"),
    ] {
        cases.add(format!("cookie_with_{rule}_is_not_read"), session(cookie), refused(401, [BEARER]));
    }
    cases.add("cookie_scheme_is_not_asked_for", get("/own/session"), refused(401, [BEARER]));
    cases.add(
        "cookie_where_the_policy_does_not_accept_it_is_not_read",
        get("/bearer").header("Cookie", ALICE),
        refused(401, [BEARER]),
    );
    let page = |value: &str| get("/own/page").header("Cookie", format!("__Host-page={value}"));
    cases.add("cookie_that_is_asked_for_as_a_token_is_read", page("session-alice"), ok("alice page_session").private());
    cases.add("cookie_that_is_asked_for_as_a_token_is_challenged", get("/own/page"), refused(401, [BEARER]));
    cases.add("stale_cookie_that_is_asked_for_as_a_token_has_no_error", page("stale"), refused(401, [BEARER]));
    cases.add("cookie_whose_store_is_down_is_503", session("__Host-session=fault.store-down"), plainly(503));
}

/// Explicit credentials win, also bad ones; nothing is merged.
fn add_beside(cases: &mut Cases) {
    let bob = bearer(&cases.credentials.tokens.token("bob").mint());
    let expired = bearer(&cases.alice().expires_in(0).mint());
    let keys = cases.credentials.keys.clone();
    let all = || get("/own/session-all").header("Cookie", ALICE);
    let plain = [BEARER, BASIC, API_KEY];
    cases.add("a_good_token_wins_over_a_good_cookie", session(ALICE).authorization(&bob), ok("bob bearer"));
    cases.add("a_good_password_wins_over_a_good_cookie", all().account("root"), ok("root basic"));
    cases.add("a_good_key_wins_over_a_good_cookie", all().key(&keys.root), ok("root api_key").private());
    cases.add(
        "a_good_ticket_wins_over_a_good_cookie",
        get("/own/session-all?ticket=ticket-alice").header("Cookie", "__Host-session=session-writer"),
        ok("alice ticket").not_stored(),
    );
    cases.add(
        "a_good_token_wins_over_a_stale_cookie",
        session("__Host-session=stale").authorization(&bob),
        ok("bob bearer"),
    );
    cases.add(
        "a_good_token_wins_over_two_cookies",
        session(&format!("{ALICE}; {ALICE}")).authorization(&bob),
        ok("bob bearer"),
    );
    cases.add(
        "an_expired_token_fails_beside_a_good_cookie",
        session(ALICE).authorization(&expired),
        refused(401, [INVALID_TOKEN]),
    );
    cases.add(
        "a_malformed_token_fails_beside_a_good_cookie",
        session(ALICE).authorization("Bearer"),
        refused(401, [INVALID_TOKEN]),
    );
    for (what, value) in [("another_scheme", "Negotiate YII="), ("a_scheme_not_accepted", "Basic YWxpY2U6eA==")] {
        cases.add(
            format!("an_authorization_of_{what}_fails_beside_a_good_cookie"),
            session(ALICE).authorization(value),
            refused(401, [BEARER]),
        );
    }
    cases.add("a_wrong_password_fails_beside_a_good_cookie", all().password("alice", "wrong"), refused(401, plain));
    cases.add("an_unknown_key_fails_beside_a_good_cookie", all().key(&keys.unknown), refused(401, plain));
    cases.add("an_empty_key_fails_beside_a_good_cookie", all().key(""), refused(401, plain));
    cases.add(
        "an_unknown_ticket_fails_beside_a_good_cookie",
        get("/own/session-all?ticket=unknown").header("Cookie", ALICE),
        refused(401, plain),
    );
    cases.add(
        "two_methods_are_400_beside_a_good_cookie",
        all().authorization(&bob).key(&keys.alice),
        refused(400, [INVALID_REQUEST]),
    );
    cases.add(
        "an_outage_is_503_beside_a_good_cookie",
        session(ALICE).authorization(bearer("fault.store-down")),
        plainly(503),
    );
    cases.add(
        "a_token_is_not_completed_by_the_scopes_of_a_cookie",
        get("/own/session-scope").header("Cookie", "__Host-session=session-writer").authorization(&bob),
        refused(403, [insufficient_scope("items:write")]),
    );
    cases.add(
        "a_cookie_has_its_own_scopes",
        get("/own/session-scope").header("Cookie", "__Host-session=session-writer"),
        ok("writer session").private(),
    );
    cases.add(
        "a_scope_that_a_cookie_lacks_is_asked_for_through_bearer",
        get("/own/session-scope").header("Cookie", ALICE),
        refused(403, [insufficient_scope("items:write")]),
    );
}

/// Unsafe methods and upgrades: only from the same origin, or a configured one.
fn add_origins(cases: &mut Cases) {
    let unsafe_methods =
        || ["POST", "PUT", "DELETE"].map(|method| RawRequest::new(method, "/own/session").header("Cookie", ALICE));
    for request in unsafe_methods() {
        let method = request.method.to_ascii_lowercase();
        cases.add(format!("cookie_on_{method}_without_an_origin_is_403"), request.clone(), plainly(403));
        cases.add(
            format!("cookie_on_{method}_from_the_same_origin_passes"),
            request.header("Sec-Fetch-Site", "same-origin"),
            served(),
        );
    }
    let from = |name: &str, value: &str| post("/own/session").header("Cookie", ALICE).header(name, value);
    for (rule, name, value) in [
        ("by_the_user_itself", "Sec-Fetch-Site", "none"),
        ("from_a_configured_origin", "Origin", "https://app.example"),
    ] {
        cases.add(format!("cookie_on_post_{rule}_passes"), from(name, value), served());
    }
    for (rule, name, value) in [
        ("another_site", "Sec-Fetch-Site", "cross-site"),
        ("a_sibling_host", "Sec-Fetch-Site", "same-site"),
        ("an_empty_site", "Sec-Fetch-Site", ""),
        ("a_list_of_sites", "Sec-Fetch-Site", "cross-site, same-origin"),
        ("another_origin", "Origin", "https://evil.example"),
        ("an_origin_of_another_scheme", "Origin", "http://app.example"),
        ("an_origin_with_another_port", "Origin", "https://app.example:8443"),
        ("an_origin_that_begins_alike", "Origin", "https://app.example.evil.example"),
        ("an_opaque_origin", "Origin", "null"),
        ("a_page_in_referer_only", "Referer", "https://app.example/page"),
    ] {
        cases.add(format!("cookie_on_post_from_{rule}_is_403"), from(name, value), plainly(403));
    }
    cases.add(
        "cookie_on_post_across_sites_from_a_configured_origin_passes",
        from("Sec-Fetch-Site", "cross-site").header("Origin", "https://app.example"),
        served(),
    );
    let across = || session(ALICE).header("Sec-Fetch-Site", "cross-site");
    cases.add("cookie_on_get_from_another_site_passes", across(), served());
    let upgrade = |request: RawRequest| request.header("Connection", "Upgrade").header("Upgrade", "websocket");
    cases.add("cookie_on_an_upgrade_without_an_origin_is_403", upgrade(session(ALICE)), plainly(403));
    cases.add("cookie_on_an_upgrade_from_another_site_is_403", upgrade(across()), plainly(403));
    cases.add(
        "cookie_on_an_upgrade_from_another_origin_is_403",
        upgrade(session(ALICE).header("Origin", "https://evil.example")),
        plainly(403),
    );
    cases.add(
        "cookie_on_an_upgrade_from_the_same_origin_passes",
        upgrade(session(ALICE).header("Sec-Fetch-Site", "same-origin")),
        served(),
    );
    cases.add(
        "cookie_on_an_upgrade_from_a_configured_origin_passes",
        upgrade(session(ALICE).header("Origin", "https://app.example")),
        served(),
    );

    // No token comes by itself.
    let token = bearer(&cases.alice().mint());
    cases.add(
        "token_on_post_from_another_site_passes",
        post("/own/session").authorization(&token).header("Sec-Fetch-Site", "cross-site"),
        ok("alice bearer"),
    );
    cases.add(
        "token_on_post_from_another_site_passes_beside_a_cookie",
        from("Sec-Fetch-Site", "cross-site").authorization(&token),
        ok("alice bearer"),
    );
    cases.add("post_without_any_credentials_is_401", post("/own/session"), refused(401, [BEARER]));
    cases.add(
        "stale_cookie_on_post_from_the_same_origin_is_401_without_error",
        post("/own/session").header("Cookie", "__Host-session=stale").header("Sec-Fetch-Site", "same-origin"),
        refused(401, [BEARER]),
    );
    cases.add(
        "cookie_on_post_from_another_site_leaves_the_body_unread",
        from("Sec-Fetch-Site", "cross-site").body("unread"),
        plainly(403),
    );
}
