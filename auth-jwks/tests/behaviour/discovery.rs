//! Keys that are found by discovery.

use std::sync::Arc;

use auth_core::jwt::JwtAlgorithm;
use auth_jwks::RemoteKeySet;
use auth_jwks::keys::KeySetErrorKind;
use serde_json::json;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, advance};

use crate::support::{Asked, Fake, ISSUER, Mode, Signer, cause, check, jwks, seconds, until, verifier};

const DOCUMENT: &str = "https://issuer.example/.well-known/openid-configuration";
const KEYS: &str = "https://keys.example/set?v=1";

fn discovered(issuer: &str, fake: &Arc<Fake>) -> RemoteKeySet {
    RemoteKeySet::discover(issuer).algorithms([JwtAlgorithm::EdDsa]).fetch(Arc::clone(fake)).build().unwrap()
}

fn document(issuer: &str, keys: &str) -> String {
    json!({"issuer": issuer, "jwks_uri": keys, "response_types_supported": ["code"]}).to_string()
}

fn addresses(asked: &mut UnboundedReceiver<Asked>) -> Vec<String> {
    std::iter::from_fn(|| asked.try_recv().ok()).map(|asked| asked.address).collect()
}

#[tokio::test(start_paused = true)]
async fn the_issuer_says_where_its_keys_are_each_time() {
    let signer = Signer::new("one");
    let (fake, mut asked) = Fake::new(Mode::Answers(vec![(DOCUMENT, document(ISSUER, KEYS)), (KEYS, jwks([&signer]))]));
    let keys = discovered(ISSUER, &fake);
    check(&verifier(&keys), &signer.token()).await.unwrap();
    assert_eq!(addresses(&mut asked), [DOCUMENT, KEYS]);
    assert_eq!(keys.status().fetches, 1, "two documents are one question");

    let moved = "https://issuer.example/moved";
    fake.set(Mode::Answers(vec![(DOCUMENT, document(ISSUER, moved)), (moved, jwks([&signer]))]));
    keys.refresh().await.unwrap();
    assert_eq!(addresses(&mut asked), [DOCUMENT, moved]);
}

#[tokio::test(start_paused = true)]
async fn one_slash_at_the_end_of_the_issuer_is_not_doubled() {
    let signer = Signer::new("one");
    for (issuer, address) in [
        ("https://issuer.example/", DOCUMENT),
        ("https://issuer.example/realms/a", "https://issuer.example/realms/a/.well-known/openid-configuration"),
        ("https://issuer.example/realms/a/", "https://issuer.example/realms/a/.well-known/openid-configuration"),
    ] {
        let (fake, mut asked) =
            Fake::new(Mode::Answers(vec![(address, document(issuer, KEYS)), (KEYS, jwks([&signer]))]));
        discovered(issuer, &fake).refresh().await.unwrap();
        assert_eq!(addresses(&mut asked), [address, KEYS], "{issuer}");
    }
}

#[tokio::test(start_paused = true)]
async fn refuses_the_document_of_another_issuer() {
    for named in ["https://other.example", "https://issuer.example/", "https://ISSUER.example"] {
        let (fake, mut asked) = Fake::new(Mode::Answer(document(named, KEYS)));
        let error = discovered(ISSUER, &fake).refresh().await.unwrap_err();
        assert_eq!(error.kind(), KeySetErrorKind::Discovery, "{named}");
        assert!(cause(&error).contains("byte for byte"), "{}", cause(&error));
        assert_eq!(addresses(&mut asked), [DOCUMENT], "its keys are not asked for");
    }
}

#[tokio::test(start_paused = true)]
async fn refuses_keys_at_an_address_that_may_not_be_asked() {
    for keys in
        ["http://issuer.example/jwks", "file:///etc/keys", "//issuer.example/jwks", "https://a:b@issuer.example"]
    {
        let (fake, mut asked) = Fake::new(Mode::Answer(document(ISSUER, keys)));
        let error = discovered(ISSUER, &fake).refresh().await.unwrap_err();
        assert_eq!(error.kind(), KeySetErrorKind::Discovery, "{keys}");
        assert_eq!(addresses(&mut asked), [DOCUMENT], "{keys}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_document_that_cannot_be_read_is_a_failure_and_the_last_good_set_stays() {
    let signer = Signer::new("one");
    let good = vec![(DOCUMENT, document(ISSUER, KEYS)), (KEYS, jwks([&signer]))];
    let fake = Fake::new(Mode::Answers(good)).0;
    let keys = discovered(ISSUER, &fake);
    keys.refresh().await.unwrap();
    for broken in ["", "<html>", "[]", "{}", r#"{"issuer":"https://issuer.example","jwks_uri":7}"#] {
        fake.answer(broken);
        assert_eq!(keys.refresh().await.unwrap_err().kind(), KeySetErrorKind::Discovery, "{broken}");
        check(&verifier(&keys), &signer.token()).await.unwrap();
    }
    fake.set(Mode::Answers(vec![(DOCUMENT, document(ISSUER, KEYS))]));
    let error = keys.refresh().await.unwrap_err();
    assert!(cause(&error).contains("status 404"), "{}", cause(&error));
}

#[tokio::test(start_paused = true)]
async fn a_request_waits_two_seconds_for_both_documents_together() {
    let signer = Signer::new("one");
    let (fake, mut asked) = Fake::new(Mode::Hold);
    let keys = discovered(ISSUER, &fake);
    let request = tokio::spawn({
        let (verifier, token) = (verifier(&keys), signer.token());
        async move {
            let began = Instant::now();
            (check(&verifier, &token).await.is_err(), began.elapsed())
        }
    });
    let first = asked.recv().await.unwrap();
    advance(seconds(1)).await;
    first.answer(document(ISSUER, KEYS));
    let second = asked.recv().await.unwrap();
    assert_eq!(request.await.unwrap(), (true, seconds(2)));
    second.answer(jwks([&signer]));
    until("the keys come for whoever asks next", || keys.status().is_ready).await;
    check(&verifier(&keys), &signer.token()).await.unwrap();
}
