//! Signed tokens.

use std::error::Error as _;
use std::time::{Duration, SystemTime};

use auth_core::credential::{BearerToken, Credential as _};
use auth_core::jwt::{JwtAlgorithm, JwtVerifier};
use auth_core::{Attempt, ConfigErrorKind, Facts, Reason, Verified, Verifier, VerifyError, VerifyErrorKind};
use auth_issuer::accounts::AccountAdmin as _;
use auth_issuer::audit::{Audit, AuditError, AuditEvent, AuditName, AuditSink, OnSinkFailure};
use auth_issuer::keys::{KeyRing, SigningKey};
use auth_issuer::tokens::{
    AccountTokens, IssuedToken, LiveToken, LiveTokens, OneTimeTokens, TokenClaims, TokenIssuer, TokenIssuerBuilder,
};
use auth_issuer::{AccountState, MemoryStore, Unavailable};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};

use super::held::{Held, told_without_caller};
use super::log::Log;
use super::support::{Events, after, granted, store};

type Tokens = AccountTokens<MemoryStore, MemoryStore>;

fn builder() -> TokenIssuerBuilder {
    let ring = KeyRing::new(SigningKey::generate(JwtAlgorithm::EdDsa).expect("a key"));
    TokenIssuer::builder(ring).issuer("https://auth.example").audience("https://api.example").purpose("access")
}

fn issuer() -> TokenIssuer {
    builder().build().expect("complete")
}

fn live(issuer: &TokenIssuer, store: &MemoryStore) -> LiveTokens<MemoryStore, MemoryStore> {
    LiveTokens::new(issuer.clone(), store.clone(), store.clone())
}

fn tokens(issuer: &TokenIssuer, store: &MemoryStore) -> Tokens {
    AccountTokens::new(live(issuer, store)).expect("complete")
}

async fn present<V>(verifier: &V, token: &str, attempt: Attempt) -> Result<Verified<V::Value>, VerifyError>
where
    V: Verifier<BearerToken>,
{
    let token = BearerToken::into_owned(BearerToken::parse(token.as_bytes()).expect("a token"));
    verifier.verify(token, attempt).await
}

async fn reason(verifier: &Tokens, token: &IssuedToken, seconds: u64) -> Option<Reason> {
    present(verifier, token.reveal(), after(seconds)).await.err().map(|error| error.reason())
}

/// The facts of a token that are needed to withdraw it.
fn named(token: &IssuedToken) -> Facts {
    Facts::new("1").with_credential_id(token.id()).with_expiry(token.expires_at())
}

fn part(token: &str, at: usize) -> serde_json::Value {
    let part = token.split('.').nth(at).expect("three parts");
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
}

/// RFC 6749 §3.3: what has a space in it would be read back as several scopes.
#[tokio::test]
async fn issues_nothing_with_a_scope_that_is_none() {
    let store = store();
    let claims = TokenClaims::of(&granted(&store).await).with_scopes(["read", "items:read items:write"]);
    let issuer = builder().build().expect("complete");
    let error = issuer.issue(&claims, after(0).now).expect_err("two in one");
    assert_eq!(error.reason(), Unavailable::MALFORMED_SCOPE);
    let cause = error.source().expect("a cause").to_string();
    assert!(cause.contains("`items:read items:write` is not a scope; use "), "{cause}");
}

#[tokio::test]
async fn a_token_of_an_account_of_another_place_is_refused() {
    let store = store();
    let issuer = issuer();
    let token = issuer.issue(&TokenClaims::of(&granted(&store).await), after(0).now).expect("signed");
    for (served, refused) in [("1", None), ("2", Some(Reason::ACCOUNT_STATE))] {
        let tokens = tokens(&issuer, &store).admit_only_if(move |account| account.id() == served);
        assert_eq!(reason(&tokens, &token, 1).await, refused, "{served}");
        let once = OneTimeTokens::new(tokens);
        assert_eq!(once.peek(token.reveal(), &after(1)).await.expect("an answer").is_some(), refused.is_none());
    }
}

#[tokio::test]
async fn a_token_says_what_it_has_to() {
    let store = store();
    let issuer = builder().token_type("at+jwt").lifetime(Duration::from_secs(300)).build().expect("complete");
    let claims = TokenClaims::of(&granted(&store).await)
        .with_scopes(["read"])
        .with_scopes(["list"])
        .with_roles(["user"])
        .with_roles(["auditor"])
        .with_claim("email", "alice@example.com")
        .with_claim("iss", "https://mallory.example");
    let token = issuer.issue(&claims, after(0).now).expect("signed");
    let (header, payload) = (part(token.reveal(), 0), part(token.reveal(), 1));
    assert_eq!((header["alg"].as_str(), header["typ"].as_str()), (Some("EdDSA"), Some("at+jwt")));
    assert!(header["kid"].is_string());
    assert_eq!(payload["iss"], "https://auth.example", "not overwritten");
    for (name, value) in [("aud", "https://api.example"), ("sub", "1"), ("purpose", "access"), ("scope", "read list")] {
        assert_eq!(payload[name], value, "{name}");
    }
    assert_eq!(payload["email"], "alice@example.com");
    assert_eq!((payload["epoch"].as_u64(), payload["iat"].as_u64()), (Some(0), Some(1_800_000_000)));
    assert_eq!(payload["exp"].as_u64(), Some(1_800_000_300));
    assert_eq!(payload["auth_time"].as_u64(), Some(1_800_000_000));
    assert_eq!(payload["roles"], serde_json::json!(["user", "auditor"]), "what is said twice adds up");
    assert_eq!(payload["amr"][0].as_str(), Some("pwd"));
    assert_eq!(payload["jti"].as_str().map(str::len), Some(22), "128 bits");
    assert_eq!((token.id(), token.expires_at()), (payload["jti"].as_str().expect("a text"), after(300).now));

    let verified = present(&tokens(&issuer, &store), token.reveal(), after(1)).await.expect("good");
    let facts = verified.facts();
    assert!(facts.has_scope("read") && !facts.has_scope("write") && facts.has_role("user"));
    assert!(facts.has_factor("pwd", Some(Duration::from_secs(1)), after(1).now));
    assert_eq!(verified.value().account.login(), "alice@example.com");
}

#[tokio::test]
async fn a_requested_lifetime_is_bounded() {
    let issuer =
        builder().lifetime(Duration::from_secs(60)).longest_lifetime(Duration::from_secs(600)).build().expect("good");
    for (asked, granted) in [(None, 60), (Some(30), 30), (Some(600), 600), (Some(601), 600)] {
        let mut claims = TokenClaims::new("1", 0);
        if let Some(asked) = asked {
            claims = claims.with_lifetime(Duration::from_secs(asked));
        }
        let token = issuer.issue(&claims, after(0).now).expect("signed");
        assert_eq!(token.expires_at(), after(granted).now, "{asked:?}");
    }
}

#[tokio::test]
async fn a_huge_lifetime_is_long() {
    let store = store();
    let issuer = builder().lifetime(Duration::MAX).build().expect("complete");
    let token = issuer.issue(&TokenClaims::of(&granted(&store).await), after(0).now).expect("signed");
    assert_eq!(token.expires_at(), SystemTime::UNIX_EPOCH + Duration::from_secs(253_402_300_799), "the year 9999");
    let late = after(4_000_000_000);
    assert!(present(&tokens(&issuer, &store), token.reveal(), late).await.is_ok());
}

#[tokio::test]
async fn a_token_is_good_while_its_account_is() {
    let store = store();
    let issuer = issuer();
    let tokens = tokens(&issuer, &store);
    let issue = || async { issuer.issue(&TokenClaims::of(&granted(&store).await), after(0).now).expect("signed") };

    let token = issue().await;
    assert_eq!(reason(&tokens, &token, 1).await, None);
    assert_eq!(reason(&tokens, &token, 300 + 60).await, Some(Reason::EXPIRED));
    store.raise_epoch("1").await.expect("an answer");
    assert_eq!(reason(&tokens, &token, 1).await, Some(Reason::REVOKED));

    let token = issue().await;
    assert_eq!(reason(&tokens, &token, 1).await, None);
    store.set_state("1", AccountState::Suspended).await.expect("an answer");
    assert_eq!(reason(&tokens, &token, 1).await, Some(Reason::ACCOUNT_STATE));
    store.set_state("1", AccountState::Active).await.expect("an answer");
    let token = issue().await;
    store.delete_account("1").await.expect("an answer");
    assert_eq!(reason(&tokens, &token, 1).await, Some(Reason::ACCOUNT_STATE));
}

#[tokio::test]
async fn roles_and_scopes_are_those_of_now() {
    let store = store();
    let issuer = issuer();
    let tokens = tokens(&issuer, &store);
    let granted = granted(&store).await;
    let scoped = TokenClaims::of(&granted).with_scopes(["read", "write"]).with_roles(["admin"]);
    let scoped = issuer.issue(&scoped, after(0).now).expect("signed");
    let plain = issuer.issue(&TokenClaims::of(&granted), after(0).now).expect("signed");
    store.set_permissions("1", &["guest".to_owned()], &["read".to_owned(), "more".to_owned()]).await.expect("set");

    let facts = present(&tokens, scoped.reveal(), after(1)).await.expect("good").facts().clone();
    assert_eq!((facts.roles, facts.scopes), (vec!["guest".into()], vec!["read".into()]));
    let facts = present(&tokens, plain.reveal(), after(1)).await.expect("good").facts().clone();
    assert_eq!(facts.scopes, ["read", "more"], "without `scope` a token permits what its account is permitted");
    let all = tokens.with_permits(|_, _| true);
    let facts = present(&all, scoped.reveal(), after(1)).await.expect("good").facts().clone();
    assert_eq!(facts.scopes, ["read", "write"]);
}

#[tokio::test]
async fn kinds_never_open_each_other() {
    let store = store();
    let access = issuer();
    // Everything alike but the purpose: the keys too.
    let key = SigningKey::generate(JwtAlgorithm::EdDsa).expect("a key").reveal_pem().expect("a private key");
    let of = |purpose| {
        let key = SigningKey::from_pem(JwtAlgorithm::EdDsa, key.as_bytes()).expect("the same");
        let builder = TokenIssuer::builder(KeyRing::new(key)).issuer("i").audience("a").purpose(purpose);
        builder.build().expect("complete")
    };
    let (exchange, login) = (of("exchange"), of("login"));
    let token = exchange.issue(&TokenClaims::new("1", 0), after(0).now).expect("signed");
    assert!(present(&tokens(&exchange, &store), token.reveal(), after(1)).await.is_ok());
    let other = present(&tokens(&login, &store), token.reveal(), after(1)).await.expect_err("another purpose");
    assert_eq!(other.reason(), Reason::CLAIMS);
    assert!(present(&tokens(&access, &store), token.reveal(), after(1)).await.is_err(), "another key");
    // A verifier of one's own asks the account's state all the same, and that knows the purpose too.
    let lenient = JwtVerifier::builder().issuer("i").audience("a").key_source(login.keys().clone());
    let lenient = AccountTokens::with_verifier(lenient.build().expect("complete"), live(&login, &store));
    let other = present(&lenient, token.reveal(), after(1)).await.expect_err("another purpose");
    assert_eq!(other.reason(), Reason::REVOKED);
}

#[tokio::test]
async fn a_verifier_of_the_core_opens_one_kind_only() {
    // Everything alike but the purpose, or the type.
    let key = SigningKey::generate(JwtAlgorithm::EdDsa).expect("a key").reveal_pem().expect("a private key");
    let of = |purpose, token_type: Option<&str>| {
        let key = SigningKey::from_pem(JwtAlgorithm::EdDsa, key.as_bytes()).expect("the same");
        let builder = TokenIssuer::builder(KeyRing::new(key)).issuer("i").audience("a").purpose(purpose);
        let builder = token_type.into_iter().fold(builder, TokenIssuerBuilder::token_type);
        builder.build().expect("complete")
    };
    let issuers = [of("access", None), of("reset", None), of("access", Some("at+jwt")), of("access", Some("own+jwt"))];
    for (at, issuer) in issuers.iter().enumerate() {
        let token = issuer.issue(&TokenClaims::new("1", 0), after(0).now).expect("signed");
        for (other_at, other) in issuers.iter().enumerate() {
            let verifier = other.verifier().build().expect("complete");
            let outcome = present(&verifier, token.reveal(), after(1)).await.map_err(|error| error.reason());
            let expected = match (at, other_at) {
                // Without a type of its own it takes those that mean the same (RFC 9068 §4).
                (0, 0) | (1, 1) | (2, 0 | 2) | (3, 3) => None,
                (0 | 1, 2 | 3) | (2, 3) | (3, _) => Some(Reason::TOKEN_TYPE),
                _ => Some(Reason::CLAIMS),
            };
            assert_eq!(outcome.map(drop).err(), expected, "{at} at {other_at}");
        }
    }
}

#[tokio::test]
async fn a_token_can_be_revoked_and_stays_so_within_every_leeway() {
    let store = store();
    let issuer = issuer();
    let tokens = tokens(&issuer, &store);
    let token = issuer.issue(&TokenClaims::new("1", 0), after(0).now).expect("signed");
    assert!(tokens.live().revoke(&named(&token), &after(1)).await.expect("an answer"));
    assert!(!tokens.live().revoke(&named(&token), &after(1)).await.expect("an answer"));
    auth_issuer::sweep::SweepStore::sweep(&store, after(359).now, 100).await.expect("swept");
    assert_eq!(reason(&tokens, &token, 359).await, Some(Reason::REVOKED), "believed but for that: 60 s of leeway");
}

#[tokio::test]
async fn the_token_of_the_session_that_changed_the_password_may_be_carried_over() {
    let store = store();
    let issuer = issuer();
    let tokens = tokens(&issuer, &store);
    let issue = || issuer.issue(&TokenClaims::new("1", 0), after(0).now).expect("signed");
    let (own, other) = (issue(), issue());
    let epoch = store.raise_epoch("1").await.expect("an answer").expect("there");
    tokens.live().carry(&named(&own), epoch, &after(1)).await.expect("carried");
    assert_eq!(reason(&tokens, &own, 1).await, None);
    assert_eq!(reason(&tokens, &other, 1).await, Some(Reason::REVOKED));
    store.raise_epoch("1").await.expect("an answer");
    assert_eq!(reason(&tokens, &own, 1).await, Some(Reason::REVOKED), "to that epoch and no further");
}

#[tokio::test]
async fn keys_rotate_while_tokens_live() {
    let store = store();
    let issuer = builder().without_id_of_only_key().build().expect("complete");
    let tokens = tokens(&issuer, &store);
    let issue = || issuer.issue(&TokenClaims::new("1", 0), after(0).now).expect("signed");
    let old = issue();
    assert!(part(old.reveal(), 0).get("kid").is_none(), "there is one key");
    let old_key = issuer.keys().read(|ring| ring.active().id().to_owned());
    let key = SigningKey::generate(JwtAlgorithm::EdDsa).expect("a key");
    issuer.keys().change(|ring| ring.rotate(key)).expect("new");
    let new = issue();
    assert!(part(new.reveal(), 0)["kid"].is_string(), "there are two");
    assert_eq!(reason(&tokens, &new, 1).await, None);
    assert_eq!(reason(&tokens, &old, 1).await, None, "what was signed before, unnamed, still verifies");
    assert!(issuer.keys().change(|ring| ring.retire(&old_key)));
    assert_eq!(reason(&tokens, &new, 1).await, None);
    assert_eq!(reason(&tokens, &old, 1).await, Some(Reason::SIGNATURE));
}

/// A verifier that only knows keys may believe a token from memory, but not longer than its key is there.
#[test]
fn a_change_of_keys_withdraws_what_was_verified() {
    let issuer = builder().build().expect("complete");
    let verifier = issuer.verifier().build().expect("complete");
    let caching = Verifier::<BearerToken>::caching(&verifier).expect("it asks nobody about the state of a token");
    let before = caching.revocations().mark().expect("trusted");
    issuer.keys().change(|ring| ring.rotate(SigningKey::generate(JwtAlgorithm::EdDsa).expect("a key"))).expect("new");
    assert!(!caching.revocations().holds("1", None, before));
}

#[tokio::test]
async fn an_account_may_stand_in_a_claim_of_its_own() {
    let store = store();
    let issuer = builder().account_claim("uid").epoch_claim("ep").build().expect("complete");
    let tokens = tokens(&issuer, &store);
    let token =
        issuer.issue(&TokenClaims::new("1", 0).with_subject("alice@example.com"), after(0).now).expect("signed");
    let payload = part(token.reveal(), 1);
    assert_eq!((payload["sub"].as_str(), payload["uid"].as_str()), (Some("alice@example.com"), Some("1")));
    assert_eq!(payload["ep"].as_u64(), Some(0));
    let verified: Verified<LiveToken> = present(&tokens, token.reveal(), after(1)).await.expect("good");
    assert_eq!((verified.facts().subject.as_str(), verified.value().account.id()), ("alice@example.com", "1"));
}

#[tokio::test]
async fn a_verifier_of_the_core_asks_the_same_state() {
    let store = store();
    let issuer = issuer();
    let verifier = issuer.verifier().revocation(live(&issuer, &store)).build().expect("complete");
    let token = issuer.issue(&TokenClaims::new("1", 0).with_roles(["admin"]), after(0).now).expect("signed");
    let facts = present(&verifier, token.reveal(), after(1)).await.expect("good").facts().clone();
    assert_eq!(facts.roles, ["admin"], "as the token says");
    store.raise_epoch("1").await.expect("an answer");
    let error = present(&verifier, token.reveal(), after(1)).await.expect_err("void");
    assert_eq!(error.reason(), Reason::REVOKED);
}

#[tokio::test]
async fn a_one_time_token_is_redeemed_once_and_dead_for_everything() {
    let store = store();
    let issuer = issuer();
    let once = OneTimeTokens::new(tokens(&issuer, &store));
    let token = issuer.issue(&TokenClaims::new("1", 0), after(0).now).expect("signed");
    assert!(once.peek(token.reveal(), &after(1)).await.expect("an answer").is_some());
    let redeemed = once.redeem(token.reveal(), &after(1)).await.expect("an answer").expect("good");
    assert_eq!(redeemed.account.id(), "1");
    assert!(once.redeem(token.reveal(), &after(1)).await.expect("an answer").is_none());
    assert!(once.peek(token.reveal(), &after(1)).await.expect("an answer").is_none());
    assert_eq!(reason(&tokens(&issuer, &store), &token, 1).await, Some(Reason::REVOKED), "as a bearer token too");
    for bad in ["", "a.b.c", "no token"] {
        assert!(once.redeem(bad, &after(1)).await.expect("an answer").is_none());
    }
    let other = issuer.issue(&TokenClaims::new("1", 0), after(0).now).expect("signed");
    store.raise_epoch("1").await.expect("an answer");
    assert!(once.redeem(other.reveal(), &after(1)).await.expect("an answer").is_none());
}

#[test]
fn an_incomplete_issuer_is_refused_and_says_the_fix() {
    let ring = || KeyRing::new(SigningKey::generate(JwtAlgorithm::EdDsa).expect("a key"));
    let complete = || builder();
    for (builder, kind, fix) in [
        (TokenIssuer::builder(ring()).audience("a").purpose("p"), ConfigErrorKind::Issuer, ".issuer("),
        (TokenIssuer::builder(ring()).issuer("i").purpose("p"), ConfigErrorKind::Audience, ".audience("),
        (TokenIssuer::builder(ring()).issuer("i").audience("a"), ConfigErrorKind::Value, ".purpose("),
        (complete().purpose("Access Token"), ConfigErrorKind::Value, "Access Token"),
        (complete().epoch_claim("sub"), ConfigErrorKind::ClaimName, "`sub`"),
        (complete().account_claim(""), ConfigErrorKind::ClaimName, "``"),
        (complete().account_claim("epoch"), ConfigErrorKind::ClaimName, "epoch"),
        (complete().lifetime(Duration::from_millis(999)), ConfigErrorKind::Limit, "second"),
    ] {
        let error = builder.build().expect_err(fix);
        assert_eq!(error.kind(), kind);
        assert!(error.to_string().contains(fix), "{error}");
    }
}

/// The caller learns no more than that it is not good.
#[tokio::test]
async fn why_a_one_time_token_is_not_good_is_for_the_operator() {
    let (store, issuer) = (store(), issuer());
    let once = OneTimeTokens::new(tokens(&issuer, &store));
    let token = issuer.issue(&TokenClaims::new("1", 0), after(0).now).expect("signed");
    let log = Log::begin();
    assert!(once.peek(token.reveal(), &after(1_000_000)).await.expect("an answer").is_none());
    assert!(once.redeem(token.reveal(), &after(1)).await.expect("an answer").is_some());
    assert!(once.redeem(token.reveal(), &after(1)).await.expect("an answer").is_none());
    let logged = log.end();
    let mut told = logged.lines().filter(|line| line.contains("a token is not good"));
    for reason in ["auth.reason=expired", "auth.reason=revoked"] {
        assert!(told.next().is_some_and(|line| line.contains(reason)), "{reason}: {logged}");
    }
    assert!(!logged.contains(token.reveal()), "{logged}");
}

#[tokio::test]
async fn what_is_issued_and_what_comes_again_is_recorded() {
    let (store, events) = (store(), Events::default());
    let issuer = builder().audit(events.audit()).build().expect("complete");
    let tokens = AccountTokens::new(live(&issuer, &store).with_audit(events.audit())).expect("complete");
    let claims = TokenClaims::of(&granted(&store).await);
    let token = issuer.issue_for(&claims, &after(0)).await.expect("signed");
    let [created] = events.all().try_into().expect("one event");
    assert_eq!((created.name, created.account.as_deref()), (AuditName::TOKEN_CREATED, Some("1")));
    assert_eq!((created.credential.as_deref(), created.about), (Some(token.id()), Some("access")));

    assert_eq!(reason(&tokens, &token, 1).await, None);
    assert!(present(&tokens, "a.b.c", after(1)).await.is_err());
    assert_eq!(events.all().len(), 1, "neither a good token nor a guess is one");
    store.raise_epoch("1").await.expect("an answer").expect("the account");
    assert_eq!(reason(&tokens, &token, 2).await, Some(Reason::REVOKED));
    let last = events.all().pop().expect("an event");
    assert_eq!((last.name, last.reason), (AuditName::TOKEN_REUSE, Some(Reason::REVOKED)));
    assert_eq!((last.account.as_deref(), last.credential.as_deref()), (Some("1"), Some(token.id())));
}

#[tokio::test]
async fn whatever_is_made_of_an_issuer_records_where_it_does() {
    let (store, events, others) = (store(), Events::default(), Events::default());
    let issuer = builder().audit(events.audit()).build().expect("complete");
    let issue = || issuer.issue(&TokenClaims::new("1", 0), after(0).now).expect("signed");
    let (live, once) = (live(&issuer, &store), OneTimeTokens::new(tokens(&issuer, &store)));
    let (withdrawn, spent) = (issue(), issue());
    live.carry(&named(&withdrawn), 0, &after(1)).await.expect("an answer");
    assert!(live.revoke(&named(&withdrawn), &after(1)).await.expect("an answer"));
    assert!(once.redeem(spent.reveal(), &after(1)).await.expect("an answer").is_some());
    assert_eq!(reason(&tokens(&issuer, &store), &spent, 1).await, Some(Reason::REVOKED));
    let all = [AuditName::SESSION_RENEWED, AuditName::TOKEN_REVOKED, AuditName::TOKEN_DELETE, AuditName::TOKEN_REUSE];
    assert_eq!(events.all().iter().map(|event| event.name).collect::<Vec<_>>(), all);

    let elsewhere = live.with_audit(others.audit());
    let once = OneTimeTokens::new(AccountTokens::new(elsewhere).expect("complete"));
    assert!(once.redeem(issue().reveal(), &after(1)).await.expect("an answer").is_some());
    assert_eq!((events.all().len(), others.all().len()), (all.len(), 1));
}

#[tokio::test]
async fn a_token_whose_event_is_lost_is_not_handed_out_where_nothing_is_done_without() {
    struct Outage;
    impl AuditSink for Outage {
        async fn record(&self, _: &AuditEvent) -> Result<(), AuditError> {
            Err(AuditError::new("the disk is full"))
        }
    }
    let store = store();
    let strict = Audit::new(Outage).on_failure(OnSinkFailure::Fail);
    let issuer = builder().audit(strict.clone()).build().expect("complete");
    let claims = TokenClaims::of(&granted(&store).await);
    assert!(issuer.issue_for(&claims, &after(0)).await.is_err());

    let token = issuer.issue(&claims, after(0).now).expect("signed");
    store.raise_epoch("1").await.expect("an answer").expect("the account");
    let tokens = AccountTokens::new(live(&issuer, &store).with_audit(strict)).expect("complete");
    let error = present(&tokens, token.reveal(), after(1)).await.expect_err("withdrawn");
    assert_eq!(error.kind(), VerifyErrorKind::Unavailable);
}

#[tokio::test]
async fn what_revokes_redeems_or_carries_a_token_is_told_though_the_caller_goes_away() {
    let (store, issuer) = (store(), issuer());
    let token = issuer.issue(&TokenClaims::new("1", 0), after(0).now).expect("signed");
    let live = |held: Held, audit: Audit| LiveTokens::new(issuer.clone(), store.clone(), held).with_audit(audit);
    let carry = async |held: Held, audit: Audit| live(held, audit).carry(&named(&token), 1, &after(1)).await;
    assert_eq!(told_without_caller(&store, carry).await, [AuditName::SESSION_RENEWED]);
    let revoke = async |held: Held, audit: Audit| live(held, audit).revoke(&named(&token), &after(1)).await;
    assert_eq!(told_without_caller(&store, revoke).await, [AuditName::TOKEN_REVOKED]);
    assert!(told_without_caller(&store, revoke).await.is_empty(), "it was not good any more");

    let token = issuer.issue(&TokenClaims::new("1", 0), after(0).now).expect("signed");
    let redeem = async |held: Held, audit: Audit| {
        let tokens = AccountTokens::new(live(held, audit.clone())).expect("complete");
        OneTimeTokens::new(tokens).with_audit(audit).redeem(token.reveal(), &after(1)).await
    };
    assert_eq!(told_without_caller(&store, redeem).await, [AuditName::TOKEN_DELETE]);
    assert_eq!(reason(&tokens(&issuer, &store), &token, 1).await, Some(Reason::REVOKED));
}
