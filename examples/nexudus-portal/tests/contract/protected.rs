//! Section 3: the protected resources.

use std::time::Duration;

use auth_core::Clock as _;
use auth_core::jwt::JwtAlgorithm;
use auth_issuer::accounts::AccountState;
use auth_issuer::keys::{KeyRing, SigningKey};
use auth_issuer::tokens::{TokenClaims, TokenIssuer};
use systems::testing::{InProcess, Request, Response, basic, json_of};

use super::{JANE, PASSWORD, account, member, profile, server, set_state, sign_in};

const PATHS: [&str; 2] = ["/api/public/billing/customer", "/api/public/teams/my"];
const BARE: &str = r#"Bearer realm="nexudus-portal""#;
const INVALID: &str = r#"Bearer realm="nexudus-portal", error="invalid_token""#;

#[track_caller]
fn assert_refused(answer: &Response, status: u16, challenge: &str) {
    assert_eq!((answer.status, answer.body.as_str()), (status, ""), "{answer:?}");
    assert_eq!(answer.all("www-authenticate"), [challenge], "{answer:?}");
    assert_eq!((answer.sole("cache-control"), answer.all("content-type").len()), ("no-store", 0));
}

fn token(server: &InProcess) -> String {
    member(&sign_in(server, JANE, PASSWORD), "access_token")
}

#[track_caller]
fn assert_invalid(server: &InProcess, token: &str) {
    for path in PATHS {
        assert_refused(&server.get(path, &[&format!("Authorization: Bearer {token}")]), 401, INVALID);
    }
}

#[test]
fn everything_refused_has_its_form() {
    let server = server();
    let bearer = format!("Authorization: Bearer {}", member(&sign_in(&server, JANE, PASSWORD), "access_token"));
    let paths = [
        "/api/token",
        "/api/public/billing/customer",
        "/api/public/teams/my",
        "/api/sys/users/startPasswordReset",
        "/api/sys/users/completePasswordReset",
        "/api/sys/users/exchange",
        "/api/sys/users/sendOtp",
        "/{x}",
    ];
    for headers in [&[][..], &[bearer.as_str()]] {
        systems::testing::assert_own_form(|request| server.send(request), headers, &paths);
    }
}

#[test]
fn profile_of_the_signed_in_customer() {
    let server = server();
    let answer = profile(&server, &token(&server));
    assert_eq!((answer.status, answer.sole("content-type")), (200, "application/json;charset=UTF-8"));
    let expected = serde_json::json!({
        "Id": 42, "UniqueId": "66ffaa75-708b-83ce-89f8-e94ed9efb467", "FullName": "Jane Doe", "Email": JANE, "Active": true,
    });
    assert_eq!(json_of(&answer), expected);
}

#[test]
fn teams_of_the_customer() {
    let server = server();
    let bearer = format!("Authorization: Bearer {}", token(&server));
    for query in ["", "?isTeamAdmin=true&teamId=7"] {
        let answer = server.get(&format!("/api/public/teams/my{query}"), &[&bearer]);
        assert_eq!(answer.status, 200, "{answer:?}");
        let team = &json_of(&answer)[0];
        assert_eq!((team["Id"].as_u64(), team["Name"].as_str()), (Some(7), Some("Acme")));
        assert_eq!(team["UniqueId"].as_str().map(str::len), Some(36));
    }
    assert_eq!(server.get("/api/public/teams/my?teamId=7&teamId=7", &[&bearer]).status, 400);
}

#[test]
fn scheme_names_compare_without_case_and_clients_headers_are_ignored() {
    let server = server();
    let token = token(&server);
    for scheme in ["bearer", "Bearer", "BEARER", "Bearer  "] {
        let lines =
            [format!("authorization: {scheme} {token}"), "nx-app-version: 1".into(), "X-Use-Timezone: true".into()];
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        for path in PATHS {
            assert_eq!(server.get(path, &lines).status, 200, "{scheme}");
        }
    }
}

#[test]
fn missing_credentials_empty_body_and_a_challenge_without_error() {
    let server = server();
    for path in PATHS {
        assert_refused(&server.get(path, &[]), 401, BARE);
        assert_refused(&server.get(path, &["Authorization:"]), 401, BARE);
        assert_refused(&server.get(path, &[&basic(JANE, PASSWORD)]), 401, BARE);
        assert_refused(&server.get(path, &["Authorization: nonsense"]), 401, BARE);
    }
}

#[test]
fn bad_tokens() {
    let server = server();
    let token = token(&server);
    let (head, _signature) = token.rsplit_once('.').expect("three parts");
    for bad in ["", "x", "a b", &format!("{head}."), &format!("{head}.AAAA"), &format!("{token} x"), &"A".repeat(43)] {
        assert_invalid(&server, bad);
    }
}

#[test]
fn expired_tokens() {
    let server = server();
    let token = token(&server);
    server.clock.advance(Duration::from_secs(604_800 - 1));
    assert_eq!(profile(&server, &token).status, 200);
    server.clock.advance(Duration::from_secs(1 + 60));
    assert_invalid(&server, &token);
}

#[test]
fn two_authorization_lines() {
    let server = server();
    let bearer = format!("Authorization: Bearer {}", token(&server));
    for path in PATHS {
        let challenge = r#"Bearer realm="nexudus-portal", error="invalid_request""#;
        assert_refused(&server.get(path, &[&bearer, &bearer]), 400, challenge);
    }
}

#[test]
fn a_refused_head_has_the_headers_of_its_get_and_other_methods_are_405() {
    let server = server();
    for path in PATHS {
        let (head, get) = (server.send(&Request::new("HEAD", path)), server.get(path, &[]));
        assert_eq!((head.status, head.all("www-authenticate")), (get.status, get.all("www-authenticate")));
        let answer = server.send(&Request::new("POST", path));
        assert_eq!((answer.status, answer.sole("allow")), (405, "GET,HEAD"));
    }
}

#[test]
fn state_is_read_at_each_request() {
    let server = server();
    let token = token(&server);
    set_state(&server, JANE, AccountState::Inactive);
    assert_invalid(&server, &token);
}

/// A token like those of this server, but for what `change` says.
fn minted(server: &InProcess, ring: KeyRing, issuer: &str, audience: &str, purpose: &'static str) -> String {
    let jane = account(server, JANE);
    let issuer = TokenIssuer::builder(ring)
        .issuer(issuer)
        .audience(audience)
        .purpose(purpose)
        .without_id_of_only_key()
        .build()
        .expect("good");
    let claims = TokenClaims::new(jane.id(), jane.epoch());
    issuer.issue(&claims, server.clock.now()).expect("a token").reveal().to_owned()
}

#[test]
fn tokens_of_other_systems_and_of_other_kinds() {
    let server = server();
    let own = || server.context.keys.ring("access", JwtAlgorithm::Rs256).expect("a ring");
    let foreign = || KeyRing::new(SigningKey::generate(JwtAlgorithm::Rs256).expect("a key"));
    let name = "nexudus-portal";
    assert_eq!(profile(&server, &minted(&server, own(), name, name, "access")).status, 200, "the control");
    for token in [
        minted(&server, foreign(), name, name, "access"),
        minted(&server, foreign(), "nexudus-rest", "nexudus-rest", "access"),
        minted(&server, own(), "nexudus-rest", name, "access"),
        minted(&server, own(), name, "nexudus-rest", "access"),
        minted(&server, own(), name, "nexudus-portal/exchange", "exchange"),
        minted(&server, own(), name, name, "exchange"),
    ] {
        assert_invalid(&server, &token);
    }
}
