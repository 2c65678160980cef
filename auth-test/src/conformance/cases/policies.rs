//! Requirements: what has to hold, and which row of the wire table says that it does not.

use super::{Cases, With as _, get, insufficient_scope};
use crate::conformance::expect::{Answer, ok, plainly, refused};
use crate::mint::TokenDraft;

pub(super) fn add(cases: &mut Cases) {
    add_scopes(cases);
    add_role_tables(cases);
    add_mixed(cases);
    add_order(cases);
    add_checks(cases);
}

fn add_scopes(cases: &mut Cases) {
    let scoped = |cases: &Cases, scopes: &str| cases.nobody().claim("scope", scopes);
    let rows: [(&str, &str, &str, Option<&str>); 21] = [
        ("scope_list_needs_all_of_them", "/scope/many", "items:read", Some("items:read items:write")),
        (
            "scope_list_names_all_in_order_whatever_is_held",
            "/scope/many",
            "items:write",
            Some("items:read items:write"),
        ),
        ("scope_list_without_any", "/scope/many", "", Some("items:read items:write")),
        ("scope_list_of_held_scopes_in_another_order", "/scope/many", "items:write items:read", None),
        ("scopes_side_by_side_have_to_hold_all", "/scope/twice", "items:read", Some("items:read items:write")),
        ("scopes_side_by_side_all_hold", "/scope/twice", "items:read items:write", None),
        ("scope_from_a_path_is_held", "/scope/path", "items:read", None),
        ("scope_from_a_path_is_missing", "/scope/path", "items:write", Some("items:read")),
        ("scopes_compare_with_case", "/scope/path", "Items:Read", Some("items:read")),
        ("a_scope_is_not_held_by_its_beginning", "/scope/path", "items items:rea items:read2", Some("items:read")),
        ("scopes_are_split_at_spaces_however_many", "/scope/path", "  a   items:read ", None),
        ("a_tab_does_not_split_scopes", "/scope/path", "a\titems:read", Some("items:read")),
        ("a_comma_does_not_split_scopes", "/scope/path", "a,items:read", Some("items:read")),
        ("any_scope_is_enough_first", "/scope/any", "a", None),
        ("any_scope_is_enough_second", "/scope/any", "b", None),
        ("any_scope_names_all_leaves", "/scope/any", "c", Some("a b")),
        ("scope_under_not_is_absent", "/scope/not", "other", None),
        ("scope_leaves_are_named_once_in_order_without_those_under_not", "/scope/leaves", "a", Some("b a")),
        ("scope_leaves_hold", "/scope/leaves", "b", None),
        ("scope_of_a_handler_without_principal_is_held", "/plain", "items:read", None),
        ("scope_of_a_handler_without_principal_is_missing", "/plain", "", Some("items:read")),
    ];
    for (rule, path, scopes, missing) in rows {
        let body = if path == "/plain" { "ok" } else { "nobody bearer" };
        let expect = missing.map_or_else(|| ok(body), |missing| refused(403, [insufficient_scope(missing)]));
        cases.add(rule, get(path).token(&scoped(cases, scopes)), expect);
    }
    let request = get("/scope/path").token(&cases.nobody());
    cases.add("an_absent_scope_claim_is_no_scope", request, refused(403, [insufficient_scope("items:read")]));
    // Granting scopes would not help, so none is asked for.
    let request = get("/scope/not").token(&scoped(cases, "banned"));
    cases.add("scope_under_not_is_held_so_403_without_challenge", request, plainly(403));
    let request = get("/scope/leaves").token(&scoped(cases, "banned"));
    cases.add("a_missing_scope_beside_a_held_one_under_not_is_403_without_challenge", request, plainly(403));
    let request = get("/scope/bearer");
    cases.add("a_scope_is_not_named_without_credentials", request, refused(401, [super::BEARER]));
    let request = get("/scope/bearer").authorization("Bearer x");
    cases.add("a_scope_is_not_named_for_a_refused_token", request, refused(401, [super::INVALID_TOKEN]));
}

type Roles = &'static [&'static str];

/// Roles that a token has, and whether the policy holds.
type Row = (Roles, bool);

/// For each set of roles whether the policy holds.
fn add_role_tables(cases: &mut Cases) {
    const NONE: Roles = &[];
    let (x, y, z): (Roles, Roles, Roles) = (&["x"], &["y"], &["z"]);
    let (xy, yz, xz): (Roles, Roles, Roles) = (&["x", "y"], &["y", "z"], &["x", "z"]);
    let xyz: Roles = &["x", "y", "z"];
    let tables: [(&str, &str, &[Row]); 9] = [
        ("role_list", "/role/many", &[(NONE, false), (x, false), (y, false), (xy, true)]),
        ("any_of_roles", "/role/any", &[(NONE, false), (x, true), (y, true), (xy, true)]),
        ("not_role", "/role/not", &[(NONE, true), (x, false), (y, true), (xy, false)]),
        ("not_any_of_roles", "/role/not-any", &[(NONE, true), (x, false), (y, false), (xy, false)]),
        ("not_all_of_roles", "/role/not-all", &[(NONE, true), (x, true), (y, true), (xy, false)]),
        ("not_not_role", "/role/not-not", &[(NONE, false), (x, true), (y, false), (xy, true)]),
        ("either_role_but_not_both", "/role/either", &[(NONE, false), (x, true), (y, true), (xy, false)]),
        (
            "any_of_all_of_roles",
            "/role/any-of-all",
            &[(NONE, false), (x, false), (y, false), (z, true), (xy, true), (xz, true), (yz, true), (xyz, true)],
        ),
        (
            "all_of_any_of_roles",
            "/role/all-of-any",
            &[(NONE, false), (x, false), (y, true), (z, false), (xy, true), (xz, true), (yz, true), (xyz, true)],
        ),
    ];
    for (policy, path, rows) in tables {
        for (roles, holds) in rows {
            let token = cases.nobody().claim("roles", roles.to_vec());
            let held = if roles.is_empty() { "nothing".to_owned() } else { roles.join("_") };
            let (verdict, expect) = if *holds { ("passes", ok("nobody bearer")) } else { ("is_403", plainly(403)) };
            cases.add(format!("{policy}_with_{held}_{verdict}"), get(path).token(&token), expect);
        }
    }
    let token = cases.nobody().roles(["Admin", "admin2", "adm"]);
    cases.add("roles_compare_whole_and_with_case", get("/role/path").token(&token), plainly(403));
    let token = cases.nobody().roles(["admin"]);
    cases.add("role_from_a_path_is_held", get("/role/path").token(&token), ok("nobody bearer"));
    let token = cases.nobody().scopes(["admin"]);
    cases.add("a_scope_is_no_role", get("/role/path").token(&token), plainly(403));
    let token = cases.nobody().roles(["items:read"]);
    let missing = refused(403, [insufficient_scope("items:read")]);
    cases.add("a_role_is_no_scope", get("/scope/path").token(&token), missing);
}

/// `any(role = "admin", all(scope = "items:read", not(role = "guest")))`
fn add_mixed(cases: &mut Cases) {
    let missing = || refused(403, [insufficient_scope("items:read")]);
    let rows: [(&str, &[&str], bool, Answer); 8] = [
        // Granting the scope would be enough, so it is asked for.
        ("nothing", &[], false, missing()),
        ("the_scope", &[], true, ok("nobody bearer")),
        ("admin", &["admin"], false, ok("nobody bearer")),
        ("admin_and_the_scope", &["admin"], true, ok("nobody bearer")),
        // Granting the scope would not be enough.
        ("guest", &["guest"], false, plainly(403)),
        ("guest_and_the_scope", &["guest"], true, plainly(403)),
        ("guest_and_admin", &["guest", "admin"], false, ok("nobody bearer")),
        ("another_role", &["user"], false, missing()),
    ];
    for (held, roles, has_scope, expect) in rows {
        let token = cases.nobody().claim("roles", roles.to_vec());
        let token = if has_scope { token.scopes(["items:read"]) } else { token };
        cases.add(format!("a_role_or_a_scope_with_{held}"), get("/mixed").token(&token), expect);
    }
}

/// Scope, role, factor, check: the first that is missing decides, however the attribute lists them.
fn add_order(cases: &mut Cases) {
    // What the token has: `s`cope, `r`ole, `f`actor.
    let token = |cases: &Cases, subject: &str, held: &str| -> TokenDraft {
        let mut token = cases.credentials.tokens.token(subject);
        if held.contains('s') {
            token = token.scopes(["s"]);
        }
        if held.contains('r') {
            token = token.roles(["r"]);
        }
        if held.contains('f') {
            token = token.factors(["otp"], 0);
        }
        token
    };
    let step_up = || {
        refused(
            401,
            [r#"Bearer realm="conformance", error="insufficient_user_authentication", max_age="600", acr_values="urn:example:otp""#],
        )
        .in_any_order()
    };
    let scope = || refused(403, [insufficient_scope("s")]);
    let rows: [(&str, &str, &str, Answer); 12] = [
        ("everything_held_passes", "alice", "srf", ok("alice bearer")),
        ("scope_alone_missing_asks_for_the_scope", "alice", "rf", scope()),
        ("role_alone_missing_is_403", "alice", "sf", plainly(403)),
        ("factor_alone_missing_asks_for_the_factor", "alice", "sr", step_up()),
        ("check_alone_failing_is_403", "bob", "srf", plainly(403)),
        ("scope_and_role_missing_is_403_for_the_role", "alice", "f", plainly(403)),
        ("scope_and_factor_missing_asks_for_the_factor", "alice", "r", step_up()),
        ("scope_missing_and_check_failing_is_403", "bob", "rf", plainly(403)),
        ("role_and_factor_missing_is_403_for_the_role", "alice", "s", plainly(403)),
        ("role_missing_and_check_failing_is_403", "bob", "sf", plainly(403)),
        ("factor_missing_and_check_failing_asks_for_the_factor", "bob", "sr", step_up()),
        ("everything_missing_is_403_for_the_role", "bob", "", plainly(403)),
    ];
    for (rule, subject, held, expect) in rows {
        let token = token(cases, subject, held);
        cases.add(format!("order_of_refusals_{rule}"), get("/order").token(&token), expect);
    }
    cases.add(
        "order_of_refusals_authentication_comes_first",
        get("/order").token(&cases.nobody().expires_in(-1)),
        refused(401, [super::INVALID_TOKEN]),
    );
}

fn add_checks(cases: &mut Cases) {
    let bob = cases.credentials.tokens.token("bob");
    let alice = cases.alice();
    let keys = cases.credentials.keys.clone();
    cases.add("check_says_yes", get("/check").token(&alice), ok("alice bearer"));
    cases.add("check_says_no_so_403_without_challenge", get("/check").token(&bob), plainly(403));
    cases.add("check_says_yes_to_a_password", get("/check/all").account("alice"), ok("alice basic"));
    cases.add("check_says_no_to_a_password", get("/check/all").account("root"), plainly(403));
    cases.add("check_says_yes_to_a_key", get("/check/all").key(keys.alice), ok("alice api_key").private());
    cases.add("check_says_no_to_a_key", get("/check/all").key(keys.root), plainly(403));
    cases.add("check_reads_facts_and_says_yes", get("/check/facts").token(&bob), ok("bob bearer"));
    cases.add("check_reads_facts_and_says_no", get("/check/facts").token(&alice), plainly(403));
    cases.add("check_under_not_says_yes_so_403", get("/check/not").token(&alice), plainly(403));
    cases.add("check_under_not_says_no_so_it_passes", get("/check/not").token(&bob), ok("bob bearer"));
}
