//! Sessions of browsers.

use std::time::Duration;

use auth_core::credential::{Credential as _, OpaqueToken};
use auth_core::{Reason, Verifier as _};
use auth_issuer::accounts::AccountAdmin as _;
use auth_issuer::audit::{Audit, AuditName};
use auth_issuer::sessions::Sessions;
use auth_issuer::{AccountState, MemoryStore};

use super::held::{Held, told_without_caller};
use super::support::{after, alice, granted, store};

fn service(store: &MemoryStore) -> Sessions<MemoryStore, MemoryStore> {
    Sessions::new(store.clone(), store.clone())
}

#[tokio::test]
async fn a_session_of_an_account_of_another_place_is_not_good() {
    let store = store();
    let begun = service(&store).begin(&granted(&store).await, "Firefox", &after(0)).await.expect("an answer");
    for (served, is_good) in [("1", true), ("2", false)] {
        let service = service(&store).admit_only_if(move |account| account.id() == served);
        let found = service.find(begun.secret.reveal(), &after(1)).await.expect("an answer");
        assert_eq!(found.is_some(), is_good, "{served}");
    }
}

#[tokio::test]
async fn a_session_ends_when_idle_for_half_an_hour_and_after_half_a_day() {
    let store = store();
    let service = service(&store);
    let begun = service.begin(&granted(&store).await, "Firefox", &after(0)).await.expect("an answer");
    let is_good = |secret: String, seconds| {
        let service = &service;
        async move { service.find(&secret, &after(seconds)).await.expect("an answer").is_some() }
    };
    let idle = begun.secret.reveal().to_owned();
    assert!(is_good(idle.clone(), 1_799).await);
    assert!(!is_good(idle, 1_799 + 1_800).await);

    let begun = service.begin(&granted(&store).await, "Firefox", &after(0)).await.expect("an answer");
    let used = begun.secret.reveal().to_owned();
    for seconds in (1_000..43_200).step_by(1_000) {
        assert!(is_good(used.clone(), seconds).await, "{seconds}");
    }
    assert!(is_good(used.clone(), 43_199).await);
    assert!(!is_good(used, 43_200).await);
}

#[tokio::test]
async fn an_idle_timeout_longer_than_the_lifetime_is_as_long_and_a_huge_one_is_long() {
    let store = store();
    let minute = Duration::from_mins(1);
    for (service, good, over) in [
        (service(&store).with_idle_timeout(Duration::MAX).with_absolute_lifetime(minute), 59, Some(60)),
        (service(&store).with_absolute_lifetime(Duration::MAX), 1_799, Some(1_799 + 1_800)),
        (service(&store).with_absolute_lifetime(Duration::MAX).with_idle_timeout(Duration::MAX), 4_000_000_000, None),
    ] {
        let begun = service.begin(&granted(&store).await, "", &after(0)).await.expect("an answer");
        let find = async |seconds| service.find(begun.secret.reveal(), &after(seconds)).await.expect("an answer");
        assert!(find(good).await.is_some(), "{service:?}");
        if let Some(over) = over {
            assert!(find(over).await.is_none(), "{service:?}");
        }
    }
}

#[tokio::test]
async fn every_sign_in_begins_another_session() {
    let store = store();
    let service = service(&store);
    let one = service.begin(&granted(&store).await, "", &after(0)).await.expect("an answer");
    let two = service.begin(&granted(&store).await, "", &after(0)).await.expect("an answer");
    assert!(one.id != two.id && one.secret.reveal() != two.secret.reveal());
    assert_eq!(service.list(&alice(&store).await, &after(1)).await.expect("an answer").len(), 2);
    assert!(service.find(&one.id, &after(1)).await.expect("an answer").is_none(), "the public id opens nothing");
}

#[tokio::test]
async fn owners_list_and_end_their_own() {
    let store = store();
    let service = service(&store);
    let label = format!("Mozilla/5.0\r\n{}", "x".repeat(100));
    let begun = service.begin(&granted(&store).await, &label, &after(0)).await.expect("an answer");
    let listed = service.list(&alice(&store).await, &after(1)).await.expect("an answer");
    assert_eq!((listed.len(), listed[0].id.as_str(), listed[0].label.len()), (1, begun.id.as_str(), 64));
    assert!(listed[0].label.starts_with(r"Mozilla/5.0\r\n"));
    assert!(!service.end("2", &begun.id, &after(1)).await.expect("an answer"), "another's");
    assert!(service.end("1", &begun.id, &after(1)).await.expect("an answer"));
    assert!(service.find(begun.secret.reveal(), &after(1)).await.expect("an answer").is_none());
}

#[tokio::test]
async fn a_new_epoch_ends_all_but_the_one_that_is_carried_over() {
    let store = store();
    let service = service(&store);
    let own = service.begin(&granted(&store).await, "own", &after(0)).await.expect("an answer");
    let other = service.begin(&granted(&store).await, "other", &after(0)).await.expect("an answer");
    let live = service.find(own.secret.reveal(), &after(1)).await.expect("an answer").expect("good");
    let epoch = store.raise_epoch("1").await.expect("an answer").expect("there");
    assert!(service.carry(&live.session, epoch, &after(1)).await.expect("an answer"));
    assert!(service.find(own.secret.reveal(), &after(2)).await.expect("an answer").is_some());
    assert!(service.find(other.secret.reveal(), &after(2)).await.expect("an answer").is_none());
    assert!(
        !service.carry(&live.session, epoch + 1, &after(2)).await.expect("an answer"),
        "it is of another epoch now"
    );

    store.set_state("1", AccountState::Suspended).await.expect("an answer");
    assert!(service.find(own.secret.reveal(), &after(3)).await.expect("an answer").is_none());
}

#[tokio::test]
async fn as_a_verifier_it_says_when_and_how_the_owner_signed_in() {
    let store = store();
    let service = service(&store);
    let begun = service.begin(&granted(&store).await, "", &after(0)).await.expect("an answer");
    let present = |text: String| {
        let service = &service;
        let token = OpaqueToken::into_owned(OpaqueToken::parse(text.as_bytes()).expect("visible"));
        async move { service.verify(token, after(60)).await }
    };
    let verified = present(begun.secret.reveal().to_owned()).await.expect("good");
    let facts = verified.facts();
    assert_eq!((facts.subject.as_str(), facts.auth_time), ("1", Some(after(0).now)));
    assert!(facts.has_scope("read") && facts.has_role("user"));
    assert!(facts.has_factor("pwd", Some(Duration::from_secs(60)), after(60).now));
    assert_eq!(facts.credential_id.as_deref(), Some(begun.id.as_str()));
    let refused = present("A".repeat(43)).await.expect_err("unknown");
    assert_eq!(refused.reason(), Reason::UNKNOWN_CREDENTIAL);
}

#[tokio::test]
async fn what_begins_ends_or_goes_on_is_told_though_the_caller_goes_away() {
    let store = store();
    let (plain, granted) = (service(&store), granted(&store).await);
    let sign_in = async |held: Held, audit: Audit| {
        Sessions::new(held, store.clone()).with_audit(audit).begin(&granted, "", &after(0)).await
    };
    assert_eq!(told_without_caller(&store, sign_in).await, [AuditName::SESSION_CREATED]);

    let begun = plain.begin(&granted, "", &after(0)).await.expect("an answer");
    let live = plain.find(begun.secret.reveal(), &after(1)).await.expect("an answer").expect("good");
    let epoch = store.raise_epoch("1").await.expect("an answer").expect("there");
    let carry = async |held: Held, audit: Audit| {
        Sessions::new(held, store.clone()).with_audit(audit).carry(&live.session, epoch, &after(1)).await
    };
    assert_eq!(told_without_caller(&store, carry).await, [AuditName::SESSION_RENEWED]);
    let end = async |held: Held, audit: Audit| {
        Sessions::new(held, store.clone()).with_audit(audit).end("1", &begun.id, &after(2)).await
    };
    assert_eq!(told_without_caller(&store, end).await, [AuditName::SESSION_EXPIRED]);
    assert!(told_without_caller(&store, end).await.is_empty(), "there was none any more");
}

#[cfg(feature = "http")]
mod cookies {
    use auth_core::{Carrier, ConfigErrorKind, Scheme};
    use auth_issuer::sessions::SetCookie;

    use super::*;

    /// A scheme that reads whatever is asked for.
    struct Reads(Carrier);

    impl Scheme for Reads {
        const NAME: &'static str = "reads";
        const CHALLENGE: auth_core::ChallengeForm = auth_core::ChallengeForm::None;
        type Credential = OpaqueToken;

        fn carrier(&self) -> Carrier {
            self.0.clone()
        }
    }

    fn named(name: &str) -> SetCookie {
        SetCookie::of(&Reads(Carrier::cookie(name))).expect("a good name")
    }

    #[tokio::test]
    async fn the_field_is_safe_and_never_shown() {
        let store = store();
        let begun = service(&store).begin(&granted(&store).await, "Firefox", &after(0)).await.expect("an answer");
        let (cookie, secret) = (named("__Host-id"), begun.secret.reveal());
        let field = cookie.set(&begun);
        assert!(field.is_sensitive() && !format!("{field:?}{cookie:?}").contains(secret));
        let safe = "Path=/; HttpOnly; Secure; SameSite=Lax";
        assert_eq!(field, format!("__Host-id={secret}; {safe}"));
        assert_eq!(cookie.clear(), format!("__Host-id=; {safe}; Max-Age=0"));
        let kept = cookie.clone().with_max_age(Duration::from_millis(60_999));
        assert_eq!(kept.set(&begun), format!("__Host-id={secret}; {safe}; Max-Age=60"));
        assert_eq!(kept.clear(), cookie.clear(), "a lifetime brings nothing back");
        let strict = cookie.with_strict_same_site();
        assert_eq!(strict.clear(), "__Host-id=; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=0");
    }

    #[test]
    fn names_and_their_prefixes_are_checked_at_the_start() {
        for carrier in ["", "two words", "a=b", "a;b", "s\u{e9}ance", "line\r\n"].map(Carrier::cookie) {
            let error = SetCookie::of(&Reads(carrier)).expect_err("no name");
            assert_eq!(error.kind(), ConfigErrorKind::FieldName);
        }
        for carrier in [Carrier::bearer(), Carrier::header("x-key"), Carrier::query("t")] {
            let error = SetCookie::of(&Reads(carrier)).expect_err("no cookie");
            assert!(error.to_string().contains("is no cookie; write `#[scheme(cookie = "), "{error}");
        }
        let error = SetCookie::of(&Reads(Carrier::cookie("__Host-id").with_prefix("s_"))).expect_err("never read");
        assert_eq!(error.kind(), ConfigErrorKind::FieldName);
        assert!(error.to_string().contains("`s_`"), "{error}");
        for name in ["__Host-id", "__Secure-id", "__host-id", "__SECURE-id"] {
            let error = named(name).with_insecure_http().expect_err("browsers refuse it");
            assert_eq!(error.kind(), ConfigErrorKind::CookieName);
            assert!(error.to_string().contains(name), "{error}");
        }
        let bare = named("id").with_insecure_http().expect("any other name");
        assert_eq!(bare.clear(), "id=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    }
}
