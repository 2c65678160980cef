//! The published tokens once more, from a client to a server: over a socket, byte for byte.

mod attacks;
mod bearer;
mod deviations;
mod wycheproof;

use std::net::SocketAddr;

use auth_axum::{Auth, AuthLayer, Router, get, requires_auth};
use auth_core::Claims;
use auth_core::jwt::JwtKeySet;
use auth_test::conformance::{RawRequest, SocketTarget, Target as _};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use wycheproof_ng_kdf_jose::json_web::{TestGroup, TestName};

use self::attacks::Case;
use self::bearer::Bench;

#[requires_auth(bearer)]
async fn open(_claims: Auth<Claims>) -> &'static str {
    "in"
}

/// Serves one door for each verifier, at its number, until the runtime ends.
fn serve(runtime: &Runtime, verifiers: &[&Bench]) -> SocketAddr {
    let doors = verifiers.iter().enumerate().map(|(number, bench)| {
        let door = Router::new().route(&format!("/{number}"), get(open));
        door.layer(AuthLayer::new(bench.realm.clone())).into_axum()
    });
    let app = doors.fold(axum::Router::new(), axum::Router::merge);
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a socket on the loopback");
    let address = listener.local_addr().expect("an address");
    drop(runtime.spawn(async move { axum::serve(listener, app).await }));
    address
}

/// Compares every verdict over a socket with the one without. Returns how many tokens were let in.
fn compare(cases: &[(String, Vec<Bench>, String)]) -> usize {
    let doors: Vec<_> = cases
        .iter()
        .flat_map(|(name, verifiers, token)| verifiers.iter().map(move |bench| (name, bench, token)))
        .collect();
    let runtime = Runtime::new().expect("a runtime");
    let verifiers: Vec<&Bench> = doors.iter().map(|(_, bench, _)| *bench).collect();
    let server = SocketTarget::new(serve(&runtime, &verifiers));
    let mut let_in = 0;
    for (number, (name, bench, token)) in doors.iter().enumerate() {
        let value = format!("Bearer {token}").into_bytes();
        // A server of HTTP refuses what can stand in no field, before any of our code runs.
        let is_a_value = http::HeaderValue::from_bytes(&value).is_ok();
        let answer = server.exchange(&RawRequest::get(format!("/{number}")).header("authorization", value));
        let expected = match (bench.lets_through(token), is_a_value) {
            (true, _) => 200,
            (false, true) => 401,
            (false, false) => 400,
        };
        assert_eq!(answer.status, expected, "{name}: {answer:?}");
        assert_eq!(answer.body == b"in", expected == 200, "{name}");
        let_in += usize::from(expected == 200);
    }
    let_in
}

#[test]
fn every_attack_is_decided_over_a_socket_as_without() {
    let cases: Vec<_> = Case::all().into_iter().map(|case| (case.name, case.verifiers, case.token)).collect();
    assert_eq!(cases.len(), 132);
    assert_eq!(compare(&cases), 21, "tokens are let in");
}

/// Their payloads are no claims of ours, so that nobody is let in; the reasons stand in `wycheproof`.
#[test]
fn every_token_of_wycheproof_is_refused_over_a_socket() {
    let of = |name, key_sets: fn(&TestGroup) -> Vec<JwtKeySet>| {
        wycheproof::cases(name).into_iter().map(move |(group, test)| {
            let verifiers = key_sets(&group).iter().map(wycheproof::verifier).collect();
            (format!("{name:?} {}", test.tc_id), verifiers, wycheproof::token_of(&test).to_owned())
        })
    };
    let signatures = of(TestName::JsonWebSignature, wycheproof::key_sets);
    let cases: Vec<_> = signatures.chain(of(TestName::JsonWebKey, wycheproof::whole_set)).collect();
    assert_eq!((cases.len(), compare(&cases)), (401 + 26, 0));
}
