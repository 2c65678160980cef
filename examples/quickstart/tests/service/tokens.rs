//! Bearer tokens: which are believed. And how the tests make them, without the project's own code.

use std::time::{Duration, SystemTime};

use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Map, Value, json};
use sha2::Sha256;

use crate::server::{SECRET, Server};

const BEARER_REFUSED: &str = r#"Bearer realm="demo", error="invalid_token""#;
const BASIC: &str = r#"Basic realm="demo", charset="UTF-8""#;
const API_KEY: &str = r#"ApiKey realm="demo", in="header", name="X-API-TOKEN""#;

/// A token that is good as long as nothing of it is changed.
#[derive(Clone)]
pub(crate) struct Token {
    header: Value,
    claims: Map<String, Value>,
    secret: Vec<u8>,
}

/// A token of nobody in particular, without scopes and roles.
pub(crate) fn token() -> Token {
    let claims = json!({"iss": "https://issuer.example", "aud": "demo-api", "sub": "somebody", "exp": now() + 600.0});
    let Value::Object(claims) = claims else { unreachable!("an object") };
    Token { header: json!({"alg": "HS256", "typ": "JWT"}), claims, secret: SECRET.to_vec() }
}

pub(crate) fn alice() -> Token {
    token().claim("sub", "alice").claim("scope", "items:read").claim("roles", ["user"])
}

pub(crate) fn root() -> Token {
    token().claim("sub", "root").claim("scope", "items:read items:write").claim("roles", ["user", "admin"])
}

/// The header line of a name and a password.
pub(crate) fn basic(name: &str, password: &str) -> String {
    format!("Authorization: Basic {}", BASE64_STANDARD.encode(format!("{name}:{password}")))
}

fn now() -> f64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_secs_f64()
}

impl Token {
    pub(crate) fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.claims.remove(name);
        self
    }

    fn header_is(mut self, header: Value) -> Self {
        self.header = header;
        self
    }

    fn signed_with(mut self, secret: &[u8]) -> Self {
        self.secret = secret.to_vec();
        self
    }

    pub(crate) fn mint(&self) -> String {
        self.mint_claims(&Value::Object(self.claims.clone()).to_string())
    }

    /// The header line.
    pub(crate) fn header(&self) -> String {
        format!("Authorization: Bearer {}", self.mint())
    }

    /// A token whose claims are this text.
    fn mint_claims(&self, claims: &str) -> String {
        let encode = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        let message = format!("{}.{}", encode(&self.header.to_string()), encode(claims));
        let mac = Hmac::<Sha256>::new_from_slice(&self.secret).expect("any length").chain_update(&message);
        format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }
}

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

#[test]
fn type_is_absent_jwt_or_access_token() {
    let server = Server::start();
    for header in
        [json!({"alg": "HS256"}), json!({"alg": "HS256", "typ": "JWT"}), json!({"alg": "HS256", "typ": "at+jwt"})]
    {
        assert_accepted(&server, &alice().header_is(header));
    }
    for typ in [json!("dpop+jwt"), json!("secevent+jwt"), json!(""), json!(7), json!(null)] {
        let token = alice().header_is(json!({"alg": "HS256", "typ": typ}));
        assert_refused(&server, &token.mint(), &typ.to_string());
    }
}

#[test]
fn refuses_other_algorithms_and_secrets() {
    let server = Server::start();
    for alg in ["none", "None", "HS384", "HS512", "RS256", "hs256", ""] {
        assert_refused(&server, &alice().header_is(json!({"alg": alg, "typ": "JWT"})).mint(), alg);
    }
    assert_refused(&server, &alice().signed_with(b"another secret of thirty-two bytes").mint(), "another secret");
    let good = alice().mint();
    let (message, _) = good.rsplit_once('.').expect("a signature");
    assert_refused(&server, &format!("{message}."), "no signature");
    assert_refused(&server, &format!("{good}="), "padding");
    assert_refused(&server, message, "two parts");
    assert_refused(&server, "x", "no token at all");
    assert_refused(&server, &alice().header_is(json!({"alg": "HS256", "crit": ["exp"]})).mint(), "crit");
}

#[test]
fn issuer_audience_subject_and_end_are_needed() {
    let server = Server::start();
    for name in ["iss", "aud", "sub", "exp"] {
        assert_refused(&server, &alice().without(name).mint(), name);
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
        assert_refused(&server, &alice().claim(name, value.clone()).mint(), &format!("{name} {value}"));
    }
    assert_accepted(&server, &alice().claim("aud", json!(["other-api", "demo-api"])));
}

#[test]
fn there_is_no_leeway_and_fractions_count() {
    let server = Server::start();
    assert_refused(&server, &alice().claim("exp", now().floor()).mint(), "this second, which has begun");
    assert_refused(&server, &alice().claim("exp", now() - 0.001).mint(), "a millisecond ago");
    assert_refused(&server, &alice().claim("nbf", now() + 50.0).mint(), "not yet");
    assert_accepted(&server, &alice().claim("exp", now() + 100.5));
    assert_accepted(&server, &alice().claim("nbf", now() - 0.5));
}

#[test]
fn refuses_times_that_are_none() {
    let server = Server::start();
    for exp in ["18446744073709551616", "1e400", "-1", "1e300", "\"4102444800\"", "null", "[4102444800]", "true"] {
        let claims = format!(r#"{{"iss":"https://issuer.example","aud":"demo-api","sub":"alice","exp":{exp}}}"#);
        assert_refused(&server, &token().mint_claims(&claims), exp);
    }
}

#[test]
fn may_be_issued_a_minute_ahead_and_no_more() {
    let server = Server::start();
    assert_accepted(&server, &alice().claim("iat", now() + 30.0));
    assert_refused(&server, &alice().claim("iat", now() + Duration::from_mins(2).as_secs_f64()).mint(), "two minutes");
}

#[test]
fn absent_scopes_and_roles_are_none_and_wrong_types_are_refused() {
    let server = Server::start();
    assert_accepted(&server, &token());
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
        assert_refused(&server, &token().claim(name, value.clone()).mint(), &format!("{name} {value}"));
    }
}

#[test]
fn refuses_claims_that_are_no_strict_json() {
    let server = Server::start();
    let good = Value::Object(alice().claims).to_string();
    let inner = good.trim_start_matches('{');
    for claims in [format!(r#"{{"sub":"root",{inner}"#), format!("[{good}]"), format!("{good}x"), String::new()] {
        assert_refused(&server, &token().mint_claims(&claims), &claims);
    }
}
