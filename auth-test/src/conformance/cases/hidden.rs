//! `hide`, and decisions about one object.

use super::{BASIC, BEARER, Cases, INVALID_REQUEST, INVALID_TOKEN, With as _, get, insufficient_scope, post};
use crate::conformance::expect::{Expect, ok, plainly, refused};
use crate::conformance::wire::RawRequest;
use crate::mint::bearer;

/// The same bytes as for an unknown path.
fn not_found(unknown: RawRequest) -> Expect {
    Expect::Same(Box::new(unknown), plainly(404))
}

pub(super) fn add(cases: &mut Cases) {
    add_hidden(cases);
    add_objects(cases);
    add_unknown_paths(cases);
}

fn add_hidden(cases: &mut Cases) {
    let (alice, root, bob) = (cases.alice(), cases.root(), cases.credentials.tokens.token("bob"));
    let writer = cases.credentials.tokens.token("bob").scopes(["items:write"]);
    let keys = cases.credentials.keys.clone();
    let unknown = || get("/no/such/path");
    let step_up = || {
        let challenge =
            r#"Bearer realm="conformance", error="insufficient_user_authentication", acr_values="urn:example:otp""#;
        refused(401, [challenge]).in_any_order()
    };

    let hidden: [(&str, RawRequest, RawRequest); 9] = [
        ("missing_role", get("/hidden/role").token(&alice), unknown()),
        ("missing_scope", get("/hidden/scope").token(&alice), unknown()),
        ("check_that_says_no", get("/hidden/check").token(&bob), unknown()),
        ("missing_scope_and_factor", get("/hidden/scope-factor").token(&bob), unknown()),
        ("missing_factor_and_a_check_that_says_no", get("/hidden/factor-check").token(&bob), unknown()),
        ("missing_role_of_a_password", get("/hidden/all").account("alice"), unknown()),
        ("missing_role_of_a_key", get("/hidden/all").key(&keys.alice), unknown()),
        (
            "missing_role_for_the_same_credentials_elsewhere",
            get("/hidden/role").token(&alice),
            get("/no/such/path").token(&alice),
        ),
        (
            "missing_role_with_an_unread_body",
            post("/hidden/post").token(&alice).body("unread"),
            post("/no/such/path").body("unread"),
        ),
    ];
    for (rule, request, unknown) in hidden {
        cases.add(format!("hide_turns_a_{rule}_into_not_found"), request, not_found(unknown));
    }
    for method in ["HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"] {
        let name = method.to_ascii_lowercase();
        let hidden = RawRequest::new(method, format!("/hidden/{name}")).token(&alice);
        let unknown = RawRequest::new(method, "/no/such/path");
        cases.add(format!("hide_turns_a_missing_role_of_{name}_into_not_found"), hidden, not_found(unknown));
    }
    for (rule, request, expect) in [
        ("lets_the_right_role_pass", get("/hidden/role").token(&root), ok("root bearer")),
        ("lets_the_right_scope_pass", get("/hidden/scope").token(&root), ok("root bearer")),
        ("lets_a_check_pass", get("/hidden/check").token(&alice), ok("alice bearer")),
        ("does_not_hide_that_credentials_are_missing", get("/hidden/role"), refused(401, [BEARER])),
        (
            "does_not_hide_that_credentials_are_refused",
            get("/hidden/role").authorization("Bearer x"),
            refused(401, [INVALID_TOKEN]),
        ),
        ("does_not_hide_ambiguity", get("/hidden/role").token(&root).token(&root), refused(400, [INVALID_REQUEST])),
        ("does_not_hide_an_outage", get("/hidden/role").authorization(bearer("fault.store-down")), plainly(503)),
        ("does_not_hide_throttling", get("/hidden/all").account("fault.throttled"), plainly(429).retry_after("7")),
        ("does_not_hide_a_missing_factor", get("/hidden/factor").token(&alice), step_up()),
        ("does_not_hide_that_the_factor_alone_is_missing", get("/hidden/scope-factor").token(&writer), step_up()),
        (
            "does_not_hide_that_the_factor_alone_is_missing_of_a_check",
            get("/hidden/factor-check").token(&alice),
            step_up(),
        ),
    ] {
        cases.add(format!("hide_{rule}"), request, expect);
    }
}

fn add_objects(cases: &mut Cases) {
    let (alice, root, bob) = (cases.alice(), cases.root(), cases.credentials.tokens.token("bob"));
    let reader = cases.credentials.tokens.token("bob").scopes(["items:read"]);
    let keys = cases.credentials.keys.clone();
    let unknown = || not_found(get("/no/such/path"));
    let write = || refused(403, [insufficient_scope("items:write")]);

    cases.add("ensure_lets_the_owner_pass", get("/ensure").token(&alice), ok("alice bearer"));
    cases.add("ensure_refuses_like_a_check", get("/ensure").token(&bob), plainly(403));
    cases.add("ensure_comes_after_the_policy", get("/ensure"), refused(401, [BEARER]));
    cases.add("ensure_refuses_a_password_like_a_check", get("/ensure/basic").account("root"), plainly(403));
    cases.add("ensure_lets_the_owner_pass_by_password", get("/ensure/all").account("alice"), ok("alice basic"));
    cases.add("ensure_refuses_a_key_like_a_check", get("/ensure/all").key(&keys.root), plainly(403));
    cases.add("ensure_under_hide_lets_the_owner_pass", get("/ensure/hidden").token(&alice), ok("alice bearer"));
    cases.add("ensure_under_hide_is_not_found", get("/ensure/hidden").token(&reader), unknown());

    cases.add("ensure_scope_lets_its_holder_pass", get("/ensure-scope").token(&root), ok("root bearer"));
    cases.add("ensure_scope_asks_for_the_scope", get("/ensure-scope").token(&alice), write());
    cases.add("ensure_scope_asks_through_bearer_for_a_password", get("/ensure-scope/all").account("alice"), write());
    cases.add("ensure_scope_asks_through_bearer_for_a_key", get("/ensure-scope/all").key(&keys.alice), write());
    cases.add("ensure_scope_lets_a_key_pass", get("/ensure-scope/all").key(&keys.root), ok("root api_key").private());
    cases.add(
        "ensure_scope_without_bearer_in_the_policy_has_no_challenge",
        get("/ensure-scope/basic").account("alice"),
        plainly(403),
    );
    cases.add("ensure_scope_comes_after_the_policy", get("/ensure-scope/basic"), refused(401, [BASIC]));
    cases.add("ensure_scope_under_hide_is_not_found", get("/ensure-scope/hidden").token(&alice), unknown());
}

/// The adapter's `not_found` answers whoever asks.
fn add_unknown_paths(cases: &mut Cases) {
    let alice = cases.alice();
    cases.add("unknown_path_is_not_found_without_credentials", get("/no/such/path"), plainly(404));
    cases.add("unknown_path_is_not_found_with_good_credentials", get("/no/such/path").token(&alice), plainly(404));
    cases.add(
        "unknown_path_is_not_found_with_refused_credentials",
        get("/no/such/path").authorization("Bearer x"),
        plainly(404),
    );
    cases.add("unknown_path_is_not_found_with_a_query", get("/no/such/path?a=b"), plainly(404));
    cases.add("unknown_path_leaves_the_body_unread", post("/no/such/path").body("unread"), plainly(404));
    cases.add("unknown_path_with_an_empty_body_keeps_the_connection", post("/no/such/path").body(""), plainly(404));
}
