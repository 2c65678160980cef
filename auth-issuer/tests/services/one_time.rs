//! One-time secrets.

use std::time::Duration;

use auth_issuer::accounts::AccountAdmin as _;
use auth_issuer::audit::{Audit, AuditName};
use auth_issuer::one_time::{OneTimeSecrets, Purpose};
use auth_issuer::{Account, MemoryStore};

use super::held::{Held, told_without_caller};
use super::log::Log;
use super::support::{account, after, alice, read, store, store_with};

const LIFE: Duration = Duration::from_secs(600);

fn service(store: &MemoryStore) -> OneTimeSecrets<MemoryStore, MemoryStore> {
    OneTimeSecrets::new(store.clone(), store.clone())
}

#[tokio::test]
async fn a_secret_of_an_account_of_another_place_is_not_good_and_not_spent() {
    let store = store();
    let (service, alice) = (service(&store), alice(&store).await);
    let secret = service.issue(&alice, Purpose::LOGIN, LIFE, &after(0)).await.expect("an answer").expect("a place");
    let elsewhere = service.clone().admit_only_if(|account| account.id() != "1");
    assert!(elsewhere.peek(Purpose::LOGIN, secret.reveal(), &after(1)).await.expect("an answer").is_none());
    assert!(elsewhere.redeem(Purpose::LOGIN, secret.reveal(), &after(1)).await.expect("an answer").is_none());
    assert!(service.redeem(Purpose::LOGIN, secret.reveal(), &after(1)).await.expect("an answer").is_some());
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

/// How many seconds a secret lives that is asked to live for so many.
async fn lives(
    service: &OneTimeSecrets<MemoryStore, MemoryStore>,
    account: &Account,
    purpose: Purpose,
    seconds: u64,
) -> u64 {
    let life = Duration::from_secs(seconds);
    let secret = service.replace(account, purpose, life, &after(0)).await.expect("an answer");
    let one_time = service.peek(purpose, secret.reveal(), &after(0)).await.expect("an answer").expect("good");
    let issued = service.issue(account, purpose, life, &after(0)).await.expect("an answer").expect("a place");
    let issued = service.peek(purpose, issued.reveal(), &after(0)).await.expect("an answer").expect("good");
    assert_eq!(issued.expires_at, one_time.expires_at, "beside others or in their place");
    one_time.expires_at.duration_since(after(0).now).expect("later").as_secs()
}

#[tokio::test]
async fn no_secret_lives_longer_than_its_purpose_allows() {
    const MONTH: u64 = 30 * 24 * 3_600;
    let store = store();
    let (plain, alice) = (service(&store), alice(&store).await);
    let own = Purpose::custom("confirm_address");
    for (purpose, asked, expected) in [
        (Purpose::LOGIN, 600, 600),
        (Purpose::LOGIN, 601, 600),
        (Purpose::LOGIN, MONTH, 600),
        (Purpose::custom("login"), MONTH, 600),
        (Purpose::RESET_PASSWORD, 3_600, 3_600),
        (Purpose::RESET_PASSWORD, MONTH, 3_600),
        (Purpose::MUST_RESET, MONTH, 3_600),
        (own, 60, 60),
        (own, MONTH, 3_600),
    ] {
        assert_eq!(lives(&plain, &alice, purpose, asked).await, expected, "{purpose} {asked}");
    }

    let log = Log::begin();
    let longer = service(&store).with_insecure_longest_life(own, Duration::from_secs(MONTH));
    let logged = log.end();
    assert!(logged.contains("WARN") && logged.contains("confirm_address"), "{logged}");
    assert_eq!(lives(&longer, &alice, own, MONTH).await, MONTH);
    assert_eq!(lives(&longer, &alice, own, MONTH + 1).await, MONTH);
    assert_eq!(lives(&longer, &alice, Purpose::LOGIN, MONTH).await, 600, "of no other purpose");
}

#[tokio::test]
async fn what_is_issued_and_redeemed_is_told_though_the_caller_goes_away() {
    let store = store();
    let (plain, alice) = (service(&store), alice(&store).await);
    let issue = async |held: Held, audit: Audit| {
        let service = OneTimeSecrets::new(held, store.clone()).with_audit(audit);
        service.issue(&alice, Purpose::LOGIN, LIFE, &after(0)).await
    };
    for _ in 0..3 {
        assert_eq!(told_without_caller(&store, issue).await, [AuditName::TOKEN_CREATED]);
    }
    assert!(told_without_caller(&store, issue).await.is_empty(), "there was no place");
    let replace = async |held: Held, audit: Audit| {
        let service = OneTimeSecrets::new(held, store.clone()).with_audit(audit);
        service.replace(&alice, Purpose::LOGIN, LIFE, &after(0)).await
    };
    assert_eq!(told_without_caller(&store, replace).await, [AuditName::TOKEN_CREATED]);

    let secret = plain.replace(&alice, Purpose::LOGIN, LIFE, &after(0)).await.expect("an answer");
    let redeem = async |held: Held, audit: Audit| {
        let service = OneTimeSecrets::new(held, store.clone()).with_audit(audit);
        service.redeem(Purpose::LOGIN, secret.reveal(), &after(1)).await
    };
    assert_eq!(told_without_caller(&store, redeem).await, [AuditName::TOKEN_DELETE]);
    assert!(plain.peek(Purpose::LOGIN, secret.reveal(), &after(1)).await.expect("an answer").is_none());
}
