//! RFC 7009.

use super::bench::{Answer, At, Bench, as_client, post};

async fn revoke(bench: &Bench, client: &str, token: &str, hint: Option<&str>) -> Answer {
    let mut fields = vec![("token", token)];
    fields.extend(hint.map(|hint| ("token_type_hint", hint)));
    bench.ask(At::Revocation, as_client(post(&fields), client)).await
}

async fn is_active(bench: &Bench, token: &str) -> bool {
    let answer = bench.ask(At::Introspection, as_client(post(&[("token", token)]), "backend")).await;
    answer.json()["active"].as_bool().expect("a truth value")
}

#[tokio::test]
async fn a_client_withdraws_its_refresh_tokens_whatever_it_hints() {
    let bench = Bench::new();
    for hint in [None, Some("refresh_token"), Some("access_token"), Some("nonsense")] {
        let token = bench.signed_in().await.text("refresh_token");
        let other = bench.signed_in().await.text("refresh_token");
        let answer = revoke(&bench, "backend", &token, hint).await;
        assert_eq!((answer.status, answer.body.len()), (200, 0), "{hint:?}");
        assert_eq!(bench.refresh("backend", &token, None).await.status, 400, "{hint:?}");
        assert_eq!(bench.refresh("backend", &other, None).await.status, 200, "another sign-in goes on");
    }
}

#[tokio::test]
async fn a_spent_refresh_token_withdraws_its_chain_too() {
    let bench = Bench::new();
    let first = bench.signed_in().await.text("refresh_token");
    let second = bench.refresh("backend", &first, None).await.text("refresh_token");
    assert_eq!(revoke(&bench, "backend", &first, None).await.status, 200);
    assert_eq!(bench.refresh("backend", &second, None).await.status, 400);
}

#[tokio::test]
async fn a_client_withdraws_its_access_tokens() {
    let bench = Bench::new();
    for hint in [None, Some("access_token"), Some("refresh_token")] {
        let tokens = bench.signed_in().await;
        let access = tokens.text("access_token");
        assert!(is_active(&bench, &access).await);
        assert_eq!(revoke(&bench, "backend", &access, hint).await.status, 200);
        assert!(!is_active(&bench, &access).await, "{hint:?}");
        assert_eq!(bench.refresh("backend", &tokens.text("refresh_token"), None).await.status, 200, "that goes on");
    }
}

/// RFC 7009 §2.1, §2.2: no client learns of another's tokens, nor harms them.
#[tokio::test]
async fn unknown_tokens_and_other_peoples_are_answered_alike() {
    let bench = Bench::new();
    let tokens = bench.signed_in().await;
    let (access, refresh) = (tokens.text("access_token"), tokens.text("refresh_token"));
    let gone = bench.signed_in().await.text("refresh_token");
    assert_eq!(revoke(&bench, "backend", &gone, None).await.status, 200);
    let unknown = revoke(&bench, "other", "unknown", None).await;
    assert_eq!((unknown.status, unknown.body.len()), (200, 0));
    let tampered = format!("{access}x");
    for token in [&access, &refresh, &gone, &tampered, "two words", "\u{0}", &"x".repeat(9000)] {
        assert_eq!(revoke(&bench, "other", token, None).await, unknown);
    }
    assert!(is_active(&bench, &access).await && is_active(&bench, &refresh).await, "untouched");
    assert_eq!(bench.refresh("backend", &refresh, None).await.status, 200);
}

#[tokio::test]
async fn public_clients_withdraw_their_own() {
    let bench = Bench::new();
    let mut fields = super::bench::password_grant(super::bench::ALICE, super::support::PASSWORD).to_vec();
    fields.push(("client_id", "app"));
    let token = bench.token(&fields).await.text("refresh_token");
    let revoke =
        async |client: &str| bench.ask(At::Revocation, post(&[("token", &token), ("client_id", client)])).await.status;
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", &token), ("client_id", "app")];
    assert_eq!(revoke("plain").await, 200);
    assert_eq!(revoke("backend").await, 401, "whoever has a secret has to show it");
    let answer = bench.token(&refresh).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(revoke("app").await, 200);
    let next = answer.text("refresh_token");
    assert_eq!(bench.token(&[refresh[0], ("refresh_token", &next), refresh[2]]).await.status, 400);
}
