//! Uses beside withdrawals, by force: sessions, factors, recovery codes, keys and token ids.

use super::interleaved::{enrolled, overlap};
use super::samples::{at, digest, full_account, hash, insert, key, session};
use crate::api_keys::KeyChange;
use crate::stores::Interleave;
use crate::totp::SealedSecret;

/// Runs each of these races in both orders.
pub(super) async fn withdrawals<S: Interleave>(store: &S) {
    use_against_end_of_a_session(store).await;
    use_against_carrying_a_session(store).await;
    carrying_against_end_of_a_session(store).await;
    enabling_against_enabling(store).await;
    enabling_against_another_secret(store).await;
    enabling_against_password_change(store).await;
    code_against_disabling(store).await;
    recovery_code_against_withdrawal(store).await;
    renewal_against_renewal(store).await;
    change_against_change_of_a_key(store).await;
    change_against_deletion_of_a_key(store).await;
    use_against_change_of_a_key(store).await;
    token_id_against_token_id(store).await;
    key_id_against_key_id(store).await;
}

/// Runs two transactions at once, the first of the pair first or second; answers in the order of the pair.
macro_rules! in_order {
    ($store:expr, $first_goes_first:expr, $first:expr, $second:expr) => {
        if $first_goes_first {
            overlap($store, $first, $second).await
        } else {
            let (second, first) = overlap($store, $second, $first).await;
            (first, second)
        }
    };
}

async fn use_against_end_of_a_session<S: Interleave>(store: &S) {
    for (id, uses_first) in [("ue1", true), ("ue2", false)] {
        store.insert_session(session(id, "ada")).await.expect("an answer");
        let touch = move |store: S| async move { store.touch_session(id, at(1), at(1_801)).await.expect("an answer") };
        let end = move |store: S| async move { store.end_session("ada", id).await.expect("an answer") };
        assert_eq!(in_order!(store, uses_first, touch, end), (uses_first, true), "{id}");
        assert!(store.find_session(&digest(id), at(2)).await.expect("an answer").is_none(), "{id} lives on");
    }
}

/// Neither undoes the other.
async fn use_against_carrying_a_session<S: Interleave>(store: &S) {
    for (id, uses_first) in [("uc1", true), ("uc2", false)] {
        store.insert_session(session(id, "ada")).await.expect("an answer");
        let touch = move |store: S| async move { store.touch_session(id, at(1), at(1_801)).await.expect("an answer") };
        let carry = move |store: S| async move { store.carry_session(id, 3, 4).await.expect("an answer") };
        assert_eq!(in_order!(store, uses_first, touch, carry), (true, true), "{id}");
        let found = store.find_session(&digest(id), at(2)).await.expect("an answer").expect("the session");
        assert_eq!((found.epoch, found.seen_at, found.idle_expires_at), (4, at(1), at(1_801)), "{id}");
    }
}

async fn carrying_against_end_of_a_session<S: Interleave>(store: &S) {
    for (id, carries_first) in [("ce1", true), ("ce2", false)] {
        store.insert_session(session(id, "ada")).await.expect("an answer");
        let carry = move |store: S| async move { store.carry_session(id, 3, 4).await.expect("an answer") };
        let end = move |store: S| async move { store.end_session("ada", id).await.expect("an answer") };
        assert_eq!(in_order!(store, carries_first, carry, end), (carries_first, true), "{id}");
        assert!(store.find_session(&digest(id), at(1)).await.expect("an answer").is_none(), "{id} lives on");
    }
    store.insert_session(session("cc", "ada")).await.expect("an answer");
    let carry = |to| move |store: S| async move { store.carry_session("cc", 3, to).await.expect("an answer") };
    assert_eq!(overlap(store, carry(4), carry(5)).await, (true, false), "from one epoch it goes once");
    let found = store.find_session(&digest("cc"), at(1)).await.expect("an answer").expect("the session");
    assert_eq!(found.epoch, 4);
}

/// Makes an account of epoch 3 that is enrolling a secret, with codes for it.
async fn enrolling<S: Interleave>(store: &S, id: &str) {
    insert(store, full_account(id, id)).await;
    assert!(store.begin_totp(id, 3, &SealedSecret::from_text("sealed")).await.expect("an answer"));
    store.add_recovery_codes(id, "one", &[digest("code")]).await.expect("an answer");
}

async fn enable<S: Interleave>(store: S, id: &str, batch: &str) -> Option<u64> {
    store.enable_totp(id, 3, &SealedSecret::from_text("sealed"), 100, batch).await.expect("an answer")
}

async fn enabling_against_enabling<S: Interleave>(store: &S) {
    enrolling(store, "ee").await;
    store.add_recovery_codes("ee", "two", &[digest("other code")]).await.expect("an answer");
    let one = |store: S| enable(store, "ee", "one");
    let two = |store: S| enable(store, "ee", "two");
    assert_eq!(overlap(store, one, two).await, (Some(4), None));
    let count = async |batch| store.count_recovery_codes("ee", batch).await.expect("an answer");
    assert_eq!((count("one").await, count("two").await), (1, 0), "the codes of who was first count");
}

/// The secret whose code was right is the one that is enabled.
async fn enabling_against_another_secret<S: Interleave>(store: &S) {
    for (id, enables_first) in [("es1", true), ("es2", false)] {
        enrolling(store, id).await;
        let one = move |store: S| enable(store, id, "one");
        let begin = move |store: S| async move {
            store.begin_totp(id, 3, &SealedSecret::from_text("another")).await.expect("an answer")
        };
        let both = in_order!(store, enables_first, one, begin);
        assert_eq!(both, (enables_first.then_some(4), !enables_first), "{id}");
        let record = store.find_totp(id).await.expect("an answer").expect("the account");
        let secret = record.secret.as_ref().map(SealedSecret::as_text);
        assert_eq!(secret, enables_first.then_some("sealed"), "{id}");
    }
}

async fn enabling_against_password_change<S: Interleave>(store: &S) {
    for (id, enables_first) in [("ep1", true), ("ep2", false)] {
        enrolling(store, id).await;
        let new = hash();
        let one = move |store: S| enable(store, id, "one");
        let change = move |store: S| async move { store.set_password(id, 3, new).await.expect("an answer") };
        let (enabled, changed) = in_order!(store, enables_first, one, change);
        assert_eq!((enabled, changed), (enables_first.then_some(4), (!enables_first).then_some(4)), "{id}");
        let account = store.find_account_by_id(id).await.expect("an answer").expect("the account");
        assert_eq!((account.has_second_factor(), account.epoch()), (enables_first, 4), "{id}");
    }
}

async fn code_against_disabling<S: Interleave>(store: &S) {
    for (id, uses_first) in [("cd1", true), ("cd2", false)] {
        enrolled(store, id).await;
        let advance = move |store: S| async move { store.advance_totp(id, 4, 101).await.expect("an answer") };
        let disable = move |store: S| async move { store.disable_totp(id, 4).await.expect("an answer") };
        assert_eq!(in_order!(store, uses_first, advance, disable), (uses_first, Some(5)), "{id}");
        let account = store.find_account_by_id(id).await.expect("an answer").expect("the account");
        assert!(!account.has_second_factor(), "{id}");
        let record = store.find_totp(id).await.expect("an answer").expect("the account");
        assert!(record.secret.is_none() && record.last_step.is_none(), "{id}");
    }
}

/// Renewing the codes, and disabling the factor.
async fn recovery_code_against_withdrawal<S: Interleave>(store: &S) {
    for (id, uses_first, renews) in
        [("rr1", true, true), ("rr2", false, true), ("rd1", true, false), ("rd2", false, false)]
    {
        enrolled(store, id).await;
        store.add_recovery_codes(id, "two", &[digest("new code")]).await.expect("an answer");
        let redeem = move |store: S| async move {
            store.redeem_recovery_code(id, "one", &digest("code"), at(1)).await.expect("an answer")
        };
        let withdraw = move |store: S| async move {
            let epoch =
                if renews { store.set_recovery_batch(id, 4, "two").await } else { store.disable_totp(id, 4).await };
            epoch.expect("an answer")
        };
        assert_eq!(in_order!(store, uses_first, redeem, withdraw), (uses_first, Some(5)), "{id}");
        assert!(!redeem(store.clone()).await, "{id}: it is spent or void");
        let left = store.count_recovery_codes(id, "two").await.expect("an answer");
        assert_eq!(left, u32::from(renews), "{id}: the new ones are untouched, or gone with the factor");
    }
}

async fn renewal_against_renewal<S: Interleave>(store: &S) {
    enrolled(store, "nr").await;
    for batch in ["two", "three"] {
        store.add_recovery_codes("nr", batch, &[digest(batch)]).await.expect("an answer");
    }
    let renew =
        |batch| move |store: S| async move { store.set_recovery_batch("nr", 4, batch).await.expect("an answer") };
    assert_eq!(overlap(store, renew("two"), renew("three")).await, (Some(5), None));
    let count = async |batch| store.count_recovery_codes("nr", batch).await.expect("an answer");
    assert_eq!((count("one").await, count("two").await), (0, 1));
    let record = store.find_totp("nr").await.expect("an answer").expect("the account");
    assert_eq!(record.recovery_batch.as_deref(), Some("two"));
}

async fn change<S: Interleave>(store: S, id: &str, change: KeyChange) -> bool {
    store.change_key("ada", id, change, at(1)).await.expect("an answer")
}

fn off() -> KeyChange {
    KeyChange { is_disabled: Some(true), ..KeyChange::default() }
}

/// Two that change different things: neither undoes the other.
async fn change_against_change_of_a_key<S: Interleave>(store: &S) {
    for (id, disables_first) in [("kk1", true), ("kk2", false)] {
        assert!(store.insert_key(key(id, "ada", None)).await.expect("an answer"));
        let name = KeyChange { name: Some("renamed".to_owned()), ..KeyChange::default() };
        let disable = move |store: S| change(store, id, off());
        let rename = move |store: S| change(store, id, name);
        assert_eq!(in_order!(store, disables_first, disable, rename), (true, true), "{id}");
        let key = store.find_key(id).await.expect("an answer").expect("the key");
        assert_eq!((key.is_disabled, key.name.as_str()), (true, "renamed"), "{id}");
    }
}

async fn change_against_deletion_of_a_key<S: Interleave>(store: &S) {
    for (id, changes_first) in [("kd1", true), ("kd2", false)] {
        assert!(store.insert_key(key(id, "ada", None)).await.expect("an answer"));
        let change = move |store: S| change(store, id, off());
        let delete = move |store: S| async move { store.delete_key("ada", id).await.expect("an answer") };
        assert_eq!(in_order!(store, changes_first, change, delete), (changes_first, true), "{id}");
        assert!(store.find_key(id).await.expect("an answer").is_none(), "{id} lives on");
    }
}

async fn use_against_change_of_a_key<S: Interleave>(store: &S) {
    for (id, uses_first) in [("uk1", true), ("uk2", false)] {
        assert!(store.insert_key(key(id, "ada", None)).await.expect("an answer"));
        let touch = move |store: S| async move { store.touch_key(id, at(2), at(1)).await.expect("an answer") };
        let disable = move |store: S| change(store, id, off());
        assert_eq!(in_order!(store, uses_first, touch, disable), ((), true), "{id}");
        let key = store.find_key(id).await.expect("an answer").expect("the key");
        assert_eq!((key.is_disabled, key.last_used_at), (true, Some(at(2))), "{id}");
    }
}

async fn token_id_against_token_id<S: Interleave>(store: &S) {
    let spend = |store: S| async move { store.spend_token_id("reset", "tt", at(600)).await.expect("an answer") };
    assert_eq!(overlap(store, spend, spend).await, (true, false));
}

async fn key_id_against_key_id<S: Interleave>(store: &S) {
    let insert = |store: S| async move { store.insert_key_id("sealing", "kk").await.expect("an answer") };
    assert_eq!(overlap(store, insert, insert).await, (true, false));
}
