//! The program as an operator sees it: start, errors, output, end.

use std::ffi::OsStr;
use std::net::TcpListener;
use std::os::unix::ffi::OsStrExt as _;
use std::process::Stdio;

use super::client::{Request, read_response};
use super::mint::{alice, basic, root};
use super::server::{API_KEY, Program, RefusedStart};

cases! {
    "process":
    a_weak_or_unreadable_secret_ends_the_start_and_is_not_shown,
    a_short_secret_is_told_its_length_and_one_way_to_make_a_better_one,
    a_guessable_secret_is_warned_of_and_not_shown,
    a_secret_of_32_bytes_is_enough,
    a_malformed_key_ends_the_start_and_is_not_shown,
    an_address_that_cannot_be_listened_on_ends_the_start_and_is_shown,
    a_bad_log_filter_ends_the_start_and_is_shown,
    a_value_that_is_no_text_ends_the_start,
    a_pipe_gets_the_address_alone,
    both_signals_end_it_well,
    a_request_without_an_end_does_not_keep_it_alive,
    a_running_request_is_answered_before_the_end,
    the_log_holds_no_secret,
    refusals_are_logged_to_the_standard_error_by_default,
}

#[track_caller]
fn assert_refused_start(program: &Program, name: &str, value: impl AsRef<OsStr>, fix: &str) -> String {
    let RefusedStart { code, stdout, stderr: text } = program.refused_start(name, value);
    assert_eq!((code, stdout.as_str()), (Some(2), ""), "{name}: {text}");
    let line = text.strip_suffix('\n').expect("a line");
    assert!(!line.contains('\n'), "one line: {text}");
    assert!(line.starts_with(&format!("{}: {name}: ", program.name())), "{line}");
    assert!(line.contains(fix), "says what to do ({fix}): {line}");
    line.to_owned()
}

fn a_weak_or_unreadable_secret_ends_the_start_and_is_not_shown(program: &Program) {
    let shorter = "c2hvcnRlciBieSBhIGJ5dGUgdGhhbiBuZWVkZWQ";
    for (secret, fix) in [
        ("", "32"),
        ("c2hvcnQ", "32"),
        (shorter, "32"),
        ("AXF1aWNrc3RhcnQgdGVzdHMsIDM2IGJ5dGVzIG9mIHRleHQuLg==", "openssl"),
        ("AXF1aWNrc3RhcnQgdGVzdHMsIDM2IGJ5dGVzIG9mIHRleHQ+", "openssl"),
        ("AXF1aWNrc3RhcnQgdGVzdHMsIDM2IGJ5dGVzIG9mIHRleHQu\n", "openssl"),
        ("not base64url, but long enough to be a secret", "openssl"),
    ] {
        let line = assert_refused_start(program, "DEMO_JWT_SECRET", secret, fix);
        assert!(secret.is_empty() || !line.contains(secret), "{line}");
    }
}

fn a_short_secret_is_told_its_length_and_one_way_to_make_a_better_one(program: &Program) {
    let line = assert_refused_start(program, "DEMO_JWT_SECRET", "c2hvcnQ", "5 bytes are too short");
    assert_eq!(line.matches("openssl").count(), 1, "{line}");
}

fn a_guessable_secret_is_warned_of_and_not_shown(program: &Program) {
    let secret = "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg";
    let server = program
        .start_with(|command| command.env("DEMO_JWT_SECRET", secret).env_remove("RUST_LOG").stderr(Stdio::piped()));
    let log = server.into_stderr();
    assert!(log.contains("guessable secret"), "{log}");
    assert!(!log.contains(secret) && !log.contains("xxxx"), "{log}");
}

fn a_secret_of_32_bytes_is_enough(program: &Program) {
    let server =
        program.start_with(|command| command.env("DEMO_JWT_SECRET", "ZXhhY3RseSAzMiBieXRlcywgdGhlIGxvd2VyIGVuZC4"));
    assert_eq!(server.get("/public", &[]).status, 200);
}

fn a_malformed_key_ends_the_start_and_is_not_shown(program: &Program) {
    let mut mistyped = API_KEY.to_owned();
    mistyped.pop();
    mistyped.push('0');
    for key in ["", "demo", "hunter2", &mistyped, &API_KEY.replace("demo", "acme"), &format!("{API_KEY} ")] {
        let line = assert_refused_start(program, "DEMO_API_KEY", key, "unset it");
        assert!(key.len() < 5 || !line.contains(key), "{line}");
    }
    assert_refused_start(
        program,
        "DEMO_API_KEY",
        "acme_7mt2nXtOBQX0UzOo9fEeFouiF2KuVYEs6ZMWqwIMMLYNPdsWn0sRr2syi0ssk4V7x1gVsLX",
        "demo_",
    );
}

fn an_address_that_cannot_be_listened_on_ends_the_start_and_is_shown(program: &Program) {
    for address in ["", "3000", "127.0.0.1", "127.0.0.1:99999", "256.0.0.1:1", "a\nb"] {
        let line = assert_refused_start(program, "LISTEN", address, "127.0.0.1:0");
        assert!(line.contains(&format!("{address:?}")), "{line}");
    }
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    assert!(assert_refused_start(program, "LISTEN", &address, "127.0.0.1:0").contains(&address));
}

fn a_bad_log_filter_ends_the_start_and_is_shown(program: &Program) {
    let line = assert_refused_start(program, "RUST_LOG", "info,auth=loud", "info");
    assert!(line.contains("auth=loud"), "{line}");
}

fn a_value_that_is_no_text_ends_the_start(program: &Program) {
    for name in ["LISTEN", "DEMO_JWT_SECRET", "DEMO_API_KEY", "DEMO_PRINT", "RUST_LOG"] {
        assert_refused_start(program, name, OsStr::from_bytes(b"\xff"), "write it anew");
    }
}

fn a_pipe_gets_the_address_alone(program: &Program) {
    for value in [None, Some("0"), Some("")] {
        let mut server = program.start_with(|command| match value {
            Some(value) => command.env("DEMO_PRINT", value),
            None => command,
        });
        assert!(server.address.starts_with("127.0.0.1:"), "{}", server.address);
        // By the time of an answer everything is printed.
        assert_eq!(server.get("/public", &[]).status, 200);
        server.signal("TERM");
        assert_eq!(server.wait().code(), Some(0));
        assert_eq!(server.next_line(), None, "DEMO_PRINT={value:?}");
    }
}

fn both_signals_end_it_well(program: &Program) {
    for signal in ["INT", "TERM"] {
        let mut server = program.start();
        // An idle connection and one that has never sent anything.
        let idle = server.open(&Request::get("/public"));
        let silent = std::net::TcpStream::connect(&server.address).expect("a connection");
        assert_eq!(server.get("/public", &[]).status, 200);
        server.signal(signal);
        assert_eq!(server.wait().code(), Some(0), "SIG{signal}");
        drop((idle, silent));
    }
}

fn a_request_without_an_end_does_not_keep_it_alive(program: &Program) {
    let mut server = program.start();
    let announced = ["Content-Type: application/json", "Content-Length: 10", "Expect: 100-continue"];
    let request = Request::new("POST", "/items").header(&root().header()).headers(&announced);
    let stream = server.open(&request);
    let interim = read_response(stream.try_clone().expect("a clone"), "POST");
    assert_eq!(interim.status, 100, "the handler waits for the body");
    server.signal("TERM");
    assert_eq!(server.wait().code(), Some(0));
    drop(stream);
}

fn a_running_request_is_answered_before_the_end(program: &Program) {
    use std::io::Write as _;

    let mut server = program.start();
    let body = r#"{"name":"lamp"}"#;
    let length = format!("Content-Length: {}", body.len());
    let announced = ["Content-Type: application/json", "Expect: 100-continue", &length];
    let request = Request::new("POST", "/items").header(&root().header()).headers(&announced);
    let mut stream = server.open(&request);
    let interim = read_response(stream.try_clone().expect("a clone"), "POST");
    assert_eq!(interim.status, 100, "the handler waits for the body");
    server.signal("TERM");
    stream.write_all(body.as_bytes()).expect("the body is sent");
    assert_eq!(read_response(stream, "POST").status, 201);
    assert_eq!(server.wait().code(), Some(0));
}

fn the_log_holds_no_secret(program: &Program) {
    let server = program.start_with(|command| {
        command
            .env("DEMO_JWT_SECRET", "AXF1aWNrc3RhcnQgdGVzdHMsIDM2IGJ5dGVzIG9mIHRleHQu")
            .env("DEMO_API_KEY", API_KEY)
            .env("DEMO_PRINT", "1")
            .env("RUST_LOG", "trace")
            .stderr(Stdio::piped())
    });
    let (good, expired) = (alice().header(), alice().claim("exp", 1).header());
    let (password, wrong) = (basic("alice", "correct horse battery staple"), basic("alice", "a wrong guess"));
    let key = format!("X-API-TOKEN: {API_KEY}");
    for header in [&good, &expired, &password, &wrong, &key] {
        let status = server.get("/me?token=in-the-query", &[header]).status;
        assert_eq!(status == 200, header != &expired && header != &wrong, "{header}");
    }
    let log = server.into_stderr();
    assert!(log.contains("wrong_password") && log.contains("expired"), "the reasons are there: {log}");
    let secrets = [&good, &expired, &password, &wrong, &key].map(|header| header.rsplit(' ').next().expect("a value"));
    for secret in secrets.into_iter().chain(["correct horse", "a wrong guess", "AXF1aWNrc3", "in-the-query"]) {
        assert!(!log.contains(secret), "{secret}");
    }
}

fn refusals_are_logged_to_the_standard_error_by_default(program: &Program) {
    let server = program.start_with(|command| command.env_remove("RUST_LOG").stderr(Stdio::piped()));
    assert_eq!(server.get("/me", &["Authorization: Bearer x"]).status, 401);
    assert!(!server.has_line());
    let log = server.into_stderr();
    assert!(log.contains("invalid_credentials"), "{log}");
}
