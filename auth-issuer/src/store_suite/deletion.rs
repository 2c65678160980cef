//! What belongs to an account goes with it.

use super::samples::{at, chain, digest, full_account, insert, key, one_time_record, session};
use crate::one_time::{Purpose, Slot};
use crate::stores::Store;
use crate::totp::SealedSecret;

/// Runs the rules of deleting an account on an empty store.
///
/// # Panics
///
/// If a rule is broken, or the store fails.
pub async fn deletion<S: Store>(store: &S) {
    for id in ["ada", "bob"] {
        insert(store, full_account(id, id)).await;
        store.insert_chain(chain(&format!("chain of {id}"), id, "web")).await.expect("an answer");
        store.insert_session(session(&format!("session of {id}"), id)).await.expect("an answer");
        assert!(store.insert_key(key(&format!("key of {id}"), id, None)).await.expect("an answer"));
        let secret = one_time_record(id, &format!("secret of {id}"), 3, at(600));
        assert!(store.insert_one_time(secret, Slot::Free, at(0)).await.expect("an answer"));
        assert!(store.begin_totp(id, 3, &SealedSecret::from_text("sealed")).await.expect("an answer"));
        store.add_recovery_codes(id, "one", &[digest("code")]).await.expect("an answer");
    }
    assert!(store.delete_account("ada").await.expect("an answer"));
    for (id, is_there) in [("ada", false), ("bob", true)] {
        let (chain, session) = (digest(&format!("chain of {id}-0")), digest(&format!("session of {id}")));
        assert_eq!(store.find_chain(&chain).await.expect("an answer").is_some(), is_there, "{id}");
        assert_eq!(store.find_session(&session, at(1)).await.expect("an answer").is_some(), is_there, "{id}");
        assert_eq!(store.find_key(&format!("key of {id}")).await.expect("an answer").is_some(), is_there, "{id}");
        let secret = digest(&format!("secret of {id}"));
        let secret = store.find_one_time(Purpose::LOGIN, &secret, at(1)).await.expect("an answer");
        assert_eq!(secret.is_some(), is_there, "{id}");
        assert_eq!(store.find_totp(id).await.expect("an answer").is_some(), is_there, "{id}");
        let codes = store.count_recovery_codes(id, "one").await.expect("an answer");
        assert_eq!(codes, u32::from(is_there), "{id}");
        assert!(store.list_chains(id, at(1)).await.expect("an answer").len() == usize::from(is_there), "{id}");
        assert_eq!(store.count_keys(id, at(1)).await.expect("an answer"), u64::from(is_there), "{id}");
    }
}
