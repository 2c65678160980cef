//! Section 3: `GET /:language/user/login`, the session and its end.

use std::time::Duration;

use nexudus_users::NexudusUsers;
use serde_json::Value;
use systems::testing::{InProcess, Request, Response};

use crate::support::{
    PASSWORD, UNAUTHORIZED, USED, assert_failed, assert_problem, assert_uncached, bearer, cookie, server, sign_in,
    token, value,
};

fn link(token: &str, more: &str) -> String {
    format!("/en/user/login?t={token}{more}")
}

/// Percent-encodes every byte, so that nothing of a value is read as something else.
fn encoded(value: &str) -> String {
    value.bytes().flat_map(|byte| format!("%{byte:02X}").into_bytes()).map(char::from).collect()
}

#[track_caller]
fn assert_signed_in(answer: &Response, location: &str) -> String {
    assert_eq!((answer.status, answer.sole("location"), answer.body.as_str()), (302, location, ""));
    assert_uncached(answer);
    assert_eq!(answer.sole("referrer-policy"), "no-referrer");
    cookie(answer)
}

#[track_caller]
fn assert_dead(answer: &Response) {
    assert_failed(answer, 401, UNAUTHORIZED);
    assert_eq!((answer.all("www-authenticate"), answer.sole("referrer-policy")), (vec![USED], "no-referrer"));
    assert!(answer.all("set-cookie").is_empty());
}

#[test]
fn success_redirects_to_redirect_url_or_home_and_sets_a_fresh_session() {
    let server = server();
    let one =
        assert_signed_in(&server.get(&link(&token(&server), "&redirectUrl=%2Fen%2Fbookings"), &[]), "/en/bookings");
    let given = ["Cookie: __Host-nx_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"];
    let two = assert_signed_in(&server.get(&link(&token(&server), ""), &given), "/en/");
    let three =
        assert_signed_in(&server.get(&format!("/pt-BR/user/login?redirectUrl=&t={}", token(&server)), &[]), "/pt-BR/");
    assert!(one != two && two != three && !two.contains("AAAAAAAA"));
    let page = server.get("/en/", &[&one]);
    assert_eq!((page.status, page.sole("content-type")), (200, "text/html; charset=utf-8"));
    assert_eq!(page.sole("content-security-policy"), "default-src 'self'; frame-ancestors 'none'");
    assert!(page.body.contains("Jane Doe"));
    assert_uncached(&page);
}

#[test]
fn success_by_what_accept_prefers() {
    let server = server();
    for (accept, status) in [
        ("application/json", 200),
        ("text/html;q=0.5, application/json", 200),
        ("*/*", 302),
        ("application/json, text/html", 302),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", 302),
    ] {
        let answer = server.get(&link(&token(&server), ""), &[&format!("Accept: {accept}")]);
        assert_eq!(answer.status, status, "{accept}");
        if status == 200 {
            assert_eq!(answer.body, r#"{"Status":200,"Message":"OK","Value":null,"WasSuccessful":true}"#);
            assert_eq!(answer.sole("content-type"), "application/json; charset=utf-8");
        }
        assert_uncached(&answer);
        cookie(&answer);
    }
}

#[test]
fn language_or_404_and_the_variant_without_one() {
    let server = server();
    let token = token(&server);
    for language in ["EN", "e", "eng", "en_GB", "en-", "en-B", "en-Latin", "..", "%65%6e"] {
        assert_problem(&server.get(&format!("/{language}/user/login?t={token}"), &[]), 404);
    }
    for path in ["/eng/", "/xyz/profile", "/e/user/resetPassword"] {
        assert_problem(&server.get(path, &[]), 404);
    }
    let answer = server.get(&format!("/user/login?server=true&t={token}&redirectUrl=%2Fx"), &[]);
    assert_signed_in(&answer, "/x");
}

#[test]
fn t_missing_leaves_the_token_untouched() {
    let server = server();
    for query in ["", "?", "?t=", "?T=x", "?redirectUrl=%2F", "?t=a&t=b", "?t=%zz&redirectUrl=%2F&redirectUrl=%2F"] {
        let answer = server.get(&format!("/en/user/login{query}"), &[]);
        assert_problem(&answer, 400);
        assert_eq!(answer.sole("referrer-policy"), "no-referrer");
    }
}

#[test]
fn redirect_url_not_relative_does_not_burn_the_token() {
    let server = server();
    let token = token(&server);
    let long = format!("/{}", "x".repeat(2_048));
    for target in
        ["//evil", "/\\evil", "https://evil.example", "javascript:alert(1)", "evil", "/%2fevil", "/\tx", &long]
    {
        assert_problem(&server.get(&link(&token, &format!("&redirectUrl={}", encoded(target))), &[]), 400);
    }
    assert_signed_in(&server.get(&link(&token, &format!("&redirectUrl=/{}", "x".repeat(2_047))), &[]), &long[..2_048]);
}

#[test]
fn every_redirect_of_the_vectors() {
    let text = include_str!("../../../../tests/vectors/open-redirect/cases.json");
    let vectors: Value = serde_json::from_str(text).unwrap();
    let (server, mut kept) = (server(), 0);
    let mut current = token(&server);
    for case in vectors["cases"].as_array().unwrap() {
        let (target, expected) = (case["value"].as_str().unwrap(), case["expect"].as_str().unwrap());
        let answer = server.get(&link(&current, &format!("&redirectUrl={}", encoded(target))), &[]);
        match answer.status {
            302 => {
                assert_ne!(expected, "refuse", "{target:?}");
                let location = answer.sole("location");
                if target.is_empty() {
                    assert_eq!(location, "/en/");
                } else if target.is_ascii() {
                    assert_eq!(location, target);
                }
                assert!(location.starts_with('/') && !location.starts_with("//"), "{target:?}");
                assert!(location.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\'), "{location}");
                (kept, current) = (kept + 1, token(&server));
            }
            400 => assert_ne!(expected, "keep", "{target:?}"),
            status => panic!("{status}: {target:?}"),
        }
    }
    assert!(kept >= 13, "{kept} were kept");
    let unicode = server.get(&link(&current, &format!("&redirectUrl={}", encoded("/ünïcode"))), &[]);
    assert_signed_in(&unicode, "/%C3%BCn%C3%AFcode");
}

#[test]
fn t_bad_signature_expired_wrong_audience_or_used_are_one_answer() {
    let server = server();
    let good = token(&server);
    let last = if good.ends_with('A') { 'B' } else { 'A' };
    let forged = format!("{}{last}", &good[..good.len() - 1]);
    let rest = {
        let fields = [("grant_type", "password"), ("username", "admin@example.com"), ("password", PASSWORD)];
        let answer = server.send(&systems::testing::form("/api/token", &fields));
        systems::testing::json_of(&answer)["access_token"].as_str().unwrap().to_owned()
    };
    let none = "eyJhbGciOiJub25lIn0.e30.";
    let answers = ["x", "a.b.c", none, &forged, &rest].map(|token| server.get(&link(token, ""), &[]));
    let used = {
        assert_signed_in(&server.get(&link(&good, ""), &[]), "/en/");
        server.get(&link(&good, ""), &[])
    };
    let expired = {
        let token = token(&server);
        server.clock.advance(Duration::from_secs(30 * 60 + 61));
        server.get(&link(&token, ""), &[])
    };
    assert_dead(&used);
    for answer in answers.iter().chain([&expired]) {
        assert_eq!(*answer, used);
    }
}

#[test]
fn a_person_gets_a_short_page_instead_of_an_envelope() {
    let server = server();
    for (path, status) in
        [(link("x", ""), 401), ("/en/user/login".to_owned(), 400), (link("x", "&redirectUrl=%2F%2Fevil.example"), 400)]
    {
        let page = server.get(&path, &["Accept: text/html"]);
        assert_eq!((page.status, page.sole("content-type")), (status, "text/html; charset=utf-8"));
        assert_eq!(page.sole("content-security-policy"), "default-src 'self'; frame-ancestors 'none'");
        assert_eq!(page.sole("referrer-policy"), "no-referrer");
        assert!(page.body.contains("<h1>") && !page.body.contains("evil"));
        assert_uncached(&page);
        assert_eq!(page.all("www-authenticate").len(), usize::from(status == 401));
    }
}

#[test]
fn head_consumes_nothing() {
    let server = server();
    let token = token(&server);
    for path in [link(&token, ""), format!("/user/login?t={token}")] {
        for method in ["HEAD", "POST", "PUT", "OPTIONS"] {
            let answer = server.send(&Request::new(method, &path));
            assert_eq!((answer.status, answer.sole("allow")), (405, "GET"), "{method}");
            assert!(answer.all("set-cookie").is_empty());
            assert_uncached(&answer);
        }
    }
    assert_signed_in(&server.get(&link(&token, ""), &[]), "/en/");
}

#[test]
fn of_parallel_logins_exactly_one_wins() {
    let server = server();
    for _ in 0..5 {
        let path = link(&token(&server), "");
        let answers: Vec<Response> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| server.get(&path, &[]))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let won = answers.iter().filter(|answer| answer.status == 302).count();
        assert_eq!((won, answers.iter().filter(|answer| answer.status == 401).count()), (1, 7));
    }
}

#[test]
fn after_the_login_the_token_is_dead_for_everything() {
    let server = server();
    let token = token(&server);
    let profile =
        |server: &InProcess, token: &str| server.get("/en/profile?_resource=Coworker", &[&bearer(token)]).status;
    assert_eq!(profile(&server, &token), 200);
    assert_signed_in(&server.get(&link(&token, ""), &[]), "/en/");
    assert_eq!(profile(&server, &token), 401);
    let renewal = Request::new("POST", "/sys/users/token/refresh").header(&bearer(&token));
    assert_eq!(server.send(&renewal).status, 401);

    let lenient = InProcess::start(NexudusUsers, &["login_ends_bearer=false"]);
    let token = value(&lenient.send(&sign_in("jane.doe@example.com", PASSWORD)));
    assert_signed_in(&lenient.get(&link(&token, ""), &[]), "/en/");
    assert_eq!(profile(&lenient, &token), 200, "it survives");
    assert_dead(&lenient.get(&link(&token, ""), &[]));
}

/// Where a token outlives its sign-in as Bearer, its successors open no other session either.
#[test]
fn a_spent_link_stays_spent_when_its_token_is_renewed() {
    let server = InProcess::start(NexudusUsers, &["login_ends_bearer=false"]);
    let renew =
        |token: &str| value(&server.send(&Request::new("POST", "/sys/users/token/refresh").header(&bearer(token))));
    let as_bearer = |token: &str| server.get("/en/profile?_resource=Coworker", &[&bearer(token)]).status;
    let link_token = token(&server);
    let before = renew(&link_token);
    assert_signed_in(&server.get(&link(&link_token, ""), &[]), "/en/");
    let mut successor = link_token.clone();
    for _ in 0..3 {
        successor = renew(&successor);
        assert_eq!(as_bearer(&successor), 200, "good as Bearer");
        assert_dead(&server.get(&link(&successor, ""), &[]));
        assert_eq!(as_bearer(&successor), 200, "and not ended by the attempt");
    }
    assert_signed_in(&server.get(&link(&before, ""), &[]), "/en/");
    assert_signed_in(&server.get(&link(&token(&server), ""), &[]), "/en/");
}

#[test]
fn logout_ends_the_session_by_accept_and_not_from_another_site() {
    let server = server();
    let session = || cookie(&server.get(&link(&token(&server), ""), &[]));
    let logout = |headers: &[&str]| server.send(&Request::new("POST", "/en/user/logout").headers(headers));
    let home = |cookie: &str| server.get("/en/", &[cookie]).status;
    let here = "Sec-Fetch-Site: same-origin";

    let one = session();
    for foreign in [
        &[&one[..], "Sec-Fetch-Site: cross-site"][..],
        &[&one, "Origin: https://evil.example"],
        &[&one, "Sec-Fetch-Site: same-site"],
    ] {
        assert_problem(&logout(foreign), 403);
    }
    assert_eq!(home(&one), 200, "it lives");
    let ended = logout(&[&one, here]);
    assert_eq!((ended.status, ended.sole("location")), (303, "/en/"));
    assert_eq!(ended.sole("set-cookie"), "__Host-nx_session=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0");
    assert_uncached(&ended);
    assert_eq!(home(&one), 401);

    let two = session();
    let own = format!("Origin: http://{}", server.address);
    let ended = logout(&[&two, &own, "Accept: application/json"]);
    assert_eq!(ended.body, r#"{"Status":200,"Message":"OK","Value":null,"WasSuccessful":true}"#);
    assert_eq!(home(&two), 401);
    assert_eq!(logout(&[]).status, 303, "nobody was signed in");
    let get = server.get("/en/user/logout", &[&two]);
    assert_eq!((get.status, get.sole("allow")), (405, "POST"));
}

#[test]
fn sessions_end_when_idle_and_after_12_hours() {
    let server = server();
    let session = cookie(&server.get(&link(&token(&server), ""), &[]));
    let home = || server.get("/en/", &[&session]).status;
    server.clock.advance(Duration::from_mins(29));
    assert_eq!(home(), 200);
    for _ in 0..24 {
        server.clock.advance(Duration::from_mins(29));
        let _status = home();
    }
    assert_eq!(home(), 401, "twelve hours are over");
    let idle = cookie(&server.get(&link(&token(&server), ""), &[]));
    server.clock.advance(Duration::from_mins(31));
    assert_eq!(server.get("/en/", &[&idle]).status, 401);
}

#[test]
fn home_without_a_session_is_a_page_with_401() {
    let server = server();
    let stale = "Cookie: __Host-nx_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    for headers in [&[][..], &[stale], &["Accept: application/json"]] {
        let page = server.get("/en/", headers);
        assert_eq!((page.status, page.sole("content-type")), (401, "text/html; charset=utf-8"));
        assert_eq!(page.all("www-authenticate"), [r#"Bearer realm="nexudus-portal""#]);
        assert_eq!(page.sole("content-security-policy"), "default-src 'self'; frame-ancestors 'none'");
        assert_uncached(&page);
    }
}
