//! Several realms, their options, and programs that are put together wrongly.

use super::{BASIC, BEARER, Cases, INVALID_REQUEST, INVALID_TOKEN, With as _, get, post};
use crate::conformance::expect::{ok, plainly, refused};
use crate::conformance::wire::RawRequest;
use crate::mint::bearer;

pub(super) fn add(cases: &mut Cases) {
    add_inner(cases);
    add_documented(cases);
    add_named(cases);
    add_defaults(cases);
    add_mistakes(cases);
}

const INNER: &str = r#"Bearer realm="inner""#;
const INNER_INVALID: &str = r#"Bearer realm="inner", error="invalid_token""#;

/// An inner layer adds its realm and replaces none.
fn add_inner(cases: &mut Cases) {
    let alice = cases.alice();
    let inner = |seconds| cases.credentials.inner_tokens.token("carol").expires_in(seconds);
    let carol = inner(300);
    // The leeway of this realm is the default, 60 s: a token ends at `exp` + 60.
    let (within, after) = (inner(-59), inner(-60));
    let not_yet = |from_now| cases.credentials.inner_tokens.token("carol").time("nbf", from_now);
    let (soon, later) = (not_yet(60.0), not_yet(61.0));
    let served = || ok("carol bearer");
    for (rule, request, expect) in [
        ("the_innermost_realm_decides", get("/inner/own").token(&carol), served()),
        ("the_innermost_realm_challenges", get("/inner/own"), refused(401, [INNER])),
        (
            "a_token_of_the_outer_realm_is_refused_inside",
            get("/inner/own").token(&alice),
            refused(401, [INNER_INVALID]),
        ),
        ("a_policy_may_name_the_outer_realm", get("/inner/outer").token(&alice), ok("alice bearer")),
        ("the_named_outer_realm_challenges", get("/inner/outer"), refused(401, [BEARER, BASIC])),
        (
            "a_token_of_the_inner_realm_is_refused_by_the_named_outer_one",
            get("/inner/outer").token(&carol),
            refused(401, [INVALID_TOKEN, BASIC]),
        ),
        ("a_scheme_of_the_named_outer_realm_is_taken", get("/inner/outer").account("alice"), ok("alice basic")),
        ("a_policy_may_name_the_innermost_realm", get("/inner/by-name").token(&carol), served()),
        ("a_policy_may_name_the_only_realm", get("/by-name").token(&alice), ok("alice bearer")),
        ("any_scheme_means_those_of_the_deciding_realm", get("/inner/any"), refused(401, [INNER])),
        ("default_leeway_is_a_minute_within", get("/inner/own").token(&within), served()),
        ("default_leeway_is_a_minute_after", get("/inner/own").token(&after), refused(401, [INNER_INVALID])),
        ("default_leeway_holds_for_not_before_within", get("/inner/own").token(&soon), served()),
        ("default_leeway_holds_for_not_before_after", get("/inner/own").token(&later), refused(401, [INNER_INVALID])),
    ] {
        cases.add(rule, request, expect);
    }
}

/// `forbidden_status(401)` with `roles_in_scope_challenge()`: "forbidden" is told through the challenges.
fn add_documented(cases: &mut Cases) {
    const DOCUMENTED: &str = r#"Bearer realm="documented""#;
    const PASSWORDS: &str = r#"Basic realm="documented", charset="UTF-8""#;
    let (alice, root, bob) = (cases.alice(), cases.root(), cases.credentials.tokens.token("bob"));
    let lacking = |names: &str| {
        refused(401, [format!(r#"{DOCUMENTED}, error="insufficient_scope", scope="{names}""#), PASSWORDS.to_owned()])
    };
    for (rule, request, expect) in [
        ("without_credentials_is_401_without_error", get("/documented/role"), refused(401, [DOCUMENTED, PASSWORDS])),
        ("names_a_missing_role_as_a_scope", get("/documented/role").token(&alice), lacking("admin")),
        ("names_a_missing_role_whichever_scheme_won", get("/documented/role").account("alice"), lacking("admin")),
        ("names_a_missing_scope", get("/documented/scope").token(&alice), lacking("items:write")),
        ("lets_the_right_role_pass", get("/documented/role").token(&root), ok("root bearer")),
        ("lets_the_right_scope_pass", get("/documented/scope").account("root"), ok("root basic")),
        ("answers_a_check_that_says_no", get("/documented/check").token(&bob), refused(401, [DOCUMENTED, PASSWORDS])),
        (
            "answers_an_object_that_is_not_the_callers",
            get("/documented/ensure").token(&bob),
            refused(401, [DOCUMENTED, PASSWORDS]),
        ),
        (
            "challenges_without_bearer_in_the_policy_as_well",
            get("/documented/basic").account("alice"),
            refused(401, [PASSWORDS]),
        ),
        ("is_hidden_all_the_same", get("/documented/hidden").token(&alice), plainly(404)),
    ] {
        cases.add(format!("forbidden_status_401_{rule}"), request, expect);
    }
}

/// `roles_in_scope_challenge()` alone.
fn add_named(cases: &mut Cases) {
    let alice = cases.alice();
    let lacking =
        |names: &str| refused(403, [format!(r#"Bearer realm="named", error="insufficient_scope", scope="{names}""#)]);
    for (rule, request, expect) in [
        ("name_a_missing_role", get("/named/role").token(&alice), lacking("admin")),
        ("name_a_missing_role_whichever_scheme_won", get("/named/role").account("alice"), lacking("admin")),
        ("name_all_roles_but_those_under_not", get("/named/many").token(&alice), lacking("admin auditor")),
        ("are_not_named_without_bearer_in_the_policy", get("/named/basic").account("alice"), plainly(403)),
        ("leave_missing_scopes_as_they_are", get("/named/scope").token(&alice), lacking("items:write")),
    ] {
        cases.add(format!("roles_in_scope_challenge_{rule}"), request, expect);
    }
}

/// `Auth<P>` without an attribute is decided by the realm's default policy.
fn add_defaults(cases: &mut Cases) {
    const DEFAULTS: &str = r#"Bearer realm="defaults""#;
    let alice = cases.alice();
    for (rule, request, expect) in [
        ("lets_good_credentials_pass", get("/defaults/bare").token(&alice), ok("alice bearer")),
        ("challenges_without_credentials", get("/defaults/bare"), refused(401, [DEFAULTS])),
        (
            "refuses_bad_credentials",
            get("/defaults/bare").authorization("Bearer x"),
            refused(401, [format!(r#"{DEFAULTS}, error="invalid_token""#)]),
        ),
        (
            "does_not_replace_a_handlers_own",
            get("/defaults/own").token(&alice),
            refused(403, [format!(r#"{DEFAULTS}, error="insufficient_scope", scope="items:write""#)]),
        ),
    ] {
        cases.add(format!("default_policy_{rule}"), request, expect);
    }
}

/// The program is put together wrongly: 500, and nothing is served.
fn add_mistakes(cases: &mut Cases) {
    let alice = cases.alice();
    let key = cases.credentials.keys.alice.clone();
    let mistakes: [(&str, RawRequest); 18] = [
        ("a_missing_layer_with_good_credentials", get("/bare/party").token(&alice)),
        ("a_missing_layer_without_credentials", get("/bare/party")),
        ("a_missing_layer_with_bad_credentials", get("/bare/party").authorization("Bearer x")),
        ("a_missing_layer_without_principal", get("/bare/plain").token(&alice)),
        ("a_missing_layer_with_a_key", get("/bare/plain").key(&key)),
        ("a_missing_layer_of_an_optional_endpoint", get("/bare/guest")),
        ("a_missing_layer_with_an_empty_body", post("/bare/body").token(&alice).body("")),
        ("a_scheme_that_the_realm_does_not_have", get("/wrong/scheme").authorization("Missing x")),
        ("a_scheme_that_the_realm_does_not_have_without_credentials", get("/wrong/scheme")),
        ("a_scheme_that_the_realm_does_not_have_beside_a_good_token", get("/wrong/scheme-beside").token(&alice)),
        ("a_scheme_that_the_inner_realm_does_not_have", get("/inner/missing").account("alice")),
        ("a_realm_that_no_layer_has", get("/wrong/realm").token(&alice)),
        ("a_realm_that_no_layer_has_without_credentials", get("/wrong/realm")),
        ("a_principal_of_another_type", get("/wrong/principal").token(&alice)),
        ("a_check_for_another_principal", get("/wrong/check").token(&alice)),
        ("a_principal_of_a_public_handler", get("/wrong/public").token(&alice)),
        ("a_principal_of_a_public_handler_without_credentials", get("/wrong/public")),
        ("a_principal_without_an_attribute", get("/wrong/attribute").token(&alice)),
    ];
    for (mistake, request) in mistakes {
        cases.add(format!("{mistake}_is_500"), request, plainly(500));
    }
    for (rule, request, expect) in [
        ("no_credentials", get("/wrong/principal"), refused(401, [BEARER])),
        ("refused_credentials", get("/wrong/principal").authorization(bearer("x")), refused(401, [INVALID_TOKEN])),
        ("two_methods", get("/wrong/principal").token(&alice).token(&alice), refused(400, [INVALID_REQUEST])),
    ] {
        cases.add(format!("a_principal_of_another_type_is_found_after_{rule}"), request, expect);
    }
}
