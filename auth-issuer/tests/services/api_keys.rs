//! API keys of accounts.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use auth_core::credential::{ApiKey, ApiKeyPrefix, BearerToken, Credential as _, OpaqueToken};
use auth_core::{Attempt, Facts, Reason, StoreError, Verified, Verifier, VerifyError, VerifyErrorKind};
use auth_issuer::accounts::AccountAdmin as _;
use auth_issuer::api_keys::{
    ApiKeys, ChangeOutcome, KeyChange, KeyMaker, KeyRequest, KeyStore, KeyUse, MintOutcome, MintedKey, OwnedKey,
    PrefixedSecret,
};
use auth_issuer::audit::{Audit, AuditName};
use auth_issuer::secret::SecretDigest;
use auth_issuer::throttle::Rule;
use auth_issuer::{AccountState, MemoryStore, Throttle};

use super::held::{Held, told_without_caller, told_without_caller_after};
use super::support::{Events, account, after, alice, read, store, store_with};

type Service = ApiKeys<MemoryStore, MemoryStore>;

fn service(store: &MemoryStore) -> Service {
    ApiKeys::new(store.clone(), store.clone(), PrefixedSecret::new("sk_").expect("good"))
}

async fn mint(service: &Service, maker: &KeyMaker, request: KeyRequest) -> Result<MintedKey, MintOutcome> {
    match service.mint(maker, request, &after(0)).await.expect("an answer") {
        MintOutcome::Minted(key) => Ok(*key),
        refused => Err(refused),
    }
}

async fn make(service: &Service, store: &MemoryStore, scopes: &[&str]) -> MintedKey {
    let request = KeyRequest::new("laptop").with_scopes(scopes.iter().copied());
    mint(service, &KeyMaker::with_everything_of(&alice(store).await), request).await.expect("within the limits")
}

async fn present(service: &Service, key: &str, attempt: Attempt) -> Result<Verified<KeyUse>, VerifyError> {
    let parsed = BearerToken::parse(key.as_bytes()).expect("a token");
    Verifier::<BearerToken>::verify(service, BearerToken::into_owned(parsed), attempt).await
}

async fn facts(service: &Service, key: &MintedKey) -> Result<Facts, Reason> {
    present(service, key.reveal(), after(1)).await.map(|used| used.facts().clone()).map_err(|error| error.reason())
}

#[tokio::test]
async fn a_key_permits_what_it_was_made_for_and_its_owner_is_permitted_now() {
    let store = store();
    let service = service(&store);
    let key = make(&service, &store, &["read", "write"]).await;
    let known = facts(&service, &key).await.expect("good");
    assert_eq!((known.subject.as_str(), known.scopes.clone()), ("1", vec!["read".into(), "write".into()]));
    assert_eq!(known.credential_id.as_deref(), Some(key.record().id.as_str()));
    assert!(known.roles.is_empty() && known.factors.is_empty() && known.auth_time.is_none());

    store.set_permissions("1", &["user".to_owned()], &["read".to_owned(), "admin".to_owned()]).await.expect("set");
    assert_eq!(facts(&service, &key).await.expect("good").scopes, ["read"], "the owner has lost one");
    let with_roles = service.with_roles_of_owner();
    assert_eq!(facts(&with_roles, &key).await.expect("good").roles, ["user"]);
}

#[tokio::test]
async fn a_key_of_an_account_of_another_place_is_refused() {
    let store = store();
    let key = make(&service(&store), &store, &["read"]).await;
    for (served, refused) in [("1", None), ("2", Some(Reason::ACCOUNT_STATE))] {
        let service = service(&store).admit_only_if(move |account| account.id() == served);
        assert_eq!(facts(&service, &key).await.err(), refused, "{served}");
    }
}

#[tokio::test]
async fn nobody_makes_a_key_that_permits_more_than_they_have() {
    let store = store();
    let service = service(&store);
    let alice = alice(&store).await;
    let request = |scopes: &[&str]| KeyRequest::new("k").with_scopes(scopes.iter().copied());
    let through = |scopes: &[&str], roles: &[&str]| {
        let facts = Facts::new("1").with_scopes(scopes.iter().copied()).with_roles(roles.iter().copied());
        KeyMaker::of(&alice, &facts, None)
    };
    for (maker, scopes, is_made) in [
        (KeyMaker::with_everything_of(&alice), vec!["read", "write"], true),
        (KeyMaker::with_everything_of(&alice), vec!["admin"], false),
        (through(&["read"], &[]), vec!["read"], true),
        (through(&["read"], &[]), vec!["write"], false),
        (through(&["admin"], &[]), vec!["admin"], false),
    ] {
        let made = mint(&service, &maker, request(&scopes)).await;
        assert_eq!(made.is_ok(), is_made, "{scopes:?}");
        assert!(is_made || matches!(made, Err(MintOutcome::ScopeExceeded)));
    }
    let everything = service.with_permits(|account, _| account.login().starts_with("alice"));
    assert!(mint(&everything, &KeyMaker::with_everything_of(&alice), request(&["anything"])).await.is_ok());

    // A role that permits everything does so only through a credential that has it.
    let users = self::service(&store).with_permits(|account, _| account.roles().iter().any(|role| role == "user"));
    assert!(mint(&users, &through(&[], &["user"]), request(&["anything"])).await.is_ok());
    assert!(matches!(
        mint(&users, &through(&["anything"], &[]), request(&["anything"])).await,
        Err(MintOutcome::ScopeExceeded)
    ));

    let two_in_one = mint(&everything, &KeyMaker::with_everything_of(&alice), request(&["read", "a b"])).await;
    assert!(matches!(two_in_one, Err(MintOutcome::ScopeExceeded)), "a token would make two scopes of it");
}

#[tokio::test]
async fn a_key_made_by_a_key_has_no_more_and_does_not_outlive_it_and_dies_with_it() {
    let store = store();
    let service = service(&store);
    let expiry = after(1_000).now;
    let maker = KeyMaker::with_everything_of(&alice(&store).await);
    let parent = KeyRequest::new("parent").with_scopes(["read"]).expiring(expiry);
    let parent = mint(&service, &maker, parent).await.expect("made");

    let used = present(&service, parent.reveal(), after(1)).await.expect("good");
    let by_key = KeyMaker::of(&used.value().account, used.facts(), Some(used.value()));
    let child = |scope: &str| KeyRequest::new("child").with_scopes([scope]);
    assert!(matches!(mint(&service, &by_key, child("write")).await, Err(MintOutcome::ScopeExceeded)));
    assert!(matches!(mint(&service, &by_key, child("read")).await, Err(MintOutcome::OutlivesMaker)));
    let later = child("read").expiring(expiry + Duration::from_secs(1));
    assert!(matches!(mint(&service, &by_key, later).await, Err(MintOutcome::OutlivesMaker)));
    let child = mint(&service, &by_key, child("read").expiring(expiry)).await.expect("within its maker");
    assert!(facts(&service, &child).await.is_ok());

    assert!(service.delete("1", &parent.record().id, &after(2)).await.expect("an answer"));
    for key in [&parent, &child] {
        assert_eq!(facts(&service, key).await.expect_err("deleted"), Reason::UNKNOWN_CREDENTIAL);
    }
    let orphan = KeyRequest::new("orphan").with_scopes(["read"]).expiring(expiry);
    assert!(matches!(mint(&service, &by_key, orphan).await, Err(MintOutcome::Stale)), "its maker is gone");
}

/// A key, a key made with it, and one made with that one, of which the last is to permit `read`.
async fn line(service: &Service, store: &MemoryStore) -> [MintedKey; 3] {
    let mut maker = KeyMaker::with_everything_of(&alice(store).await);
    let mut keys = Vec::new();
    for request in [
        KeyRequest::new("root").with_scopes(["read", "write"]),
        KeyRequest::new("child").with_scopes(["write", "read"]).outliving_epochs(),
        KeyRequest::new("leaf").with_scopes(["read"]).outliving_epochs(),
    ] {
        let key = mint(service, &maker, request).await.expect("within its maker");
        let used = present(service, key.reveal(), after(1)).await.expect("good");
        maker = KeyMaker::of(&used.value().account, used.facts(), Some(used.value()));
        keys.push(key);
    }
    keys.try_into().expect("three")
}

#[tokio::test]
async fn a_key_made_by_a_key_rests_and_is_narrowed_with_it() {
    let store = store();
    let service = service(&store);
    let owner = KeyMaker::with_everything_of(&alice(&store).await);
    let [root, child, leaf] = line(&service, &store).await;
    let change = async |key: &MintedKey, change| {
        let outcome = service.change(&owner, &key.record().id, change, &after(1)).await.expect("an answer");
        assert_eq!(outcome, ChangeOutcome::Changed);
    };
    let disable = |is_disabled| KeyChange { is_disabled: Some(is_disabled), ..KeyChange::default() };
    let narrow = |scopes: &[&str]| {
        let scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
        KeyChange { scopes: Some(scopes), ..KeyChange::default() }
    };

    change(&root, disable(true)).await;
    for key in [&root, &child, &leaf] {
        assert_eq!(facts(&service, key).await.expect_err("the first is disabled"), Reason::REVOKED);
    }
    change(&root, disable(false)).await;
    change(&child, disable(true)).await;
    assert_eq!(facts(&service, &root).await.expect("what made it").scopes, ["read", "write"]);
    assert_eq!(facts(&service, &leaf).await.expect_err("the one between is disabled"), Reason::REVOKED);
    change(&child, disable(false)).await;
    assert_eq!(facts(&service, &leaf).await.expect("good again").scopes, ["read"]);

    change(&root, narrow(&["write"])).await;
    assert_eq!(facts(&service, &child).await.expect("good").scopes, ["write"]);
    assert!(facts(&service, &leaf).await.expect("good").scopes.is_empty());
    change(&child, narrow(&["read", "write"])).await;
    assert_eq!(facts(&service, &child).await.expect("good").scopes, ["write"], "its owner cannot widen it beyond");
}

#[tokio::test]
async fn a_key_made_by_a_key_is_void_with_it_whatever_it_was_made_for() {
    let store = store();
    let service = service(&store);
    let [root, child, leaf] = line(&service, &store).await;
    store.raise_epoch("1").await.expect("an answer").expect("the account");
    for key in [&root, &child, &leaf] {
        assert_eq!(facts(&service, key).await.expect_err("the first is void"), Reason::ACCOUNT_STATE);
    }
}

#[tokio::test]
async fn a_key_expires_with_the_key_that_made_it() {
    let store = store();
    let service = service(&store);
    let parent = OwnedKey { expires_at: Some(after(100).now), ..stored("parent", None) };
    // Not by the service, which refuses it.
    let child = stored("child", Some("parent"));
    for key in [parent, child.clone()] {
        assert!(store.insert_key(key).await.expect("an answer"));
    }
    let key = present(&service, &text_of("child"), after(99)).await.expect("good");
    assert_eq!(key.facts().expires_at, Some(after(100).now), "nobody may believe it for longer");
    let error = present(&service, &text_of("child"), after(100)).await.expect_err("its maker has expired");
    assert_eq!(error.reason(), Reason::EXPIRED);
}

#[tokio::test]
async fn a_line_of_keys_ends_with_the_eighth() {
    let (store, events) = (store(), Events::default());
    let service = service(&store).with_audit(events.audit());
    let alice = alice(&store).await;
    let mut maker = KeyMaker::with_everything_of(&alice);
    let mut eighth = String::new();
    for n in 1..=8 {
        let key = mint(&service, &maker, KeyRequest::new("k").with_scopes(["read"])).await.expect("within the limits");
        let used = present(&service, key.reveal(), after(1)).await.unwrap_or_else(|error| panic!("key {n}: {error}"));
        maker = KeyMaker::of(&alice, used.facts(), Some(used.value()));
        eighth.clone_from(&key.record().id);
    }
    let ninth = mint(&service, &maker, KeyRequest::new("k").with_scopes(["read"])).await;
    assert!(matches!(ninth, Err(MintOutcome::LineTooLong)), "{ninth:?}");
    // Not by the service, which refuses it.
    assert!(store.insert_key(stored("ninth", Some(&eighth))).await.expect("an answer"));
    let error = present(&service, &text_of("ninth"), after(1)).await.expect_err("too long");
    assert_eq!(error.reason().as_str(), "key_line_too_long");
    assert_eq!(events.all().pop().expect("an event").reason, Some(error.reason()));
}

/// Two keys of which each made the other.
struct Circle(AtomicUsize);

impl KeyStore for Circle {
    async fn find_key(&self, id: &str) -> Result<Option<OwnedKey>, StoreError> {
        assert!(self.0.fetch_add(1, Ordering::Relaxed) < 7, "it goes round and round");
        Ok(Some(if id == "hen" { stored("hen", Some("egg")) } else { stored("egg", Some("hen")) }))
    }

    async fn find_key_by_digest(&self, _: &SecretDigest) -> Result<Option<OwnedKey>, StoreError> {
        Ok(Some(stored("hen", Some("egg"))))
    }

    async fn insert_key(&self, _: OwnedKey) -> Result<bool, StoreError> {
        Ok(false)
    }

    async fn list_keys(&self, _: &str, _: u64, _: u32) -> Result<Vec<OwnedKey>, StoreError> {
        Ok(Vec::new())
    }

    async fn count_keys(&self, _: &str, _: SystemTime) -> Result<u64, StoreError> {
        Ok(2)
    }

    async fn change_key(&self, _: &str, _: &str, _: KeyChange, _: SystemTime) -> Result<bool, StoreError> {
        Ok(false)
    }

    async fn delete_key(&self, _: &str, _: &str) -> Result<bool, StoreError> {
        Ok(false)
    }

    async fn touch_key(&self, _: &str, _: SystemTime, _: SystemTime) -> Result<(), StoreError> {
        Ok(())
    }
}

#[tokio::test]
async fn a_circle_of_keys_is_refused_and_told() {
    let events = Events::default();
    let keys = ApiKeys::new(Circle(AtomicUsize::new(0)), store(), PrefixedSecret::new("sk_").expect("good"));
    let keys = keys.with_audit(events.audit());
    let hen = text_of("hen");
    let token = BearerToken::into_owned(BearerToken::parse(hen.as_bytes()).expect("a token"));
    let error = Verifier::<BearerToken>::verify(&keys, token, after(1)).await.expect_err("which was first?");
    assert_eq!((error.kind(), error.reason().as_str()), (VerifyErrorKind::Refused, "key_line_too_long"));
    let event = events.all().pop().expect("an event");
    assert_eq!((event.credential.as_deref(), event.reason), (Some("hen"), Some(error.reason())));
}

fn text_of(id: &str) -> String {
    format!("sk_{id:A<43}")
}

fn stored(id: &str, parent: Option<&str>) -> OwnedKey {
    OwnedKey {
        id: id.to_owned(),
        digest: SecretDigest::of(text_of(id).as_bytes()),
        owner: "1".to_owned(),
        epoch: None,
        parent: parent.map(str::to_owned),
        name: String::new(),
        description: String::new(),
        scopes: vec!["read".to_owned()],
        is_disabled: false,
        created_at: after(0).now,
        updated_at: after(0).now,
        expires_at: None,
        last_used_at: None,
    }
}

#[tokio::test]
async fn a_key_rests_dies_and_expires() {
    let store = store();
    let service = service(&store);
    let dying = make(&service, &store, &["read"]).await;
    let maker = KeyMaker::with_everything_of(&alice(&store).await);
    let lasting = mint(&service, &maker, KeyRequest::new("ci").outliving_epochs()).await.expect("made");
    let short = mint(&service, &maker, KeyRequest::new("short").expiring(after(1).now)).await.expect("made");
    assert_eq!(facts(&service, &short).await.expect_err("expired"), Reason::EXPIRED);

    let disable = |is_disabled| KeyChange { is_disabled: Some(is_disabled), ..KeyChange::default() };
    let id = dying.record().id.as_str();
    assert_eq!(service.change(&maker, id, disable(true), &after(1)).await.expect("an answer"), ChangeOutcome::Changed);
    assert_eq!(facts(&service, &dying).await.expect_err("disabled"), Reason::REVOKED);
    assert_eq!(service.change(&maker, id, disable(false), &after(1)).await.expect("an answer"), ChangeOutcome::Changed);
    assert!(facts(&service, &dying).await.is_ok());

    store.set_state("1", AccountState::Suspended).await.expect("an answer");
    for key in [&dying, &lasting] {
        assert_eq!(facts(&service, key).await.expect_err("its owner is suspended"), Reason::ACCOUNT_STATE);
    }
    store.set_state("1", AccountState::Active).await.expect("an answer");
    assert!(facts(&service, &lasting).await.is_ok(), "it outlives epochs");
    assert!(facts(&service, &dying).await.is_err(), "it does not");
    store.delete_account("1").await.expect("an answer");
    assert!(facts(&service, &lasting).await.is_err());
}

#[tokio::test]
async fn owners_see_and_change_their_own_keys_only() {
    let store =
        store_with([account("1", "alice@example.com").with_scopes(["read"]).expect("good"), account("2", "bob")]);
    let service = service(&store);
    let key = make(&service, &store, &["read"]).await;
    let id = key.record().id.as_str();
    let bob = KeyMaker::with_everything_of(&read(&store, "bob").await);
    let rename = KeyChange { name: Some("mine".to_owned()), ..KeyChange::default() };
    assert_eq!(service.change(&bob, id, rename.clone(), &after(1)).await.expect("an answer"), ChangeOutcome::Unknown);
    assert!(!service.delete("2", id, &after(1)).await.expect("an answer"));
    assert!(service.list("2", 0, 10).await.expect("an answer").is_empty());
    assert!(service.find("2", id).await.expect("an answer").is_none());

    let alice = KeyMaker::with_everything_of(&alice(&store).await);
    assert_eq!(service.change(&alice, id, rename, &after(1)).await.expect("an answer"), ChangeOutcome::Changed);
    assert_eq!(service.find("1", id).await.expect("an answer").expect("hers").name, "mine");
    let widen = KeyChange { scopes: Some(vec!["admin".to_owned()]), ..KeyChange::default() };
    assert_eq!(service.change(&alice, id, widen, &after(1)).await.expect("an answer"), ChangeOutcome::ScopeExceeded);
    let listed = service.list("1", 0, 10).await.expect("an answer");
    assert!(!format!("{listed:?}").contains(key.reveal().trim_start_matches("sk_")));
}

#[tokio::test]
async fn an_owner_has_as_many_keys_as_the_limit_allows() {
    let store = store();
    let service = service(&store).with_limit(2);
    let maker = KeyMaker::with_everything_of(&alice(&store).await);
    for expected in [true, true, false] {
        let made = mint(&service, &maker, KeyRequest::new("k")).await;
        assert_eq!(made.is_ok(), expected);
        assert!(expected || matches!(made, Err(MintOutcome::LimitReached)));
    }
}

#[tokio::test]
async fn the_last_use_is_noted_once_a_minute() {
    let store = store();
    let service = service(&store);
    let key = make(&service, &store, &[]).await;
    let used_at = |seconds| {
        let (service, key) = (&service, &key);
        async move {
            present(service, key.reveal(), after(seconds)).await.expect("good");
            service.find("1", &key.record().id).await.expect("an answer").expect("there").last_used_at
        }
    };
    assert_eq!(used_at(10).await, Some(after(10).now));
    assert_eq!(used_at(69).await, Some(after(10).now), "within a minute");
    assert_eq!(used_at(71).await, Some(after(71).now));
}

#[tokio::test]
async fn other_texts_are_refused_before_the_store_is_asked() {
    let store = store();
    let service = service(&store);
    for text in ["sk_", "sk_short", "SK_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "eyJhbGciOiJIUzI1NiJ9.e30.AA"] {
        assert_eq!(present(&service, text, after(0)).await.expect_err("no key").reason(), Reason::MALFORMED, "{text}");
    }
    let unknown = format!("sk_{}", "A".repeat(43));
    assert_eq!(present(&service, &unknown, after(0)).await.expect_err("no key").reason(), Reason::UNKNOWN_CREDENTIAL);
}

#[tokio::test]
async fn keys_of_our_own_format_open_in_both_kinds_of_headers() {
    let store = store();
    let prefix = ApiKeyPrefix::new("acme").expect("good");
    let service = ApiKeys::new(store.clone(), store.clone(), prefix.clone());
    let key = make(&service, &store, &["read"]).await;
    let owned = || ApiKey::into_owned(ApiKey::parse(key.reveal().as_bytes()).expect("our own format"));
    let own = Verifier::<ApiKey>::verify(&service, owned(), after(1)).await.expect("good");
    let opaque = OpaqueToken::into_owned(OpaqueToken::parse(key.reveal().as_bytes()).expect("visible"));
    let opaque = Verifier::<OpaqueToken>::verify(&service, opaque, after(1)).await.expect("good");
    assert_eq!(own.facts(), opaque.facts());
    let used = service.find("1", &own.value().key.id).await.expect("an answer").expect("the key");
    assert_eq!(used.last_used_at, Some(after(1).now));
}

#[tokio::test]
async fn each_key_may_be_used_so_often() {
    let (store, events) = (store(), Events::default());
    let rule = Rule { limit: 3, window: Duration::from_secs(60), then_one_per: None };
    let service = service(&store).with_audit(events.audit());
    assert!(Verifier::<BearerToken>::caching(&service).is_some());
    let service = service.with_rate(Throttle::in_memory(), rule);
    assert!(Verifier::<BearerToken>::caching(&service).is_none(), "a use that is believed again would not be counted");
    let (key, other) = (make(&service, &store, &["read"]).await, make(&service, &store, &["read"]).await);
    for second in 0..3 {
        assert!(present(&service, key.reveal(), after(second)).await.is_ok());
    }
    let too_often = present(&service, key.reveal(), after(3)).await.expect_err("the fourth");
    assert_eq!(too_often.kind(), VerifyErrorKind::Throttled { retry_after: Duration::from_secs(57) });
    assert_eq!(events.count(AuditName::RATE_LIMIT_EXCEEDED), 1);
    assert!(present(&service, other.reveal(), after(3)).await.is_ok(), "another key");
    assert!(present(&service, key.reveal(), after(60)).await.is_ok(), "a new minute");

    let unknown = format!("sk_{}", "A".repeat(43));
    for _ in 0..5 {
        let error = present(&service, &unknown, after(60)).await.expect_err("no key");
        assert_eq!(error.kind(), VerifyErrorKind::Refused, "what is not good is never too often");
    }
}

#[tokio::test]
async fn keys_made_by_a_key_do_not_multiply_its_uses() {
    let (store, events) = (store(), Events::default());
    let [root, child, leaf] = line(&service(&store), &store).await;
    let rule = Rule { limit: 3, window: Duration::from_secs(60), then_one_per: None };
    let service = service(&store).with_audit(events.audit()).with_rate(Throttle::in_memory(), rule);
    for key in [&leaf, &child, &root] {
        assert!(present(&service, key.reveal(), after(0)).await.is_ok());
    }
    for key in [&root, &child, &leaf] {
        let too_often = present(&service, key.reveal(), after(1)).await.expect_err("the fourth in all");
        assert_eq!(too_often.kind(), VerifyErrorKind::Throttled { retry_after: Duration::from_secs(59) });
        let event = events.all().pop().expect("an event");
        assert_eq!(event.credential.as_deref(), Some(key.record().id.as_str()), "the one that was used");
    }
    let other = make(&service, &store, &["read"]).await;
    assert!(present(&service, other.reveal(), after(1)).await.is_ok(), "the account's other key");
}

#[tokio::test]
async fn a_right_key_that_is_refused_is_recorded_and_a_guess_is_not() {
    let (store, events) = (store(), Events::default());
    let service = service(&store).with_audit(events.audit());
    let request = KeyRequest::new("laptop").expiring(after(100).now);
    let key =
        mint(&service, &KeyMaker::with_everything_of(&alice(&store).await), request).await.expect("within the limits");
    let refused = async |attempt: Attempt| {
        let before = events.all().len();
        let reason = present(&service, key.reveal(), attempt).await.expect_err("refused").reason();
        let event = events.all().pop().expect("an event");
        assert_eq!((events.all().len(), event.reason), (before + 1, Some(reason)));
        assert_eq!((event.account.as_deref(), event.about), (Some("1"), Some("api_key")));
        assert_eq!(event.credential.as_deref(), Some(key.record().id.as_str()));
        (event.name, reason)
    };
    assert_eq!(refused(after(100)).await, (AuditName::LOGIN_FAIL, Reason::EXPIRED));
    store.set_state("1", AccountState::Suspended).await.expect("an answer").expect("the account");
    assert_eq!(refused(after(1)).await, (AuditName::LOGIN_FAIL, Reason::ACCOUNT_STATE));
    let off = KeyChange { is_disabled: Some(true), ..KeyChange::default() };
    assert!(store.change_key("1", &key.record().id, off, after(1).now).await.expect("an answer"));
    assert_eq!(refused(after(1)).await, (AuditName::TOKEN_REUSE, Reason::REVOKED));

    let before = events.all().len();
    let elsewhere = store_with([account("1", "alice@example.com")]);
    let guess = make(&super::api_keys::service(&elsewhere), &elsewhere, &[]).await;
    assert_eq!(facts(&service, &guess).await, Err(Reason::UNKNOWN_CREDENTIAL));
    assert_eq!(events.all().len(), before);
}

#[tokio::test]
async fn what_is_made_changed_or_deleted_is_told_though_the_caller_goes_away() {
    let store = store();
    let maker = &KeyMaker::with_everything_of(&alice(&store).await);
    let service = |held: Held, audit: Audit| {
        let format = PrefixedSecret::new("sk_").expect("good");
        ApiKeys::new(held, store.clone(), format).with_audit(audit)
    };
    let request = || KeyRequest::new("laptop").with_id("laptop");
    let mint = async |held: Held, audit: Audit| service(held, audit).mint(maker, request(), &after(0)).await;
    assert_eq!(told_without_caller(&store, mint).await, [AuditName::TOKEN_CREATED]);
    let change = async |held: Held, audit: Audit| {
        let none = KeyChange { scopes: Some(Vec::new()), ..KeyChange::default() };
        service(held, audit).change(maker, "laptop", none, &after(0)).await
    };
    assert_eq!(told_without_caller(&store, change).await, [AuditName::PERMISSIONS_CHANGED]);
    let delete = async |held: Held, audit: Audit| service(held, audit).delete("1", "laptop", &after(0)).await;
    assert_eq!(told_without_caller(&store, delete).await, [AuditName::TOKEN_DELETE]);
    assert!(told_without_caller(&store, delete).await.is_empty(), "there was none any more");
}

#[tokio::test]
async fn a_key_beyond_the_limit_is_taken_back_though_the_caller_goes_away() {
    let store = store();
    let maker = &KeyMaker::with_everything_of(&alice(&store).await);
    let mint = async |held: Held, audit: Audit| {
        let service = ApiKeys::new(held, store.clone(), PrefixedSecret::new("sk_").expect("good")).with_limit(1);
        service.with_audit(audit).mint(maker, KeyRequest::new("laptop").with_id("laptop"), &after(0)).await
    };
    let another = async {
        assert!(self::mint(&service(&store), maker, KeyRequest::new("server")).await.is_ok());
    };
    assert!(told_without_caller_after(&store, mint, another).await.is_empty());
    assert!(store.find_key("laptop").await.expect("an answer").is_none());
    assert_eq!(store.count_keys("1", after(0).now).await.expect("an answer"), 1);
}
