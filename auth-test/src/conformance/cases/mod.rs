//! The cases, each named after its rule.
//!
//! Every expectation is taken from the rules: the wire table and the sentences under it, RFC 6750, 7617, 9110, 9470.

mod answers;
mod api_keys;
mod authorization;
mod cookies;
mod factors;
mod hidden;
mod optional;
mod own_schemes;
mod passwords;
mod policies;
mod realms;
mod schemes;
mod tokens;
mod vectors;

use super::expect::Expect;
use super::fixture::{Credentials, PASSWORD};
use super::wire::RawRequest;
use crate::mint::{TokenDraft, basic, bearer};

/// One request, and what the rules say of its answer.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) name: String,
    pub(super) request: RawRequest,
    pub(super) expect: Expect,
}

/// All cases.
pub(super) fn all() -> Vec<Case> {
    let mut cases = Cases { credentials: Credentials::new(), cases: Vec::new() };
    schemes::add(&mut cases);
    authorization::add(&mut cases);
    tokens::add(&mut cases);
    passwords::add(&mut cases);
    api_keys::add(&mut cases);
    policies::add(&mut cases);
    factors::add(&mut cases);
    hidden::add(&mut cases);
    optional::add(&mut cases);
    own_schemes::add(&mut cases);
    cookies::add(&mut cases);
    realms::add(&mut cases);
    answers::add(&mut cases);
    vectors::add(&mut cases);
    cases.cases
}

/// The challenges of the realm `conformance`.
const BEARER: &str = r#"Bearer realm="conformance""#;
const BASIC: &str = r#"Basic realm="conformance", charset="UTF-8""#;
const API_KEY: &str = r#"ApiKey realm="conformance", in="header", name="X-API-TOKEN""#;
const INVALID_TOKEN: &str = r#"Bearer realm="conformance", error="invalid_token""#;
const INVALID_REQUEST: &str = r#"Bearer realm="conformance", error="invalid_request""#;

/// `insufficient_scope` in the realm `conformance`.
fn insufficient_scope(scopes: &str) -> String {
    format!(r#"Bearer realm="conformance", error="insufficient_scope", scope="{scopes}""#)
}

/// The longest credential that is looked at, in bytes.
const MAX_CREDENTIAL: usize = 8 * 1024;

struct Cases {
    credentials: Credentials,
    cases: Vec<Case>,
}

impl Cases {
    fn add(&mut self, name: impl Into<String>, request: RawRequest, expect: impl Into<Expect>) {
        self.cases.push(Case { name: name.into(), request, expect: expect.into() });
    }

    /// A good token of alice: role `user`, scope `items:read`.
    fn alice(&self) -> TokenDraft {
        self.credentials.tokens.token("alice").roles(["user"]).scopes(["items:read"])
    }

    /// A good token of root: roles `user` and `admin`, scopes `items:read` and `items:write`.
    fn root(&self) -> TokenDraft {
        self.credentials.tokens.token("root").roles(["user", "admin"]).scopes(["items:read", "items:write"])
    }

    /// A good token without roles and scopes.
    fn nobody(&self) -> TokenDraft {
        self.credentials.tokens.token("nobody")
    }
}

/// How requests carry credentials.
trait With: Sized {
    /// `Authorization`, as it stands.
    fn authorization(self, value: impl AsRef<[u8]>) -> Self;

    /// `Authorization: Bearer`.
    fn token(self, token: &TokenDraft) -> Self {
        self.authorization(bearer(&token.mint()))
    }

    /// `Authorization: Basic`, with the password that most accounts have.
    fn account(self, user: &str) -> Self {
        self.password(user, PASSWORD)
    }

    /// `Authorization: Basic`.
    fn password(self, user: &str, password: &str) -> Self {
        self.authorization(basic(user, password))
    }

    /// `X-API-TOKEN`.
    fn key(self, key: impl AsRef<[u8]>) -> Self;
}

impl With for RawRequest {
    fn authorization(self, value: impl AsRef<[u8]>) -> Self {
        self.header("Authorization", value)
    }

    fn key(self, key: impl AsRef<[u8]>) -> Self {
        self.header("X-API-TOKEN", key)
    }
}

fn get(target: &str) -> RawRequest {
    RawRequest::get(target)
}

fn post(target: &str) -> RawRequest {
    RawRequest::new("POST", target)
}
