//! How many questions there are about tokens, and how many answers are kept.

use std::sync::Arc;
use std::time::Duration;

use auth_core::VerifyErrorKind;
use auth_jwks::introspection::IntrospectionVerifierBuilder;
use serde_json::json;

use crate::introspection::{TOKEN, active, builder};
use crate::support::{Fake, Mode, cause, check, check_now, settle, until};

#[tokio::test(start_paused = true)]
async fn requests_with_one_token_share_one_question() {
    let (fake, mut asked) = Fake::new(Mode::Hold);
    let verifier = Arc::new(builder(&fake).build().unwrap());
    let requests: Vec<_> = (0..100)
        .map(|_| {
            let verifier = Arc::clone(&verifier);
            tokio::spawn(async move { check(&*verifier, TOKEN).await })
        })
        .collect();
    let question = asked.recv().await.unwrap();
    settle().await;
    question.answer(active(&json!({})));
    for request in requests {
        assert_eq!(request.await.unwrap().unwrap().facts().subject, "alice");
    }
    assert_eq!(fake.questions(), 1);
}

#[tokio::test(start_paused = true)]
async fn requests_with_different_tokens_share_nothing() {
    let (fake, mut asked) = Fake::new(Mode::Hold);
    let verifier = Arc::new(builder(&fake).build().unwrap());
    let requests = ["one", "two"].map(|token| {
        let verifier = Arc::clone(&verifier);
        tokio::spawn(async move { check(&*verifier, token).await })
    });
    for _ in 0..2 {
        let question = asked.recv().await.unwrap();
        let subject = question.form[0].1.clone();
        question.answer(active(&json!({"sub": subject})));
    }
    for (request, subject) in requests.into_iter().zip(["one", "two"]) {
        assert_eq!(request.await.unwrap().unwrap().facts().subject, subject);
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_goes_away_does_not_take_the_question_along() {
    let (fake, mut asked) = Fake::new(Mode::Hold);
    let verifier = builder(&fake).build().unwrap();
    let gone = tokio::spawn({
        let verifier = verifier.clone();
        async move { check(&verifier, TOKEN).await }
    });
    let question = asked.recv().await.unwrap();
    gone.abort();
    assert!(gone.await.unwrap_err().is_cancelled());
    question.answer(active(&json!({})));
    until("the answer is kept", || check_now(&verifier, TOKEN).is_some()).await;
    assert_eq!(fake.questions(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_first_question_too_many_is_unavailable_at_once() {
    let (fake, mut asked) = Fake::new(Mode::Hold);
    let verifier = builder(&fake).build().unwrap();
    let requests: Vec<_> = (0..256)
        .map(|number| {
            let verifier = verifier.clone();
            tokio::spawn(async move { check(&verifier, &format!("token-{number}")).await })
        })
        .collect();
    until("all are asked", || fake.questions() == 256).await;
    let unavailable = check(&verifier, "one-too-many").await.unwrap_err();
    assert_eq!(unavailable.kind(), VerifyErrorKind::Unavailable);
    assert!(cause(&unavailable).contains("too many questions"), "{}", cause(&unavailable));
    assert_eq!(fake.questions(), 256);

    for _ in 0..256 {
        asked.recv().await.unwrap().answer(active(&json!({})));
    }
    for request in requests {
        request.await.unwrap().unwrap();
    }
    fake.answer(active(&json!({})));
    check(&verifier, "one-too-many").await.expect("there is room again");
}

#[tokio::test(start_paused = true)]
async fn the_cache_is_bounded_and_drops_the_oldest() {
    let fake = Fake::answering(active(&json!({})));
    let verifier = builder(&fake).cache_capacity(100).build().unwrap();
    for number in 0..1_000 {
        check(&verifier, &format!("token-{number}")).await.unwrap();
    }
    let kept = (0..1_000).filter(|number| check_now(&verifier, &format!("token-{number}")).is_some());
    assert_eq!(kept.collect::<Vec<_>>(), (900..1_000).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn without_a_cache_every_request_asks() {
    for option in [
        |builder: IntrospectionVerifierBuilder| builder.without_cache(),
        |builder: IntrospectionVerifierBuilder| builder.cache_capacity(0),
        |builder: IntrospectionVerifierBuilder| builder.cache_for(Duration::ZERO),
    ] {
        let fake = Fake::answering(active(&json!({})));
        let verifier = option(builder(&fake)).build().unwrap();
        for questions in 1..=3 {
            check(&verifier, TOKEN).await.unwrap();
            assert_eq!(fake.questions(), questions);
        }
        assert!(check_now(&verifier, TOKEN).is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_to_a_question_from_before_is_not_kept_once_answers_are_forgotten() {
    let (fake, mut asked) = Fake::new(Mode::Hold);
    let verifier = builder(&fake).build().unwrap();
    let ask = || {
        let verifier = verifier.clone();
        tokio::spawn(async move { check(&verifier, TOKEN).await })
    };
    let early = ask();
    let before = asked.recv().await.unwrap();
    verifier.forget_answers();
    let late = ask();
    let after = asked.recv().await.unwrap();
    before.answer(active(&json!({})));
    early.await.unwrap().expect("the early request has its answer");
    assert!(check_now(&verifier, TOKEN).is_none());
    after.answer(r#"{"active":false}"#);
    assert_eq!(late.await.unwrap().unwrap_err().kind(), VerifyErrorKind::Refused);
}

#[test]
fn a_runtime_that_has_ended_is_unavailable_and_blocks_nothing() {
    let fake = Fake::answering(active(&json!({})));
    let verifier = builder(&fake).build().unwrap();
    let ended = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let handle = ended.handle().clone();
    drop(ended);
    let alive = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    alive.block_on(async {
        let mut request = Box::pin(check(&verifier, TOKEN));
        // The question is begun on the runtime that has ended.
        let unavailable = std::future::poll_fn(|context| {
            let _inside = handle.enter();
            request.as_mut().poll(context)
        });
        assert_eq!(unavailable.await.unwrap_err().kind(), VerifyErrorKind::Unavailable);
        check(&verifier, TOKEN).await.unwrap();
    });
    assert_eq!(fake.questions(), 1);
}
