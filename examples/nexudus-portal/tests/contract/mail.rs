//! Section 4: `startPasswordReset` and `sendOtp`.

use std::time::Duration;

use auth_issuer::accounts::AccountState;
use nexudus_portal::NexudusPortal;
use serde_json::{Value, json};
use systems::testing::{InProcess, Request, Response, smtp_sink};

use super::reset::complete;
use super::{
    JANE, NEW_PASSWORD, PASSWORD, TWOFA, assert_envelope, assert_uncached, code, grant, member, profile, server,
    set_state, sign_in,
};

const START: &str = "/api/sys/users/startPasswordReset";

fn start(server: &InProcess, email: &str) -> Response {
    server.send(&Request::new("POST", START).json(json!({ "Email": email, "BusinessId": 1 }).to_string()))
}

fn otp(server: &InProcess, email: &str) -> Response {
    server.get(&format!("/api/sys/users/sendOtp?email={email}&businessId=1"), &[])
}

/// The mails so far.
fn mails(server: &InProcess) -> Vec<String> {
    server.block_on(server.context.mail.flush());
    let entries = std::fs::read_dir(&server.context.options.outbox).expect("an outbox");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files.into_iter().map(|path| plain(&std::fs::read_to_string(path).expect("a mail"))).collect()
}

/// A mail without its transfer encoding (RFC 2045 §6.7).
fn plain(mail: &str) -> String {
    mail.replace("=\r\n", "").replace("=3D", "=")
}

/// The token in a mail: a line of its own.
#[track_caller]
fn token_of(mail: &str) -> String {
    let is_token =
        |line: &&str| line.len() >= 43 && line.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    mail.lines().map(str::trim).find(is_token).unwrap_or_else(|| panic!("no token: {mail}")).to_owned()
}

#[test]
fn start_is_one_answer_whether_or_not_the_account_exists() {
    let server = server();
    let answers = [JANE, "nobody@example.com", "elsewhere@example.com", "suspended@example.com", "no address"]
        .map(|email| start(&server, email));
    for answer in &answers {
        assert_eq!(assert_envelope(answer, 200)["Value"], Value::Null);
        assert_eq!(answer, &answers[0]);
    }
    let mails = mails(&server);
    assert_eq!(mails.len(), 1, "only to the customer who may sign in: {mails:?}");
    assert!(mails[0].contains(&format!("To: {JANE}")), "{}", mails[0]);
}

#[test]
fn the_mail_completes_a_reset_and_owners_are_told() {
    let server = server();
    assert_envelope(&start(&server, "JANE.DOE@example.com"), 200);
    assert_eq!(sign_in(&server, JANE, PASSWORD).status, 200, "asking changes nothing");
    let token = token_of(&mails(&server)[0]);
    let answer = complete(&server, &token, NEW_PASSWORD);
    assert!(assert_envelope(&answer, 200)["Value"].is_string());
    assert_envelope(&complete(&server, &token, NEW_PASSWORD), 400);
    assert_eq!(sign_in(&server, JANE, NEW_PASSWORD).status, 200);
    assert_eq!(mails(&server).len(), 2, "the notice");
}

#[test]
fn a_reset_by_mail_of_an_account_with_a_second_factor_signs_nobody_in() {
    let server = server();
    assert_envelope(&start(&server, TWOFA), 200);
    let answer = complete(&server, &token_of(&mails(&server)[0]), NEW_PASSWORD);
    assert_eq!(assert_envelope(&answer, 200)["Value"], Value::Null);
    assert_eq!(member(&sign_in(&server, TWOFA, NEW_PASSWORD), "error"), "two_factor_auth_check");
    assert_eq!(server.send(&grant(&server, TWOFA, NEW_PASSWORD, &[("totp", &code(&server))])).status, 200);
}

#[test]
fn three_mails_an_hour_for_one_address_known_or_not() {
    let server = server();
    for email in [JANE, "nobody@example.com"] {
        for _ in 0..3 {
            assert_envelope(&start(&server, email), 200);
        }
        let answer = start(&server, email);
        assert_envelope(&answer, 429);
        let wait: u64 = answer.sole("retry-after").parse().expect("seconds");
        assert!((1..=3_600).contains(&wait), "{wait}");
        assert_eq!(otp(&server, email).status, 429, "counted together");
    }
}

#[test]
fn start_with_bad_input_or_another_method() {
    let server = server();
    for body in [
        "",
        "[]",
        "{}",
        r#"{"Email":""}"#,
        r#"{"Email":5}"#,
        r#"{"Email":"a@b","BusinessId":"x"}"#,
        r#"{"Email":"a","Email":"a"}"#,
    ] {
        assert_envelope(&server.send(&Request::new("POST", START).json(body)), 400);
    }
    for method in ["GET", "HEAD"] {
        let answer = server.send(&Request::new(method, START));
        assert_eq!((answer.status, answer.sole("allow")), (405, "POST"));
        assert_uncached(&answer);
    }
    assert!(mails(&server).is_empty());
}

#[test]
fn otp_is_mailed_and_exchanged_once() {
    let server = server();
    assert_eq!(assert_envelope(&otp(&server, JANE), 200)["Value"], Value::Null);
    let token = token_of(&mails(&server)[0]);
    let path = format!("/api/sys/users/exchange?token={token}&validForInMinutes=10");
    let answer = server.send(&Request::new("POST", &path));
    assert_eq!(profile(&server, &member(&answer, "token")).status, 200);
    assert_eq!(server.send(&Request::new("POST", &path)).status, 401);
}

#[test]
fn who_redeems_one_otp_voids_the_others() {
    let server = server();
    let exchange = |token: &str| {
        let path = format!("/api/sys/users/exchange?token={token}&validForInMinutes=10");
        server.send(&Request::new("POST", &path)).status
    };
    for _ in 0..3 {
        assert_envelope(&otp(&server, JANE), 200);
    }
    let tokens: Vec<_> = mails(&server).iter().map(|mail| token_of(mail)).collect();
    // Another one voids none, whoever asked for it.
    assert_eq!(tokens.len(), 3);
    assert_eq!([1, 0, 2, 1].map(|at: usize| exchange(&tokens[at])), [200, 401, 401, 401]);
    // Later ones are good.
    server.clock.advance(Duration::from_hours(2));
    assert_envelope(&otp(&server, JANE), 200);
    let all = mails(&server);
    let later = all.iter().map(|mail| token_of(mail)).find(|token| !tokens.contains(token)).expect("a new one");
    assert_eq!(exchange(&later), 200);
}

#[test]
fn otp_goes_to_nobody_who_is_unknown_closed_elsewhere_or_has_a_second_factor() {
    let server = server();
    set_state(&server, JANE, AccountState::Inactive);
    let known = otp(&server, JANE);
    for email in ["nobody@example.com", "suspended@example.com", "elsewhere@example.com", TWOFA] {
        assert_eq!(otp(&server, email), known, "{email}");
    }
    assert_envelope(&known, 200);
    assert!(mails(&server).is_empty());
}

#[test]
fn otp_with_bad_input() {
    let server = server();
    for query in [
        "",
        "?email=a%40b",
        "?businessId=1",
        "?email=&businessId=1",
        "?email=a&businessId=x",
        "?email=a&email=a&businessId=1",
    ] {
        assert_envelope(&server.get(&format!("/api/sys/users/sendOtp{query}"), &[]), 400);
    }
}

#[test]
fn otp_has_an_effect_so_head_is_refused() {
    let server = server();
    for method in ["HEAD", "POST"] {
        let request = Request::new(method, "/api/sys/users/sendOtp?email=jane.doe@example.com&businessId=1");
        let answer = server.send(&request);
        assert_eq!((answer.status, answer.sole("allow")), (405, "GET"), "{method}");
        assert_uncached(&answer);
    }
    assert!(mails(&server).is_empty());
}

#[test]
fn smtp_replaces_the_outbox() {
    let (url, sent) = smtp_sink();
    let server = InProcess::start_with(NexudusPortal, &[], |options| options.smtp = Some(url));
    let received = || plain(&sent.recv_timeout(Duration::from_mins(1)).expect("a mail"));

    assert_envelope(&otp(&server, JANE), 200);
    let mail = received();
    assert!(mail.contains(&format!("To: {JANE}\r\n")), "{mail}");
    let path = format!("/api/sys/users/exchange?token={}&validForInMinutes=10", token_of(&mail));
    let answer = server.send(&Request::new("POST", &path));
    assert_eq!(profile(&server, &member(&answer, "token")).status, 200);

    assert_envelope(&start(&server, JANE), 200);
    assert_envelope(&complete(&server, &token_of(&received()), NEW_PASSWORD), 200);
    assert!(received().contains(&format!("To: {JANE}\r\n")), "the notice");
    assert_eq!(sign_in(&server, JANE, NEW_PASSWORD).status, 200);
    assert!(!server.directory.path().join("outbox").exists());
}
