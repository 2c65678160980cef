//! Refresh tokens.

use std::time::Duration;

use auth_core::{Attempt, ConfigErrorKind};
use auth_issuer::accounts::AccountAdmin as _;
use auth_issuer::audit::{Audit, AuditName};
use auth_issuer::refresh::{ChainsPerClient, IssuedRefresh, RefreshOutcome, RefreshRefusal, RefreshTokens, Renewed};
use auth_issuer::{AccountState, MemoryStore, Unavailable};

use super::held::{Held, told_without_caller};
use super::support::{Events, after, alice, granted, store};

type Service = RefreshTokens<MemoryStore, MemoryStore>;
const CLIENT: &str = "app";
const DAY: u64 = 24 * 60 * 60;

fn service(store: &MemoryStore) -> Service {
    RefreshTokens::new(store.clone(), store.clone())
}

fn with_grace(store: &MemoryStore) -> Service {
    service(store).with_grace(Duration::from_secs(10)).expect("under a minute")
}

fn scopes() -> Vec<String> {
    vec!["read".to_owned(), "write".to_owned()]
}

async fn begin(service: &Service, store: &MemoryStore, client: &str, attempt: &Attempt) -> IssuedRefresh {
    let mut granted = granted(store).await;
    granted.auth_time = attempt.now;
    service.begin(&granted, client, &scopes(), attempt).await.expect("an answer")
}

async fn refresh(service: &Service, token: &str, seconds: u64) -> Result<Renewed, RefreshRefusal> {
    match service.refresh(token, CLIENT, None, &after(seconds)).await.expect("an answer") {
        RefreshOutcome::Renewed(renewed) => Ok(*renewed),
        RefreshOutcome::Refused(refusal) => Err(refusal),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_grace_period_over_a_minute_is_refused() {
    let error = service(&store()).with_grace(Duration::from_secs(61)).expect_err("too long");
    assert!(error.kind() == ConfigErrorKind::Limit && error.to_string().contains("at most 60 s"), "{error}");
}

#[tokio::test]
async fn each_exchange_spends_a_token_and_the_chain_goes_on() {
    let store = store();
    let service = service(&store);
    let mut token = begin(&service, &store, CLIENT, &after(0)).await.token;
    for n in 1..5 {
        let renewed = refresh(&service, token.reveal(), n).await.expect("good");
        assert_ne!(renewed.refresh.token.reveal(), token.reveal());
        assert_eq!((renewed.account.id(), renewed.scopes.clone()), ("1", scopes()));
        assert_eq!((renewed.auth_time, renewed.is_repetition), (after(0).now, false));
        assert_eq!(renewed.granted().epoch(), 0);
        token = renewed.refresh.token;
    }
    assert_eq!(service.list(&alice(&store).await, &after(5)).await.expect("an answer").len(), 1);
}

#[tokio::test]
async fn a_spent_token_ends_its_chain_and_is_told() {
    let (store, events) = (store(), Events::default());
    let service = service(&store).with_audit(events.audit());
    let first = begin(&service, &store, CLIENT, &after(0)).await;
    let other = begin(&service, &store, CLIENT, &after(0)).await;
    let second = refresh(&service, first.token.reveal(), 1).await.expect("good").refresh;
    let third = refresh(&service, second.token.reveal(), 2).await.expect("good").refresh;

    assert_eq!(refresh(&service, first.token.reveal(), 3).await.expect_err("spent"), RefreshRefusal::Reused);
    assert_eq!(refresh(&service, third.token.reveal(), 3).await.expect_err("ended"), RefreshRefusal::Ended);
    assert_eq!(refresh(&service, first.token.reveal(), 3).await.expect_err("ended"), RefreshRefusal::Ended);
    assert_eq!(events.count(AuditName::TOKEN_REUSE), 1);
    assert!(refresh(&service, other.token.reveal(), 3).await.is_ok(), "another chain goes on");
}

#[tokio::test]
async fn a_spent_token_is_reuse_whatever_scopes_come_with_it() {
    let (store, events) = (store(), Events::default());
    for service in [service(&store), with_grace(&store)] {
        let service = service.with_audit(events.audit());
        let reused = events.count(AuditName::TOKEN_REUSE);
        let first = begin(&service, &store, CLIENT, &after(0)).await.token;
        let second = refresh(&service, first.reveal(), 1).await.expect("good").refresh.token;
        let third = refresh(&service, second.reveal(), 2).await.expect("good").refresh.token;
        let excess = async |token: &str| {
            let scopes = ["admin".to_owned()];
            match service.refresh(token, CLIENT, Some(&scopes), &after(3)).await.expect("an answer") {
                RefreshOutcome::Refused(refusal) => refusal,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(excess(third.reveal()).await, RefreshRefusal::Scope);
        assert_eq!(events.count(AuditName::TOKEN_REUSE), reused, "the current one ends nothing");
        assert_eq!(excess(first.reveal()).await, RefreshRefusal::Reused);
        assert_eq!(events.count(AuditName::TOKEN_REUSE), reused + 1);
        assert_eq!(refresh(&service, third.reveal(), 4).await.expect_err("dead"), RefreshRefusal::Ended);
    }
}

#[tokio::test]
async fn another_client_changes_nothing_whatever_it_presents() {
    let store = store();
    let service = service(&store);
    let first = begin(&service, &store, CLIENT, &after(0)).await;
    let second = refresh(&service, first.token.reveal(), 1).await.expect("good").refresh;
    for token in [&first.token, &second.token] {
        for client in ["", "APP", "app ", "another"] {
            let outcome = service.refresh(token.reveal(), client, None, &after(2)).await.expect("an answer");
            assert!(matches!(outcome, RefreshOutcome::Refused(RefreshRefusal::WrongClient)), "{client}");
            assert!(!service.revoke(token.reveal(), client, &after(2)).await.expect("an answer"));
        }
    }
    assert!(refresh(&service, second.token.reveal(), 3).await.is_ok());
}

#[tokio::test]
async fn an_idle_timeout_longer_than_the_lifetime_is_as_long_and_a_huge_one_is_long() {
    let store = store();
    for (service, is_good) in [
        (service(&store).with_idle_timeout(Duration::MAX).with_absolute_lifetime(Duration::from_secs(DAY)), false),
        (service(&store).with_idle_timeout(Duration::MAX).with_absolute_lifetime(Duration::MAX), true),
    ] {
        let token = begin(&service, &store, CLIENT, &after(0)).await.token;
        let token = refresh(&service, token.reveal(), DAY - 1).await.expect("good").refresh.token;
        assert_eq!(refresh(&service, token.reveal(), 40_000 * DAY).await.is_ok(), is_good);
    }
}

#[tokio::test]
async fn begins_nothing_with_a_scope_that_is_none() {
    let store = store();
    let granted = granted(&store).await;
    let begun = service(&store).begin(&granted, CLIENT, &["a b".to_owned()], &after(0)).await;
    assert_eq!(begun.expect_err("two in one").reason(), Unavailable::MALFORMED_SCOPE);
}

#[tokio::test]
async fn an_account_that_the_service_does_not_serve_renews_nothing_and_spends_nothing() {
    let store = store();
    let all = service(&store);
    let served = service(&store).admit_only_if(|account| account.scopes().iter().any(|scope| scope == "write"));
    let token = begin(&all, &store, CLIENT, &after(0)).await.token;
    let token = refresh(&served, token.reveal(), 1).await.expect("it has the scope").refresh.token;
    store.set_permissions("1", &[], &["read".to_owned()]).await.expect("set");
    assert_eq!(refresh(&served, token.reveal(), 2).await.expect_err("it has lost it"), RefreshRefusal::Account);
    assert!(served.look_up(token.reveal(), &after(2)).await.expect("an answer").is_none());
    assert!(refresh(&all, token.reveal(), 3).await.is_ok(), "it was not spent");
}

#[tokio::test]
async fn unknown_texts_are_refused() {
    let store = store();
    let service = service(&store);
    for text in ["", "x", &"A".repeat(43), &"A".repeat(44)] {
        assert_eq!(refresh(&service, text, 0).await.expect_err("unknown"), RefreshRefusal::Unknown);
    }
}

#[tokio::test]
async fn within_grace_the_direct_predecessor_gets_the_same_successor() {
    let store = store();
    let service = with_grace(&store);
    let first = begin(&service, &store, CLIENT, &after(0)).await.token;
    let second = refresh(&service, first.reveal(), 1).await.expect("good").refresh.token;
    for seconds in [1, 5, 11] {
        let again = refresh(&service, first.reveal(), seconds).await.expect("within grace");
        assert!(again.is_repetition);
        assert_eq!(again.refresh.token.reveal(), second.reveal());
    }
    assert_eq!(refresh(&service, first.reveal(), 12).await.expect_err("too late"), RefreshRefusal::Reused);
    assert_eq!(refresh(&service, second.reveal(), 12).await.expect_err("the chain is dead"), RefreshRefusal::Ended);
}

#[tokio::test]
async fn grace_ends_when_the_successor_is_used() {
    let store = store();
    let service = with_grace(&store);
    let first = begin(&service, &store, CLIENT, &after(0)).await.token;
    let second = refresh(&service, first.reveal(), 1).await.expect("good").refresh.token;
    let third = refresh(&service, second.reveal(), 2).await.expect("good").refresh.token;
    assert!(refresh(&service, second.reveal(), 2).await.expect("the direct predecessor").is_repetition);
    assert_eq!(refresh(&service, first.reveal(), 2).await.expect_err("the one before"), RefreshRefusal::Reused);
    assert_eq!(refresh(&service, third.reveal(), 3).await.expect_err("dead"), RefreshRefusal::Ended);
}

#[test]
fn grace_is_a_minute_at_most() {
    let service = service(&store());
    assert!(service.clone().with_grace(Duration::from_secs(60)).is_ok());
    let text = service.with_grace(Duration::from_secs(61)).expect_err("too long").to_string();
    assert!(text.contains("61") && text.contains("60"), "{text}");
}

#[tokio::test]
async fn a_token_expires_when_idle_and_a_chain_in_the_end() {
    let store = store();
    let service = service(&store);
    let idle = begin(&service, &store, CLIENT, &after(0)).await;
    assert_eq!(idle.expires_at, after(15 * DAY).now);
    assert_eq!(refresh(&service, idle.token.reveal(), 15 * DAY).await.expect_err("idle"), RefreshRefusal::Expired);

    let mut token = begin(&service, &store, CLIENT, &after(0)).await.token;
    for day in (14..90).step_by(14) {
        token = refresh(&service, token.reveal(), day * DAY).await.expect("in use").refresh.token;
    }
    let last = refresh(&service, token.reveal(), 90 * DAY - 1).await.expect("the last second").refresh;
    assert_eq!(last.expires_at, after(90 * DAY).now, "no token outlives its chain");
    assert_eq!(refresh(&service, last.token.reveal(), 90 * DAY).await.expect_err("over"), RefreshRefusal::Expired);
}

#[tokio::test]
async fn scopes_only_shrink() {
    let store = store();
    let service = service(&store);
    let token = begin(&service, &store, CLIENT, &after(0)).await.token;
    let ask = |token: String, scopes: Vec<String>| {
        let service = &service;
        async move { service.refresh(&token, CLIENT, Some(&scopes), &after(1)).await.expect("an answer") }
    };
    let more = ask(token.reveal().to_owned(), vec!["read".to_owned(), "admin".to_owned()]).await;
    assert!(matches!(more, RefreshOutcome::Refused(RefreshRefusal::Scope)));
    let RefreshOutcome::Renewed(less) = ask(token.reveal().to_owned(), vec!["read".to_owned()]).await else {
        panic!("the refused request has changed nothing");
    };
    assert_eq!(less.scopes, ["read"]);
    assert_eq!(less.refresh.scopes, scopes(), "the successor has those of the chain (RFC 6749 §6)");
}

#[tokio::test]
async fn one_chain_per_client_is_the_latest_of_its_account_and_client() {
    let store = store();
    let service = service(&store).with_chains_per_client(ChainsPerClient::One);
    let first = begin(&service, &store, CLIENT, &after(0)).await;
    let other = begin(&service, &store, "another", &after(1)).await;
    let second = begin(&service, &store, CLIENT, &after(2)).await;
    assert_eq!(refresh(&service, first.token.reveal(), 3).await.expect_err("replaced"), RefreshRefusal::Ended);
    assert!(refresh(&service, second.token.reveal(), 3).await.is_ok());
    let outcome = service.refresh(other.token.reveal(), "another", None, &after(3)).await.expect("an answer");
    assert!(matches!(outcome, RefreshOutcome::Renewed(_)));
}

#[tokio::test]
async fn whatever_raises_the_epoch_or_closes_the_account_ends_all() {
    let store = store();
    let service = service(&store);
    let token = begin(&service, &store, CLIENT, &after(0)).await.token;
    store.raise_epoch("1").await.expect("an answer");
    assert_eq!(refresh(&service, token.reveal(), 1).await.expect_err("void"), RefreshRefusal::Account);
    assert!(service.list(&alice(&store).await, &after(1)).await.expect("an answer").is_empty());

    let token = begin(&service, &store, CLIENT, &after(0)).await.token;
    store.set_state("1", AccountState::Suspended).await.expect("an answer");
    store.set_state("1", AccountState::Active).await.expect("an answer");
    assert_eq!(refresh(&service, token.reveal(), 1).await.expect_err("void"), RefreshRefusal::Account);

    let token = begin(&service, &store, CLIENT, &after(0)).await.token;
    store.delete_account("1").await.expect("an answer");
    assert!(refresh(&service, token.reveal(), 1).await.is_err());
}

#[tokio::test]
async fn a_sign_in_that_raced_a_change_of_password_is_void() {
    let store = store();
    let service = service(&store);
    let granted = granted(&store).await;
    store.raise_epoch("1").await.expect("an answer");
    let token = service.begin(&granted, CLIENT, &scopes(), &after(0)).await.expect("an answer").token;
    assert_eq!(refresh(&service, token.reveal(), 1).await.expect_err("void"), RefreshRefusal::Account);
}

#[tokio::test]
async fn revoking_ends_the_chain_by_any_of_its_tokens_or_by_its_id() {
    let store = store();
    let service = service(&store);
    let first = begin(&service, &store, CLIENT, &after(0)).await;
    let second = refresh(&service, first.token.reveal(), 1).await.expect("good").refresh;
    assert!(service.revoke(first.token.reveal(), CLIENT, &after(2)).await.expect("an answer"), "a spent one too");
    assert!(!service.revoke(second.token.reveal(), CLIENT, &after(2)).await.expect("an answer"), "it has ended");
    assert_eq!(refresh(&service, second.token.reveal(), 3).await.expect_err("ended"), RefreshRefusal::Ended);

    let third = begin(&service, &store, CLIENT, &after(4)).await;
    assert!(!service.revoke_chain("2", &third.chain, &after(5)).await.expect("an answer"), "another's");
    assert!(service.revoke_chain("1", &third.chain, &after(5)).await.expect("an answer"));
    assert!(!service.revoke_chain("1", &third.chain, &after(5)).await.expect("an answer"));
    assert!(!service.revoke("no token", CLIENT, &after(5)).await.expect("an answer"));
}

#[tokio::test]
async fn what_is_prepared_spends_nothing_and_one_of_several_is_made() {
    let store = store();
    let service = service(&store);
    let token = begin(&service, &store, CLIENT, &after(0)).await.token;
    let prepare = async || service.prepare(token.reveal(), CLIENT, None, &after(1)).await.expect("an answer");
    let [first, second, dropped] = [prepare().await, prepare().await, prepare().await].map(|one| one.expect("good"));
    assert_eq!((first.account().id(), first.scopes(), first.granted().epoch()), ("1", scopes().as_slice(), 0));
    assert!(!format!("{dropped:?}").contains(token.reveal()));
    drop(dropped);
    let winner = service.complete(first, &after(2)).await.expect("an answer");
    assert!(matches!(winner, RefreshOutcome::Renewed(_)), "{winner:?}");
    let loser = service.complete(second, &after(2)).await.expect("an answer");
    assert!(matches!(loser, RefreshOutcome::Refused(RefreshRefusal::Reused)), "{loser:?}");
}

#[tokio::test]
async fn within_the_grace_period_all_that_is_prepared_gets_one_successor() {
    let store = store();
    let service = with_grace(&store);
    let token = begin(&service, &store, CLIENT, &after(0)).await.token;
    let prepare = async || service.prepare(token.reveal(), CLIENT, None, &after(1)).await.expect("an answer");
    let prepared = [prepare().await, prepare().await, prepare().await];
    let mut successors = Vec::new();
    for one in prepared {
        match service.complete(one.expect("good"), &after(2)).await.expect("an answer") {
            RefreshOutcome::Renewed(renewed) => {
                successors.push((renewed.refresh.token.reveal().to_owned(), renewed.is_repetition));
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(successors.iter().map(|(_, is_repetition)| *is_repetition).collect::<Vec<_>>(), [false, true, true]);
    assert!(successors.iter().all(|(successor, _)| *successor == successors[0].0));
}

/// Some systems bind tokens to their owner's address, or make ids of clients of it.
#[tokio::test]
async fn no_event_holds_an_address() {
    for (client, is_shown) in [("alice@example.com", false), ("portal.alice@example.com", false), ("portal-7", true)] {
        let (store, events) = (store(), Events::default());
        let service = service(&store).with_audit(events.audit());
        let issued = begin(&service, &store, client, &after(0)).await;
        let refused = service.refresh(issued.token.reveal(), "another", None, &after(1)).await.expect("an answer");
        assert!(matches!(refused, RefreshOutcome::Refused(RefreshRefusal::WrongClient)));
        assert!(service.revoke(issued.token.reveal(), client, &after(2)).await.expect("an answer"));

        let all = events.all();
        let clients: Vec<_> = all.iter().map(|event| event.client.clone().expect("a client")).collect();
        assert_eq!(clients.len(), 3, "{all:?}");
        assert!(clients.iter().all(|shown| *shown == clients[0]), "one client is one text: {clients:?}");
        assert_eq!(clients[0] == client, is_shown);
        assert!(!format!("{all:?}").contains('@'), "{all:?}");
        assert!(is_shown || clients[0].starts_with("digest:"), "{clients:?}");
    }
}

#[tokio::test]
async fn what_begins_and_ends_a_chain_is_told_though_the_caller_goes_away() {
    let store = store();
    let plain = service(&store);
    let earlier = begin(&plain, &store, CLIENT, &after(0)).await;
    let mut granted = granted(&store).await;
    granted.auth_time = after(1).now;
    let one = async |held: Held, audit: Audit| {
        let service = RefreshTokens::new(held, store.clone()).with_chains_per_client(ChainsPerClient::One);
        service.with_audit(audit).begin(&granted, CLIENT, &scopes(), &after(1)).await
    };
    assert_eq!(told_without_caller(&store, one).await, [AuditName::TOKEN_CREATED]);
    let refused = refresh(&plain, earlier.token.reveal(), 2).await.expect_err("replaced");
    assert_eq!(refused, RefreshRefusal::Ended);

    let begun = begin(&plain, &store, CLIENT, &after(2)).await;
    let revoke = async |held: Held, audit: Audit| {
        let service = RefreshTokens::new(held, store.clone()).with_audit(audit);
        service.revoke(begun.token.reveal(), CLIENT, &after(3)).await
    };
    assert_eq!(told_without_caller(&store, revoke).await, [AuditName::TOKEN_REVOKED]);
    assert!(told_without_caller(&store, revoke).await.is_empty(), "it had ended");
}

#[tokio::test]
async fn a_spent_token_that_comes_again_is_told_though_the_caller_goes_away() {
    let store = store();
    let plain = service(&store);
    let spent = begin(&plain, &store, CLIENT, &after(0)).await.token;
    let current = refresh(&plain, spent.reveal(), 1).await.expect("good").refresh.token;
    let again = async |held: Held, audit: Audit| {
        let service = RefreshTokens::new(held, store.clone()).with_audit(audit);
        service.refresh(spent.reveal(), CLIENT, None, &after(2)).await
    };
    assert_eq!(told_without_caller(&store, again).await, [AuditName::TOKEN_REUSE]);
    assert_eq!(refresh(&plain, current.reveal(), 3).await.expect_err("ended"), RefreshRefusal::Ended);
}
