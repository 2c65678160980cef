//! Bearer tokens: which are believed.

use std::time::Duration;

use serde_json::{Value, json};

use super::mint::{Token, alice, now, token};
use super::server::{Program, Server};

cases! {
    "tokens":
    type_is_absent_jwt_or_access_token,
    refuses_other_algorithms_and_secrets,
    issuer_audience_subject_and_end_are_needed,
    there_is_no_leeway_and_fractions_count,
    refuses_times_that_are_none,
    may_be_issued_a_minute_ahead_and_no_more,
    absent_scopes_and_roles_are_none_and_wrong_types_are_refused,
    refuses_claims_that_are_no_strict_json,
}

const BEARER_REFUSED: &str = r#"Bearer realm="demo", error="invalid_token""#;
const BASIC: &str = r#"Basic realm="demo", charset="UTF-8""#;
const API_KEY: &str = r#"ApiKey realm="demo", in="header", name="X-API-TOKEN""#;

#[track_caller]
fn assert_refused(server: &Server, token: &str, why: &str) {
    let response = server.get("/me", &[&format!("Authorization: Bearer {token}")]);
    assert_eq!(response.status, 401, "{why}");
    response.assert_refusal(401, &[BEARER_REFUSED, BASIC, API_KEY], &[]);
}

#[track_caller]
fn assert_accepted(server: &Server, token: &Token) {
    let response = server.get("/me", &[&token.header()]);
    assert_eq!(response.status, 200, "{:?} {:?}", token.header, token.claims);
}

fn type_is_absent_jwt_or_access_token(program: &Program) {
    let server = program.server();
    for header in
        [json!({"alg": "HS256"}), json!({"alg": "HS256", "typ": "JWT"}), json!({"alg": "HS256", "typ": "at+jwt"})]
    {
        assert_accepted(server, &alice().header_is(header));
    }
    for typ in [json!("dpop+jwt"), json!("secevent+jwt"), json!(""), json!(7), json!(null)] {
        let token = alice().header_is(json!({"alg": "HS256", "typ": typ}));
        assert_refused(server, &token.mint(), &typ.to_string());
    }
}

fn refuses_other_algorithms_and_secrets(program: &Program) {
    let server = program.server();
    for alg in ["none", "None", "HS384", "HS512", "RS256", "hs256", ""] {
        assert_refused(server, &alice().header_is(json!({"alg": alg, "typ": "JWT"})).mint(), alg);
    }
    assert_refused(server, &alice().signed_with(b"another secret of thirty-two bytes").mint(), "another secret");
    let good = alice().mint();
    let (message, _) = good.rsplit_once('.').expect("a signature");
    assert_refused(server, &format!("{message}."), "no signature");
    assert_refused(server, &format!("{good}="), "padding");
    assert_refused(server, message, "two parts");
    assert_refused(server, "x", "no token at all");
    assert_refused(server, &alice().header_is(json!({"alg": "HS256", "crit": ["exp"]})).mint(), "crit");
}

fn issuer_audience_subject_and_end_are_needed(program: &Program) {
    let server = program.server();
    for name in ["iss", "aud", "sub", "exp"] {
        assert_refused(server, &alice().without(name).mint(), name);
    }
    for (name, value) in [
        ("iss", json!("https://issuer.example/")),
        ("iss", json!(["https://issuer.example"])),
        ("aud", json!("demo")),
        ("aud", json!(["other-api"])),
        ("aud", json!([])),
        ("aud", json!({"demo-api": true})),
        ("sub", json!("")),
        ("sub", json!(7)),
    ] {
        assert_refused(server, &alice().claim(name, value.clone()).mint(), &format!("{name} {value}"));
    }
    assert_accepted(server, &alice().claim("aud", json!(["other-api", "demo-api"])));
}

fn there_is_no_leeway_and_fractions_count(program: &Program) {
    let server = program.server();
    assert_refused(server, &alice().claim("exp", now().floor()).mint(), "this second, which has begun");
    assert_refused(server, &alice().claim("exp", now() - 0.001).mint(), "a millisecond ago");
    assert_refused(server, &alice().claim("nbf", now() + 50.0).mint(), "not yet");
    assert_accepted(server, &alice().claim("exp", now() + 100.5));
    assert_accepted(server, &alice().claim("nbf", now() - 0.5));
}

fn refuses_times_that_are_none(program: &Program) {
    let server = program.server();
    for exp in ["18446744073709551616", "1e400", "-1", "1e300", "\"4102444800\"", "null", "[4102444800]", "true"] {
        let claims = format!(r#"{{"iss":"https://issuer.example","aud":"demo-api","sub":"alice","exp":{exp}}}"#);
        assert_refused(server, &token().mint_claims(&claims), exp);
    }
}

fn may_be_issued_a_minute_ahead_and_no_more(program: &Program) {
    let server = program.server();
    assert_accepted(server, &alice().claim("iat", now() + 30.0));
    assert_refused(server, &alice().claim("iat", now() + Duration::from_mins(2).as_secs_f64()).mint(), "two minutes");
}

fn absent_scopes_and_roles_are_none_and_wrong_types_are_refused(program: &Program) {
    let server = program.server();
    assert_accepted(server, &token());
    assert_eq!(server.get("/items", &[&token().header()]).status, 403);
    assert_eq!(server.get("/admin", &[&token().header()]).status, 403);
    for (name, value) in [
        ("scope", json!(["items:read"])),
        ("scope", json!(7)),
        ("scope", json!(null)),
        ("roles", json!("admin")),
        ("roles", json!([7])),
        ("roles", json!({"admin": true})),
        ("roles", json!(null)),
    ] {
        assert_refused(server, &token().claim(name, value.clone()).mint(), &format!("{name} {value}"));
    }
}

fn refuses_claims_that_are_no_strict_json(program: &Program) {
    let server = program.server();
    let good = Value::Object(alice().claims).to_string();
    let inner = good.trim_start_matches('{');
    for claims in [format!(r#"{{"sub":"root",{inner}"#), format!("[{good}]"), format!("{good}x"), String::new()] {
        assert_refused(server, &token().mint_claims(&claims), &claims);
    }
}
