//! The table of routes: what succeeds.

use super::client::Request;
use super::mint::{alice, basic, root, token};
use super::server::{API_KEY, Program};

cases! {
    "routes":
    every_route_succeeds_with_each_of_its_schemes,
    an_item_is_made,
    public_is_plain_text_whoever_asks,
    a_guest_has_no_subject_and_caches_are_told_why,
    an_answer_to_a_key_is_private,
    names_compare_as_login_keys_and_passwords_by_bytes,
    eight_right_passwords_at_once_all_succeed,
    schemes_compare_without_case,
    head_has_the_status_of_get_and_no_body,
    several_requests_share_a_connection,
    the_token_of_a_stranger_is_as_good_as_its_claims,
}

fn api_key() -> String {
    format!("X-API-TOKEN: {API_KEY}")
}

fn every_route_succeeds_with_each_of_its_schemes(program: &Program) {
    let server = program.server();
    let (alice, root) = (alice().header(), root().header());
    let alice_basic = basic("alice", "correct horse battery staple");
    let root_basic = basic("root", "hunter2 but longer");
    let key = api_key();
    for (path, header, body) in [
        ("/me", &alice, r#"{"subject":"alice","scheme":"bearer"}"#),
        ("/me", &alice_basic, r#"{"subject":"alice","scheme":"basic"}"#),
        ("/me", &key, r#"{"subject":"alice","scheme":"api_key"}"#),
        ("/items", &alice, r#"[{"id":1,"name":"lamp"}]"#),
        ("/items", &alice_basic, r#"[{"id":1,"name":"lamp"}]"#),
        ("/items", &key, r#"[{"id":1,"name":"lamp"}]"#),
        ("/admin", &root, r#"{"subject":"root"}"#),
        ("/admin", &root_basic, r#"{"subject":"root"}"#),
        ("/maybe", &alice, r#"{"subject":"alice"}"#),
        ("/either", &alice, r#"{"subject":"alice"}"#),
        ("/either", &root, r#"{"subject":"root"}"#),
        ("/hidden", &root, r#"{"subject":"root"}"#),
    ] {
        let response = server.get(path, &[header]);
        assert_eq!((response.status, response.body.as_str()), (200, body), "{path} {header}");
        assert_eq!(response.sole("content-type"), "application/json", "{path}");
        assert!(response.all("www-authenticate").is_empty(), "{path}");
    }
}

fn an_item_is_made(program: &Program) {
    let server = program.server();
    for name in ["lamp", "", "Stehlampe „Zoë“ 🙂", r#"a \"b\" \\ c"#] {
        let request = Request::new("POST", "/items").header(&root().header()).json(format!(r#"{{"name":"{name}"}}"#));
        for _ in 0..2 {
            let response = server.send(&request);
            assert_eq!((response.status, response.body.as_str()), (201, &*format!(r#"{{"id":2,"name":"{name}"}}"#)));
            assert_eq!(response.sole("content-type"), "application/json");
        }
    }
}

fn public_is_plain_text_whoever_asks(program: &Program) {
    let server = program.server();
    let bad = "Authorization: Bearer bad";
    for headers in [&[][..], &[bad], &[bad, bad], &["X-API-TOKEN:"]] {
        let response = server.get("/public", headers);
        assert_eq!((response.status, response.body.as_str()), (200, "ok"));
        assert_eq!(response.sole("content-type"), "text/plain; charset=utf-8");
    }
}

fn a_guest_has_no_subject_and_caches_are_told_why(program: &Program) {
    let server = program.server();
    // A key is nothing to this route: it reads bearer tokens only.
    for headers in [vec![], vec![api_key()]] {
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        let response = server.get("/maybe", &headers);
        assert_eq!((response.status, response.body.as_str()), (200, r#"{"subject":null}"#));
        assert_eq!(response.sole("vary"), "authorization");
    }
    assert_eq!(server.get("/maybe", &[&alice().header()]).sole("vary"), "authorization");
}

fn an_answer_to_a_key_is_private(program: &Program) {
    let server = program.server();
    assert_eq!(server.get("/me", &[&api_key()]).sole("cache-control"), "private");
    assert!(server.get("/me", &[&alice().header()]).all("cache-control").is_empty(), "caches know Authorization");
}

fn names_compare_as_login_keys_and_passwords_by_bytes(program: &Program) {
    let server = program.server();
    let zoe = "pässwörd: 日本 🙂";
    for (name, password, subject) in [
        ("ALICE", "correct horse battery staple", "alice"),
        ("zoë", zoe, "zoë"),
        ("zoe\u{308}", zoe, "zoë"),
        ("Zoë", zoe, "zoë"),
    ] {
        let response = server.get("/me", &[&basic(name, password)]);
        assert_eq!(response.body, format!(r#"{{"subject":"{subject}","scheme":"basic"}}"#), "{name}");
    }
    for (name, password) in [
        ("alice", "Correct horse battery staple"),
        ("alice", "correct horse battery staple "),
        ("zoë", "pa\u{308}sswo\u{308}rd: 日本 🙂"),
        ("ZOË", zoe),
        ("", zoe),
    ] {
        assert_eq!(server.get("/me", &[&basic(name, password)]).status, 401, "{name}:{password}");
    }
}

fn eight_right_passwords_at_once_all_succeed(program: &Program) {
    let server = program.server();
    let request = Request::get("/me").header(&basic("alice", "correct horse battery staple"));
    let address = &server.address;
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let burst: Vec<_> = (0..8).map(|_| scope.spawn(|| request.send(address).status)).collect();
        burst.into_iter().map(|one| one.join().expect("an answer")).collect()
    });
    assert_eq!(statuses, [200; 8]);
}

fn schemes_compare_without_case(program: &Program) {
    let server = program.server();
    let (token, basic) = (alice().mint(), basic("alice", "correct horse battery staple"));
    for header in [format!("authorization: bEARER {token}"), format!("AUTHORIZATION: Bearer   {token}")] {
        assert_eq!(server.get("/me", &[&header]).status, 200, "{header}");
    }
    assert_eq!(server.get("/me", &[&basic.replace("Basic", "BASIC")]).status, 200);
}

fn head_has_the_status_of_get_and_no_body(program: &Program) {
    let server = program.server();
    let alice = alice().header();
    for (path, headers) in
        [("/me", &[&*alice][..]), ("/me", &[]), ("/public", &[]), ("/hidden", &[&alice]), ("/no", &[])]
    {
        let get = server.get(path, headers);
        let head = server.send(&Request::new("HEAD", path).headers(headers));
        assert_eq!((head.status, head.body.as_str()), (get.status, ""), "{path}");
    }
}

fn several_requests_share_a_connection(program: &Program) {
    use std::io::Write as _;

    let server = program.server();
    let request = Request::get("/me").header(&alice().header());
    let mut stream = server.open(&request);
    for path in ["/me", "/no", "/maybe", "/public"] {
        let response = server.read(stream.try_clone().expect("a clone"), "GET");
        assert!(!response.all("connection").contains(&"close"), "{response:?}");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: demo\r\n\r\n").expect("the next request");
    }
}

fn the_token_of_a_stranger_is_as_good_as_its_claims(program: &Program) {
    let server = program.server();
    let stranger = token().claim("sub", "mallory");
    assert_eq!(server.get("/me", &[&stranger.header()]).body, r#"{"subject":"mallory","scheme":"bearer"}"#);
    let admin = stranger.claim("roles", ["admin"]);
    assert_eq!(server.get("/admin", &[&admin.header()]).body, r#"{"subject":"mallory"}"#);
}
