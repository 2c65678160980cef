//! The rules of stores of accounts.

use super::samples::{account, full_account, hash, insert, login};
use crate::accounts::{Account, AccountAdmin, AccountState, Inserted, Renamed};

/// Runs the rules of a store of accounts on an empty one.
///
/// # Panics
///
/// If a rule is broken, or the store fails.
pub async fn accounts<S: AccountAdmin>(store: &S) {
    keeps_every_column(store).await;
    refuses_a_taken_id_or_name(store).await;
    replaces_a_hash_only_if_it_is_the_one_that_was_read(store).await;
    a_change_needs_the_epoch_that_was_read_and_raises_it(store).await;
    a_change_of_permissions_leaves_the_epoch(store).await;
    a_deleted_account_is_gone_and_its_id_stays_taken(store).await;
    an_id_with_nul_is_nobodys(store).await;
    lists_in_the_order_of_numbers(store).await;
}

async fn read<S: AccountAdmin>(store: &S, id: &str) -> Account {
    store.find_account_by_id(id).await.expect("an answer").expect("the account")
}

async fn keeps_every_column<S: AccountAdmin>(store: &S) {
    let ada = full_account("ada", "Ada@Example.com").with_second_factor(true).with_state(AccountState::Suspended);
    insert(store, ada.clone()).await;
    let by_name = store.find_account(&login("aDA@example.COM")).await.expect("an answer").expect("the account");
    for found in [by_name, read(store, "ada").await] {
        assert_eq!((found.id(), found.login(), found.login_key()), (ada.id(), ada.login(), ada.login_key()));
        assert_eq!((found.state(), found.epoch()), (AccountState::Suspended, 3));
        assert!(found.has_second_factor());
        assert_eq!((found.roles(), found.scopes()), (ada.roles(), ada.scopes()));
        assert!(found.attributes() == ada.attributes());
        let hashes = (found.password_hash().expect("a hash"), ada.password_hash().expect("a hash"));
        assert!(hashes.0.is_same_as(hashes.1));
    }
    assert!(store.find_account(&login("ada")).await.expect("an answer").is_none());
    assert!(store.find_account_by_id("Ada").await.expect("an answer").is_none(), "ids are compared bytewise");

    let bare = account("bare", "bare");
    insert(store, bare).await;
    let found = read(store, "bare").await;
    assert!(found.password_hash().is_none() && found.roles().is_empty() && !found.has_second_factor());
    for state in [AccountState::Inactive, AccountState::MustReset, AccountState::Active, AccountState::Suspended] {
        store.set_state("bare", state).await.expect("an answer").expect("the account");
        assert_eq!(read(store, "bare").await.state(), state);
    }
}

async fn refuses_a_taken_id_or_name<S: AccountAdmin>(store: &S) {
    insert(store, account("zoe", "zo\u{eb}")).await;
    let other_spelling = store.insert_account(account("other", "Zoe\u{308}")).await;
    assert_eq!(other_spelling.expect("an answer"), Inserted::DuplicateLogin);
    let same_id = store.insert_account(account("zoe", "somebody")).await;
    assert_eq!(same_id.expect("an answer"), Inserted::DuplicateId);
    assert!(store.find_account(&login("somebody")).await.expect("an answer").is_none(), "nothing was changed");
    assert!(store.find_account_by_id("other").await.expect("an answer").is_none());
}

async fn replaces_a_hash_only_if_it_is_the_one_that_was_read<S: AccountAdmin>(store: &S) {
    let (first, second, third) = (hash(), hash(), hash());
    insert(store, account("rehash", "rehash").with_password_hash(first.clone())).await;
    insert(store, account("passwordless", "passwordless")).await;
    let replace =
        async |name: &str, old, new| store.replace_password_hash(&login(name), old, new).await.expect("an answer");
    assert!(replace("rehash", &first, second.clone()).await);
    assert!(!replace("rehash", &first, third.clone()).await, "somebody else was first");
    assert!(!replace("passwordless", &first, third.clone()).await, "no password");
    assert!(!replace("nobody", &first, third).await, "no account");
    let found = read(store, "rehash").await;
    assert!(found.password_hash().is_some_and(|hash| hash.is_same_as(&second)));
    assert_eq!(found.epoch(), 0, "the password is the same");
}

async fn a_change_needs_the_epoch_that_was_read_and_raises_it<S: AccountAdmin>(store: &S) {
    insert(store, full_account("eve", "eve")).await;
    let new = hash();
    assert_eq!(store.set_password("eve", 2, new.clone()).await.expect("an answer"), None);
    assert_eq!(store.set_password("eve", 3, new.clone()).await.expect("an answer"), Some(4));
    assert_eq!(store.set_password("eve", 3, hash()).await.expect("an answer"), None, "the epoch was used");
    assert!(read(store, "eve").await.password_hash().is_some_and(|hash| hash.is_same_as(&new)));

    assert_eq!(store.set_state("eve", AccountState::MustReset).await.expect("an answer"), Some(5));
    assert_eq!(store.set_password("eve", 5, hash()).await.expect("an answer"), Some(6));
    assert_eq!(read(store, "eve").await.state(), AccountState::Active, "it has been reset");
    assert_eq!(store.set_state("eve", AccountState::Suspended).await.expect("an answer"), Some(7));
    assert_eq!(store.set_password("eve", 7, hash()).await.expect("an answer"), Some(8));
    assert_eq!(read(store, "eve").await.state(), AccountState::Suspended, "a password does not open an account");

    let rename = async |epoch, name: &str| store.set_login("eve", epoch, name, &login(name)).await.expect("an answer");
    assert_eq!(rename(7, "Eva").await, Renamed::NotCurrent);
    assert_eq!(rename(7, "ZO\u{eb}").await, Renamed::NotCurrent, "taken, and of no matter");
    let nobody = store.set_login("nobody", 0, "zoe", &login("ZO\u{eb}")).await.expect("an answer");
    assert_eq!(nobody, Renamed::NotCurrent, "nor to an account that is not there");
    assert_eq!(rename(8, "ZO\u{eb}").await, Renamed::DuplicateLogin);
    assert_eq!(rename(8, "Eva").await, Renamed::Stored { epoch: 9 });
    assert_eq!(rename(9, "EVA").await, Renamed::Stored { epoch: 10 }, "one's own name is free for oneself");
    assert!(store.find_account(&login("eve")).await.expect("an answer").is_none());
    let found = store.find_account(&login("eva")).await.expect("an answer").expect("the account");
    assert_eq!((found.id(), found.login(), found.epoch()), ("eve", "EVA", 10));

    assert_eq!(store.raise_epoch("eve").await.expect("an answer"), Some(11));
    assert_eq!(store.raise_epoch("nobody").await.expect("an answer"), None);
    assert_eq!(store.set_state("nobody", AccountState::Active).await.expect("an answer"), None);
    assert_eq!(store.set_password("nobody", 0, hash()).await.expect("an answer"), None);
}

async fn a_change_of_permissions_leaves_the_epoch<S: AccountAdmin>(store: &S) {
    insert(store, full_account("rob", "rob")).await;
    let (roles, scopes) = (["admin".to_owned()], []);
    assert!(store.set_permissions("rob", &roles, &scopes).await.expect("an answer"));
    assert!(!store.set_permissions("nobody", &roles, &scopes).await.expect("an answer"));
    let two_in_one = ["items:read items:write".to_owned()];
    assert!(store.set_permissions("rob", &[], &two_in_one).await.is_err(), "a token would make two scopes of it");
    let found = read(store, "rob").await;
    assert_eq!((found.roles(), found.scopes(), found.epoch()), (&roles[..], &scopes[..], 3));
}

async fn a_deleted_account_is_gone_and_its_id_stays_taken<S: AccountAdmin>(store: &S) {
    insert(store, full_account("gone", "gone")).await;
    let count = store.count_accounts().await.expect("an answer");
    assert!(store.delete_account("gone").await.expect("an answer"));
    assert!(!store.delete_account("gone").await.expect("an answer"), "there is none any more");
    assert_eq!(store.count_accounts().await.expect("an answer").wrapping_add(1), count);

    assert!(store.find_account(&login("gone")).await.expect("an answer").is_none());
    assert!(store.find_account_by_id("gone").await.expect("an answer").is_none());
    assert!(store.list_accounts(0, 1_000).await.expect("an answer").iter().all(|account| account.id() != "gone"));
    assert_eq!(store.raise_epoch("gone").await.expect("an answer"), None);
    assert_eq!(store.set_state("gone", AccountState::Active).await.expect("an answer"), None, "nobody digs it up");
    for epoch in 3..=4 {
        assert_eq!(store.set_password("gone", epoch, hash()).await.expect("an answer"), None);
        let renamed = store.set_login("gone", epoch, "back", &login("back")).await;
        assert_eq!(renamed.expect("an answer"), Renamed::NotCurrent);
    }
    assert!(!store.set_permissions("gone", &[], &[]).await.expect("an answer"));
    let same_id = store.insert_account(account("gone", "gone2")).await;
    assert_eq!(same_id.expect("an answer"), Inserted::DuplicateId);
    insert(store, account("gone3", "gone")).await;
}

/// Ids come from paths of requests, and one of the databases has no U+0000 in a text.
async fn an_id_with_nul_is_nobodys<S: AccountAdmin>(store: &S) {
    insert(store, account("nul", "nul")).await;
    let id = "nul\0";
    assert!(store.find_account_by_id(id).await.expect("an answer").is_none());
    assert_eq!(store.set_state(id, AccountState::Suspended).await.expect("an answer"), None);
    assert_eq!(store.set_password(id, 0, hash()).await.expect("an answer"), None);
    assert_eq!(store.set_login(id, 0, "null", &login("null")).await.expect("an answer"), Renamed::NotCurrent);
    assert_eq!(store.raise_epoch(id).await.expect("an answer"), None);
    assert!(!store.set_permissions(id, &[], &[]).await.expect("an answer"));
    assert!(!store.delete_account(id).await.expect("an answer"));
    assert_eq!(read(store, "nul").await.epoch(), 0);
}

async fn lists_in_the_order_of_numbers<S: AccountAdmin>(store: &S) {
    for id in ["10", "2", "1", "B", "a"] {
        insert(store, account(id, &format!("listed {id}"))).await;
    }
    let ids = async |offset, limit| {
        let accounts = store.list_accounts(offset, limit).await.expect("an answer");
        accounts.iter().map(|account| account.id().to_owned()).collect::<Vec<_>>()
    };
    let all = ids(0, 1_000).await;
    assert!(all.is_sorted_by_key(|id| (id.len(), id.clone())), "{all:?}");
    assert_eq!(all.first_chunk(), Some(&["1", "2", "B", "a", "10"].map(str::to_owned)));
    assert_eq!(ids(1, 3).await, ["2", "B", "a"]);
    assert!(ids(1_000, 3).await.is_empty() && ids(0, 0).await.is_empty());
    assert_eq!(store.count_accounts().await.expect("an answer"), u64::try_from(all.len()).expect("a few"));
}
