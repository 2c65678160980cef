//! What a remote key set answers while its provider behaves.

use std::sync::Arc;

use auth_core::jwt::{JwtAlgorithm, JwtKeySource as _, JwtVerifier, KeyLookup};
use auth_core::{Reason, VerifyErrorKind};
use auth_jwks::RemoteKeySet;
use serde_json::json;
use tokio::time::{Instant, advance};

use crate::support::{
    AUDIENCE, Fake, ISSUER, Mode, Signer, check, check_now, jwks, key_set, seconds, settle, until, verifier, wanted,
};

#[tokio::test(start_paused = true)]
async fn nothing_is_fetched_before_a_token_comes() {
    let signer = Signer::new("one");
    let fake = Fake::answering(jwks([&signer]));
    let keys = key_set(&fake);
    settle().await;
    assert_eq!(fake.questions(), 0);
    let status = keys.status();
    assert_eq!((status.is_ready, status.keys, status.age, status.fetches, status.failures), (false, 0, None, 0, 0));

    let verified = check(&verifier(&keys), &signer.token()).await.unwrap();
    assert_eq!(verified.facts().subject, "alice");
    assert_eq!(fake.questions(), 1);
    let status = keys.status();
    assert_eq!((status.is_ready, status.keys, status.fetches, status.failures), (true, 1, 1, 0));
    assert_eq!(status.age, Some(seconds(0)));
}

#[tokio::test(start_paused = true)]
async fn a_known_key_is_found_at_once_and_asks_nobody() {
    let signer = Signer::new("one");
    let fake = Fake::answering(jwks([&signer]));
    let keys = key_set(&fake);
    keys.refresh().await.unwrap();
    let verifier = verifier(&keys);
    for _ in 0..1_000 {
        assert!(check_now(&verifier, &signer.token()).expect("an answer at once").is_ok());
    }
    settle().await;
    assert_eq!(fake.questions(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_old_set_is_fetched_anew_once_in_the_background() {
    let signer = Signer::new("one");
    let (fake, mut asked) = Fake::new(Mode::Answer(jwks([&signer])));
    let keys = key_set(&fake);
    keys.refresh().await.unwrap();
    asked.recv().await.unwrap();

    advance(seconds(300)).await;
    assert!(matches!(keys.find_now(&wanted("EdDSA", Some("one"))), KeyLookup::Found(_)));
    settle().await;
    assert_eq!(fake.questions(), 1, "at its age it is still young enough");

    advance(seconds(1)).await;
    fake.set(Mode::Hold);
    for _ in 0..1_000 {
        assert!(matches!(keys.find_now(&wanted("EdDSA", Some("one"))), KeyLookup::Found(_)), "nobody waits");
        tokio::task::yield_now().await;
    }
    assert_eq!(fake.questions(), 2);

    asked.recv().await.unwrap().answer(jwks([&signer]));
    until("the new set is there", || keys.status().age == Some(seconds(0))).await;
    assert!(matches!(keys.find_now(&wanted("EdDSA", Some("one"))), KeyLookup::Found(_)));
    settle().await;
    assert_eq!(fake.questions(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_rotated_set_takes_the_place_of_the_last_one() {
    let (old, new) = (Signer::new("old"), Signer::new("new"));
    let fake = Fake::answering(jwks([&old]));
    let keys = key_set(&fake);
    let verifier = verifier(&keys);
    check(&verifier, &old.token()).await.unwrap();

    fake.answer(jwks([&old, &new]));
    advance(seconds(60)).await;
    check(&verifier, &new.token()).await.expect("both keys are good while the provider publishes both");
    check(&verifier, &old.token()).await.unwrap();

    fake.answer(jwks([&new]));
    keys.refresh().await.unwrap();
    let refused = check(&verifier, &old.token()).await.unwrap_err();
    assert_eq!((refused.kind(), refused.reason()), (VerifyErrorKind::Refused, Reason::UNKNOWN_KEY));
    check(&verifier, &new.token()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_unknown_key_within_a_minute_of_a_success_is_refused_and_asks_nobody() {
    let (signer, stranger) = (Signer::new("one"), Signer::new("two"));
    let fake = Fake::answering(jwks([&signer]));
    let keys = key_set(&fake);
    keys.refresh().await.unwrap();
    fake.answer(jwks([&signer, &stranger]));

    advance(seconds(59)).await;
    let refused = check_now(&verifier(&keys), &stranger.token()).expect("an answer at once").unwrap_err();
    assert_eq!((refused.kind(), refused.reason()), (VerifyErrorKind::Refused, Reason::UNKNOWN_KEY));
    settle().await;
    assert_eq!(fake.questions(), 1);

    advance(seconds(1)).await;
    check(&verifier(&keys), &stranger.token()).await.expect("after a minute the provider is asked");
    assert_eq!(fake.questions(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_unknown_key_that_stays_unknown_is_refused_after_one_question() {
    let (signer, stranger) = (Signer::new("one"), Signer::new("two"));
    let fake = Fake::answering(jwks([&signer]));
    let keys = key_set(&fake);
    keys.refresh().await.unwrap();
    advance(seconds(61)).await;
    let refused = check(&verifier(&keys), &stranger.token()).await.unwrap_err();
    assert_eq!((refused.kind(), refused.reason()), (VerifyErrorKind::Refused, Reason::UNKNOWN_KEY));
    assert_eq!(fake.questions(), 2);
}

#[tokio::test(start_paused = true)]
async fn another_algorithm_than_those_configured_never_asks() {
    let signer = Signer::new("one");
    let fake = Fake::answering(jwks([&signer]));
    let keys = key_set(&fake);
    for algorithm in ["HS256", "RS256", "none", "eddsa", ""] {
        assert!(matches!(keys.find_now(&wanted(algorithm, Some("one"))), KeyLookup::Unknown), "{algorithm}");
        assert!(keys.find(wanted(algorithm, Some("one"))).await.unwrap().is_none());
    }
    assert_eq!(fake.questions(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_known_id_with_another_algorithm_never_asks() {
    let signer = Signer::new("one");
    let fake = Fake::answering(jwks([&signer]));
    let keys = RemoteKeySet::at("https://issuer.example/jwks")
        .algorithms([JwtAlgorithm::EdDsa, JwtAlgorithm::Es256])
        .fetch(Arc::clone(&fake))
        .build()
        .unwrap();
    keys.refresh().await.unwrap();
    advance(seconds(200)).await;
    assert!(matches!(keys.find_now(&wanted("ES256", Some("one"))), KeyLookup::Unknown));
    assert!(matches!(keys.find_now(&wanted("ES256", Some("two"))), KeyLookup::Ask), "an unknown one does");
    assert_eq!(fake.questions(), 1);

    fake.answer(json!({"keys": [signer.jwk_as(None)]}).to_string());
    keys.refresh().await.unwrap();
    advance(seconds(200)).await;
    assert!(matches!(keys.find_now(&wanted("ES256", None)), KeyLookup::Ask), "none is no id");
}

#[tokio::test(start_paused = true)]
async fn a_token_without_id_finds_the_only_key_and_no_other() {
    let (one, two) = (Signer::new("one"), Signer::new("two"));
    let fake = Fake::answering(jwks([&one]));
    let keys = key_set(&fake);
    let verifier = verifier(&keys);
    check(&verifier, &one.token_as(None)).await.unwrap();

    fake.answer(jwks([&one, &two]));
    keys.refresh().await.unwrap();
    let refused = check(&verifier, &one.token_as(None)).await.unwrap_err();
    assert_eq!(refused.reason(), Reason::UNKNOWN_KEY, "it could be either one");
}

#[tokio::test(start_paused = true)]
async fn a_key_under_the_id_of_another_verifies_nothing() {
    let (honest, other) = (Signer::new("one"), Signer::new("two"));
    let lie = json!({"keys": [other.jwk_as(Some("one"))]}).to_string();
    let fake = Fake::answering(lie);
    let keys = key_set(&fake);
    let verifier = verifier(&keys);
    let refused = check(&verifier, &honest.token()).await.unwrap_err();
    assert_eq!((refused.kind(), refused.reason()), (VerifyErrorKind::Refused, Reason::SIGNATURE));
    settle().await;
    assert_eq!(fake.questions(), 1, "a wrong signature is no reason to ask");
}

#[tokio::test(start_paused = true)]
async fn shared_secrets_and_keys_for_other_purposes_are_dropped() {
    let signer = Signer::new("one");
    let mut encryption = Signer::new("enc").jwk();
    encryption["use"] = "enc".into();
    let secret =
        json!({"kty": "oct", "kid": "secret", "alg": "HS256", "k": "MHNGM2t6UDlxTG0yWHdUN3lCbkQ1dlJqOEdoQzFhRXU"});
    let fake =
        Fake::answering(json!({"keys": [secret, encryption, signer.jwk(), {"kty": "new", "kid": "x"}]}).to_string());
    let keys = key_set(&fake);
    keys.refresh().await.unwrap();
    assert_eq!(keys.status().keys, 1);
    for (algorithm, id) in [("HS256", "secret"), ("EdDSA", "secret"), ("EdDSA", "enc")] {
        assert!(matches!(keys.find_now(&wanted(algorithm, Some(id))), KeyLookup::Unknown), "{algorithm} {id}");
    }
}

#[tokio::test(start_paused = true)]
async fn clones_share_one_set() {
    let signer = Signer::new("one");
    let fake = Fake::answering(jwks([&signer]));
    let keys = key_set(&fake);
    keys.clone().refresh().await.unwrap();
    assert!(keys.is_ready());
    assert_eq!(keys.status(), keys.clone().status());
}

#[tokio::test(start_paused = true)]
async fn refreshing_joins_the_question_that_is_under_way() {
    let signer = Signer::new("one");
    let (fake, mut asked) = Fake::new(Mode::Hold);
    let keys = key_set(&fake);
    let refreshes: Vec<_> = (0..10)
        .map(|_| {
            let keys = keys.clone();
            tokio::spawn(async move { keys.refresh().await })
        })
        .collect();
    asked.recv().await.unwrap().answer(jwks([&signer]));
    for refresh in refreshes {
        refresh.await.unwrap().unwrap();
    }
    assert_eq!(fake.questions(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_age_that_counts_is_the_configured_one() {
    let signer = Signer::new("one");
    let fake = Fake::answering(jwks([&signer]));
    let keys = RemoteKeySet::at("https://issuer.example/jwks")
        .algorithms([JwtAlgorithm::EdDsa])
        .refresh_after(seconds(90))
        .max_stale(seconds(120))
        .fetch(Arc::clone(&fake))
        .build()
        .unwrap();
    keys.refresh().await.unwrap();
    fake.fail();
    advance(seconds(91)).await;
    assert!(matches!(keys.find_now(&wanted("EdDSA", Some("one"))), KeyLookup::Found(_)));
    until("the background asks", || fake.questions() == 2).await;
    advance(seconds(29)).await;
    assert!(matches!(keys.find_now(&wanted("EdDSA", Some("one"))), KeyLookup::Found(_)), "120 s");
    advance(seconds(1)).await;
    assert!(matches!(keys.find_now(&wanted("EdDSA", Some("one"))), KeyLookup::Ask), "121 s");
}

#[tokio::test(start_paused = true)]
async fn several_issuers_have_a_set_each_and_one_that_is_down_harms_no_other() {
    let (up, down) = (Signer::new("up"), Signer::new("down"));
    let (answering, failing) = (Fake::answering(jwks([&up])), Fake::failing());
    let verifier_of = |issuer: &str, fake: &Arc<Fake>| {
        JwtVerifier::builder().issuer(issuer).audience(AUDIENCE).key_source(key_set(fake)).build().unwrap()
    };
    let (good, bad) = (verifier_of(ISSUER, &answering), verifier_of("https://down.example", &failing));
    let both = auth_core::jwt::JwtIssuers::new(vec![good, bad]).unwrap();
    let began = Instant::now();
    for _ in 0..3 {
        let unavailable = check(&both, &down.token_of("https://down.example")).await.unwrap_err();
        assert_eq!(unavailable.kind(), VerifyErrorKind::Unavailable);
        check(&both, &up.token()).await.unwrap();
    }
    assert_eq!(began.elapsed(), seconds(0), "nobody waited");
}
