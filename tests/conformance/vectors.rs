//! The `http-authorization` vectors of realm names and challenges. Those of credentials are cases of the suite.

use auth_core::catalogue::Endpoint;
use auth_core::credential::BasicCredentials;
use auth_core::decision::{Handle, begin};
use auth_core::policy::{Policy, SchemeUse, Schemes};
use auth_core::{Attempt, Basic, ClientSource, ConfigError, Realm, Reason, Verified, Verifier, VerifyError};
use auth_tower::HttpHead;
use serde_json::Value;

struct Nobody;

impl Verifier<BasicCredentials> for Nobody {
    type Value = ();

    async fn verify(&self, _: BasicCredentials, _: Attempt) -> Result<Verified<()>, VerifyError> {
        Err(VerifyError::refused(Reason::WRONG_PASSWORD))
    }
}

static ENDPOINT: Endpoint = Endpoint {
    name: "endpoint",
    module: module_path!(),
    file: file!(),
    line: line!(),
    policy: Policy::new(Schemes::Listed(&[SchemeUse::of::<Basic>()])),
    principal: None,
};

fn realm(name: &str) -> Result<Realm<()>, ConfigError> {
    Realm::builder(name).basic(Nobody).source(ClientSource::peer()).build()
}

fn vectors() -> Value {
    serde_json::from_str(include_str!("../../auth-test/vectors/http-authorization/cases.json"))
        .expect("the vectors are JSON")
}

fn list<'v>(vectors: &'v Value, name: &str) -> &'v [Value] {
    let list = vectors[name].as_array().expect("a list");
    assert!(!list.is_empty());
    list
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

#[tokio::test]
async fn challenges_are_exact() {
    let request = http::Request::get("/").body(()).expect("a good request");
    for vector in list(&vectors(), "challenges") {
        let realm = realm(text(&vector["realm"])).expect("a good name");
        let handle = Handle::new(realm.into());
        let refusal =
            begin(Some(&handle), &HttpHead::of_request(&request), &ENDPOINT).await.expect_err("no credentials");
        let challenges: Vec<_> = refusal.headers().filter(|(name, _)| *name == "www-authenticate").collect();
        assert_eq!(challenges, [("www-authenticate", text(&vector["header"]))]);
    }
}

#[test]
fn bad_realm_names_are_refused() {
    for name in list(&vectors(), "bad_realms") {
        assert!(realm(text(name)).is_err(), "{name}");
    }
}
