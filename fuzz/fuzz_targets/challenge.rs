//! Any realm and scope: a client reads back from the challenges what was put in, and nothing else.
#![no_main]

use std::sync::LazyLock;

use auth_core::catalogue::Endpoint;
use auth_fuzz::{decide, endpoint, realm};
use libfuzzer_sys::fuzz_target;

static ENDPOINT: LazyLock<Endpoint> = LazyLock::new(|| endpoint("items:read"));

fuzz_target!(|data: &str| {
    let Some(realm) = realm(data) else { return };
    let request = http::Request::get("/").header("authorization", "Bearer x").body(()).expect("a good request");
    let refusal = decide(&realm, &ENDPOINT, &request).expect_err("no credential is good");
    let mut names = Vec::new();
    for (_, line) in refusal.headers().filter(|(name, _)| *name == "www-authenticate") {
        let challenges = http_auth::parse_challenges(line).expect("a challenge");
        let [challenge] = challenges.as_slice() else { panic!("{line} is one challenge") };
        let realm = challenge.params.iter().find(|(name, _)| *name == "realm").expect("a realm");
        assert_eq!(realm.1.to_unescaped(), data);
        let params: Vec<&str> = challenge.params.iter().map(|(name, _)| *name).collect();
        names.push((challenge.scheme, params));
    }
    let expected = [
        ("Bearer", vec!["realm", "error"]),
        ("Basic", vec!["realm", "charset"]),
        ("ApiKey", vec!["realm", "in", "name"]),
    ];
    assert_eq!(names, expected);
});
