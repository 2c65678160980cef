//! RFC 7662.

use auth_issuer::AccountState;
use auth_issuer::accounts::AccountAdmin as _;
use serde_json::json;

use super::bench::{Answer, At, Bench, as_client, payload, post};

const SECONDS: u64 = 1_800_000_000;
const DAY: u64 = 24 * 60 * 60;

async fn introspect(bench: &Bench, client: &str, token: &str) -> Answer {
    bench.ask(At::Introspection, as_client(post(&[("token", token)]), client)).await
}

/// Nothing but that, whatever the reason (§2.2).
async fn assert_inactive(bench: &Bench, client: &str, token: &str, why: &str) {
    let answer = introspect(bench, client, token).await;
    assert_eq!((answer.status, &answer.body[..]), (200, br#"{"active":false}"#.as_slice()), "{why}");
}

#[tokio::test]
async fn a_resource_server_learns_what_an_access_token_is() {
    let bench = Bench::new();
    let token = bench.signed_in().await.text("access_token");
    let answer = introspect(&bench, "resource", &token).await;
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let expected = json!({
        "active": true, "sub": "1", "scope": "read write", "exp": SECONDS + 300, "iat": SECONDS, "token_type": "Bearer",
        "token_use": "access_token", "iss": "https://auth.example", "aud": "https://api.example",
        "client_id": "backend", "jti": payload(&token)["jti"],
    });
    assert_eq!(answer.json(), expected);

    bench.store.set_permissions("1", &[], &["write".to_owned()]).await.expect("an answer");
    assert_eq!(introspect(&bench, "resource", &token).await.text("scope"), "write", "as it is now");
}

/// §4: what a request has brought as its access token must not be a refresh token.
#[tokio::test]
async fn a_refresh_token_is_active_for_its_own_client_only() {
    let bench = Bench::new();
    let token = bench.signed_in().await.text("refresh_token");
    let expected = json!({
        "active": true, "sub": "1", "scope": "read write", "exp": SECONDS + 15 * DAY, "client_id": "backend",
        "token_use": "refresh_token",
    });
    assert_eq!(introspect(&bench, "backend", &token).await.json(), expected);
    assert_inactive(&bench, "resource", &token, "another client's").await;
    assert_eq!(bench.refresh("backend", &token, None).await.status, 200, "asking spends nothing");
    assert_inactive(&bench, "backend", &token, "spent").await;
}

#[tokio::test]
async fn tokens_that_are_not_good_are_inactive_and_nothing_else() {
    let bench = Bench::new();
    let tokens = bench.signed_in().await;
    let (access, refresh) = (tokens.text("access_token"), tokens.text("refresh_token"));
    for (why, token) in [
        ("unknown", "unknown"),
        ("no token at all", "two words"),
        ("a NUL", "\u{0}"),
        ("tampered", &format!("{access}x")),
        ("without signature", &format!("{}.", access.rsplit_once('.').expect("three parts").0)),
        ("too long", &"x".repeat(9000)),
    ] {
        assert_inactive(&bench, "backend", token, why).await;
    }
    bench.clock.set(299);
    assert_eq!(introspect(&bench, "backend", &access).await.json()["active"], true);
    bench.clock.set(300);
    assert_inactive(&bench, "backend", &access, "expired, to the second").await;
    assert_eq!(introspect(&bench, "backend", &refresh).await.json()["active"], true);
    bench.clock.set(15 * DAY);
    assert_inactive(&bench, "backend", &refresh, "not used for too long").await;

    bench.clock.set(0);
    bench.store.set_state("1", AccountState::Suspended).await.expect("an answer");
    for token in [&access, &refresh] {
        assert_inactive(&bench, "backend", token, "suspended").await;
    }
    bench.store.set_state("1", AccountState::Active).await.expect("an answer");
    for token in [&access, &refresh] {
        assert_inactive(&bench, "backend", token, "of another epoch").await;
    }
}

/// §2.1: so that nobody scans for tokens.
#[tokio::test]
async fn who_asks_has_to_be_allowed_to() {
    let bench = Bench::new();
    let token = bench.signed_in().await.text("access_token");
    let refused = introspect(&bench, "other", &token).await;
    assert_eq!(refused.error(), (400, "unauthorized_client".to_owned()));
    for client in ["app", "plain", "unknown"] {
        let answer = bench.ask(At::Introspection, post(&[("token", &token), ("client_id", client)])).await;
        assert_eq!(answer.error(), (401, "invalid_client".to_owned()), "{client}");
    }
    assert_eq!(bench.ask(At::Introspection, post(&[("token", &token)])).await.status, 401);
}
