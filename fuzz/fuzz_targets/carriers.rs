//! Any query, and any lines of `Cookie`: who passes brought the one good credential, once, and a cookie counts only where
//! no parameter does.
#![no_main]

use std::sync::LazyLock;

use auth_core::catalogue::Endpoint;
use auth_core::credential::{OpaqueRef, OpaqueToken};
use auth_core::policy::SchemeUse;
use auth_core::{AnyRealm, Attempt, Facts, Policy, Realm, Reason, Scheme, Verified, Verifier, VerifyError};
use auth_fuzz::{decide, trim};
use http::{HeaderValue, Request};
use libfuzzer_sys::fuzz_target;
use percent_encoding::percent_decode_str;

#[derive(Scheme)]
#[scheme(query = "t", challenge = "Ticket")]
struct Ticket;

#[derive(Scheme)]
#[scheme(cookie = "__Host-sid", challenge = none)]
struct Session;

/// Believes one credential.
struct Knows(&'static str);

impl Verifier<OpaqueToken> for Knows {
    type Value = ();

    fn try_verify(&self, token: &OpaqueRef<'_>, _: &Attempt) -> Option<Result<Verified<()>, VerifyError>> {
        let refused = || VerifyError::refused(Reason::UNKNOWN_CREDENTIAL);
        Some(if token.reveal() == self.0 { Ok(Verified::new(Facts::new("alice"), ())) } else { Err(refused()) })
    }

    async fn verify(&self, _: OpaqueToken, _: Attempt) -> Result<Verified<()>, VerifyError> {
        unreachable!("answers at once")
    }
}

static REALM: LazyLock<AnyRealm> = LazyLock::new(|| {
    let builder = Realm::<()>::builder("fuzz").scheme(Ticket, Knows("good")).scheme(Session, Knows("good"));
    builder.build().expect("complete").erase()
});
static ENDPOINT: LazyLock<Endpoint> = LazyLock::new(|| {
    const SCHEMES: &[SchemeUse] = &[SchemeUse::of::<Ticket>(), SchemeUse::of::<Session>()];
    let policy = Policy::listed(SCHEMES);
    Endpoint { name: "fuzzed", module: "fuzz", file: file!(), line: line!(), policy, principal: None }
});

/// What a name or a value of a query stands for.
fn decoded(text: &str) -> Vec<u8> {
    percent_decode_str(&text.replace('+', " ")).collect()
}

fuzz_target!(|data: &[u8]| {
    let mut lines = data.split(|byte| *byte == b'\n');
    let Ok(query) = str::from_utf8(lines.next().unwrap_or_default()) else { return };
    let Ok(mut request) = Request::get(format!("/?{query}")).body(()) else { return };
    for line in lines.take(4) {
        let Ok(line) = HeaderValue::from_bytes(line) else { return };
        request.headers_mut().append("cookie", line);
    }
    let tickets: Vec<_> = request
        .uri()
        .query()
        .unwrap_or_default()
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .filter(|(name, _)| decoded(name) == b"t")
        .map(|(_, value)| decoded(value))
        .collect();
    let cookies: Vec<_> = request
        .headers()
        .get_all("cookie")
        .iter()
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'))
        .filter_map(|pair| trim(pair).strip_prefix(b"__Host-sid="))
        .collect();
    let passes = match (tickets.as_slice(), cookies.as_slice()) {
        ([ticket], _) => ticket == b"good",
        ([], [cookie]) => *cookie == b"good",
        _ => false,
    };
    let decided = decide(&REALM, &ENDPOINT, &request);
    assert_eq!(decided.is_ok(), passes);
    if let Err(refusal) = decided {
        assert_eq!(refusal.status(), if tickets.len() > 1 { 400 } else { 401 });
    }
});
