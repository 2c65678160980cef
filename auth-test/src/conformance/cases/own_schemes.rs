//! Own schemes: a prefix in the bearer field, a header, a query parameter.

use super::{API_KEY, BEARER, Cases, INVALID_REQUEST, INVALID_TOKEN, MAX_CREDENTIAL, With as _, get};
use crate::conformance::expect::{ok, plainly, refused};
use crate::mint::bearer;

const SERVICE_KEY: &str = r#"ApiKey realm="conformance", in="header", name="X-Service-Key""#;

pub(super) fn add(cases: &mut Cases) {
    add_prefix(cases);
    add_header(cases);
    add_query(cases);
    add_any(cases);
}

/// Within one value the scheme with the longest declared prefix owns it; the others see nothing.
fn add_prefix(cases: &mut Cases) {
    let token = cases.alice().mint();
    let nebula = |value: &str| get("/own/nebula").authorization(bearer(value));
    let both = |value: &str| get("/own/nebula-bearer").authorization(bearer(value));
    cases.add("prefix_scheme_takes_its_own", nebula("ak_alice"), ok("alice nebula_key"));
    cases.add("prefix_scheme_is_challenged_as_bearer", get("/own/nebula"), refused(401, [BEARER]));
    cases.add("prefix_scheme_refuses_as_bearer", nebula("ak_unknown"), refused(401, [INVALID_TOKEN]));
    cases.add("prefix_alone_is_refused", nebula("ak_"), refused(401, [INVALID_TOKEN]));
    cases.add("prefix_scheme_does_not_see_what_bearer_owns", nebula(&token), refused(401, [BEARER]));
    cases.add("prefix_scheme_does_not_take_what_it_would_know", nebula("token-of-no-prefix"), refused(401, [BEARER]));
    cases.add("prefix_compares_with_case", nebula("AK_alice"), refused(401, [BEARER]));
    cases.add(
        "bearer_does_not_see_what_a_prefix_owns",
        get("/bearer").authorization(bearer("ak_alice")),
        refused(401, [BEARER]),
    );
    cases.add("prefix_beside_bearer_goes_to_the_prefix", both("ak_alice"), ok("alice nebula_key"));
    cases.add("token_beside_a_prefix_goes_to_bearer", both(&token), ok("alice bearer"));
    cases.add("identical_challenges_are_sent_once", get("/own/nebula-bearer"), refused(401, [BEARER]));
    cases.add("identical_challenges_with_an_error_are_sent_once", both("ak_unknown"), refused(401, [INVALID_TOKEN]));
    cases.add("unknown_prefix_goes_to_bearer", both("xx_alice"), refused(401, [INVALID_TOKEN]));
    cases.add(
        "two_lines_with_different_prefixes_are_400",
        both("ak_alice").authorization(bearer(&token)),
        refused(400, [INVALID_REQUEST]),
    );
    let too_long = format!("ak_{}", "a".repeat(MAX_CREDENTIAL));
    cases.add("prefixed_credential_over_8_kib_is_refused", nebula(&too_long), refused(401, [INVALID_TOKEN]));
    cases.add("prefix_scheme_whose_store_is_down_is_503", nebula("ak_fault.store-down"), plainly(503));
}

fn add_header(cases: &mut Cases) {
    let token = bearer(&cases.alice().mint());
    let key = cases.credentials.keys.alice.clone();
    let service = |value: &str| get("/own/service").header("X-Service-Key", value);
    cases.add("header_scheme_takes_its_own", service("service-alice"), ok("alice service_key").private());
    cases.add("header_scheme_is_challenged_with_its_place", get("/own/service"), refused(401, [SERVICE_KEY]));
    for (rule, value) in [
        ("unknown_value", "unknown"),
        ("empty_value", ""),
        ("value_with_a_space", "service alice"),
        ("value_that_is_no_ascii", "service-\u{e9}"),
        ("value_over_8_kib", &"a".repeat(MAX_CREDENTIAL.saturating_add(1))),
    ] {
        cases.add(format!("header_scheme_refuses_an_{rule}"), service(value), refused(401, [SERVICE_KEY]));
    }
    cases.add("header_scheme_whose_store_is_down_is_503", service("fault.store-down"), plainly(503));
    cases.add("header_scheme_that_throttles_is_429", service("fault.throttled"), plainly(429).retry_after("7"));
    cases.add(
        "header_scheme_with_two_lines_is_400",
        service("service-alice").header("x-service-key", "service-alice"),
        plainly(400),
    );
    let beside = || get("/own/service-bearer").header("X-Service-Key", "service-alice");
    cases.add(
        "own_schemes_are_challenged_in_policy_order",
        get("/own/service-bearer"),
        refused(401, [SERVICE_KEY, BEARER, API_KEY]),
    );
    cases.add(
        "header_scheme_and_token_are_two_methods",
        beside().authorization(&token),
        refused(400, [INVALID_REQUEST]),
    );
    cases.add("header_scheme_and_key_are_two_methods", beside().key(key), refused(400, [INVALID_REQUEST]));
    cases.add("header_scheme_alone_is_one_method", beside(), ok("alice service_key").private());
}

/// Explicit, never part of "any", and not to be stored anywhere.
fn add_query(cases: &mut Cases) {
    let token = bearer(&cases.alice().mint());
    let served = || ok("alice ticket").not_stored();
    for (rule, target) in [
        ("takes_its_parameter", "/own/ticket?ticket=ticket-alice"),
        ("takes_its_parameter_among_others", "/own/ticket?a=b&ticket=ticket-alice&c=d"),
        ("decodes_its_value", "/own/ticket?ticket=ticket%2Dal%69ce"),
        ("decodes_its_name", "/own/ticket?t%69cket=ticket-alice"),
    ] {
        cases.add(format!("query_scheme_{rule}"), get(target), served());
    }
    for (rule, target) in [
        ("an_unknown_value", "/own/ticket?ticket=unknown"),
        ("an_empty_value", "/own/ticket?ticket="),
        ("a_missing_value", "/own/ticket?ticket"),
        ("a_value_with_a_space", "/own/ticket?ticket=a+b"),
        ("a_value_with_an_encoded_space", "/own/ticket?ticket=a%20b"),
        ("a_value_with_a_bad_percent_sign", "/own/ticket?ticket=ticket-alice%2"),
        ("a_value_that_is_no_text", "/own/ticket?ticket=%ff%fe"),
    ] {
        cases.add(format!("query_scheme_refuses_{rule}"), get(target), refused(401, [BEARER]));
    }
    for (rule, target) in [
        ("two_values", "/own/ticket?ticket=ticket-alice&ticket=ticket-alice"),
        ("two_values_with_an_encoded_name", "/own/ticket?ticket=ticket-alice&%74icket=ticket-alice"),
        ("a_good_and_an_empty_value", "/own/ticket?ticket=ticket-alice&ticket="),
    ] {
        cases.add(format!("query_scheme_with_{rule}_is_400"), get(target), refused(400, [INVALID_REQUEST]));
    }
    cases.add("query_scheme_is_not_asked_for", get("/own/ticket"), refused(401, [BEARER]));
    cases.add("query_names_compare_with_case", get("/own/ticket?Ticket=ticket-alice"), refused(401, [BEARER]));
    cases.add(
        "a_fragment_of_a_query_name_is_no_ticket",
        get("/own/ticket?xticket=ticket-alice"),
        refused(401, [BEARER]),
    );
    cases.add(
        "query_scheme_and_token_are_two_methods",
        get("/own/ticket?ticket=ticket-alice").authorization(&token),
        refused(400, [INVALID_REQUEST]),
    );
    cases.add("token_where_a_ticket_is_accepted_too", get("/own/ticket").authorization(&token), ok("alice bearer"));
    cases.add("query_scheme_whose_store_is_down_is_503", get("/own/ticket?ticket=fault.store-down"), plainly(503));
    cases.add(
        "ticket_where_the_policy_does_not_name_the_scheme_is_not_read",
        get("/bearer?ticket=ticket-alice"),
        refused(401, [BEARER]),
    );
    let too_long = "a".repeat(MAX_CREDENTIAL.saturating_add(1));
    cases.add(
        "query_value_over_8_kib_is_refused",
        get(&format!("/own/ticket?ticket={too_long}")),
        refused(401, [BEARER]),
    );
}

/// `any_scheme`: every scheme of the realm but those that have to be named.
fn add_any(cases: &mut Cases) {
    let alice = cases.alice();
    let keys = cases.credentials.keys.clone();
    let any = || get("/any");
    cases.add("any_scheme_takes_a_token", any().token(&alice), ok("alice bearer"));
    cases.add("any_scheme_takes_a_password", any().account("alice"), ok("alice basic"));
    cases.add("any_scheme_takes_a_key", any().key(&keys.alice), ok("alice api_key").private());
    cases.add("any_scheme_takes_a_prefixed_key", any().authorization("Bearer ak_alice"), ok("alice nebula_key"));
    cases.add(
        "any_scheme_takes_an_own_header",
        any().header("X-Service-Key", "service-alice"),
        ok("alice service_key").private(),
    );
    cases.add(
        "any_scheme_takes_a_cookie",
        any().header("Cookie", "__Host-session=session-alice"),
        ok("alice session").private(),
    );
    // In the realm's order, since the policy has none.
    let challenges = [API_KEY, SERVICE_KEY, super::BASIC, BEARER];
    cases.add("any_scheme_challenges_each_once", any(), refused(401, challenges));
    cases.add("any_scheme_does_not_take_a_ticket", get("/any?ticket=ticket-alice"), refused(401, challenges));
    cases.add(
        "any_scheme_refuses_two_methods",
        any().key(&keys.alice).header("X-Service-Key", "service-alice"),
        refused(400, [INVALID_REQUEST]),
    );
}
