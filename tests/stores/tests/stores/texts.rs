//! Texts that a database cannot keep: PostgreSQL has no U+0000 in one. Every store treats them alike.

use std::time::SystemTime;

use auth_core::{Attempt, Source};
use auth_issuer::accounts::AccountAdmin as _;
use auth_issuer::api_keys::{ApiKeys, ChangeOutcome, KeyChange, KeyMaker, KeyRequest, MintOutcome, PrefixedSecret};
use auth_issuer::sessions::Sessions;
use auth_issuer::stores::AnyStore;
use auth_issuer::{Account, AccountStore as _};

use crate::temporary::Place;

/// A store in each place, with alice.
async fn stores() -> Vec<(AnyStore, Option<Place>)> {
    let mut stores = vec![(AnyStore::open("memory:").await.expect("a store"), None)];
    for place in Place::all().await {
        stores.push((AnyStore::open(&place.url()).await.expect("a store"), Some(place)));
    }
    for (store, _) in &stores {
        let _stored = store.insert_account(Account::new("1", "alice").expect("good")).await.expect("an answer");
    }
    stores
}

fn attempt() -> Attempt {
    Attempt::new(SystemTime::now(), Source::Unknown)
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_with_nul_are_refused_and_unknown() {
    for (store, _place) in stores().await {
        let alice = store.find_account_by_id("1").await.expect("an answer").expect("the account");
        let keys = ApiKeys::new(store.clone(), store.clone(), PrefixedSecret::new("sk_").expect("good"));
        let maker = KeyMaker::with_everything_of(&alice);
        for request in
            [KeyRequest::new("a\0b"), KeyRequest::new("a").with_description("\0"), KeyRequest::new("a").with_id("\0")]
        {
            let minted = keys.mint(&maker, request, &attempt()).await.expect("an answer");
            assert!(matches!(minted, MintOutcome::MalformedText), "{store:?} {minted:?}");
        }
        assert!(keys.list("1", 0, 10).await.expect("an answer").is_empty(), "{store:?}");

        let minted = keys.mint(&maker, KeyRequest::new("a").with_id("key"), &attempt()).await.expect("an answer");
        assert!(matches!(minted, MintOutcome::Minted(_)), "{store:?} {minted:?}");
        let name = KeyChange { name: Some("\0".to_owned()), ..KeyChange::default() };
        let description = KeyChange { description: Some("a\0".to_owned()), ..KeyChange::default() };
        for change in [name, description] {
            let changed = async |id| keys.change(&maker, id, change.clone(), &attempt()).await.expect("an answer");
            assert_eq!(changed("key").await, ChangeOutcome::MalformedText, "{store:?}");
            assert_eq!(changed("key\0").await, ChangeOutcome::Unknown, "{store:?}");
        }
        assert!(keys.find("1", "key\0").await.expect("an answer").is_none(), "{store:?}");
        assert!(!keys.delete("1", "key\0", &attempt()).await.expect("an answer"), "{store:?}");
        assert!(keys.list("1\0", 0, 10).await.expect("an answer").is_empty(), "{store:?}");
        let kept = keys.find("1", "key").await.expect("an answer").expect("the key");
        assert_eq!((kept.name.as_str(), kept.description.as_str()), ("a", ""), "{store:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_or_an_account_whose_id_has_nul_is_unknown() {
    for (store, _place) in stores().await {
        let sessions = Sessions::new(store.clone(), store.clone());
        assert!(!sessions.end("1", "\0", &attempt()).await.expect("an answer"), "{store:?}");
        assert!(store.find_account_by_id("1\0").await.expect("an answer").is_none(), "{store:?}");
    }
}
