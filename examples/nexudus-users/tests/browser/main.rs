//! The pages, in a real browser.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may end at a surprise")]
#![expect(clippy::indexing_slicing, reason = "JSON is looked into by index")]

#[path = "../contract/mail.rs"]
mod mail;
mod webdriver;

use std::time::Duration;

use nexudus_users::NexudusUsers;
use systems::testing::{InProcess, Request, json_of};

use webdriver::{Browser, Look};

const JANE: &str = "jane.doe@example.com";
const PASSWORD: &str = "S3cur3P@ss";
const NEW: &str = "three green umbrellas";

fn token(server: &InProcess, password: &str) -> Option<String> {
    let body = format!(r#"{{"email":"{JANE}","password":"{password}"}}"#);
    let answer = server.send(&Request::new("POST", "/sys/users/token").json(body));
    json_of(&answer)["Value"].as_str().map(str::to_owned)
}

/// An address that signs in.
fn link(server: &InProcess, more: &str) -> String {
    address(server, &format!("/en/user/login?t={}{more}", token(server, PASSWORD).expect("a token")))
}

fn address(server: &InProcess, path: &str) -> String {
    format!("http://{}{path}", server.address)
}

fn mailed_link(server: &InProcess) -> String {
    let mail = mail::mails(server).into_iter().find(|mail| mail.contains("newPassword")).expect("a mail");
    address(server, &mail::link(&mail, &server.address))
}

/// What every page keeps to, however it is looked at.
#[track_caller]
fn assert_well_made(browser: &Browser, name: &str) {
    let basics = browser.run(
        "return [document.title.length > 10, document.documentElement.lang === 'en', !!document.querySelector('main'),
            [...document.querySelectorAll('input:not([type=hidden], [hidden])')].every(i => i.labels.length === 1 && i.autocomplete),
            [...document.querySelectorAll('img')].every(i => i.naturalWidth > 0 && i.hasAttribute('alt')),
            getComputedStyle(document.querySelector('main')).borderRadius === '16px',
            performance.getEntriesByType('resource').every(r => new URL(r.name).origin === location.origin),
            document.scripts.length === 0]",
    );
    assert_eq!(
        basics,
        serde_json::Value::from(vec![true; 8]),
        "{name}: title, language, main, labels, pictures, style, origin, scripts"
    );
    for look in Look::ALL {
        browser.look(look);
        let wide = browser.run("return document.documentElement.scrollWidth - innerWidth").as_i64().unwrap();
        assert!(wide <= 0, "{name} {look:?}: {wide} pixels too wide");
        let poor = browser.run(CONTRAST);
        assert_eq!(poor, serde_json::json!([]), "{name} {look:?}: too little contrast (WCAG 2.2, 1.4.3)");
        let small = browser.run(
            "return [...document.querySelectorAll('button, .button, input:not([type=hidden], [hidden])')]
                .filter(e => e.getBoundingClientRect().height < 44).length",
        );
        assert_eq!(small, 0, "{name} {look:?}: too small for a finger");
        browser.picture(&format!("{name}-{}-{}", look.width, if look.is_dark { "dark" } else { "light" }));
    }
    assert_eq!(browser.complaints(), Vec::<String>::new(), "{name}");
}

/// The texts whose contrast is under 4.5.
const CONTRAST: &str = r"
    const numbers = c => c.match(/[\d.]+/g).map(Number);
    const light = c => {
        const [r, g, b] = numbers(c).map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = e => {
        for (let at = e; at; at = at.parentElement) {
            const c = getComputedStyle(at).backgroundColor;
            if ((numbers(c)[3] ?? 1) > 0) return c;
        }
        return 'rgb(255, 255, 255)';
    };
    return [...document.body.querySelectorAll('*')]
        .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
        .map(e => {
            const [a, b] = [light(getComputedStyle(e).color), light(ground(e))];
            return [e.innerText, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
        })
        .filter(([, ratio]) => ratio < 4.5);";

#[test]
fn success_and_logout() {
    let Some(browser) = Browser::start() else { return };
    let server = InProcess::start(NexudusUsers, &[]);
    browser.open(&link(&server, ""));
    assert_eq!((browser.heading().as_str(), browser.url()), ("Welcome, Jane Doe", address(&server, "/en/")));
    let cookies = browser.cookies();
    assert_eq!(cookies.len(), 1);
    for (name, expected) in [
        ("name", serde_json::json!("__Host-nx_session")),
        ("httpOnly", true.into()),
        ("secure", true.into()),
        ("sameSite", "Lax".into()),
        ("path", "/".into()),
    ] {
        assert_eq!(cookies[0][name], expected, "{name}");
    }
    assert_eq!(browser.run("return document.cookie"), "");
    assert_well_made(&browser, "home");

    browser.follow("a.button");
    assert_eq!(browser.heading(), "Your profile");
    assert!(browser.text().contains(JANE));
    assert_well_made(&browser, "profile");

    browser.follow("button");
    assert_eq!((browser.heading().as_str(), browser.url()), ("You are not signed in", address(&server, "/en/")));
    assert!(browser.cookies().is_empty());
    assert_well_made(&browser, "signed-out");
    let secret = cookies[0]["value"].as_str().unwrap();
    let stolen = server.get("/en/", &[&format!("Cookie: __Host-nx_session={secret}")]);
    assert_eq!(stolen.status, 401, "the session has ended at the server too");
    browser.open(&address(&server, "/en/profile"));
    assert_eq!(browser.heading(), "You are not signed in");
}

#[test]
fn success_with_a_redirect() {
    let Some(browser) = Browser::start() else { return };
    let server = InProcess::start(NexudusUsers, &[]);
    browser.open(&link(&server, "&redirectUrl=%2Fen%2Fprofile%23top"));
    assert_eq!((browser.heading().as_str(), browser.url()), ("Your profile", address(&server, "/en/profile#top")));
    assert_eq!(browser.run("return document.referrer"), "");
    browser.open(&address(&server, "/en/bookings"));
    assert_eq!(browser.heading(), "There is no such page");
    assert_well_made(&browser, "not-found");
}

#[test]
fn used_link() {
    let Some(browser) = Browser::start() else { return };
    let server = InProcess::start(NexudusUsers, &[]);
    let link = link(&server, "");
    assert_eq!(server.get(link.split_once(&server.address).unwrap().1, &[]).status, 302, "somebody was faster");
    browser.open(&link);
    assert_eq!(browser.heading(), "This link no longer works");
    assert!(browser.cookies().is_empty());
    assert_well_made(&browser, "used");
}

#[test]
fn expired_link() {
    let Some(browser) = Browser::start() else { return };
    let server = InProcess::start(NexudusUsers, &[]);
    let link = link(&server, "");
    server.clock.advance(Duration::from_secs(30 * 60 + 61));
    browser.open(&link);
    assert_eq!(browser.heading(), "This link no longer works");
    assert!(browser.cookies().is_empty());
}

#[test]
fn refused_redirect() {
    let Some(browser) = Browser::start() else { return };
    let server = InProcess::start(NexudusUsers, &[]);
    let link = link(&server, "");
    for foreign in ["%2F%2Fevil.example", "https%3A%2F%2Fevil.example", "%2F%5Cevil.example", "%2F%2509%2Fevil.example"]
    {
        browser.open(&format!("{link}&redirectUrl={foreign}"));
        assert_eq!(browser.heading(), "This link leads somewhere else", "{foreign}");
        assert!(browser.url().starts_with(&link) && browser.cookies().is_empty());
    }
    assert_well_made(&browser, "elsewhere");
    browser.open(&link);
    assert_eq!(browser.heading(), "Welcome, Jane Doe", "the token is still good");
}

#[test]
fn new_password() {
    let Some(browser) = Browser::start() else { return };
    let server = InProcess::start(NexudusUsers, &[]);
    browser.open(&address(&server, "/en/"));
    browser.type_into("#email", "nobody@example.com");
    browser.follow("button");
    assert_eq!(browser.heading(), "We do not know this address");
    assert_well_made(&browser, "unknown");
    browser.open(&address(&server, "/en/"));
    browser.type_into("#email", JANE);
    browser.follow("button");
    assert_eq!(browser.heading(), "Check your mail");
    assert_well_made(&browser, "mail-sent");

    let link = mailed_link(&server);
    browser.open(&link);
    assert_eq!(browser.heading(), "Choose a new password");
    assert_well_made(&browser, "new-password");
    browser.type_into("#password", "password1");
    browser.type_into("#confirmation", "password1");
    browser.follow("button");
    assert!(browser.text().contains("among the first that anybody would try"));
    assert!(!browser.url().contains("token"));
    assert_well_made(&browser, "new-password-weak");
    browser.type_into("#password", NEW);
    browser.type_into("#confirmation", "three green umbrella");
    browser.follow("button");
    assert!(browser.text().contains("The two passwords differ."));
    browser.type_into("#password", NEW);
    browser.type_into("#confirmation", NEW);
    browser.follow("button");
    assert_eq!(browser.heading(), "Your password was changed");
    assert!(browser.cookies().is_empty(), "nobody is signed in by it");
    assert_well_made(&browser, "changed");

    assert_eq!(token(&server, PASSWORD), None);
    let signed_in = token(&server, NEW).expect("the new password is good");
    browser.open(&address(&server, &format!("/en/user/login?t={signed_in}")));
    assert_eq!(browser.heading(), "Welcome, Jane Doe");
    browser.open(&link);
    assert_eq!(browser.heading(), "This link no longer works");
    assert_well_made(&browser, "reset-used");
}

#[test]
fn expired_mail() {
    let Some(browser) = Browser::start() else { return };
    let server = InProcess::start(NexudusUsers, &[]);
    assert_eq!(server.get("/en/user/resetPassword?email=jane.doe%40example.com", &[]).status, 200);
    let link = mailed_link(&server);
    browser.open(&link);
    server.clock.advance(Duration::from_secs(3_601));
    browser.type_into("#password", NEW);
    browser.type_into("#confirmation", NEW);
    browser.follow("button");
    assert_eq!(browser.heading(), "This link no longer works");
    browser.open(&link);
    browser.type_into("#email", JANE);
    browser.follow("button");
    assert_eq!(browser.heading(), "Check your mail", "another one is a form away");
    assert!(token(&server, PASSWORD).is_some(), "nothing has changed");
}
