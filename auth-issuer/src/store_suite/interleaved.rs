//! Races by force: the first transaction has run and is not committed when the second begins.

use std::future::Future;
use std::time::Duration;

use super::samples::{
    account, at, chain, digest, full_account, hash, insert, key, login, one_time_record, rotation, session,
};
use super::withdrawals::withdrawals;
use crate::accounts::{AccountState, Inserted, Renamed};
use crate::one_time::{Purpose, Slot};
use crate::refresh::{ChainEnd, Rotation};
use crate::stores::{Gate, Interleave};
use crate::throttle::{CounterKey, Reserved, Rule};
use crate::totp::SealedSecret;

/// Runs every race on stores that `make` makes, each of them empty, and each race in both orders.
///
/// # Panics
///
/// If a rule is broken, or the store fails.
pub async fn interleaved<S: Interleave>(make: impl AsyncFn() -> S) {
    let store = &make().await;
    rotate_against_rotate(store).await;
    rotate_against_revoke(store).await;
    sign_in_against_sign_in(store).await;
    sign_in_against_password_change(store).await;
    password_change_against_password_change(store).await;
    redeem_against_redeem(store).await;
    redeem_against_request(store).await;
    step_against_step(store).await;
    recovery_code_against_recovery_code(store).await;
    guess_against_guess(store).await;
    mint_against_deletion_of_the_parent(store).await;
    mint_against_role_change(store).await;
    mint_against_suspension(store).await;
    name_against_name(store).await;
    deletion_against_password_change(store).await;
    sweep_against_use(store).await;
    withdrawals(store).await;
}

/// Runs `first` up to its commit, then `second` until it is done or waits for the first, then lets both end.
pub(super) async fn overlap<S, A, B>(
    store: &S,
    first: impl FnOnce(S) -> A,
    second: impl FnOnce(S) -> B,
) -> (A::Output, B::Output)
where
    S: Interleave,
    A: Future<Output: Send> + Send + 'static,
    B: Future<Output: Send> + Send + 'static,
{
    let gate = Gate::new();
    let mut first = tokio::spawn(first(store.held_at(&gate)));
    let first_output = tokio::select! {
        () = gate.reached() => None,
        // It had nothing to commit.
        output = &mut first => Some(output.expect("no panic")),
    };
    let second = tokio::spawn(second(store.clone()));
    while !second.is_finished() && !store.is_a_write_waiting().await {
        tokio::task::yield_now().await;
    }
    gate.open();
    let first_output = match first_output {
        Some(output) => output,
        None => first.await.expect("no panic"),
    };
    (first_output, second.await.expect("no panic"))
}

async fn epoch<S: Interleave>(store: &S, id: &str) -> u64 {
    store.find_account_by_id(id).await.expect("an answer").expect("the account").epoch()
}

async fn rotate_against_rotate<S: Interleave>(store: &S) {
    store.insert_chain(chain("rr", "ada", "web")).await.expect("an answer");
    let rotate = |successor: &'static str| {
        move |store: S| async move {
            let rotation = Rotation { to: digest(successor), ..rotation("rr", 0, at(1)) };
            store.rotate_chain(rotation).await.expect("an answer")
        }
    };
    assert_eq!(overlap(store, rotate("rr first"), rotate("rr second")).await, (true, false));
    let found = store.find_chain(&digest("rr-0")).await.expect("an answer").expect("the chain");
    assert_eq!((found.current, found.generation), (digest("rr first"), 1));
    assert!(store.find_chain(&digest("rr second")).await.expect("an answer").is_none());
}

async fn rotate_against_revoke<S: Interleave>(store: &S) {
    for (id, rotates_first) in [("rv1", true), ("rv2", false)] {
        store.insert_chain(chain(id, "ada", "web")).await.expect("an answer");
        let rotate =
            move |store: S| async move { store.rotate_chain(rotation(id, 0, at(1))).await.expect("an answer") };
        let revoke =
            move |store: S| async move { store.end_chain(id, ChainEnd::Revoked, at(1)).await.expect("an answer") };
        let (rotated, revoked) = if rotates_first {
            overlap(store, rotate, revoke).await
        } else {
            let (revoked, rotated) = overlap(store, revoke, rotate).await;
            (rotated, revoked)
        };
        assert_eq!((rotated, revoked), (rotates_first, true), "{id}");
        let found = store.find_chain(&digest(&format!("{id}-0"))).await.expect("an answer").expect("the chain");
        assert_eq!(found.ended, Some((at(1), ChainEnd::Revoked)));
        assert_eq!(found.sealed, None);
        let next = store.rotate_chain(rotation(id, u32::from(rotates_first), at(2))).await.expect("an answer");
        assert!(!next, "no token of it is good");
    }
}

/// Of one client, at the same time: the lesser id gives way, whichever chain is stored first.
async fn sign_in_against_sign_in<S: Interleave>(store: &S) {
    for (account, ids) in [("ss1", ["a", "b"]), ("ss2", ["b", "a"])] {
        let sign_in = |id: &'static str| {
            let chain = chain(&format!("{account} {id}"), account, "web");
            move |store: S| async move {
                store.insert_chain(chain.clone()).await.expect("an answer");
                store.replace_chains(&chain, at(1)).await.expect("an answer")
            }
        };
        let (first, second) = overlap(store, sign_in(ids[0]), sign_in(ids[1])).await;
        assert_eq!(first + second, 1, "{account}");
        let live = store.list_chains(account, at(1)).await.expect("an answer");
        let live: Vec<_> = live.iter().map(|chain| chain.id.as_str()).collect();
        assert_eq!(live, [format!("{account} b")], "one survives");
    }
}

/// The epoch that was read with the old password is written into what is issued: whichever comes first, it is void.
async fn sign_in_against_password_change<S: Interleave>(store: &S) {
    for (id, changes_first) in [("sp1", true), ("sp2", false)] {
        insert(store, full_account(id, id)).await;
        let new = hash();
        let change = move |store: S| async move { store.set_password(id, 3, new).await.expect("an answer") };
        let sign_in = move |store: S| async move {
            store.insert_chain(chain(id, id, "web")).await.expect("an answer");
            store.insert_session(session(id, id)).await.expect("an answer");
        };
        let changed = if changes_first {
            overlap(store, change, sign_in).await.0
        } else {
            overlap(store, sign_in, change).await.1
        };
        assert_eq!(changed, Some(4));
        let found = store.find_chain(&digest(&format!("{id}-0"))).await.expect("an answer").expect("the chain");
        let session = store.find_session(&digest(id), at(1)).await.expect("an answer").expect("the session");
        assert_eq!((found.epoch, session.epoch, epoch(store, id).await), (3, 3, 4));
    }
}

async fn password_change_against_password_change<S: Interleave>(store: &S) {
    insert(store, full_account("pp", "pp")).await;
    let (first, second) = (hash(), hash());
    let kept = first.clone();
    let change = |new| move |store: S| async move { store.set_password("pp", 3, new).await.expect("an answer") };
    assert_eq!(overlap(store, change(first), change(second)).await, (Some(4), None));
    let account = store.find_account_by_id("pp").await.expect("an answer").expect("the account");
    assert!(account.password_hash().is_some_and(|hash| hash.is_same_as(&kept)));
}

async fn redeem_against_redeem<S: Interleave>(store: &S) {
    let record = one_time_record("ada", "rd", 3, at(600));
    assert!(store.insert_one_time(record.clone(), Slot::Free, at(0)).await.expect("an answer"));
    let redeem =
        |record| move |store: S| async move { store.redeem_one_time(&record, at(1)).await.expect("an answer") };
    assert_eq!(overlap(store, redeem(record.clone()), redeem(record)).await, (true, false));
}

async fn redeem_against_request<S: Interleave>(store: &S) {
    for (id, redeems_first) in [("rq1", true), ("rq2", false)] {
        let record = one_time_record(id, id, 3, at(600));
        let late = one_time_record(id, &format!("{id} late"), 3, at(600));
        let late_digest = late.digest;
        assert!(store.insert_one_time(record.clone(), Slot::Free, at(0)).await.expect("an answer"));
        let redeem = move |store: S| async move { store.redeem_one_time(&record, at(1)).await.expect("an answer") };
        let request =
            move |store: S| async move { store.insert_one_time(late, Slot::Free, at(1)).await.expect("an answer") };
        let both = if redeems_first {
            overlap(store, redeem, request).await
        } else {
            let (requested, redeemed) = overlap(store, request, redeem).await;
            (redeemed, requested)
        };
        assert_eq!(both, (true, true), "{id}");
        let spent = store.find_one_time(Purpose::LOGIN, &digest(id), at(1)).await.expect("an answer");
        assert!(spent.is_none(), "{id}");
        let late = store.find_one_time(Purpose::LOGIN, &late_digest, at(1)).await.expect("an answer");
        assert_eq!(late.is_some(), redeems_first, "redeeming kills what was there, and nothing later");
    }
}

/// Makes an account with a second factor, of epoch 4, that has spent step 100.
pub(super) async fn enrolled<S: Interleave>(store: &S, id: &str) {
    insert(store, full_account(id, id)).await;
    let pending = SealedSecret::from_text("sealed");
    assert!(store.begin_totp(id, 3, &pending).await.expect("an answer"));
    store.add_recovery_codes(id, "one", &[digest("code")]).await.expect("an answer");
    assert_eq!(store.enable_totp(id, 3, &pending, 100, "one").await.expect("an answer"), Some(4));
}

async fn step_against_step<S: Interleave>(store: &S) {
    enrolled(store, "st").await;
    let advance = |step| move |store: S| async move { store.advance_totp("st", 4, step).await.expect("an answer") };
    assert_eq!(overlap(store, advance(101), advance(101)).await, (true, false));
    assert_eq!(overlap(store, advance(103), advance(102)).await, (true, false), "an earlier one neither");
    let disable = |store: S| async move { store.disable_totp("st", 4).await.expect("an answer") };
    assert_eq!(overlap(store, disable, advance(104)).await, (Some(5), false));
}

async fn recovery_code_against_recovery_code<S: Interleave>(store: &S) {
    enrolled(store, "rc").await;
    let redeem = |store: S| async move {
        store.redeem_recovery_code("rc", "one", &digest("code"), at(1)).await.expect("an answer")
    };
    assert_eq!(overlap(store, redeem, redeem).await, (true, false));
}

async fn guess_against_guess<S: Interleave>(store: &S) {
    let rule = Rule { limit: 2, window: Duration::from_mins(1), then_one_per: None };
    let reserve =
        |store: S| async move { store.reserve(CounterKey::from_bytes([9; 32]), rule, at(1)).await.expect("an answer") };
    let first = overlap(store, reserve, reserve).await;
    assert_eq!(first, (Reserved::Admitted, Reserved::Admitted), "the first guesses under a name count both");
    assert_eq!(overlap(store, reserve, reserve).await, (Reserved::Busy, Reserved::Busy));

    let one = Rule { limit: 1, ..rule };
    let reserve =
        |store: S| async move { store.reserve(CounterKey::from_bytes([8; 32]), one, at(1)).await.expect("an answer") };
    assert_eq!(overlap(store, reserve, reserve).await, (Reserved::Admitted, Reserved::Busy));
}

async fn mint_against_deletion_of_the_parent<S: Interleave>(store: &S) {
    for (id, mints_first) in [("md1", true), ("md2", false)] {
        assert!(store.insert_key(key(id, "ada", None)).await.expect("an answer"));
        let child = key(&format!("{id} child"), "ada", Some(id));
        let mint = move |store: S| async move { store.insert_key(child).await.expect("an answer") };
        let delete = move |store: S| async move { store.delete_key("ada", id).await.expect("an answer") };
        let (minted, deleted) = if mints_first {
            overlap(store, mint, delete).await
        } else {
            let (deleted, minted) = overlap(store, delete, mint).await;
            (minted, deleted)
        };
        assert_eq!((minted, deleted), (mints_first, true), "{id}");
        for id in [id.to_owned(), format!("{id} child")] {
            assert!(store.find_key(&id).await.expect("an answer").is_none(), "{id} lives on");
        }
    }
}

/// What a key permits is cut down by what its owner is permitted at the time of use, so the change has to be seen at
/// once and neither may undo the other.
async fn mint_against_role_change<S: Interleave>(store: &S) {
    for (id, mints_first) in [("mr1", true), ("mr2", false)] {
        insert(store, full_account(id, id)).await;
        let key = key(id, id, None);
        let mint = move |store: S| async move { store.insert_key(key).await.expect("an answer") };
        let demote = move |store: S| async move { store.set_permissions(id, &[], &[]).await.expect("an answer") };
        let both = if mints_first { overlap(store, mint, demote).await } else { overlap(store, demote, mint).await };
        assert_eq!(both, (true, true), "{id}");
        let owner = store.find_account_by_id(id).await.expect("an answer").expect("the account");
        assert!(owner.roles().is_empty() && owner.scopes().is_empty(), "{id}");
        let key = store.find_key(id).await.expect("an answer").expect("the key");
        assert_eq!(key.epoch, Some(owner.epoch()), "a change of permissions voids nothing");
    }
}

async fn mint_against_suspension<S: Interleave>(store: &S) {
    for (id, mints_first) in [("ms1", true), ("ms2", false)] {
        insert(store, full_account(id, id)).await;
        let key = key(id, id, None);
        let mint = move |store: S| async move { store.insert_key(key).await.expect("an answer") };
        let suspend =
            move |store: S| async move { store.set_state(id, AccountState::Suspended).await.expect("an answer") };
        if mints_first {
            assert_eq!(overlap(store, mint, suspend).await, (true, Some(4)));
        } else {
            assert_eq!(overlap(store, suspend, mint).await, (Some(4), true));
        }
        let key = store.find_key(id).await.expect("an answer").expect("the key");
        assert_ne!(key.epoch, Some(epoch(store, id).await), "{id}: it is void");
    }
}

async fn name_against_name<S: Interleave>(store: &S) {
    insert(store, full_account("nn", "nn")).await;
    let sign_up = |store: S| async move { store.insert_account(account("nn new", "Wanted")).await.expect("an answer") };
    let rename =
        |store: S| async move { store.set_login("nn", 3, "wanted", &login("wanted")).await.expect("an answer") };
    assert_eq!(overlap(store, sign_up, rename).await, (Inserted::Stored, Renamed::DuplicateLogin));
    assert!(store.delete_account("nn new").await.expect("an answer"));
    let sign_up =
        |store: S| async move { store.insert_account(account("nn later", "Wanted")).await.expect("an answer") };
    let both = overlap(store, rename, sign_up).await;
    assert_eq!(both, (Renamed::Stored { epoch: 4 }, Inserted::DuplicateLogin));
}

async fn deletion_against_password_change<S: Interleave>(store: &S) {
    for (id, deletes_first) in [("dp1", true), ("dp2", false)] {
        insert(store, full_account(id, id)).await;
        let new = hash();
        let change = move |store: S| async move { store.set_password(id, 3, new).await.expect("an answer") };
        let delete = move |store: S| async move { store.delete_account(id).await.expect("an answer") };
        if deletes_first {
            assert_eq!(overlap(store, delete, change).await, (true, None));
        } else {
            assert_eq!(overlap(store, change, delete).await, (Some(4), true));
        }
        assert!(store.find_account_by_id(id).await.expect("an answer").is_none());
    }
}

/// The clock of a node that sweeps may be ahead of the one that serves.
async fn sweep_against_use<S: Interleave>(store: &S) {
    for (id, uses_first) in [("su1", true), ("su2", false)] {
        store.insert_session(session(id, "ada")).await.expect("an answer");
        store.insert_chain(chain(id, "ada", "web")).await.expect("an answer");
        let touch =
            move |store: S| async move { store.touch_session(id, at(1_799), at(9_999)).await.expect("an answer") };
        let sweep = |store: S| async move { store.sweep(at(1_800), 100).await.expect("an answer") };
        let (touched, _) = if uses_first {
            overlap(store, touch, sweep).await
        } else {
            let (removed, touched) = overlap(store, sweep, touch).await;
            (touched, removed)
        };
        assert_eq!(touched, uses_first);
        let found = store.find_session(&digest(id), at(1_799)).await.expect("an answer");
        assert_eq!(found.is_some(), uses_first, "{id}");

        let rotate =
            move |store: S| async move { store.rotate_chain(rotation(id, 0, at(3_599))).await.expect("an answer") };
        let sweep = |store: S| async move { store.sweep(at(3_600), 100).await.expect("an answer") };
        let (rotated, _) = if uses_first {
            overlap(store, rotate, sweep).await
        } else {
            let (removed, rotated) = overlap(store, sweep, rotate).await;
            (rotated, removed)
        };
        assert_eq!(rotated, uses_first);
        for token in [format!("{id}-0"), format!("{id}-1")] {
            let found = store.find_chain(&digest(&token)).await.expect("an answer");
            assert_eq!(found.is_some(), uses_first, "{token}");
        }
    }
}
