//! Where a mailed link leads: a form, and a new password.

use std::time::Duration;

use systems::testing::{InProcess, Request, Response, form};

use crate::mail::{link, mails};
use crate::support::{JANE, PASSWORD, assert_uncached, bearer, cookie, server, sign_in, token, value};

const NEW: &str = "a new and longer one";

/// The path of a fresh link, and its token.
fn fresh_link(server: &InProcess) -> (String, String) {
    let before = mails(server);
    assert_eq!(server.get("/en/user/resetPassword?email=jane.doe%40example.com", &[]).status, 200);
    let mail = mails(server).into_iter().find(|mail| !before.contains(mail)).expect("a new mail");
    let link = link(&mail, &server.address);
    let token = link.split_once("?token=").expect("a token").1.to_owned();
    (link, token)
}

fn set(token: &str, password: &str, confirmation: &str) -> Request {
    form("/en/user/newPassword", &[("token", token), ("password", password), ("confirmation", confirmation)])
        .header("Sec-Fetch-Site: same-origin")
}

#[track_caller]
fn assert_page(answer: &Response, status: u16, words: &str) {
    assert_eq!((answer.status, answer.sole("content-type")), (status, "text/html; charset=utf-8"), "{answer:?}");
    assert_eq!(answer.sole("content-security-policy"), "default-src 'self'; frame-ancestors 'none'");
    assert!(answer.body.contains(words), "{words}: {}", answer.body);
    assert_uncached(answer);
}

#[test]
fn the_link_shows_a_form_and_a_new_password_ends_everything_before() {
    let server = server();
    let bearer = bearer(&token(&server));
    let session = cookie(&server.get(&format!("/en/user/login?t={}", token(&server)), &[]));
    let (link, secret) = fresh_link(&server);
    for _ in 0..2 {
        let form = server.get(&link, &[]);
        assert_page(&form, 200, "Choose a new password");
        assert!(form.body.contains(JANE) && form.body.contains(&secret));
        assert_eq!(server.send(&Request::new("HEAD", &link)).status, 200, "nothing is spent by looking");
    }
    let done = server.send(&set(&secret, NEW, NEW));
    assert_page(&done, 200, "Your password was changed");
    assert!(done.all("set-cookie").is_empty(), "nobody is signed in by it");
    assert_eq!(server.get("/en/profile?_resource=Coworker", &[&bearer]).status, 401);
    assert_eq!(server.get("/en/", &[&session]).status, 401);
    assert_eq!(systems::testing::json_of(&server.send(&sign_in(JANE, PASSWORD)))["Status"], 500);
    value(&server.send(&sign_in(JANE, NEW)));
    let notice = mails(&server);
    assert!(notice.iter().any(|mail| mail.contains("was changed")), "{notice:?}");
}

/// The limit is on mails that anybody can ask for. A notice that it held back would tell its owner nothing of a theft.
#[test]
fn the_notice_of_a_change_is_sent_beyond_the_limit_and_uses_none_of_it() {
    let server = server();
    let ask = || server.get("/en/user/resetPassword?email=jane.doe%40example.com", &[]).status;
    let (_, secret) = fresh_link(&server);
    assert_eq!((ask(), ask(), ask()), (200, 200, 429));
    assert_page(&server.send(&set(&secret, NEW, NEW)), 200, "Your password was changed");
    let sent = mails(&server);
    let notices = sent.iter().filter(|mail| mail.contains("was changed")).count();
    assert_eq!((sent.len(), notices), (4, 1), "{sent:?}");
    server.clock.advance(Duration::from_secs(3_601));
    assert_eq!((ask(), ask(), ask(), ask()), (200, 200, 200, 429));
}

#[test]
fn a_used_expired_or_unknown_link_is_one_page_and_changes_nothing() {
    let server = server();
    let (link, secret) = fresh_link(&server);
    let (other, _) = fresh_link(&server);
    assert_page(&server.send(&set(&secret, NEW, NEW)), 200, "Your password was changed");
    let used = server.get(&link, &[]);
    assert_page(&used, 410, "This link no longer works");
    assert_eq!(server.get(&other, &[]), used, "all links of the account are void");
    assert_eq!(server.send(&set(&secret, "yet another one", "yet another one")), used);
    assert_eq!(server.send(&set(&secret, "yet another one", "a typo")), used);
    let (late, _) = fresh_link(&server);
    server.clock.advance(Duration::from_secs(3_601));
    assert_eq!(server.get(&late, &[]), used);
    for unknown in ["/en/user/newPassword", "/en/user/newPassword?token=", "/en/user/newPassword?token=x"] {
        assert_eq!(server.get(unknown, &[]), used);
    }
    value(&server.send(&sign_in(JANE, NEW)));
}

#[test]
fn what_is_wrong_with_a_password_is_said_and_the_link_stays_good() {
    let server = server();
    let (_, secret) = fresh_link(&server);
    for (password, confirmation, words) in [
        ("short", "short", "Use 8 characters or more."),
        ("password1", "password1", "among the first"),
        ("jane.doe1", "jane.doe1", "Do not build"),
        ("nexudus1", "nexudus1", "Do not build"),
        (NEW, "a new and longer one.", "The two passwords differ."),
        ("", "", "Use 8 characters or more."),
        ("with\u{7}bell and more", "with\u{7}bell and more", "cannot be seen"),
    ] {
        let answer = server.send(&set(&secret, password, confirmation));
        assert_page(&answer, 422, words);
        assert!(answer.body.contains(r#"role="alert""#) && !answer.body.contains("bell"), "{}", answer.body);
        assert!(answer.body.contains(&secret), "the form can be sent again");
    }
    assert_page(
        &server.send(&set(&secret, &"x y ".repeat(65), &"x y ".repeat(65))),
        422,
        "Use 256 characters at most.",
    );
    assert_page(&server.send(&set(&secret, NEW, NEW)), 200, "Your password was changed");
}

#[test]
fn a_form_of_another_site_is_not_taken() {
    let server = server();
    let (_, secret) = fresh_link(&server);
    let send = |headers: &[&str]| {
        let fields = [("token", secret.as_str()), ("password", NEW), ("confirmation", NEW)];
        server.send(&form("/en/user/newPassword", &fields).headers(headers))
    };
    let own = format!("Origin: http://{}", server.address);
    for foreign in [
        &["Sec-Fetch-Site: cross-site"][..],
        &["Sec-Fetch-Site: same-site"],
        &["Origin: https://evil.example"],
        &["Origin: null"],
        &["Sec-Fetch-Site: same-origin", "Origin: https://evil.example"],
        &[&own, "Sec-Fetch-Site: cross-site"],
        &[&own, "Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: same-origin"],
    ] {
        assert_page(&send(foreign), 403, "did not come from here");
    }
    assert_page(&send(&[&own, "Sec-Fetch-Site: same-origin"]), 200, "Your password was changed");
}

#[test]
fn of_parallel_new_passwords_exactly_one_is_set() {
    let server = server();
    let (_, secret) = fresh_link(&server);
    let passwords: Vec<String> = (0..4).map(|at| format!("a good password {at}")).collect();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let send = |password: &str| server.send(&set(&secret, password, password)).status;
        let threads: Vec<_> = passwords.iter().map(|password| scope.spawn(move || send(password))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    let good: Vec<_> = passwords
        .iter()
        .filter(|password| systems::testing::json_of(&server.send(&sign_in(JANE, password)))["Status"] == 200)
        .collect();
    assert_eq!(good.len(), 1);
}

#[test]
fn what_is_no_form_is_refused() {
    let server = server();
    let json = Request::new("POST", "/en/user/newPassword").json("{}");
    assert_eq!(server.send(&json).status, 415);
    let twice = Request::new("POST", "/en/user/newPassword")
        .header("Content-Type: application/x-www-form-urlencoded")
        .body("token=a&token=b");
    assert_eq!(server.send(&twice).status, 400);
    assert_eq!(server.send(&Request::new("PUT", "/en/user/newPassword")).status, 405);
    let markup = server.send(&set("\"><script>alert(1)</script>", "x", "y"));
    assert!(!markup.body.contains("<script>"));
}
