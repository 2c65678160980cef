//! How many ask, how many wait, and for how long.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use auth_core::jwt::{JwtKeySource as _, KeyLookup};
use auth_core::{Reason, VerifyErrorKind};
use tokio::time::{Instant, advance};

use crate::support::{Fake, Mode, Signer, cause, check, jwks, key_set, seconds, settle, until, verifier, wanted};

#[tokio::test(start_paused = true)]
async fn all_who_miss_a_key_share_one_question() {
    let signer = Signer::new("one");
    let (fake, mut asked) = Fake::new(Mode::Hold);
    let keys = key_set(&fake);
    let verifier = Arc::new(verifier(&keys));
    let requests: Vec<_> = (0..200)
        .map(|number| {
            let (verifier, good) = (Arc::clone(&verifier), number % 2 == 0);
            let token = if good { signer.token() } else { signer.token_as(Some(&format!("unknown-{number}"))) };
            tokio::spawn(async move { (good, check(&*verifier, &token).await) })
        })
        .collect();
    let question = asked.recv().await.unwrap();
    settle().await;
    question.answer(jwks([&signer]));
    for request in requests {
        match request.await.unwrap() {
            (true, result) => drop(result.unwrap()),
            (false, result) => assert_eq!(result.unwrap_err().reason(), Reason::UNKNOWN_KEY),
        }
    }
    assert_eq!(fake.questions(), 1);
}

#[tokio::test(start_paused = true)]
async fn whoever_goes_away_does_not_take_the_question_along() {
    let signer = Signer::new("one");
    let (fake, mut asked) = Fake::new(Mode::Hold);
    let keys = key_set(&fake);
    let gone = tokio::spawn({
        let keys = keys.clone();
        async move { keys.find(wanted("EdDSA", Some("one"))).await }
    });
    let question = asked.recv().await.unwrap();
    gone.abort();
    assert!(gone.await.unwrap_err().is_cancelled());
    question.answer(jwks([&signer]));
    until("the keys are there", || keys.status().is_ready).await;
    assert_eq!(fake.questions(), 1);
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_longer_than_two_seconds() {
    let fake = Fake::new(Mode::Hang).0;
    let keys = key_set(&fake);
    let began = Instant::now();
    let unavailable = check(&verifier(&keys), &Signer::new("one").token()).await.unwrap_err();
    assert_eq!((unavailable.kind(), unavailable.reason()), (VerifyErrorKind::Unavailable, Reason::KEY_SERVER));
    assert_eq!(began.elapsed(), seconds(2));
    until("the question ends", || keys.status().failures == 1).await;
    assert_eq!(fake.questions(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_comes_late_waits_for_the_rest_of_the_question_only() {
    let signer = Signer::new("one");
    let (fake, mut asked) = Fake::new(Mode::Hold);
    let keys = key_set(&fake);
    let early = tokio::spawn({
        let keys = keys.clone();
        async move { keys.find(wanted("EdDSA", Some("one"))).await }
    });
    let question = asked.recv().await.unwrap();
    advance(seconds(1)).await;
    let late = tokio::spawn({
        let keys = keys.clone();
        async move { keys.find(wanted("EdDSA", Some("one"))).await }
    });
    settle().await;
    question.answer(jwks([&signer]));
    assert!(early.await.unwrap().unwrap().is_some());
    assert!(late.await.unwrap().unwrap().is_some());
    assert_eq!(fake.questions(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_first_waiter_too_many_is_unavailable_at_once() {
    let signer = Signer::new("one");
    let (fake, mut asked) = Fake::new(Mode::Hold);
    let keys = key_set(&fake);
    let mut waiting: Vec<_> = (0..256)
        .map(|_| {
            let keys = keys.clone();
            tokio::spawn(async move { keys.find(wanted("EdDSA", Some("one"))).await })
        })
        .collect();
    let question = asked.recv().await.unwrap();
    settle().await;

    let began = Instant::now();
    let error = keys.find(wanted("EdDSA", Some("one"))).await.unwrap_err();
    assert!(cause(&error).contains("too many requests wait"), "{}", cause(&error));
    assert_eq!(began.elapsed(), seconds(0));

    // One that goes away makes room for another.
    let gone = waiting.pop().unwrap();
    gone.abort();
    assert!(gone.await.unwrap_err().is_cancelled());
    let next = tokio::spawn({
        let keys = keys.clone();
        async move { keys.find(wanted("EdDSA", Some("one"))).await }
    });
    settle().await;
    question.answer(jwks([&signer]));
    waiting.push(next);
    for request in waiting {
        assert!(request.await.unwrap().unwrap().is_some());
    }
    assert_eq!(fake.questions(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_breaks_is_unavailable_and_blocks_nothing() {
    let signer = Signer::new("one");
    let fake = Fake::new(Mode::Panic).0;
    let keys = key_set(&fake);
    let verifier = verifier(&keys);
    let unavailable = check(&verifier, &signer.token()).await.unwrap_err();
    assert_eq!(unavailable.kind(), VerifyErrorKind::Unavailable);
    assert!(cause(&unavailable).contains("given up"), "{}", cause(&unavailable));
    assert_eq!(keys.status().failures, 1);

    fake.answer(jwks([&signer]));
    advance(seconds(5)).await;
    check(&verifier, &signer.token()).await.unwrap();
}

#[test]
fn a_runtime_that_has_ended_is_unavailable_and_blocks_nothing() {
    let signer = Signer::new("one");
    let fake = Fake::answering(jwks([&signer]));
    let keys = key_set(&fake);
    let ended = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let handle = ended.handle().clone();
    drop(ended);
    {
        let _inside = handle.enter();
        assert!(!keys.is_ready());
    }
    assert_eq!((keys.status().fetches, keys.status().failures, fake.questions()), (1, 1, 0));

    let alive = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    alive.block_on(async { keys.refresh().await }).unwrap();
    assert!(keys.is_ready());
}

#[tokio::test(start_paused = true)]
async fn a_runtime_that_nobody_runs_delays_the_keys_and_no_more() {
    let signer = Signer::new("one");
    let fake = Fake::answering(jwks([&signer]));
    let keys = key_set(&fake);
    let idle = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    {
        let _inside = idle.enter();
        assert!(!keys.is_ready());
    }
    assert!(keys.find(wanted("EdDSA", Some("one"))).await.is_err(), "it waits for a question that nobody asks");
    advance(seconds(10)).await;
    assert!(keys.find(wanted("EdDSA", Some("one"))).await.unwrap().is_some());
    assert_eq!((keys.status().fetches, fake.questions()), (2, 1));
    // A runtime must not end inside of another one.
    idle.shutdown_background();
}

#[test]
fn outside_of_a_runtime_known_keys_are_found_and_the_rest_is_unavailable() {
    let signer = Signer::new("one");
    let fake = Fake::answering(jwks([&signer]));
    let keys = key_set(&fake);
    let poll_find = |id: &str| {
        let mut find = pin!(keys.find(wanted("EdDSA", Some(id))));
        find.as_mut().poll(&mut Context::from_waker(Waker::noop()))
    };
    match poll_find("one") {
        Poll::Ready(Err(error)) => assert!(cause(&error).contains("no tokio runtime"), "{}", cause(&error)),
        other => panic!("{other:?}"),
    }
    assert!(!keys.is_ready());
    assert_eq!(keys.status().fetches, 0);

    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async { keys.refresh().await }).unwrap();
    drop(runtime);
    assert!(matches!(keys.find_now(&wanted("EdDSA", Some("one"))), KeyLookup::Found(_)));
    assert!(matches!(poll_find("one"), Poll::Ready(Ok(Some(_)))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_threads_share_one_question() {
    let signer = Signer::new("one");
    // Answers at once: this is real time, and a busy machine could keep a test from answering within two seconds.
    let fake = Fake::answering(jwks([&signer]));
    let keys = key_set(&fake);
    let start = Arc::new(tokio::sync::Barrier::new(200));
    let requests: Vec<_> = (0..200)
        .map(|_| {
            let (keys, start) = (keys.clone(), Arc::clone(&start));
            tokio::spawn(async move {
                start.wait().await;
                keys.find(wanted("EdDSA", Some("one"))).await
            })
        })
        .collect();
    for request in requests {
        assert!(request.await.unwrap().unwrap().is_some());
    }
    assert_eq!(fake.questions(), 1);
}
