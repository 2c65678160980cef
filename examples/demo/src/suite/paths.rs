//! Paths and methods that no route has, however much they look like one.

use std::io::{ErrorKind, Read as _, Write as _};

use super::client::{Request, Response};
use super::mint::{alice, root};
use super::server::Program;

cases! {
    "paths":
    what_is_hidden_has_the_bytes_of_an_unknown_path,
    however_a_path_is_written_its_handler_decides,
    a_path_with_more_slashes_or_dots_is_another_path,
    a_path_in_escapes_is_another_path,
    a_path_in_other_letters_is_another_path,
    a_method_that_no_route_has_is_not_served,
    after_a_connection_is_said_to_close_nothing_is_answered,
}

/// The bytes of an answer as they stood on the wire: the first line, the fields in order of their names, the body. Only the
/// time is left out, which is that of the answer.
fn raw(program: &Program, method: &str, path: &str, line: &str) -> (String, Vec<String>, String) {
    let server = program.server();
    let request = Request::new(method, path).headers(&[line, "Connection: close"]);
    let mut text = String::new();
    server.open(&request).read_to_string(&mut text).expect("an answer, and the end of the connection");
    let (head, body) = text.split_once("\r\n\r\n").expect("an end of the head");
    let mut lines = head.split("\r\n").map(str::to_owned);
    let status = lines.next().expect("a first line");
    let mut fields: Vec<String> = lines.filter(|line| !line.to_ascii_lowercase().starts_with("date: ")).collect();
    fields.sort_unstable();
    (status, fields, body.to_owned())
}

fn what_is_hidden_has_the_bytes_of_an_unknown_path(program: &Program) {
    let expired = root().claim("exp", 1).header();
    for (method, length) in [("GET", 55), ("HEAD", 0)] {
        let hidden = raw(program, method, "/hidden", &alice().header());
        assert_eq!(hidden.0.split(' ').nth(1), Some("404"), "{method}");
        assert_eq!(hidden.2.len(), length, "{method}");
        for line in [&alice().header(), &root().header(), &expired, "Accept: */*"] {
            for path in ["/no", "/hiddem", "/hidden/deeper", "/no/such/path"] {
                assert_eq!(raw(program, method, path, line), hidden, "{method} {path}, {line}");
            }
        }
    }
}

/// Paths that say `/me` in other words to some frameworks, beside the one with a slash at its end.
const ROUNDABOUT: [&str; 5] = ["/me//", "//me", "/./me", "/x/../me", "/public/../me"];
const ESCAPED: [&str; 6] = ["/%6de", "/m%65", "/%6D%65", "/me%2f", "/me%00", "/%2fme"];

fn however_a_path_is_written_its_handler_decides(program: &Program) {
    let server = program.server();
    let (good, bad) = (root().header(), "Authorization: Bearer x");
    let answers = |path: &str| [&[][..], &[&*good], &[bad]].map(|lines| server.get(path, lines));
    let (me, unknown) = (answers("/me"), answers("/no/such/path"));
    for path in ROUNDABOUT.iter().chain(&ESCAPED).chain(&["/me/", "/me;a=b"]) {
        let got = answers(path);
        assert!(got == me || got == unknown || got.iter().all(is_moved_or_bad), "{path}: {got:#?}");
    }
}

/// A server may refuse a path that it cannot read, or send its caller to another one.
fn is_moved_or_bad(response: &Response) -> bool {
    matches!(response.status, 301 | 307 | 308 | 400)
}

fn a_path_with_more_slashes_or_dots_is_another_path(program: &Program) {
    assert_unknown(program, &ROUNDABOUT);
}

fn a_path_in_escapes_is_another_path(program: &Program) {
    assert_unknown(program, &ESCAPED);
}

fn a_path_in_other_letters_is_another_path(program: &Program) {
    assert_unknown(program, &["/ME", "/Me", "/mE?a=b", "/me.json", "/me%20", "/me;a=b", "/mee", "/m", "/hidden%20"]);
}

#[track_caller]
fn assert_unknown(program: &Program, paths: &[&str]) {
    let server = program.server();
    let unknown = server.get("/no/such/path", &[]);
    for path in paths {
        assert_eq!(server.get(path, &[&root().header()]), unknown, "{path}");
    }
}

/// Whoever asks. So it is with `/hidden`: that there is such a path is no secret, since it asks strangers who they are.
fn a_method_that_no_route_has_is_not_served(program: &Program) {
    let server = program.server();
    for path in ["/public", "/me", "/items", "/admin", "/maybe", "/either", "/hidden"] {
        for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"] {
            if (method, path) == ("POST", "/items") {
                continue;
            }
            let answers = [&[][..], &[&*root().header()], &["Authorization: Bearer x"]]
                .map(|lines| server.send(&Request::new(method, path).headers(lines)));
            let [answer, others @ ..] = &answers;
            assert!((400..500).contains(&answer.status), "{method} {path}: {answer:?}");
            assert!(answer.all("www-authenticate").is_empty(), "{method} {path}: {answer:?}");
            assert!(others.iter().all(|other| other == answer), "{method} {path}: {answers:#?}");
        }
    }
}

fn after_a_connection_is_said_to_close_nothing_is_answered(program: &Program) {
    let server = program.server();
    let mut stream = server.connect();
    // Both at once, so that the server has the second when it answers the first.
    let refused = "POST /items HTTP/1.1\r\nHost: demo\r\nContent-Length: 4\r\n\r\nbody";
    let next = "GET /public HTTP/1.1\r\nHost: demo\r\n\r\n";
    stream.write_all(format!("{refused}{next}").as_bytes()).expect("two requests are sent");
    let (mut answers, mut buffer) = (Vec::new(), [0; 4_096]);
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => answers.extend_from_slice(&buffer[..read]),
            // What the server had not read is lost with the connection.
            Err(error) if error.kind() == ErrorKind::ConnectionReset => break,
            Err(error) => panic!("the connection stays open: {error}"),
        }
        assert!(!String::from_utf8_lossy(&answers).contains("200 OK"), "the next request is answered");
    }
    let answers = String::from_utf8(answers).expect("UTF-8");
    assert!(answers.starts_with("HTTP/1.1 401 "), "{answers}");
    assert!(answers.to_ascii_lowercase().contains("\r\nconnection: close\r\n"), "{answers}");
}
