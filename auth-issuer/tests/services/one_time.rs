//! One-time secrets.

use std::time::Duration;

use auth_issuer::MemoryStore;
use auth_issuer::accounts::AccountAdmin as _;
use auth_issuer::one_time::{OneTimeSecrets, Purpose};

use super::support::{account, after, alice, read, store, store_with};

const LIFE: Duration = Duration::from_secs(600);

fn service(store: &MemoryStore) -> OneTimeSecrets<MemoryStore, MemoryStore> {
    OneTimeSecrets::new(store.clone(), store.clone())
}

#[tokio::test]
async fn a_secret_is_good_once_for_its_purpose_until_it_expires() {
    let store = store();
    let (service, alice) = (service(&store), alice(&store).await);
    let secret = service.issue(&alice, Purpose::LOGIN, LIFE, &after(0)).await.expect("an answer").expect("a place");
    let text = secret.reveal();
    assert!(service.redeem(Purpose::RESET_PASSWORD, text, &after(1)).await.expect("an answer").is_none());
    assert!(service.peek(Purpose::LOGIN, text, &after(1)).await.expect("an answer").is_some());
    let redeemed = service.redeem(Purpose::LOGIN, text, &after(599)).await.expect("an answer").expect("good");
    assert_eq!((redeemed.account.id(), redeemed.epoch), ("1", 0));
    assert!(service.redeem(Purpose::LOGIN, text, &after(599)).await.expect("an answer").is_none());

    let late = service.issue(&alice, Purpose::LOGIN, LIFE, &after(0)).await.expect("an answer").expect("a place");
    assert!(service.peek(Purpose::LOGIN, late.reveal(), &after(600)).await.expect("an answer").is_none());
    for text in ["", "x", &"A".repeat(43)] {
        assert!(service.redeem(Purpose::LOGIN, text, &after(0)).await.expect("an answer").is_none());
    }
}

#[tokio::test]
async fn three_are_live_a_request_kills_none_and_redeeming_kills_all() {
    let store = store_with([account("1", "alice@example.com"), account("2", "bob")]);
    let (service, alice, bob) = (service(&store), alice(&store).await, read(&store, "bob").await);
    let mut secrets = Vec::new();
    for _ in 0..3 {
        secrets
            .push(service.issue(&alice, Purpose::LOGIN, LIFE, &after(0)).await.expect("an answer").expect("a place"));
    }
    assert!(service.issue(&alice, Purpose::LOGIN, LIFE, &after(0)).await.expect("an answer").is_none(), "the fourth");
    let other = service.issue(&alice, Purpose::RESET_PASSWORD, LIFE, &after(0)).await.expect("an answer");
    let bobs = service.issue(&bob, Purpose::LOGIN, LIFE, &after(0)).await.expect("an answer");
    for secret in &secrets {
        assert!(service.peek(Purpose::LOGIN, secret.reveal(), &after(1)).await.expect("an answer").is_some());
    }
    assert!(service.redeem(Purpose::LOGIN, secrets[1].reveal(), &after(1)).await.expect("an answer").is_some());
    for secret in &secrets {
        assert!(service.peek(Purpose::LOGIN, secret.reveal(), &after(1)).await.expect("an answer").is_none());
    }
    let (other, bobs) = (other.expect("a place"), bobs.expect("a place"));
    let peek = service.peek(Purpose::RESET_PASSWORD, other.reveal(), &after(1)).await;
    assert!(peek.expect("an answer").is_some(), "another purpose");
    assert!(
        service.peek(Purpose::LOGIN, bobs.reveal(), &after(1)).await.expect("an answer").is_some(),
        "another account"
    );
}

#[tokio::test]
async fn a_new_epoch_voids_all_and_makes_room() {
    let store = store();
    let service = service(&store);
    let before = alice(&store).await;
    let mut secrets = Vec::new();
    for _ in 0..3 {
        secrets
            .push(service.issue(&before, Purpose::LOGIN, LIFE, &after(0)).await.expect("an answer").expect("a place"));
    }
    store.raise_epoch("1").await.expect("an answer");
    for secret in &secrets {
        assert!(service.redeem(Purpose::LOGIN, secret.reveal(), &after(1)).await.expect("an answer").is_none());
    }
    let now = alice(&store).await;
    assert!(service.issue(&now, Purpose::LOGIN, LIFE, &after(1)).await.expect("an answer").is_some());
}
