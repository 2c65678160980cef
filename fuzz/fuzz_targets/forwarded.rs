//! Any lines of `X-Forwarded-For` and `X-Forwarded-Proto` behind a trusted proxy: the source is the right-most address that
//! no proxy has, and nobody passes unless every entry says https.
#![no_main]

use std::net::{IpAddr, SocketAddr};
use std::sync::LazyLock;

use auth_core::catalogue::Endpoint;
use auth_core::decision::{Handle, begin};
use auth_core::policy::SchemeUse;
use auth_core::{AnyRealm, Bearer, ClientSource, Policy, Realm, Reason, Source};
use auth_fuzz::{now, tokens, trim};
use auth_tower::HttpHead;
use http::{HeaderValue, Request};
use libfuzzer_sys::fuzz_target;

static SOURCE: LazyLock<ClientSource> =
    LazyLock::new(|| ClientSource::forwarded(["10.0.0.0/8", "2001:db8::/32"]).expect("networks"));
static REALM: LazyLock<AnyRealm> = LazyLock::new(|| {
    let builder = Realm::builder("fuzz").bearer(tokens()).source(SOURCE.clone()).require_https();
    Realm::<auth_core::Claims>::erase(&builder.build().expect("complete"))
});
static ENDPOINT: Endpoint = Endpoint {
    name: "fuzzed",
    module: "fuzz",
    file: file!(),
    line: line!(),
    policy: Policy::listed(&[SchemeUse::of::<Bearer>()]),
    principal: None,
};

fn is_trusted(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => address.octets()[0] == 10,
        IpAddr::V6(address) => address.segments()[..2] == [0x2001, 0xdb8],
    }
}

fn address(entry: &str) -> Option<IpAddr> {
    let bare = || entry.trim_start_matches('[').trim_end_matches(']').parse().ok();
    entry.parse().ok().or_else(|| entry.parse().map(|entry: SocketAddr| entry.ip()).ok()).or_else(bare)
}

fn entries<'r>(request: &'r Request<()>, name: &str) -> Vec<&'r [u8]> {
    let lines = request.headers().get_all(name).iter();
    lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b',')).map(trim).collect()
}

fuzz_target!(|data: &[u8]| {
    let mut request = Request::new(());
    for line in data.split(|byte| *byte == b'\n').take(8) {
        let (name, line) = match line {
            [b'p', rest @ ..] => ("x-forwarded-proto", rest),
            _ => ("x-forwarded-for", line),
        };
        let Ok(line) = HeaderValue::from_bytes(line) else { return };
        request.headers_mut().append(name, line);
    }
    let head = HttpHead::of_request(&request).with_peer(Some([10, 0, 0, 1].into()));

    let hops = entries(&request, "x-forwarded-for").into_iter().rev();
    let mut hops = hops.map(|entry| str::from_utf8(entry).ok().and_then(address));
    let expected = hops.find(|hop| !hop.is_some_and(is_trusted)).flatten().map_or(Source::Unknown, Source::of);
    assert_eq!(SOURCE.locate(&head), expected);

    let protocols = entries(&request, "x-forwarded-proto");
    let is_https = !protocols.is_empty() && protocols.iter().all(|entry| entry.eq_ignore_ascii_case(b"https"));
    let handle = Handle::new(REALM.clone());
    let refusal = now(begin(Some(&handle), &head, &ENDPOINT)).expect_err("there are no credentials");
    assert_eq!(refusal.reason(), if is_https { Reason::NO_CREDENTIALS } else { Reason::PLAIN_HTTP });
});
