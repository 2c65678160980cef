//! What a remote key set answers while its provider is down, or says what cannot be used.

use std::error::Error as _;

use auth_core::jwt::{JwtKeySource as _, KeyLookup};
use auth_core::{Reason, VerifyErrorKind};
use auth_jwks::keys::KeySetErrorKind;
use serde_json::json;
use tokio::time::{Instant, advance};

use crate::support::{Fake, Mode, Signer, cause, check, jwks, key_set, seconds, settle, until, verifier, wanted};

#[tokio::test(start_paused = true)]
async fn a_provider_that_is_down_is_unavailable_and_never_a_refusal() {
    let fake = Fake::failing();
    let keys = key_set(&fake);
    let unavailable = check(&verifier(&keys), &Signer::new("one").token()).await.unwrap_err();
    assert_eq!((unavailable.kind(), unavailable.reason()), (VerifyErrorKind::Unavailable, Reason::KEY_SERVER));
    assert!(cause(&unavailable).contains("the provider cannot be reached"), "{}", cause(&unavailable));
    assert_eq!((keys.status().fetches, keys.status().failures), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn without_keys_the_provider_is_asked_every_five_seconds_at_most() {
    let signer = Signer::new("one");
    let fake = Fake::failing();
    let keys = key_set(&fake);
    let verifier = verifier(&keys);
    for round in 1..=3 {
        for _ in 0..100 {
            let began = Instant::now();
            let unavailable = check(&verifier, &signer.token()).await.unwrap_err();
            assert_eq!(unavailable.kind(), VerifyErrorKind::Unavailable);
            assert_eq!(began.elapsed(), seconds(0), "nobody waits for the next attempt");
        }
        advance(seconds(4)).await;
        check(&verifier, &signer.token()).await.unwrap_err();
        assert_eq!(fake.questions(), round);
        advance(seconds(1)).await;
    }
    fake.answer(jwks([&signer]));
    check(&verifier, &signer.token()).await.expect("the provider is back");
}

#[tokio::test(start_paused = true)]
async fn known_keys_stay_good_while_the_provider_is_down() {
    let signer = Signer::new("one");
    let fake = Fake::answering(jwks([&signer]));
    let keys = key_set(&fake);
    keys.refresh().await.unwrap();
    fake.fail();
    for _ in 0..24 {
        advance(seconds(3_600)).await;
        assert!(matches!(keys.find_now(&wanted("EdDSA", Some("one"))), KeyLookup::Found(_)));
        settle().await;
    }
    assert!(keys.is_ready());
    assert_eq!(keys.status().age, Some(seconds(24 * 3_600)));
}

#[tokio::test(start_paused = true)]
async fn keys_that_are_too_old_are_not_used() {
    let signer = Signer::new("one");
    let fake = Fake::answering(jwks([&signer]));
    let keys = key_set(&fake);
    let verifier = verifier(&keys);
    keys.refresh().await.unwrap();
    fake.fail();
    advance(seconds(24 * 3_600)).await;
    check(&verifier, &signer.token()).await.expect("24 hours are allowed");
    settle().await;

    advance(seconds(1)).await;
    let unavailable = check(&verifier, &signer.token()).await.unwrap_err();
    assert_eq!((unavailable.kind(), unavailable.reason()), (VerifyErrorKind::Unavailable, Reason::KEY_SERVER));
    assert!(!keys.is_ready());
    assert!(!keys.status().is_ready);

    fake.answer(jwks([&signer]));
    advance(seconds(5)).await;
    check(&verifier, &signer.token()).await.expect("the provider is back");
    assert!(keys.is_ready());
}

#[tokio::test(start_paused = true)]
async fn after_a_failure_unknown_keys_are_unavailable_at_once_for_a_minute() {
    let (signer, stranger) = (Signer::new("one"), Signer::new("two"));
    let fake = Fake::answering(jwks([&signer]));
    let keys = key_set(&fake);
    let verifier = verifier(&keys);
    keys.refresh().await.unwrap();
    fake.fail();
    advance(seconds(61)).await;
    for second in 0..60 {
        let began = Instant::now();
        let unavailable = check(&verifier, &stranger.token()).await.unwrap_err();
        assert_eq!(unavailable.kind(), VerifyErrorKind::Unavailable, "it cannot be told: never 401");
        assert_eq!(began.elapsed(), seconds(0));
        check(&verifier, &signer.token()).await.expect("known keys are good throughout");
        assert_eq!(fake.questions(), 2, "second {second}");
        advance(seconds(1)).await;
    }
    check(&verifier, &stranger.token()).await.unwrap_err();
    assert_eq!(fake.questions(), 3);

    fake.answer(jwks([&signer, &stranger]));
    advance(seconds(60)).await;
    check(&verifier, &stranger.token()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_background_backs_off_to_five_minutes_and_recovers() {
    let signer = Signer::new("one");
    let fake = Fake::answering(jwks([&signer]));
    let keys = key_set(&fake);
    keys.refresh().await.unwrap();
    let wanted = wanted("EdDSA", Some("one"));
    let used_now = || assert!(matches!(keys.find_now(&wanted), KeyLookup::Found(_)));

    fake.fail();
    advance(seconds(301)).await;
    used_now();
    until("the first attempt fails", || keys.status().failures == 1).await;
    for (failures, pause) in [(1, 60), (2, 120), (3, 240), (4, 300), (5, 300)] {
        advance(seconds(pause - 1)).await;
        used_now();
        settle().await;
        assert_eq!(keys.status().failures, failures, "{pause} s are not over");
        advance(seconds(1)).await;
        used_now();
        until("the next attempt fails", || keys.status().failures == failures + 1).await;
    }

    fake.answer(jwks([&signer]));
    advance(seconds(300)).await;
    used_now();
    until("the provider is back", || keys.status().age == Some(seconds(0))).await;
    let before = fake.questions();
    fake.fail();
    advance(seconds(301)).await;
    used_now();
    until("a failure", || fake.questions() == before + 1).await;
    settle().await;
    advance(seconds(60)).await;
    used_now();
    until("the pauses begin anew", || fake.questions() == before + 2).await;
}

#[tokio::test(start_paused = true)]
async fn refreshing_by_hand_knows_no_pause_and_says_why_it_failed() {
    let signer = Signer::new("one");
    let fake = Fake::failing();
    let keys = key_set(&fake);
    for attempts in 1..=3 {
        assert_eq!(keys.refresh().await.unwrap_err().kind(), KeySetErrorKind::Unreachable);
        assert_eq!(fake.questions(), attempts);
    }
    fake.set(Mode::Hang);
    let began = Instant::now();
    let error = keys.refresh().await.unwrap_err();
    assert_eq!(began.elapsed(), seconds(2));
    assert!(cause(&error).contains("did not answer in time"), "{}", cause(&error));
    fake.answer(jwks([&signer]));
    keys.refresh().await.unwrap();
    assert_eq!((keys.status().fetches, keys.status().failures), (5, 4));
}

#[tokio::test(start_paused = true)]
async fn asking_for_readiness_makes_ready_and_keeps_the_pauses() {
    let signer = Signer::new("one");
    let fake = Fake::failing();
    let keys = key_set(&fake);
    assert!(!keys.is_ready());
    until("the first attempt fails", || keys.status().failures == 1).await;
    for _ in 0..100 {
        assert!(!keys.is_ready());
        settle().await;
    }
    assert_eq!(fake.questions(), 1);

    fake.answer(jwks([&signer]));
    advance(seconds(5)).await;
    assert!(!keys.is_ready(), "not yet");
    until("the keys are there", || keys.status().is_ready).await;
    assert!(keys.is_ready());

    advance(seconds(301)).await;
    assert!(keys.is_ready());
    until("an old set is fetched anew", || fake.questions() == 3).await;
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_cannot_be_used_is_a_failure_and_the_last_good_set_stays() {
    let signer = Signer::new("one");
    let twin = Signer::new("one");
    let fake = Fake::answering(jwks([&signer]));
    let keys = key_set(&fake);
    let verifier = verifier(&keys);
    keys.refresh().await.unwrap();

    let signers: Vec<_> = (0..101).map(|number| Signer::new(&number.to_string())).collect();
    let secret =
        json!({"kty": "oct", "kid": "one", "alg": "HS256", "k": "MHNGM2t6UDlxTG0yWHdUN3lCbkQ1dlJqOEdoQzFhRXU"});
    let mut encryption = signer.jwk();
    encryption["use"] = "enc".into();
    let good = jwks([&signer]);
    let bodies = [
        ("nothing", String::new()),
        ("HTML", "<!doctype html><title>Sign in</title>".to_owned()),
        ("half a document", good.chars().take(good.len() / 2).collect()),
        ("a document and more", format!("{good}{good}")),
        ("a list", "[]".to_owned()),
        ("no keys", json!({"keys": []}).to_string()),
        ("keys that are not a list", json!({"keys": signer.jwk()}).to_string()),
        ("keys that are none", json!({"keys": ["one"]}).to_string()),
        ("a member twice", good.replacen('{', r#"{"keys":[],"#, 1)),
        ("two keys of one id", jwks([&signer, &twin])),
        ("two keys without id", json!({"keys": [signer.jwk_as(None), twin.jwk_as(None)]}).to_string()),
        ("too many keys", jwks(&signers)),
        ("shared secrets only", json!({"keys": [secret]}).to_string()),
        ("encryption keys only", json!({"keys": [encryption]}).to_string()),
        (
            "another key type only",
            json!({"keys": [{"kty": "RSA", "kid": "one", "n": "AQAB", "e": "AQAB"}]}).to_string(),
        ),
        ("too long", format!("{good}{}", " ".repeat(256 * 1024))),
    ];
    for (number, (what, body)) in (1..).zip(bodies) {
        fake.answer(body);
        let error = keys.refresh().await.expect_err(what);
        let expected = if what == "too long" { KeySetErrorKind::Unreachable } else { KeySetErrorKind::Unusable };
        assert_eq!(error.kind(), expected, "{what}");
        let cause = error.source().map(ToString::to_string).unwrap_or_default();
        assert!(!cause.contains("hs256") && !cause.contains(".with_id("), "advice for local keys: {cause}");
        assert_eq!(
            cause.contains("`.algorithms([..])`"),
            what.ends_with(" only") || what.starts_with("two"),
            "{cause}"
        );
        assert_eq!((keys.status().failures, keys.status().keys), (number, 1), "{what}");
        check(&verifier, &signer.token()).await.expect(what);
    }

    fake.answer(jwks(&signers[..100]));
    keys.refresh().await.expect("a hundred keys are not too many");
    fake.answer(format!("{good}{}", " ".repeat(256 * 1024 - good.len())));
    keys.refresh().await.expect("256 KiB are not too long");
}
