//! Refusals: the wire table, to the byte.

use super::client::{Request, Response};
use super::mint::{alice, basic, root, token};
use super::server::{API_KEY as ALICES_KEY, Program, Server};

cases! {
    "refusals":
    without_credentials_each_scheme_of_the_policy_asks,
    other_schemes_and_an_empty_field_count_as_no_credentials,
    a_scheme_that_the_policy_does_not_have_proves_nothing,
    a_bad_bearer_is_named_in_the_bearer_challenge,
    a_bad_password_looks_like_an_unknown_name,
    basic_without_padding_is_refused,
    a_bad_key_is_refused_without_an_error,
    two_credentials_are_ambiguous_even_if_both_are_good,
    a_missing_scope_is_named_whichever_scheme_proved_who_it_is,
    a_missing_role_is_not_named,
    either_needs_the_admin_or_a_reader_who_is_no_guest,
    hidden_is_an_unknown_path_to_those_who_may_not_see_it,
    a_slash_at_the_end_makes_another_path,
    unknown_paths_have_one_answer_for_all_methods,
    other_methods_are_told_the_right_ones,
    refused_credentials_are_no_guest,
    the_decision_comes_before_the_body,
    nobody_is_asked_for_a_body_that_is_refused,
}

const BEARER: &str = r#"Bearer realm="demo""#;
const BEARER_REFUSED: &str = r#"Bearer realm="demo", error="invalid_token""#;
const BEARER_AMBIGUOUS: &str = r#"Bearer realm="demo", error="invalid_request""#;
const BASIC: &str = r#"Basic realm="demo", charset="UTF-8""#;
const API_KEY: &str = r#"ApiKey realm="demo", in="header", name="X-API-TOKEN""#;
const CLOSES: (&str, &str) = ("connection", "close");
const VARIES: (&str, &str) = ("vary", "authorization");

fn insufficient_scope(scope: &str) -> String {
    format!(r#"Bearer realm="demo", error="insufficient_scope", scope="{scope}""#)
}

/// Every guarded route, with its challenges.
const GUARDED: [(&str, &str, &[&str]); 6] = [
    ("GET", "/me", &[BEARER, BASIC, API_KEY]),
    ("GET", "/items", &[BEARER, BASIC, API_KEY]),
    ("POST", "/items", &[BEARER]),
    ("GET", "/admin", &[BEARER, BASIC]),
    ("GET", "/either", &[BEARER]),
    ("GET", "/hidden", &[BEARER]),
];

fn without_credentials_each_scheme_of_the_policy_asks(program: &Program) {
    let server = program.server();
    for (method, path, challenges) in GUARDED {
        server.send(&Request::new(method, path)).assert_refusal(401, challenges, &[]);
    }
}

fn other_schemes_and_an_empty_field_count_as_no_credentials(program: &Program) {
    let server = program.server();
    for (method, path, challenges) in GUARDED {
        for value in ["", "Digest username=\"alice\"", "Negotiate YII=", "token", "alice:secret"] {
            let request = Request::new(method, path).header(&format!("Authorization: {value}"));
            server.send(&request).assert_refusal(401, challenges, &[]);
        }
    }
}

fn a_scheme_that_the_policy_does_not_have_proves_nothing(program: &Program) {
    let server = program.server();
    let root_basic = basic("root", "hunter2 but longer");
    for path in ["/either", "/hidden"] {
        server.get(path, &[&root_basic]).assert_refusal(401, &[BEARER], &[]);
    }
    server.send(&Request::new("POST", "/items").header(&root_basic)).assert_refusal(401, &[BEARER], &[]);
    let key = format!("X-API-TOKEN: {ALICES_KEY}");
    server.get("/admin", &[&key]).assert_refusal(401, &[BEARER, BASIC], &[]);
}

fn a_bad_bearer_is_named_in_the_bearer_challenge(program: &Program) {
    let server = program.server();
    for value in ["Bearer", "Bearer ", "Bearer x", "bearer two words", "Bearer\tx", "Bearer \u{e4}"] {
        let response = server.get("/me", &[&format!("Authorization: {value}")]);
        response.assert_refusal(401, &[BEARER_REFUSED, BASIC, API_KEY], &[]);
    }
    let long = format!("Authorization: Bearer {}", "x".repeat(9_000));
    server.get("/me", &[&long]).assert_refusal(401, &[BEARER_REFUSED, BASIC, API_KEY], &[]);
}

fn a_bad_password_looks_like_an_unknown_name(program: &Program) {
    let server = program.server();
    for header in [
        basic("alice", "wrong"),
        basic("alice", ""),
        basic("nobody", "correct horse battery staple"),
        basic("alice\n", "correct horse battery staple"),
        basic("alice", &"x".repeat(2_000)),
        "Authorization: Basic".to_owned(),
        "Authorization: Basic !!!".to_owned(),
        "Authorization: Basic YWxpY2U=".to_owned(),
        basic("alice", "correct horse battery staple").trim_end_matches('=').to_owned(),
    ] {
        server.get("/me", &[&header]).assert_refusal(401, &[BEARER, BASIC, API_KEY], &[]);
    }
}

fn basic_without_padding_is_refused(program: &Program) {
    let server = program.server();
    let padded = basic("root", "hunter2 but longer");
    assert!(padded.ends_with('='), "this one needs padding");
    assert_eq!(server.get("/admin", &[&padded]).status, 200);
    server.get("/admin", &[padded.trim_end_matches('=')]).assert_refusal(401, &[BEARER, BASIC], &[]);
}

fn a_bad_key_is_refused_without_an_error(program: &Program) {
    let server = program.server();
    let mistyped = ALICES_KEY.replace('7', "8");
    for key in [
        "",
        "x",
        "demo_7mt2nXtOBQX0UzOo9fEeFopUk5ZdgwNiDSuRtgTb6aFO1gK9sIYBoMPHP2iWvqBFy1SeezJ",
        "demo_5XCJlYvhQJoTbyjtYXKP7CuiF2KuVYEs6ZMWqwIMMLYNPdsWn0sRr2syi0ssk4V7x43335I",
        "acme_7mt2nXtOBQX0UzOo9fEeFouiF2KuVYEs6ZMWqwIMMLYNPdsWn0sRr2syi0ssk4V7x1gVsLX",
        &mistyped,
        &ALICES_KEY.to_uppercase(),
        &format!("{ALICES_KEY}0"),
    ] {
        let header = format!("X-API-TOKEN: {key}");
        server.get("/me", &[&header]).assert_refusal(401, &[BEARER, BASIC, API_KEY], &[]);
    }
}

fn two_credentials_are_ambiguous_even_if_both_are_good(program: &Program) {
    let server = program.server();
    let (bearer, key) = (alice().header(), format!("X-API-TOKEN: {ALICES_KEY}"));
    let password = basic("alice", "correct horse battery staple");
    for headers in [
        [&*bearer, &*bearer],
        [&bearer, &password],
        [&password, &password],
        [&key, &key],
        [&bearer, &key],
        [&password, &key],
        [&bearer, "Authorization:"],
    ] {
        server.get("/me", &headers).assert_refusal(400, &[BEARER_AMBIGUOUS], &[]);
    }
    server.get("/admin", &[&password, &password]).assert_refusal(400, &[BEARER_AMBIGUOUS], &[]);
    server.get("/maybe", &[&bearer, &bearer]).assert_refusal(400, &[BEARER_AMBIGUOUS], &[VARIES]);
}

fn a_missing_scope_is_named_whichever_scheme_proved_who_it_is(program: &Program) {
    let server = program.server();
    let challenge = insufficient_scope("items:read");
    let zoe = basic("zoë", "pässwörd: 日本 🙂");
    for header in [zoe, token().header(), token().claim("scope", "items:readx items").header()] {
        server.get("/items", &[&header]).assert_refusal(403, &[&challenge], &[]);
    }
    let post = Request::new("POST", "/items").header(&alice().header());
    server.send(&post).assert_refusal(403, &[&insufficient_scope("items:write")], &[]);
}

fn a_missing_role_is_not_named(program: &Program) {
    let server = program.server();
    for header in [
        alice().header(),
        token().claim("roles", ["Admin", "administrator"]).header(),
        basic("alice", "correct horse battery staple"),
    ] {
        server.get("/admin", &[&header]).assert_refusal(403, &[], &[]);
    }
}

fn either_needs_the_admin_or_a_reader_who_is_no_guest(program: &Program) {
    let server = program.server();
    let get = |roles: &[&str], scope: &str| {
        server.get("/either", &[&token().claim("roles", roles).claim("scope", scope).header()])
    };
    for (roles, scope) in [(&["admin"][..], ""), (&[], "items:read"), (&["guest", "admin"], "")] {
        assert_eq!(get(roles, scope).status, 200, "{roles:?} {scope}");
    }
    get(&[], "").assert_refusal(403, &[&insufficient_scope("items:read")], &[]);
    get(&["user"], "items:write").assert_refusal(403, &[&insufficient_scope("items:read")], &[]);
    get(&["guest"], "items:read").assert_refusal(403, &[], &[]);
    get(&["guest"], "").assert_refusal(403, &[], &[]);
}

fn hidden_is_an_unknown_path_to_those_who_may_not_see_it(program: &Program) {
    let server = program.server();
    let alice = alice().header();
    let unknown = server.get("/no/such/path", &[&alice]);
    unknown.assert_refusal(404, &[], &[]);
    let same = |response: Response| assert_eq!(response, unknown, "status, every header field, body");
    same(server.get("/hidden", &[&alice]));
    same(server.get("/hidden", &[&token().claim("scope", "admin").header()]));
    same(server.get("/hiddem", &[]));
    same(server.get("/%00", &[]));
    same(server.get("/no?access_token=x", &[]));
    server.get("/hidden", &[]).assert_refusal(401, &[BEARER], &[]);
}

fn a_slash_at_the_end_makes_another_path(program: &Program) {
    let server = program.server();
    let unknown = server.get("/no/such/path", &[]);
    assert_eq!(server.get("/me/", &[&root().header()]), unknown);
    assert_eq!(server.get("/public/", &[]), unknown);
}

fn unknown_paths_have_one_answer_for_all_methods(program: &Program) {
    let server = program.server();
    for method in ["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW"] {
        server.send(&Request::new(method, "/no")).assert_refusal(404, &[], &[]);
    }
    server.send(&Request::new("POST", "/no").json("{}")).assert_refusal(404, &[], &[CLOSES]);
}

fn other_methods_are_told_the_right_ones(program: &Program) {
    let server = program.server();
    for (method, path, allowed) in [
        ("DELETE", "/me", &["GET", "HEAD"][..]),
        ("POST", "/public", &["GET", "HEAD"]),
        ("PUT", "/items", &["GET", "HEAD", "POST"]),
        ("OPTIONS", "/admin", &["GET", "HEAD"]),
    ] {
        let response = server.send(&Request::new(method, path));
        assert_eq!(response.status, 405, "{method} {path}");
        let mut allow: Vec<_> = response.sole("allow").split(',').map(str::trim).collect();
        allow.sort_unstable();
        assert_eq!(allow, allowed, "{method} {path}");
    }
}

fn refused_credentials_are_no_guest(program: &Program) {
    let server = program.server();
    for (value, challenge) in [
        ("", BEARER),
        ("Basic YWxpY2U6eA==", BEARER),
        ("Digest x", BEARER),
        ("Bearer", BEARER_REFUSED),
        ("Bearer x", BEARER_REFUSED),
        ("Bearer\tx", BEARER_REFUSED),
    ] {
        server.get("/maybe", &[&format!("Authorization: {value}")]).assert_refusal(401, &[challenge], &[VARIES]);
    }
    let expired = alice().claim("exp", 1).header();
    server.get("/maybe", &[&expired]).assert_refusal(401, &[BEARER_REFUSED], &[VARIES]);
    let good = basic("alice", "correct horse battery staple");
    server.get("/maybe", &[&good]).assert_refusal(401, &[BEARER], &[VARIES]);
}

fn the_decision_comes_before_the_body(program: &Program) {
    // Whatever the body is, and although none of it is ever sent.
    let announced = [
        &["Content-Type: text/plain", "Content-Length: 99999999"][..],
        &["Content-Type: application/json", "Content-Length: 5"],
        &["Transfer-Encoding: chunked"],
    ];
    assert_refused_before_the_body(program.server(), &announced);
}

fn nobody_is_asked_for_a_body_that_is_refused(program: &Program) {
    let announced = ["Content-Type: application/json", "Content-Length: 5", "Expect: 100-continue"];
    assert_refused_before_the_body(program.server(), &[&announced]);
}

#[track_caller]
fn assert_refused_before_the_body(server: &Server, announced: &[&[&str]]) {
    let post = Request::new("POST", "/items");
    let write = insufficient_scope("items:write");
    for (headers, status, challenge) in [
        (vec![], 401, BEARER),
        (vec![alice().header()], 403, &*write),
        (vec![root().header(), root().header()], 400, BEARER_AMBIGUOUS),
    ] {
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        let post = post.clone().headers(&headers);
        for announced in announced {
            let stream = server.open(&post.clone().headers(announced));
            server.read(stream, "POST").assert_refusal(status, &[challenge], &[CLOSES]);
        }
        let garbage = post.json("{not json");
        server.send(&garbage).assert_refusal(status, &[challenge], &[CLOSES]);
    }
}
