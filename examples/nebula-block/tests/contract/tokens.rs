//! Token formats: what a token says, and which tokens are refused.

use std::time::{Duration, SystemTime};

use auth_axum::jwt::JwtAlgorithm;
use auth_issuer::audit::AuditName;
use auth_issuer::tokens::{TokenClaims, TokenIssuer, TokenIssuerBuilder};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use serde_json::json;
use systems::testing::{Audited, EventLog};

use super::*;

/// The samples of the vendor's documents.
const SAMPLES: [(&str, u64); 2] = [
    (
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJiZWJlZXJtaW5nQDEyNi5jb20iLCJyb2xlcyI6WyJHVUVTVCJdLCJleHAiOjE3MzAzOTM5NTMsInNjb3BlcyI6WyJHVUVTVCJdfQ.IVMMITYihqkMszTo_x7uP6gocxgN5RLfLZiJY8VqEyk",
        1_730_393_953,
    ),
    (
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhZG1pbkBnbWFpbC5jb20iLCJyb2xlcyI6WyJBRE1JTiJdLCJleHAiOjE3MzA3NTg2MzYsInNjb3BlcyI6WyJBRE1JTiJdfQ.QwXYFII5y_V_9bIRQ3R-9W-jATjHa2yfklLaTQzVwS8",
        1_730_758_636,
    ),
];

fn part(token: &str, at: usize) -> String {
    let part = token.split('.').nth(at).expect("three parts");
    String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("UTF-8")
}

pub(crate) fn claims(token: &str) -> Value {
    serde_json::from_str(&part(token, 1)).expect("JSON")
}

#[track_caller]
fn refused(server: &InProcess, token: &str) {
    let answer = credits(server, &[&bearer(token)]);
    failed(&answer, 401, "Could not validate credentials", &[("www-authenticate", INVALID_TOKEN)]);
}

#[test]
fn header_is_as_in_the_samples() {
    let server = server();
    let token = token(&sign_in(&server, GUEST, GUEST_PASSWORD));
    assert_eq!(part(&token, 0), part(SAMPLES[0].0, 0));
    let signature = token.rsplit('.').next().expect("a signature");
    assert_eq!(BASE64_URL_SAFE_NO_PAD.decode(signature).expect("base64url").len(), 32);
}

#[test]
fn claims_are_sub_roles_exp_scopes_and_iat_iss_aud_jti_uid() {
    let server = server();
    let claims_of = |user, password| claims(&token(&sign_in(&server, user, password)));
    let (guest, again) = (claims_of(GUEST, GUEST_PASSWORD), claims_of(GUEST, GUEST_PASSWORD));
    let (roles, scopes) = (json!(["GUEST"]), json!(["GUEST"]));
    assert_eq!((&guest["sub"], &guest["roles"], &guest["scopes"]), (&json!(GUEST), &roles, &scopes));
    assert_eq!(guest["uid"], "18");
    assert_eq!((&guest["iss"], &guest["aud"]), (&json!("nebula-block"), &json!("nebula-block")));
    let now =
        auth_axum::Clock::now(&server.clock).duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_secs();
    assert_eq!((guest["iat"].as_u64(), guest["exp"].as_u64()), (Some(now), Some(now + 7_200)));
    assert!(guest["jti"].is_string() && guest["jti"] != again["jti"]);
    let admin = claims_of(ADMIN, PASSWORD);
    assert_eq!((&admin["roles"], &admin["scopes"]), (&json!(["ADMIN"]), &json!(["ADMIN"])));
}

/// They have expired, and are refused for their key while they had not.
#[test]
fn both_samples_are_refused() {
    let server = server();
    for (sample, expiry) in SAMPLES {
        refused(&server, sample);
        server.clock.set(SystemTime::UNIX_EPOCH + Duration::from_secs(expiry - 60));
        refused(&server, sample);
    }
}

fn issuer(server: &InProcess) -> TokenIssuerBuilder {
    let ring = server.context.keys.ring("access", JwtAlgorithm::Hs256).expect("the server's keys");
    TokenIssuer::builder(ring).issuer("nebula-block").audience("nebula-block").purpose("access").account_claim("uid")
}

#[test]
fn a_token_with_the_right_key_and_a_wrong_claim_is_refused() {
    let server = server();
    let now = auth_axum::Clock::now(&server.clock);
    let mint = |issuer: TokenIssuerBuilder, claims: &TokenClaims| {
        issuer.build().expect("complete").issue(claims, now).expect("a token").reveal().to_owned()
    };
    let good = || TokenClaims::new("18", 0).with_subject(GUEST).with_lifetime(Duration::from_mins(1));
    assert_eq!(credits(&server, &[&bearer(&mint(issuer(&server), &good()))]).status, 200, "the others can fail");
    for token in [
        mint(issuer(&server).issuer("nexudus-users"), &good()),
        mint(issuer(&server).audience("coco-server"), &good()),
        mint(issuer(&server).purpose("reset"), &good()),
        mint(issuer(&server).token_type("at+other"), &good()),
        mint(issuer(&server).account_claim("user"), &good()),
        mint(issuer(&server).epoch_claim("era"), &good()),
        mint(issuer(&server), &TokenClaims::new("18", 1).with_subject(GUEST)),
        mint(issuer(&server), &TokenClaims::new("17", 0).with_subject(GUEST)),
        // The identity is the id, and the account still has that e-mail.
        mint(issuer(&server), &TokenClaims::new("18", 0).with_subject(ADMIN)),
        mint(issuer(&server), &TokenClaims::new("18", 0)),
    ] {
        refused(&server, &token);
    }
}

/// RFC 8725 §3.1: the token does not choose how it is checked.
#[test]
fn a_token_that_is_changed_is_refused() {
    let server = server();
    let good = token(&sign_in(&server, GUEST, GUEST_PASSWORD));
    let parts: Vec<&str> = good.split('.').collect();
    let header = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
    let payload = part(&good, 1).replace("GUEST", "ADMIN");
    for changed in [
        format!("{}.{}.", header(r#"{"alg":"none","typ":"JWT"}"#), parts[1]),
        format!("{}.{}.{}", header(r#"{"alg":"none","typ":"JWT"}"#), parts[1], parts[2]),
        format!("{}.{}.{}", header(r#"{"alg":"HS512","typ":"JWT"}"#), parts[1], parts[2]),
        format!("{}.{}.{}", header(r#"{"alg":"RS256","typ":"JWT"}"#), parts[1], parts[2]),
        format!("{}.{}.{}", parts[0], BASE64_URL_SAFE_NO_PAD.encode(payload), parts[2]),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{}.{}", parts[0], parts[1]),
        format!("{good}A"),
        format!("{good}.{}", parts[2]),
    ] {
        refused(&server, &changed);
    }
    assert_eq!(credits(&server, &[&bearer(&good)]).status, 200);
}

#[test]
fn a_token_of_a_server_with_other_keys_is_refused() {
    let (one, two) = (server(), server());
    let token = token(&sign_in(&one, GUEST, GUEST_PASSWORD));
    refused(&two, &token);
}

/// `kid` is there only while more than one key is live.
#[test]
fn a_token_of_the_old_key_is_good_while_that_is_kept() {
    let server = server();
    let unnamed = guest(&server);
    let kept = server.directory.path().join("keys/access.jwk");
    let rotated = InProcess::start_with(NebulaBlock, &[], |options| {
        std::fs::create_dir_all(&options.keys).expect("a directory");
        std::fs::copy(&kept, options.keys.join("access.old.jwk")).expect("the old key");
    });
    assert_eq!(credits(&rotated, &[&unnamed]).status, 200);
    let named = token(&sign_in(&rotated, GUEST, GUEST_PASSWORD));
    assert!(part(&named, 0).contains("kid"), "{}", part(&named, 0));
    assert_eq!(credits(&rotated, &[&bearer(&named)]).status, 200);
}

#[test]
fn tokens_are_in_the_audit_log() {
    let log = EventLog::default();
    let server = InProcess::start(Audited(NebulaBlock, log.clone()), &[]);
    token(&sign_in(&server, GUEST, GUEST_PASSWORD));
    assert_eq!(log.accounts(AuditName::TOKEN_CREATED, "access"), ["18"]);
}
