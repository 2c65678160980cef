//! Any `Authorization` and `X-Key`: nobody passes without a good credential, and the answer is 400 or 401.
#![no_main]

use std::sync::LazyLock;

use auth_core::AnyRealm;
use auth_core::catalogue::Endpoint;
use auth_fuzz::{decide, endpoint, realm};
use libfuzzer_sys::fuzz_target;

static REALM: LazyLock<AnyRealm> = LazyLock::new(|| realm("fuzz").expect("a good name"));
static ENDPOINT: LazyLock<Endpoint> = LazyLock::new(|| endpoint("items:read"));

fuzz_target!(|data: &[u8]| {
    let mut request = http::Request::new(());
    for (at, line) in data.split(|byte| *byte == b'\n').take(4).enumerate() {
        let (name, value) = match line.split_first() {
            Some((b'k', value)) => ("x-key", value),
            _ => ("authorization", line),
        };
        let Ok(value) = http::HeaderValue::from_bytes(value) else { continue };
        if at == 0 {
            request.headers_mut().insert(name, value)
        } else {
            request.headers_mut().append(name, value);
            None
        };
    }
    let lines = request.headers().get_all("authorization").iter().count();
    let refusal = decide(&REALM, &ENDPOINT, &request).expect_err("no credential is good");
    match lines {
        0 | 1 => assert!([400, 401].contains(&refusal.status())),
        _ => assert_eq!(refusal.status(), 400),
    }
    let challenges = refusal.headers().filter(|(name, _)| *name == "www-authenticate").count();
    assert_eq!(challenges, if refusal.status() == 401 { 3 } else { 1 });
});
