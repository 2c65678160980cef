//! Tokens that name random keys, ten thousand of them: anybody can write them.

use auth_core::VerifyErrorKind;
use auth_core::jwt::{JwtKeySource as _, KeyLookup};
use tokio::time::advance;

use crate::support::{Fake, Signer, check, check_now, jwks, key_set, seconds, settle, verifier, wanted};

/// Sends 10,000 tokens with ids of their own over ten minutes; known tokens in between are answered at once.
/// Returns how often the provider was asked meanwhile, and what became of the strangers.
async fn storm(is_down: bool) -> (usize, Vec<VerifyErrorKind>) {
    let (signer, stranger) = (Signer::new("one"), Signer::new("x"));
    let fake = Fake::answering(jwks([&signer]));
    let keys = key_set(&fake);
    let verifier = verifier(&keys);
    keys.refresh().await.unwrap();
    if is_down {
        fake.fail();
    }
    let known = wanted("EdDSA", Some("one"));
    let mut kinds = Vec::new();
    for minute in 0..10 {
        for number in 0..1_000 {
            let token = stranger.token_as(Some(&format!("random-{minute}-{number}")));
            kinds.push(check(&verifier, &token).await.unwrap_err().kind());
            assert!(matches!(keys.find_now(&known), KeyLookup::Found(_)), "nobody with a known key waits");
            if number % 100 == 99 {
                assert!(check_now(&verifier, &signer.token()).expect("an answer at once").is_ok());
                advance(seconds(6)).await;
            }
        }
    }
    settle().await;
    // The first one was before the storm.
    (fake.questions().saturating_sub(1), kinds)
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_random_ids_cause_one_question_a_minute() {
    let (questions, kinds) = storm(false).await;
    assert!((1..=10).contains(&questions), "{questions} questions in ten minutes");
    assert_eq!(kinds.len(), 10_000);
    assert!(kinds.iter().all(|kind| *kind == VerifyErrorKind::Refused), "the provider says that there is none");
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_random_ids_cause_one_question_a_minute_while_the_provider_is_down() {
    let (questions, kinds) = storm(true).await;
    assert!((1..=10).contains(&questions), "{questions} questions in ten minutes");
    let refused = kinds.iter().take_while(|kind| **kind == VerifyErrorKind::Refused).count();
    assert_eq!(refused, 1_000, "for a minute the last set is fresh");
    assert!(kinds[refused..].iter().all(|kind| *kind == VerifyErrorKind::Unavailable), "then it cannot be told");
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_random_ids_at_once_cause_one_question() {
    let signer = Signer::new("one");
    let fake = Fake::answering(jwks([&signer]));
    let keys = key_set(&fake);
    keys.refresh().await.unwrap();
    advance(seconds(61)).await;
    let requests: Vec<_> = (0..10_000)
        .map(|number| {
            let (keys, wanted) = (keys.clone(), wanted("EdDSA", Some(&format!("random-{number}"))));
            tokio::spawn(async move { keys.find(wanted).await })
        })
        .collect();
    let known = wanted("EdDSA", Some("one"));
    for request in requests {
        assert!(matches!(keys.find_now(&known), KeyLookup::Found(_)));
        // Refused, or one too many who wait; believed never.
        assert!(!matches!(request.await.unwrap(), Ok(Some(_))));
    }
    assert_eq!(fake.questions(), 2);
}
