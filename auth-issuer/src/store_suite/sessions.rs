//! The rules of stores of sessions.

use super::samples::{at, digest, session};
use crate::sessions::{SessionRecord, SessionStore};

/// Runs the rules of a store of sessions on an empty one.
///
/// # Panics
///
/// If a rule is broken, or the store fails.
pub async fn sessions<S: SessionStore>(store: &S) {
    keeps_every_column_until_it_expires(store).await;
    a_use_extends_it(store).await;
    one_is_carried_over_from_its_epoch(store).await;
    only_its_owner_ends_it(store).await;
}

async fn find<S: SessionStore>(store: &S, id: &str, seconds: u64) -> Option<SessionRecord> {
    store.find_session(&digest(id), at(seconds)).await.expect("an answer")
}

async fn insert<S: SessionStore>(store: &S, session: SessionRecord) {
    store.insert_session(session).await.expect("an answer");
}

async fn keeps_every_column_until_it_expires<S: SessionStore>(store: &S) {
    let session = session("s1", "ada");
    insert(store, session.clone()).await;
    let found = find(store, "s1", 1_799).await.expect("the session");
    assert_eq!((&found.id, &found.account, &found.label), (&session.id, &session.account, &session.label));
    assert_eq!((found.digest, found.epoch, &found.factors), (session.digest, session.epoch, &session.factors));
    assert_eq!((found.created_at, found.seen_at), (session.created_at, session.seen_at));
    assert_eq!((found.idle_expires_at, found.expires_at), (session.idle_expires_at, session.expires_at));
    assert!(find(store, "s1", 1_800).await.is_none());
    assert!(find(store, "s2", 0).await.is_none());
    let again = store.insert_session(SessionRecord { id: "other".to_owned(), ..session }).await;
    assert!(again.is_err(), "a secret is taken once");
}

async fn a_use_extends_it<S: SessionStore>(store: &S) {
    insert(store, session("t1", "ada")).await;
    let touch = async |id: &str, now| store.touch_session(id, at(now), at(now + 1_800)).await.expect("an answer");
    assert!(touch("t1", 1_799).await);
    let found = find(store, "t1", 3_598).await.expect("the session");
    assert_eq!((found.seen_at, found.idle_expires_at), (at(1_799), at(3_599)));
    assert!(!touch("t1", 3_599).await, "too late");
    assert!(!touch("none", 0).await);
    let mut short = session("t2", "ada");
    short.expires_at = at(100);
    insert(store, short).await;
    assert!(touch("t2", 99).await);
    assert!(find(store, "t2", 100).await.is_none(), "no use extends it beyond its end");
    assert!(!touch("t2", 100).await);
}

async fn one_is_carried_over_from_its_epoch<S: SessionStore>(store: &S) {
    insert(store, session("c1", "ada")).await;
    let carry = async |id: &str, from, to| store.carry_session(id, from, to).await.expect("an answer");
    assert!(!carry("c1", 2, 4).await && !carry("none", 3, 4).await);
    assert!(carry("c1", 3, 4).await);
    assert!(!carry("c1", 3, 5).await, "it is of another epoch by now");
    assert_eq!(find(store, "c1", 0).await.expect("the session").epoch, 4);
}

async fn only_its_owner_ends_it<S: SessionStore>(store: &S) {
    for (id, created) in [("e1", 1), ("e3", 3), ("e2", 2)] {
        insert(store, SessionRecord { created_at: at(created), ..session(id, "eve") }).await;
    }
    let ids = async |now| {
        let sessions = store.list_sessions("eve", at(now)).await.expect("an answer");
        sessions.iter().map(|session| session.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids(10).await, ["e3", "e2", "e1"], "the latest first");
    assert!(!store.end_session("ada", "e2").await.expect("an answer"), "somebody else's");
    assert!(store.end_session("eve", "e2").await.expect("an answer"));
    assert!(!store.end_session("eve", "e2").await.expect("an answer"));
    assert!(find(store, "e2", 10).await.is_none());
    assert!(!store.touch_session("e2", at(10), at(20)).await.expect("an answer"));
    assert_eq!(ids(10).await, ["e3", "e1"]);
    assert!(ids(1_800).await.is_empty(), "expired");
}
