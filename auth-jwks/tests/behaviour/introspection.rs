//! Opaque tokens: what the provider is asked, and what its answer means.

use std::sync::Arc;

use auth_core::credential::BearerToken;
use auth_core::{Claims, Reason, Verifier as _, VerifyErrorKind};
use auth_jwks::IntrospectionVerifier;
use auth_jwks::fetch::FetchErrorKind;
use auth_jwks::introspection::IntrospectionVerifierBuilder;
use serde_json::{Value, json};
use tokio::time::{Instant, advance};

use crate::support::{AUDIENCE, Fake, Mode, NOW, cause, check, check_at, check_now, seconds, settle};

pub(crate) const TOKEN: &str = "mF_9.B5f-4.1JqM";
const ADDRESS: &str = "https://issuer.example/introspect";

pub(crate) fn builder(fake: &Arc<Fake>) -> IntrospectionVerifierBuilder {
    IntrospectionVerifier::at(ADDRESS).client("a:b", "s p+%").audience(AUDIENCE).fetch(Arc::clone(fake))
}

/// The answer about a good token, but for the members that replace those before them.
pub(crate) fn active(members: &Value) -> String {
    let mut answer = json!({"active": true, "sub": "alice", "aud": AUDIENCE});
    for (name, value) in members.as_object().unwrap().clone() {
        answer[name] = value;
    }
    answer.to_string()
}

const INACTIVE: &str = r#"{"active":false}"#;

#[tokio::test(start_paused = true)]
async fn asks_about_the_token_as_the_client() {
    let (fake, mut asked) = Fake::new(Mode::Answer(active(&json!({"scope": "a b", "client_id": "web"}))));
    let verifier = builder(&fake).build().unwrap();
    let alice = check(&verifier, TOKEN).await.unwrap();
    assert_eq!((alice.facts().subject.as_str(), alice.facts().has_scope("b")), ("alice", true));
    assert_eq!(alice.value().parse::<String>("client_id").as_deref(), Ok("web"));

    let question = asked.recv().await.unwrap();
    assert_eq!(question.address, ADDRESS);
    let form: Vec<_> = question.form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(form, [("token", TOKEN), ("token_type_hint", "access_token")]);
    assert_eq!(question.client.as_deref(), Some("Basic YSUzQWI6cytwJTJCJTI1"), "a%3Ab:s+p%2B%25");
}

#[tokio::test(start_paused = true)]
async fn refuses_a_token_that_is_not_active_and_asks_again() {
    let fake = Fake::answering(INACTIVE);
    let verifier = builder(&fake).build().unwrap();
    for questions in 1..=3 {
        let refused = check(&verifier, TOKEN).await.unwrap_err();
        assert_eq!((refused.kind(), refused.reason()), (VerifyErrorKind::Refused, Reason::UNKNOWN_CREDENTIAL));
        assert_eq!(fake.questions(), questions, "a token that is unknown now may be issued in the next instant");
    }
    fake.answer(active(&json!({})));
    check(&verifier, TOKEN).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn refuses_what_the_answer_does_not_permit() {
    for (members, reason) in [
        (json!({"aud": "elsewhere.example"}), Reason::AUDIENCE),
        (json!({"iss": "https://other.example"}), Reason::ISSUER),
        (json!({"exp": NOW - 60}), Reason::EXPIRED),
        (json!({"nbf": NOW + 61}), Reason::NOT_YET_VALID),
        (json!({"token_type": "refresh_token"}), Reason::TOKEN_TYPE),
        (json!({"cnf": {"jkt": "x"}}), Reason::SENDER_CONSTRAINED),
        (json!({"sub": ""}), Reason::CLAIMS),
    ] {
        let fake = Fake::answering(active(&members));
        let verifier = builder(&fake).issuer("https://issuer.example").build().unwrap();
        for _ in 0..2 {
            let refused = check(&verifier, TOKEN).await.unwrap_err();
            assert_eq!((refused.kind(), refused.reason()), (VerifyErrorKind::Refused, reason), "{members}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_cannot_tell_is_unavailable_and_never_a_refusal() {
    for mode in [
        Mode::Fail(FetchErrorKind::Transport),
        Mode::Fail(FetchErrorKind::TimedOut),
        Mode::Fail(FetchErrorKind::TooLong),
        Mode::Fail(FetchErrorKind::Status(401)),
        Mode::Fail(FetchErrorKind::Status(500)),
        Mode::Panic,
        Mode::Answer(String::new()),
        Mode::Answer("<html>".to_owned()),
        Mode::Answer("{}".to_owned()),
        Mode::Answer(r#"{"active":"true"}"#.to_owned()),
        Mode::Answer(r#"{"active":false,"active":true,"sub":"alice","aud":"api.example"}"#.to_owned()),
        Mode::Answer(active(&json!({"exp": "soon"}))),
        Mode::Answer(format!("{}{}", active(&json!({})), " ".repeat(256 * 1024))),
    ] {
        let fake = Fake::new(mode.clone()).0;
        let verifier = builder(&fake).build().unwrap();
        let unavailable = check(&verifier, TOKEN).await.unwrap_err();
        assert_eq!(unavailable.kind(), VerifyErrorKind::Unavailable, "{mode:?}");
        assert_eq!(unavailable.reason().as_str(), "introspection_unavailable");
        assert!(!cause(&unavailable).contains(TOKEN), "{mode:?}");

        fake.answer(active(&json!({})));
        check(&verifier, TOKEN).await.expect("a failure is not kept");
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_longer_than_two_seconds() {
    let fake = Fake::new(Mode::Hang).0;
    let verifier = builder(&fake).build().unwrap();
    let began = Instant::now();
    let unavailable = check(&verifier, TOKEN).await.unwrap_err();
    assert_eq!((unavailable.kind(), began.elapsed()), (VerifyErrorKind::Unavailable, seconds(2)));
    settle().await;
    fake.answer(active(&json!({})));
    check(&verifier, TOKEN).await.expect("the next question is free to go");
}

#[tokio::test(start_paused = true)]
async fn a_good_answer_is_kept_for_a_minute() {
    let fake = Fake::answering(active(&json!({})));
    let verifier = builder(&fake).build().unwrap();
    assert!(check_now(&verifier, TOKEN).is_none());
    check(&verifier, TOKEN).await.unwrap();
    fake.answer(INACTIVE);

    advance(seconds(59)).await;
    assert!(check_now(&verifier, TOKEN).expect("an answer at once").is_ok());
    assert!(check_now(&verifier, "another").is_none(), "of this token only");
    assert_eq!(fake.questions(), 1);

    advance(seconds(1)).await;
    assert!(check_now(&verifier, TOKEN).is_none());
    assert_eq!(check(&verifier, TOKEN).await.unwrap_err().kind(), VerifyErrorKind::Refused);
}

#[tokio::test(start_paused = true)]
async fn a_good_answer_is_kept_no_longer_than_the_token_lasts() {
    let fake = Fake::answering(active(&json!({"exp": NOW + 10})));
    let verifier = builder(&fake).build().unwrap();
    check(&verifier, TOKEN).await.unwrap();
    check_at(&verifier, TOKEN, NOW + 9).await.unwrap();
    assert_eq!(fake.questions(), 1, "by the clock of the request");

    fake.answer(INACTIVE);
    assert!(check_at(&verifier, TOKEN, NOW + 10).await.is_err(), "the provider is asked at once");
    assert_eq!(fake.questions(), 2);

    fake.answer(active(&json!({"exp": NOW + 10})));
    check(&verifier, TOKEN).await.unwrap();
    advance(seconds(10)).await;
    assert!(check_now(&verifier, TOKEN).is_none(), "by the clock of the process");
}

#[tokio::test(start_paused = true)]
async fn times_are_checked_at_each_use_of_a_kept_answer() {
    let fake = Fake::answering(active(&json!({"nbf": NOW, "exp": NOW + 600})));
    let verifier = builder(&fake).leeway(seconds(0)).build().unwrap();
    check(&verifier, TOKEN).await.unwrap();
    let early = check_at(&verifier, TOKEN, NOW - 1).await.unwrap_err();
    assert_eq!(early.reason(), Reason::NOT_YET_VALID);
    assert_eq!(fake.questions(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_answer_after_the_expiry_passes_within_the_leeway_and_is_not_kept() {
    let fake = Fake::answering(active(&json!({"exp": NOW})));
    let verifier = builder(&fake).build().unwrap();
    for questions in 1..=2 {
        check_at(&verifier, TOKEN, NOW + 59).await.expect("the provider's clock is behind, and it says yes");
        assert_eq!(fake.questions(), questions);
    }
    assert_eq!(check_at(&verifier, TOKEN, NOW + 60).await.unwrap_err().reason(), Reason::EXPIRED);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_kept_for_zero_seconds() {
    let fake = Fake::answering(active(&json!({})));
    let verifier = builder(&fake).cache_for(seconds(0)).build().unwrap();
    for questions in 1..=3 {
        assert!(check_now(&verifier, TOKEN).is_none());
        check(&verifier, TOKEN).await.unwrap();
        assert_eq!(fake.questions(), questions);
    }
}

#[tokio::test(start_paused = true)]
async fn answers_can_be_forgotten() {
    let fake = Fake::answering(active(&json!({})));
    let verifier = builder(&fake).build().unwrap();
    check(&verifier, TOKEN).await.unwrap();
    fake.answer(INACTIVE);
    verifier.clone().forget_answers();
    assert!(check(&verifier, TOKEN).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn an_absent_audience_and_roles_elsewhere_are_options() {
    let answer = json!({"active": true, "sub": "alice", "realm_access": {"roles": ["admin"]}}).to_string();
    let fake = Fake::answering(answer);
    let strict = builder(&fake).build().unwrap();
    assert_eq!(check(&strict, TOKEN).await.unwrap_err().reason(), Reason::AUDIENCE);
    let lenient = builder(&fake).with_insecure_absent_audience().roles_at("realm_access.roles").build().unwrap();
    assert!(check(&lenient, TOKEN).await.unwrap().facts().has_role("admin"));
}

#[tokio::test(start_paused = true)]
async fn maps_to_the_principal_of_a_realm() {
    let fake = Fake::answering(active(&json!({"email": "alice@example.com"})));
    let verifier = builder(&fake).build().unwrap();
    let emails = verifier.try_map(|_, claims: Claims| Ok(claims.parse::<String>("email")?));
    let token = <BearerToken as auth_core::credential::Credential>::parse(TOKEN.as_bytes()).unwrap();
    let token = <BearerToken as auth_core::credential::Credential>::into_owned(token);
    assert_eq!(emails.verify(token, crate::support::attempt()).await.unwrap().value(), "alice@example.com");
}
