//! The envelope is everywhere: also where the router refuses, and where nothing is there.

use super::*;

#[test]
fn unknown_path_404() {
    let server = server();
    let jwt = guest(&server);
    for path in ["/", "/api/v1", "/api/v1/", "/api/v2/login", "/login/", "/users", "/api-keys/5/x", "/keys"] {
        for headers in [&[][..], &[jwt.as_str()]] {
            failed(&server.get(path, headers), 404, "Not found", &[]);
        }
    }
}

#[test]
fn everything_refused_has_the_envelope() {
    let server = server();
    let admin = admin(&server);
    let paths = ["/login", "/api/v1/api-keys", "/api_keys/{x}", "/users/credits", "/admin/users", "/{x}"];
    assert_own_form(|request| server.send(request), &[&admin], &paths);
    assert_own_form(|request| server.send(request), &[], &paths);
}

/// Nothing reads the field where everybody signs in; two of them are refused all the same.
#[test]
fn two_authorization_lines_at_the_sign_in_400() {
    let server = server();
    let one = "Authorization: Bearer x";
    let fields = [("username", GUEST), ("password", GUEST_PASSWORD)];
    for path in ["/login", "/api/v1/login"] {
        assert_eq!(server.send(&form(path, &fields).header(one)).status, 200, "one is ignored");
        let answer = server.send(&form(path, &fields).header(one).header(one));
        failed(&answer, 400, "More than one credential", &[]);
    }
}

#[test]
fn wrong_method_405_with_allow() {
    let server = server();
    for prefix in ["", "/api/v1"] {
        for (method, path, allow) in [
            ("GET", "/login", "POST"),
            ("PUT", "/login", "POST"),
            ("DELETE", "/login", "POST"),
            ("OPTIONS", "/login", "POST"),
            ("POST", "/users/credits", "GET,HEAD"),
            ("POST", "/admin/users", "GET,HEAD"),
            ("PUT", "/api-keys", "GET,HEAD,POST"),
            ("DELETE", "/api_keys", "GET,HEAD,POST"),
            ("GET", "/api-keys/5", "DELETE"),
            ("POST", "/api_keys/5", "DELETE"),
        ] {
            let answer = server.send(&Request::new(method, &format!("{prefix}{path}")));
            failed(&answer, 405, "Method not allowed", &[("allow", allow)]);
        }
    }
}

/// What has an effect does not run for HEAD (RFC 9110 §9.3.2).
#[test]
fn head_where_there_is_an_effect_405() {
    let server = server();
    for path in ["/login", "/api-keys/5"] {
        let answer = server.send(&Request::new("HEAD", path));
        assert_eq!((answer.status, answer.body.as_str()), (405, ""));
        assert_eq!((answer.sole("cache-control"), answer.sole("pragma")), ("no-store", "no-cache"));
    }
}

#[test]
fn body_too_long_413() {
    let server = server();
    let long = format!("username=x&password={}", "y".repeat(16 * 1024));
    let kind = "Content-Type: application/x-www-form-urlencoded";
    let announced = Request::new("POST", "/login").header(kind).body(&long);
    failed(&server.send(&announced), 413, "Request body too large", &[("connection", "close")]);
    let chunk = format!("{:x}\r\n{long}\r\n0\r\n\r\n", long.len());
    let chunked = Request::new("POST", "/login").header(kind).header("Transfer-Encoding: chunked").raw_body(chunk);
    failed(&server.send(&chunked), 413, "Request body too large", &[("connection", "close")]);
}

/// Whoever may not pass is not read from: the answer comes before the body.
#[test]
fn a_refusal_does_not_wait_for_the_body() {
    let server = server();
    let request = Request::new("POST", "/api-keys").header("Content-Length: 100");
    let more = [("www-authenticate", CHALLENGE), ("connection", "close")];
    failed(&server.send(&request), 401, "Not authenticated", &more);
}
