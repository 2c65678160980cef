//! The rules of stores of second factors.

use super::samples::{at, digest, full_account, insert};
use crate::accounts::AccountAdmin;
use crate::totp::{SealedSecret, TotpRecord, TotpStore};

/// Runs the rules of a store of second factors on an empty one.
///
/// # Panics
///
/// If a rule is broken, or the store fails.
pub async fn totp<S: AccountAdmin + TotpStore>(store: &S) {
    insert(store, full_account("ada", "ada")).await;
    insert(store, full_account("bob", "bob")).await;
    enrolment_needs_the_pending_secret_and_the_epoch(store).await;
    a_step_is_spent_once_and_none_before_it(store).await;
    a_recovery_code_is_spent_once(store).await;
    naming_a_batch_drops_the_others(store).await;
    a_secret_is_sealed_anew_if_it_is_the_one_that_was_read(store).await;
    disabling_removes_everything(store).await;
    nothing_happens_to_an_account_that_is_not_there(store).await;
}

fn sealed(text: &str) -> SealedSecret {
    SealedSecret::from_text(text)
}

async fn read<S: TotpStore>(store: &S) -> TotpRecord {
    store.find_totp("ada").await.expect("an answer").expect("the account")
}

async fn has_second_factor<S: AccountAdmin>(store: &S) -> bool {
    store.find_account_by_id("ada").await.expect("an answer").expect("the account").has_second_factor()
}

async fn enrolment_needs_the_pending_secret_and_the_epoch<S: AccountAdmin + TotpStore>(store: &S) {
    assert_eq!(read(store).await, TotpRecord { epoch: 3, ..TotpRecord::default() });
    assert!(!store.begin_totp("ada", 2, &sealed("old")).await.expect("an answer"));
    assert!(store.begin_totp("ada", 3, &sealed("first")).await.expect("an answer"));
    assert!(store.begin_totp("ada", 3, &sealed("second")).await.expect("an answer"));
    let record = read(store).await;
    assert_eq!((record.epoch, record.secret, record.pending), (3, None, Some(sealed("second"))));
    assert!(!store.advance_totp("ada", 3, 1).await.expect("an answer"), "nothing is enabled");

    store.add_recovery_codes("ada", "one", &[digest("r1"), digest("r2")]).await.expect("an answer");
    let enable = async |epoch, secret: &str| {
        store.enable_totp("ada", epoch, &sealed(secret), 100, "one").await.expect("an answer")
    };
    assert_eq!(enable(3, "first").await, None, "another enrolment has begun");
    assert_eq!(enable(2, "second").await, None);
    assert!(!has_second_factor(store).await);
    assert_eq!(enable(3, "second").await, Some(4));
    assert_eq!(enable(4, "second").await, None, "nothing is pending");
    assert!(has_second_factor(store).await);
    let record = read(store).await;
    assert_eq!((record.secret, record.pending), (Some(sealed("second")), None));
    assert_eq!((record.epoch, record.last_step, record.recovery_batch.as_deref()), (4, Some(100), Some("one")));
}

async fn a_step_is_spent_once_and_none_before_it<S: TotpStore>(store: &S) {
    let advance = async |epoch, step| store.advance_totp("ada", epoch, step).await.expect("an answer");
    assert!(!advance(4, 100).await, "the step of the enrolment");
    assert!(!advance(4, 99).await);
    assert!(!advance(3, 101).await, "another epoch");
    assert!(advance(4, 101).await);
    assert!(!advance(4, 101).await);
    assert!(advance(4, 103).await);
    assert!(!advance(4, 102).await);
    assert_eq!((read(store).await.last_step, read(store).await.epoch), (Some(103), 4));
}

async fn a_recovery_code_is_spent_once<S: TotpStore>(store: &S) {
    let redeem = async |account: &str, batch: &str, code: &str| {
        store.redeem_recovery_code(account, batch, &digest(code), at(0)).await.expect("an answer")
    };
    assert_eq!(store.count_recovery_codes("ada", "one").await.expect("an answer"), 2);
    assert!(
        !redeem("ada", "one", "r3").await && !redeem("ada", "two", "r1").await && !redeem("bob", "one", "r1").await
    );
    assert!(redeem("ada", "one", "r1").await);
    assert!(!redeem("ada", "one", "r1").await);
    assert_eq!(store.count_recovery_codes("ada", "one").await.expect("an answer"), 1);
}

async fn naming_a_batch_drops_the_others<S: TotpStore>(store: &S) {
    store.add_recovery_codes("ada", "two", &[digest("r1"), digest("r9")]).await.expect("an answer");
    store.add_recovery_codes("bob", "one", &[digest("b1")]).await.expect("an answer");
    assert_eq!(store.set_recovery_batch("ada", 3, "two").await.expect("an answer"), None);
    assert_eq!(store.count_recovery_codes("ada", "one").await.expect("an answer"), 1, "nothing has changed");
    assert_eq!(store.set_recovery_batch("ada", 4, "two").await.expect("an answer"), Some(5));
    assert_eq!(read(store).await.recovery_batch.as_deref(), Some("two"));
    assert_eq!(store.count_recovery_codes("ada", "one").await.expect("an answer"), 0);
    assert_eq!(store.count_recovery_codes("ada", "two").await.expect("an answer"), 2, "a code of each batch");
    assert_eq!(store.count_recovery_codes("bob", "one").await.expect("an answer"), 1, "another account's");
}

async fn disabling_removes_everything<S: AccountAdmin + TotpStore>(store: &S) {
    assert!(store.begin_totp("ada", 5, &sealed("third")).await.expect("an answer"));
    assert_eq!(store.disable_totp("ada", 4).await.expect("an answer"), None);
    assert_eq!(store.disable_totp("ada", 5).await.expect("an answer"), Some(6));
    assert!(!has_second_factor(store).await);
    assert_eq!(read(store).await, TotpRecord { epoch: 6, ..TotpRecord::default() });
    assert_eq!(store.count_recovery_codes("ada", "two").await.expect("an answer"), 0);
    assert!(!store.advance_totp("ada", 6, 1_000).await.expect("an answer"));
}

async fn nothing_happens_to_an_account_that_is_not_there<S: TotpStore>(store: &S) {
    assert!(store.find_totp("nobody").await.expect("an answer").is_none());
    assert!(!store.begin_totp("nobody", 0, &sealed("s")).await.expect("an answer"));
    assert_eq!(store.enable_totp("nobody", 0, &sealed("s"), 1, "one").await.expect("an answer"), None);
    assert_eq!(store.disable_totp("nobody", 0).await.expect("an answer"), None);
    assert_eq!(store.set_recovery_batch("nobody", 0, "one").await.expect("an answer"), None);
    assert!(!store.advance_totp("nobody", 0, 1).await.expect("an answer"));
}

/// `ada` uses a secret, and others do then.
async fn a_secret_is_sealed_anew_if_it_is_the_one_that_was_read<S: AccountAdmin + TotpStore>(store: &S) {
    let before = read(store).await;
    let old = before.secret.clone().expect("in use");
    assert!(!store.reseal_totp("ada", &sealed("another"), &sealed("anew")).await.expect("an answer"));
    assert!(!store.reseal_totp("bob", &old, &sealed("anew")).await.expect("an answer"), "has none");
    assert!(!store.reseal_totp("nobody", &old, &sealed("anew")).await.expect("an answer"));
    assert_eq!(read(store).await, before);
    assert!(store.reseal_totp("ada", &old, &sealed("anew")).await.expect("an answer"));
    assert!(!store.reseal_totp("ada", &old, &sealed("again")).await.expect("an answer"), "somebody was first");
    assert_eq!(read(store).await, TotpRecord { secret: Some(sealed("anew")), ..before });

    for id in ["walk 1", "walk 2", "walk 3"] {
        insert(store, full_account(id, id)).await;
        assert!(store.begin_totp(id, 3, &sealed(id)).await.expect("an answer"));
        assert!(store.enable_totp(id, 3, &sealed(id), 1, "none").await.expect("an answer").is_some());
    }
    let (mut place, mut walked): (Option<String>, Vec<(String, SealedSecret)>) = (None, Vec::new());
    loop {
        let page = store.list_totp(place.as_deref(), 3).await.expect("an answer");
        let is_last = page.len() < 3;
        place = page.last().map(|(id, _)| id.clone());
        walked.extend(page);
        if is_last {
            break;
        }
    }
    walked.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    let expected = [("ada", "anew"), ("walk 1", "walk 1"), ("walk 2", "walk 2"), ("walk 3", "walk 3")];
    assert_eq!(walked, expected.map(|(id, text)| (id.to_owned(), sealed(text))), "each once, and bob has none");
}
