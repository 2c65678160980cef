//! Section 3: the protected resource.

use std::time::Duration;

use systems::nexudus::unique_id;
use systems::testing::{InProcess, Response, basic, json_of};

use super::{ADMIN, PASSWORD, member, server, sign_in};

const BASIC: &str = r#"Basic realm="nexudus", charset="UTF-8""#;
const BARE: &str = r#"Bearer realm="nexudus""#;
const INVALID: &str = r#"Bearer realm="nexudus", error="invalid_token""#;
const PATHS: [&str; 2] = ["/api/sys/coworkers", "/api/spaces/coworkers"];

#[track_caller]
fn assert_refused(answer: &Response, status: u16, challenges: &[&str]) {
    assert_eq!((answer.status, answer.body.as_str()), (status, ""), "{answer:?}");
    assert_eq!(answer.all("www-authenticate"), challenges);
    assert!(answer.all("content-type").is_empty(), "{answer:?}");
    assert_eq!(answer.sole("cache-control"), "no-store");
}

fn bearer(server: &InProcess, user: &str) -> String {
    format!("Authorization: Bearer {}", member(&sign_in(server, user, PASSWORD), "access_token"))
}

#[test]
fn everything_refused_has_its_form() {
    let server = server();
    let paths = ["/api/token", "/api/sys/coworkers", "/api/spaces/coworkers", "/{x}"];
    for headers in [&[][..], &[basic(ADMIN, PASSWORD).as_str()]] {
        systems::testing::assert_own_form(|request| server.send(request), headers, &paths);
    }
}

#[test]
fn bearer_and_basic_both_open_both_paths() {
    let server = server();
    for path in PATHS {
        for user in [ADMIN, "lister@example.com"] {
            for header in [bearer(&server, user), basic(user, PASSWORD)] {
                let answer = server.get(path, &[&header]);
                assert_eq!(answer.status, 200, "{header}");
                assert_eq!(json_of(&answer)["TotalItems"], 5);
            }
        }
    }
}

#[test]
fn scheme_names_compare_without_case_and_spaces_may_be_several() {
    let server = server();
    let token = member(&sign_in(&server, ADMIN, PASSWORD), "access_token");
    for scheme in ["bearer", "BEARER", "Bearer  "] {
        assert_eq!(server.get(PATHS[0], &[&format!("authorization: {scheme} {token}")]).status, 200, "{scheme}");
    }
    assert_refused(&server.get(PATHS[0], &[&format!("Authorization: Bearer {token} more")]), 401, &[INVALID, BASIC]);
}

#[test]
fn success_is_the_list_envelope_ordered_by_id() {
    let server = server();
    let body = json_of(&server.get("/api/sys/coworkers?page=2&size=2", &[&basic(ADMIN, PASSWORD)]));
    for (name, value) in [
        ("CurrentPage", 2),
        ("CurrentPageSize", 2),
        ("CurrentSortDirection", 1),
        ("FirstItem", 3),
        ("LastItem", 4),
        ("TotalItems", 5),
        ("TotalPages", 3),
    ] {
        assert_eq!(body[name], value, "{name}: {body}");
    }
    assert_eq!(
        (&body["CurrentOrderField"], &body["HasNextPage"], &body["HasPreviousPage"]),
        (&"Id".into(), &true.into(), &true.into())
    );
    let records = body["Records"].as_array().expect("a list");
    let ids: Vec<_> = records.iter().map(|record| record["Id"].as_u64().expect("a number")).collect();
    assert!(ids.is_sorted() && ids.len() == 2, "{ids:?}");
    let record = records[0].as_object().expect("an object");
    for name in ["Id", "UniqueId", "CoworkerType", "FullName", "Email", "Active"] {
        assert!(record.contains_key(name), "{name}");
    }
    let unique = unique_id("coworker", &ids[0].to_string());
    assert_eq!(record["UniqueId"], unique.to_string(), "the same as in the other APIs");
}

#[test]
fn bad_page_or_size() {
    let server = server();
    for query in ["page=0", "page=x", "size=0", "size=1001", "size=-1", "page=1&page=2"] {
        assert_eq!(server.get(&format!("{}?{query}", PATHS[0]), &[&basic(ADMIN, PASSWORD)]).status, 400, "{query}");
    }
}

#[test]
fn no_credentials() {
    let server = server();
    for headers in [&[][..], &["Authorization: Digest x"], &["Authorization:"], &["Authorization: justavalue"]] {
        assert_refused(&server.get(PATHS[0], headers), 401, &[BARE, BASIC]);
    }
}

#[test]
fn token_malformed_unknown_expired_or_wrong_signature() {
    let server = server();
    let good = bearer(&server, ADMIN);
    let forged = format!("{}AAAA", &good[..good.len() - 4]);
    for header in ["Authorization: Bearer", "Authorization: Bearer\tx", "Authorization: Bearer nonsense", &forged] {
        assert_refused(&server.get(PATHS[0], &[header]), 401, &[INVALID, BASIC]);
    }
    server.clock.advance(Duration::from_secs(604_800 + 61));
    assert_refused(&server.get(PATHS[0], &[&good]), 401, &[INVALID, BASIC]);
}

#[test]
fn basic_wrong_not_base64_or_without_a_colon() {
    let server = server();
    for header in [
        basic(ADMIN, "wrong"),
        basic("nobody@example.com", PASSWORD),
        basic(ADMIN, ""),
        basic("", PASSWORD),
        "Authorization: Basic %%%".to_owned(),
        "Authorization: Basic bm9jb2xvbg==".to_owned(),
        "Authorization: Basic YWRtaW5AZXhhbXBsZS5jb206UzNjdXIzUEBzcw".to_owned(),
    ] {
        let answer = server.get(PATHS[0], &[&header]);
        assert_eq!((answer.status, answer.body.as_str()), (401, ""), "{header}");
        assert_eq!(answer.all("www-authenticate"), [BARE, BASIC], "{header}");
    }
}

#[test]
fn authenticated_without_permission() {
    let server = server();
    let lacking = r#"Bearer realm="nexudus", error="insufficient_scope", scope="Coworker-List""#;
    for header in [bearer(&server, "plain@example.com"), basic("plain@example.com", PASSWORD)] {
        assert_refused(&server.get(PATHS[0], &[&header]), 401, &[lacking, BASIC]);
    }
}

#[test]
fn account_has_two_factors_or_is_suspended_and_basic_is_used() {
    let server = server();
    for user in ["twofa@example.com", "suspended@example.com"] {
        assert_refused(&server.get(PATHS[0], &[&basic(user, PASSWORD)]), 401, &[BARE, BASIC]);
    }
}

#[test]
fn two_authorization_headers() {
    let server = server();
    let header = bearer(&server, ADMIN);
    let answer = server.get(PATHS[0], &[&header, &basic(ADMIN, PASSWORD)]);
    assert_refused(&answer, 400, &[r#"Bearer realm="nexudus", error="invalid_request""#]);
}

#[test]
fn a_password_may_contain_colons() {
    let server = InProcess::start_with(nexudus_rest::NexudusRest, &[], |options| {
        let file = options.keys.with_file_name("accounts.toml");
        let text = "[[account]]\nlogin = \"colon@example.com\"\npassword = \"a:b:c:pass\"\nroles = [\"admin\"]\n";
        std::fs::write(&file, text).expect("a file");
        options.accounts = Some(file);
    });
    assert_eq!(server.get(PATHS[0], &[&basic("colon@example.com", "a:b:c:pass")]).status, 200);
}

#[test]
fn a_refused_head_has_the_headers_of_its_get() {
    let server = server();
    let head = server.send(&systems::testing::Request::new("HEAD", PATHS[0]));
    assert_eq!((head.status, head.all("www-authenticate")), (401, vec![BARE, BASIC]));
}
