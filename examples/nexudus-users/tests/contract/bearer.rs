//! Section 4: the token as Bearer.

use std::time::Duration;

use systems::testing::{Response, json_of};

use crate::support::{USED, assert_uncached, bearer, cookie, server, token};

const PROFILE: &str = "/en/profile?_resource=Coworker";

#[track_caller]
fn assert_refused(answer: &Response, challenge: &str) {
    assert_eq!((answer.status, answer.body.as_str()), (401, ""));
    assert_eq!(answer.all("www-authenticate"), [challenge]);
    assert!(answer.all("content-type").is_empty(), "{answer:?}");
    assert_uncached(answer);
}

#[test]
fn profile_by_bearer() {
    let server = server();
    let answer = server.get(PROFILE, &[&bearer(&token(&server))]);
    let expected = r#"{"Id":42,"UniqueId":"66ffaa75-708b-83ce-89f8-e94ed9efb467","FullName":"Jane Doe","Email":"jane.doe@example.com","IsMember":true,"Status":200,"Message":null,"WasSuccessful":true}"#;
    assert_eq!((answer.status, answer.body.as_str()), (200, expected));
    assert_eq!(answer.sole("content-type"), "application/json; charset=utf-8");
    let again = server.get(PROFILE, &[&bearer(&token(&server)).replace("Bearer ", "BEARER   ")]);
    assert_eq!(again.body, answer.body);
}

#[test]
fn profile_by_session_and_as_a_page() {
    let server = server();
    let session = cookie(&server.get(&format!("/en/user/login?t={}", token(&server)), &[]));
    assert_eq!(json_of(&server.get(PROFILE, &[&session]))["Id"], 42);
    assert_eq!(json_of(&server.get(PROFILE, &[&session, "Accept: text/html"]))["Id"], 42);
    let page = server.get("/en/profile", &[&session, "Accept: text/html,*/*;q=0.8"]);
    assert_eq!(page.sole("content-type"), "text/html; charset=utf-8");
    assert!(page.body.contains("jane.doe@example.com"));
}

#[test]
fn missing_or_bad_token() {
    let server = server();
    assert_refused(&server.get(PROFILE, &[]), r#"Bearer realm="nexudus-portal""#);
    assert_refused(&server.get(PROFILE, &["Authorization: Basic eDp5"]), r#"Bearer realm="nexudus-portal""#);
    for bad in ["Authorization: Bearer", "Authorization: Bearer x", "Authorization: Bearer a b"] {
        assert_refused(&server.get(PROFILE, &[bad]), USED);
    }
    let token = token(&server);
    server.clock.advance(Duration::from_secs(30 * 60 + 61));
    assert_refused(&server.get(PROFILE, &[&bearer(&token)]), USED);
    let two = server.get(PROFILE, &["Authorization: Bearer a", "Authorization: Bearer b"]);
    assert_eq!(
        (two.status, two.sole("www-authenticate")),
        (400, r#"Bearer realm="nexudus-portal", error="invalid_request""#)
    );
}

/// The key of these tokens signs others here, each of which lacks one claim.
#[test]
fn the_verifier_demands_every_claim() {
    use auth_issuer::tokens::{TokenClaims, TokenIssuer};

    let server = server();
    let ring = || server.context.keys.ring("user", auth_axum::jwt::JwtAlgorithm::Hs256).unwrap();
    let issuer = |audience: &str, purpose| {
        TokenIssuer::builder(ring()).issuer("nexudus-users").audience(audience).purpose(purpose).build().unwrap()
    };
    let now = server.context.clock.now();
    let seconds = now.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let aud = "https://spaces.nexudus.com";
    let claims = || TokenClaims::new("42", 0).with_claim("email", "jane.doe@example.com").with_claim("nbf", seconds);
    let status = |audience, purpose, claims: &TokenClaims| {
        let token = issuer(audience, purpose).issue(claims, now).unwrap();
        server.get(PROFILE, &[&bearer(token.reveal())]).status
    };
    assert_eq!(status(aud, "user", &claims()), 200);
    assert_eq!(status("https://evil.example", "user", &claims()), 401);
    assert_eq!(status(aud, "rest", &claims()), 401);
    assert_eq!(status(aud, "user", &TokenClaims::new("42", 0).with_claim("nbf", seconds)), 401);
    assert_eq!(status(aud, "user", &TokenClaims::new("42", 0).with_claim("email", "jane.doe@example.com")), 401);
    assert_eq!(status(aud, "user", &claims().with_claim("nbf", seconds + 120)), 401);
    assert_eq!(
        status(aud, "user", &TokenClaims::new("42", 1).with_claim("email", "x").with_claim("nbf", seconds)),
        401
    );
}
