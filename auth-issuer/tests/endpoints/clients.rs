//! Who the client is (RFC 6749 §2.3.1).

use base64::prelude::{BASE64_STANDARD, Engine as _};
use http::Request;

use auth_issuer::http::Client;

use super::bench::{At, Bench, ODD_SECRET, SECRET, as_client, post, with_authorization, with_basic};

const REFRESH: [(&str, &str); 2] = [("grant_type", "refresh_token"), ("refresh_token", "unknown")];

/// Any answer that shows that the client is known: the token is not.
const KNOWN: (u16, &str) = (400, "invalid_grant");

fn in_body(id: &str, secret: Option<&str>) -> Request<bytes::Bytes> {
    let mut fields = REFRESH.to_vec();
    fields.push(("client_id", id));
    fields.extend(secret.map(|secret| ("client_secret", secret)));
    post(&fields)
}

async fn error(bench: &Bench, request: Request<bytes::Bytes>) -> (u16, String) {
    bench.ask(At::Token, request).await.error()
}

#[tokio::test]
async fn a_client_authenticates_by_basic_or_in_the_body() {
    let bench = Bench::new();
    let plain = |text: &str| with_authorization(post(&REFRESH), &format!("Basic {}", BASE64_STANDARD.encode(text)));
    let mut named_too = REFRESH.to_vec();
    named_too.push(("client_id", "backend"));
    let good = [
        ("basic", as_client(post(&REFRESH), "backend")),
        ("scheme in another case", {
            let value = format!("bAsIc   {}", BASE64_STANDARD.encode(format!("backend:{SECRET}")));
            with_authorization(post(&REFRESH), &value)
        }),
        ("basic, and the same client_id", as_client(post(&named_too), "backend")),
        ("form-encoded", with_basic(post(&REFRESH), "odd:id", ODD_SECRET)),
        ("form-encoded, other spelling", plain("odd%3aid:%70%25%2B+%C3%A9%3A%26%3D")),
        ("a colon in the secret as it is", plain("odd%3Aid:p%25%2B+%C3%A9:%26%3D")),
        ("body", in_body("backend", Some(SECRET))),
        ("public", in_body("plain", None)),
        ("public, an empty secret is none", in_body("plain", Some(""))),
        ("public, by basic without secret", plain("plain:")),
    ];
    for (what, request) in good {
        let (status, code) = error(&bench, request).await;
        assert_eq!((status, code.as_str()), KNOWN, "{what}");
    }
}

#[tokio::test]
async fn whoever_is_not_authenticated_learns_nothing() {
    let bench = Bench::new();
    let plain = |text: &[u8]| with_authorization(post(&REFRESH), &format!("Basic {}", BASE64_STANDARD.encode(text)));
    let long = "x".repeat(Client::MAX_ID_LEN + 1);
    let bad = [
        ("unknown", with_basic(post(&REFRESH), "unknown", SECRET)),
        ("unknown in the body", in_body("unknown", Some(SECRET))),
        ("unknown and public", in_body("unknown", None)),
        ("wrong secret", with_basic(post(&REFRESH), "backend", "wrong")),
        ("wrong secret in the body", in_body("backend", Some("wrong"))),
        ("no secret", in_body("backend", None)),
        ("empty secret", in_body("backend", Some(""))),
        ("empty secret by basic", plain(b"backend:")),
        ("public with a secret", in_body("plain", Some("x"))),
        ("another's secret", with_basic(post(&REFRESH), "backend", ODD_SECRET)),
        ("nobody", post(&REFRESH)),
        ("empty id", in_body("", None)),
        ("id in another case", with_basic(post(&REFRESH), "Backend", SECRET)),
        ("id with a NUL", in_body("backend\0", Some(SECRET))),
        ("id too long", in_body(&long, None)),
        ("id beyond ASCII", in_body("b\u{e4}ckend", None)),
        ("not form-encoded", plain(b"odd:id:x")),
        ("broken escape", plain(b"backend%:x")),
        ("no colon", plain(b"backend")),
        ("not UTF-8", plain(b"backend:\xff")),
        ("no base64", with_authorization(post(&REFRESH), "Basic ???")),
        ("another scheme", with_authorization(post(&REFRESH), "Bearer abc")),
        ("empty", with_authorization(post(&REFRESH), "")),
    ];
    let mut answers = Vec::new();
    for (what, request) in bad {
        answers.push((what, bench.ask(At::Token, request).await));
    }
    let (_, first) = &answers[0];
    assert_eq!(first.error(), (401, "invalid_client".to_owned()));
    assert_eq!(first.header("www-authenticate"), Some(r#"Basic realm="oauth", charset="UTF-8""#));
    for (what, answer) in &answers {
        assert_eq!(answer, first, "{what}");
    }
    assert_eq!(bench.pool.hashes(), 0);
}

/// RFC 6749 §2.3: a client must not use more than one method in each request.
#[tokio::test]
async fn two_methods_at_once_are_refused() {
    let bench = Bench::new();
    let both = as_client(in_body("backend", Some(SECRET)), "backend");
    let two_fields = as_client(as_client(post(&REFRESH), "backend"), "backend");
    let two_clients = as_client(in_body("other", None), "backend");
    let bearer = with_authorization(in_body("backend", Some(SECRET)), "Bearer abc");
    for (what, request) in
        [("both", both), ("two fields", two_fields), ("two clients", two_clients), ("bearer beside a secret", bearer)]
    {
        assert_eq!(error(&bench, request).await, (400, "invalid_request".to_owned()), "{what}");
    }
}

/// RFC 6749 §2.3.1: parameters must not be in the address.
#[tokio::test]
async fn parameters_in_the_address_are_not_read() {
    let bench = Bench::new();
    let mut request = post(&REFRESH);
    *request.uri_mut() = format!("/token?client_id=backend&client_secret={SECRET}").parse().expect("an address");
    assert_eq!(error(&bench, request).await, (401, "invalid_client".to_owned()));
}

#[test]
fn a_client_shows_no_secret_and_ids_are_checked() {
    for id in ["", "two words", "b\u{e4}ckend", "a\0", &"x".repeat(201)] {
        assert!(Client::public(id).is_err(), "{id:?}");
    }
    let client = Client::public("x".repeat(200)).expect("200 characters").with_introspection();
    assert!(!client.may_introspect(), "whoever only says a name may not ask");
    let twins = [Client::public("app").expect("good"), Client::public("app").expect("good")];
    let error = auth_issuer::http::MemoryClients::new(twins).expect_err("twins").to_string();
    assert!(error.contains("`app`"), "{error}");
}
