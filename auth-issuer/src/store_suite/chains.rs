//! The rules of stores of refresh chains.

use std::time::{Duration, SystemTime};

use super::samples::{at, chain, digest, rotation};
use crate::refresh::{Chain, ChainEnd, ChainStore, SealedToken};

/// Runs the rules of a store of refresh chains on an empty one.
///
/// # Panics
///
/// If a rule is broken, or the store fails.
pub async fn chains<S: ChainStore>(store: &S) {
    keeps_every_column(store).await;
    every_token_of_a_chain_finds_it(store).await;
    only_the_current_token_of_a_live_chain_is_exchanged(store).await;
    a_chain_ends_once(store).await;
    a_later_sign_in_replaces_earlier_ones_of_its_client(store).await;
    of_sign_ins_at_the_same_moment_one_survives(store).await;
    lists_the_live_ones_latest_first(store).await;
}

async fn find<S: ChainStore>(store: &S, token: &str) -> Option<Chain> {
    store.find_chain(&digest(token)).await.expect("an answer")
}

async fn rotate<S: ChainStore>(store: &S, chain: &str, n: u32, now: SystemTime) -> bool {
    store.rotate_chain(rotation(chain, n, now)).await.expect("an answer")
}

async fn insert<S: ChainStore>(store: &S, chain: Chain) {
    store.insert_chain(chain).await.expect("an answer");
}

fn assert_same(found: &Chain, expected: &Chain) {
    assert_eq!((&found.id, &found.account, &found.client), (&expected.id, &expected.account, &expected.client));
    assert_eq!((&found.scopes, &found.factors), (&expected.scopes, &expected.factors));
    assert_eq!((found.epoch, found.generation), (expected.epoch, expected.generation));
    assert_eq!((found.current, found.previous), (expected.current, expected.previous));
    assert_eq!((found.rotated_at, found.sealed), (expected.rotated_at, expected.sealed));
    assert_eq!((found.auth_time, found.ended), (expected.auth_time, expected.ended));
    assert_eq!((found.idle_expires_at, found.expires_at), (expected.idle_expires_at, expected.expires_at));
}

async fn keeps_every_column<S: ChainStore>(store: &S) {
    let mut full = chain("full", "ada", "web \u{201c}app\u{201d}");
    full.previous = Some(digest("full-before"));
    full.rotated_at = Some(at(1) + Duration::from_millis(1));
    full.sealed = Some(SealedToken::from_bytes([0xf7; 32]));
    full.generation = 9;
    for (id, ended) in [("full", None), ("ended", Some((at(2), ChainEnd::Reuse)))] {
        let mut chain = full.clone();
        (chain.id, chain.current, chain.ended) = (id.to_owned(), digest(id), ended);
        insert(store, chain.clone()).await;
        assert_same(&find(store, id).await.expect("the chain"), &chain);
    }
    assert!(find(store, "nothing").await.is_none());
    let again = chain("full", "ada", "web");
    assert!(store.insert_chain(again).await.is_err(), "an id is taken once");
}

async fn every_token_of_a_chain_finds_it<S: ChainStore>(store: &S) {
    insert(store, chain("line", "ada", "web")).await;
    for n in 0..5 {
        assert!(rotate(store, "line", n, at(u64::from(n))).await);
    }
    for n in 0..=5 {
        let found = find(store, &format!("line-{n}")).await.expect("however long ago");
        assert_eq!((found.id.as_str(), found.generation), ("line", 5));
        assert_eq!((found.current, found.previous), (digest("line-5"), Some(digest("line-4"))));
        assert_eq!((found.rotated_at, found.idle_expires_at), (Some(at(4)), at(3_604)));
        assert_eq!(found.sealed, Some(SealedToken::from_bytes([7; 32])));
    }
    let unsealed = crate::refresh::Rotation { sealed: None, ..rotation("line", 5, at(5)) };
    assert!(store.rotate_chain(unsealed).await.expect("an answer"));
    assert_eq!(find(store, "line-6").await.expect("the chain").sealed, None, "erased with the next exchange");
}

async fn only_the_current_token_of_a_live_chain_is_exchanged<S: ChainStore>(store: &S) {
    insert(store, chain("live", "ada", "web")).await;
    assert!(rotate(store, "live", 0, at(1)).await);
    assert!(!rotate(store, "live", 0, at(1)).await, "spent");
    assert!(!rotate(store, "live", 2, at(1)).await, "not there yet");
    assert!(!rotate(store, "none", 0, at(1)).await);
    assert_eq!(find(store, "live-1").await.expect("the chain").generation, 1);
    assert!(!rotate(store, "live", 1, at(3_601)).await, "idle for too long");
    assert!(rotate(store, "live", 1, at(3_600)).await);

    let mut short = chain("short", "ada", "web");
    short.expires_at = at(10);
    insert(store, short).await;
    assert!(!rotate(store, "short", 0, at(10)).await, "expired");
    assert!(rotate(store, "short", 0, at(9)).await);
    assert!(find(store, "short-0").await.is_some(), "expired ones are found");

    insert(store, chain("over", "ada", "web")).await;
    assert!(store.end_chain("over", ChainEnd::Revoked, at(1)).await.expect("an answer"));
    assert!(!rotate(store, "over", 0, at(2)).await, "ended");
    assert!(find(store, "over-1").await.is_none(), "a refused successor is none");
}

async fn a_chain_ends_once<S: ChainStore>(store: &S) {
    insert(store, chain("end", "ada", "web")).await;
    assert!(rotate(store, "end", 0, at(1)).await);
    let end = async |reason| store.end_chain("end", reason, at(2)).await.expect("an answer");
    assert!(end(ChainEnd::Reuse).await);
    assert!(!end(ChainEnd::Revoked).await, "the first reason stays");
    assert!(!store.end_chain("none", ChainEnd::Revoked, at(2)).await.expect("an answer"));
    for token in ["end-0", "end-1"] {
        let found = find(store, token).await.expect("ended ones are found");
        assert_eq!(found.ended, Some((at(2), ChainEnd::Reuse)));
        assert_eq!(found.sealed, None, "nobody opens it any more");
    }
}

async fn a_later_sign_in_replaces_earlier_ones_of_its_client<S: ChainStore>(store: &S) {
    let signed_in = |id: &str, account: &str, client: &str, seconds| {
        let mut chain = chain(id, account, client);
        chain.auth_time = at(seconds);
        chain
    };
    for chain in [
        signed_in("r1", "rob", "web", 1),
        signed_in("r2", "rob", "web", 2),
        signed_in("r2b", "rob", "web", 2),
        signed_in("r2c", "rob", "web", 2),
        signed_in("r3", "rob", "web", 3),
        signed_in("other-client", "rob", "Web", 1),
        signed_in("other-account", "eve", "web", 1),
    ] {
        insert(store, chain).await;
    }
    let replace = async |id: &str, seconds| {
        store.replace_chains(&signed_in(id, "rob", "web", seconds), at(9)).await.expect("an answer")
    };
    assert_eq!(replace("r2b", 2).await, 3, "the earlier one, of those at the same time the lesser id, and itself");
    assert_eq!(replace("r2b", 2).await, 0);
    assert_eq!(replace("r2c", 2).await, 0, "the later one ends it, and not the other way");
    for (id, ended) in [("r1", true), ("r2", true), ("r2b", true), ("r2c", false), ("r3", false)] {
        let expected = ended.then_some((at(9), ChainEnd::Replaced));
        assert_eq!(find(store, &format!("{id}-0")).await.expect("the chain").ended, expected, "{id}");
    }
    assert_eq!(replace("r3", 3).await, 1, "the last that is live");
    for id in ["other-client-0", "other-account-0"] {
        assert_eq!(find(store, id).await.expect("the chain").ended, None, "{id}");
    }
}

async fn of_sign_ins_at_the_same_moment_one_survives<S: ChainStore>(store: &S) {
    let with_id = |id: &str| chain(id, "sue", "web");
    let idle = Chain { idle_expires_at: at(9), ..with_id("s5") };
    let ended = Chain { ended: Some((at(8), ChainEnd::Revoked)), ..with_id("s6") };
    for chain in [idle, ended, chain("s7", "sue", "Web"), chain("s8", "eve", "web"), with_id("s1")] {
        insert(store, chain).await;
    }
    let replace = async |id: &str| store.replace_chains(&with_id(id), at(9)).await.expect("an answer");
    assert_eq!(replace("s1").await, 0);
    insert(store, with_id("s2")).await;
    assert_eq!(replace("s2").await, 1);
    // The least of them is stored last.
    insert(store, with_id("s0")).await;
    assert_eq!(replace("s0").await, 1);
    let assert_live = async |live: &str| {
        for id in ["s0", "s1", "s2", "s1 later"] {
            let ended = find(store, &format!("{id}-0")).await.map(|chain| chain.ended);
            let expected = (id != live).then_some((at(9), ChainEnd::Replaced));
            assert!(ended.is_none_or(|ended| ended == expected), "{id}: {ended:?}");
        }
    };
    assert_live("s2").await;
    // One sign-in, and the client asks once more.
    let later = Chain { expires_at: at(86_401), ..with_id("s1 later") };
    insert(store, later.clone()).await;
    assert_eq!(store.replace_chains(&later, at(9)).await.expect("an answer"), 2, "the idle one too, whatever its id");
    assert_live("s1 later").await;
}

async fn lists_the_live_ones_latest_first<S: ChainStore>(store: &S) {
    for (id, seconds) in [("l1", 1), ("l3", 3), ("l2", 2), ("l4", 4)] {
        let mut chain = chain(id, "lea", "web");
        chain.auth_time = at(seconds);
        insert(store, chain).await;
    }
    store.end_chain("l4", ChainEnd::Revoked, at(5)).await.expect("an answer");
    let ids = async |now| {
        let chains = store.list_chains("lea", now).await.expect("an answer");
        chains.iter().map(|chain| chain.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids(at(5)).await, ["l3", "l2", "l1"]);
    assert!(ids(at(3_600)).await.is_empty(), "idle for too long");
    assert!(store.list_chains("nobody", at(5)).await.expect("an answer").is_empty());
}
