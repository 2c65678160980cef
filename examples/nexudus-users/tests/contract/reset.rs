//! Section 5: `GET /:language/user/resetPassword`.

use std::time::Duration;

use nexudus_users::NexudusUsers;
use systems::Throttling;
use systems::testing::{InProcess, Request, form, smtp_sink};

use crate::mail::{link, mails};
use crate::support::{assert_failed, assert_problem, assert_uncached, server};

const RESET: &str = "/en/user/resetPassword";
const SENT: &str = r#"{"Status":200,"Message":"We have sent you an email with instructions on how to change your password.","WasSuccessful":true}"#;
const UNKNOWN: &str = r#"{"Status":404,"Message":"User not found.","WasSuccessful":false}"#;

fn ask(email: &str) -> String {
    format!("{RESET}?email={}", email.replace('@', "%40"))
}

#[test]
fn user_exists() {
    let server = server();
    assert_failed(&server.get(&ask("Jane.Doe@example.com"), &[]), 200, SENT);
    let mails = mails(&server);
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("To: jane.doe@example.com\r\n"), "to the stored address: {}", mails[0]);
    assert!(link(&mails[0], &server.address).starts_with("/en/user/newPassword?token="));
}

#[test]
fn links_are_built_of_the_public_url_whatever_the_request_says() {
    let server = InProcess::start_with(NexudusUsers, &[], |options| {
        options.public_url = Some("https://portal.example".to_owned());
    });
    let forged = ["X-Forwarded-Host: evil.example", "Forwarded: host=evil.example", "X-Forwarded-Proto: http"];
    assert_eq!(server.get(&ask("jane.doe@example.com"), &forged).status, 200);
    let mails = mails(&server);
    assert!(mails[0].contains("\r\nhttps://portal.example/en/user/newPassword?token=") && !mails[0].contains("evil"));
}

#[test]
fn user_not_found_suspended_email_absent_or_empty() {
    let server = server();
    for path in [
        ask("nobody@example.com"),
        ask("suspended@example.com"),
        RESET.to_owned(),
        format!("{RESET}?email="),
        format!("{RESET}?Email=jane.doe%40example.com"),
    ] {
        assert_failed(&server.get(&path, &[]), 404, UNKNOWN);
    }
    assert_problem(&server.get(&format!("{RESET}?email=a&email=b"), &[]), 400);
    assert!(mails(&server).is_empty());
}

#[test]
fn reveal_unknown_false_answers_200_and_sends_nothing() {
    let server = InProcess::start(NexudusUsers, &["reveal_unknown=false"]);
    for path in [ask("nobody@example.com"), ask("suspended@example.com"), RESET.to_owned(), format!("{RESET}?email=")] {
        assert_failed(&server.get(&path, &[]), 200, SENT);
    }
    assert!(mails(&server).is_empty());
    assert_failed(&server.get(&ask("jane.doe@example.com"), &[]), 200, SENT);
    assert_eq!(mails(&server).len(), 1);
}

#[test]
fn head_sends_no_mail() {
    let server = server();
    for method in ["HEAD", "POST", "DELETE"] {
        let answer = server.send(&Request::new(method, &ask("jane.doe@example.com")));
        assert_eq!((answer.status, answer.sole("allow")), (405, "GET"), "{method}");
        assert_uncached(&answer);
    }
    assert!(mails(&server).is_empty());
}

#[test]
fn repeated_at_most_3_mails_an_hour_per_address_known_or_not() {
    let server = server();
    for (email, status) in [("jane.doe@example.com", 200), ("nobody@example.com", 404)] {
        for _ in 0..3 {
            assert_eq!(server.get(&ask(email), &[]).status, status);
        }
        let answer = server.get(&ask(&email.to_uppercase()), &[]);
        assert_problem(&answer, 429);
        assert!((1..=3_600).contains(&answer.sole("retry-after").parse::<u64>().unwrap()));
    }
    assert_eq!(mails(&server).len(), 3);
    server.clock.advance(Duration::from_secs(3_601));
    assert_eq!(server.get(&ask("jane.doe@example.com"), &[]).status, 200);
    assert_eq!(mails(&server).len(), 4);

    let free = InProcess::start_with(NexudusUsers, &[], |options| options.throttle = Throttling::Off);
    for _ in 0..5 {
        assert_eq!(free.get(&ask("jane.doe@example.com"), &[]).status, 200);
    }
}

#[test]
fn post_api_sys_users_reset_password_with_the_address_in_query_or_body() {
    let server = server();
    let in_query = "/api/sys/users/resetPassword?email=jane.doe%40example.com";
    assert_failed(&server.send(&Request::new("POST", in_query)), 200, SENT);
    let in_both = Request::new("POST", in_query).json(r#"{"Email":"jane.doe@example.com"}"#);
    assert_failed(&server.send(&in_both), 200, SENT);
    let in_body = form("/sys/users/resetPassword/", &[("email", "jane.doe@example.com")]);
    assert_failed(&server.send(&in_body), 200, SENT);
    let different = Request::new("POST", in_query).json(r#"{"email":"admin@example.com"}"#);
    assert_problem(&server.send(&different), 400);
    assert_failed(&server.send(&Request::new("POST", "/api/sys/users/resetPassword")), 404, UNKNOWN);
    assert_problem(&server.send(&Request::new("POST", in_query).json("{")), 400);
    assert_eq!(mails(&server).len(), 3);
}

#[test]
fn a_person_gets_pages() {
    let server = server();
    for (email, status, words) in [
        ("jane.doe@example.com", 200, "We have sent you an email"),
        ("nobody@example.com", 404, "do not know this address"),
    ] {
        let page = server.get(&ask(email), &["Accept: text/html"]);
        assert_eq!((page.status, page.sole("content-type")), (status, "text/html; charset=utf-8"));
        assert!(page.body.contains(words), "{}", page.body);
    }
}

#[test]
fn smtp_replaces_the_outbox() {
    let (url, sent) = smtp_sink();
    let server = InProcess::start_with(NexudusUsers, &[], |options| options.smtp = Some(url));
    assert_failed(&server.get(&ask("jane.doe@example.com"), &[]), 200, SENT);
    let mail = crate::mail::plain(&sent.recv_timeout(Duration::from_mins(1)).unwrap());
    let link = link(&mail, &server.address);
    assert!(mail.contains("To: jane.doe@example.com\r\n"));
    assert_eq!(server.get(&link, &[]).status, 200);
    assert!(!server.directory.path().join("outbox").exists());
}
