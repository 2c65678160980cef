//! Secrets are in no log, no `Debug` and no error, whatever happens to them.

use std::fmt::Write as _;
use std::time::Duration;

use auth_core::credential::{BearerToken, Credential as _};
use auth_core::{Factor, Facts, Verifier};
use auth_issuer::api_keys::{ApiKeys, KeyMaker, KeyRequest, MintOutcome, PrefixedSecret};
use auth_issuer::mail::{MailQueue, MemoryMailer, PublicUrl};
use auth_issuer::one_time::{OneTimeSecrets, Purpose};
use auth_issuer::passwords::{PasswordPolicy, PasswordReset, Passwords, PlainPasswordMails};
use auth_issuer::refresh::{RefreshOutcome, RefreshTokens};
use auth_issuer::sessions::Sessions;
use auth_issuer::{RecentSignIn, SignIn, SignInOutcome, SignInRequest, Throttle};

use super::log::Log;
use super::support::{PASSWORD, after, alice, code, enrol, granted, now, pool, store, totp, wrong_code};

/// Shows values and remembers secrets.
#[derive(Default)]
struct Shown {
    text: String,
    secrets: Vec<String>,
}

impl Shown {
    fn show(&mut self, value: &dyn std::fmt::Debug) {
        writeln!(self.text, "{value:?} {value:#?}").expect("to a string");
    }

    fn plant(&mut self, secret: &str) {
        self.secrets.push(secret.to_owned());
    }
}

const WRONG: &str = "planted wrong password";
const UNKNOWN: &str = "planted-unknown-name@example.com";

#[tokio::test]
async fn planted_secrets_are_nowhere() {
    let log = Log::begin();
    let mut shown = Shown::default();
    for secret in [PASSWORD, WRONG, UNKNOWN, "planted new password"] {
        shown.plant(secret);
    }
    sign_ins(&mut shown).await;
    refresh_tokens_and_sessions(&mut shown).await;
    keys_and_secrets(&mut shown).await;
    second_factors(&mut shown).await;
    resets(&mut shown).await;

    let logged = log.end();
    for event in ["authn_login_success", "authn_login_fail", "authn_token_created", "authn_token_reuse"] {
        assert!(logged.contains(event), "the log is alive: {event}");
    }
    assert!(logged.contains("name_digest"), "unknown names are digested");
    assert!(shown.secrets.len() > 20);
    for secret in &shown.secrets {
        assert!(secret.len() >= 6, "too short to be looked for: {secret}");
        assert!(!logged.contains(secret.as_str()), "{secret} is in the log:\n{logged}");
        assert!(!shown.text.contains(secret.as_str()), "{secret} is shown:\n{}", shown.text);
    }
}

async fn sign_ins(shown: &mut Shown) {
    let (store, throttle) = (store(), Throttle::in_memory());
    let service = SignIn::new(store.clone(), pool(), throttle.clone())
        .with_totp(totp(&store, &throttle))
        .in_two_steps(store.clone());
    shown.show(&service);
    for (login, password) in [("alice@example.com", PASSWORD), ("alice@example.com", WRONG), (UNKNOWN, WRONG)] {
        for _ in 0..12 {
            let request = SignInRequest::new(login, password).with_code("987654321");
            shown.show(&request);
            shown.show(&service.sign_in(&request, &after(0)).await.expect("an answer"));
        }
    }
    enrol(&store, &totp(&store, &throttle), "alice@example.com").await;
    let outcome = service.sign_in(&SignInRequest::new("alice@example.com", PASSWORD), &after(60)).await;
    let Ok(SignInOutcome::SecondFactorNeeded { token: Some(token), .. }) = &outcome else { panic!("{outcome:?}") };
    shown.plant(token.reveal());
    shown.show(&outcome);
    for code in [wrong_code(&after(0)), code(&after(0))] {
        let request = SignInRequest::new("alice@example.com", PASSWORD).with_code(code.as_str());
        shown.plant(&code);
        shown.show(&service.sign_in(&request, &after(60)).await.expect("an answer"));
    }
}

async fn refresh_tokens_and_sessions(shown: &mut Shown) {
    let store = store();
    let service = RefreshTokens::new(store.clone(), store.clone()).with_grace(Duration::from_secs(10)).expect("good");
    let first = service.begin(&granted(&store).await, "app", &[], &after(0)).await.expect("an answer");
    shown.plant(first.token.reveal());
    shown.show(&first);
    for seconds in [1, 2, 20] {
        let outcome = service.refresh(first.token.reveal(), "app", None, &after(seconds)).await.expect("an answer");
        shown.show(&outcome);
        if let RefreshOutcome::Renewed(renewed) = outcome {
            shown.plant(renewed.refresh.token.reveal());
        }
    }
    shown.show(&service.list(&alice(&store).await, &after(3)).await.expect("an answer"));
    let sessions = Sessions::new(store.clone(), store.clone());
    let begun = sessions.begin(&granted(&store).await, "Firefox", &after(0)).await.expect("an answer");
    shown.plant(begun.secret.reveal());
    shown.show(&begun);
    shown.show(&sessions.find(begun.secret.reveal(), &after(1)).await.expect("an answer"));
    shown.show(&(store, service, sessions));
}

async fn keys_and_secrets(shown: &mut Shown) {
    let store = store();
    let keys = ApiKeys::new(store.clone(), store.clone(), PrefixedSecret::new("sk_").expect("good"));
    let maker = KeyMaker::with_everything_of(&alice(&store).await);
    let outcome = keys.mint(&maker, KeyRequest::new("k").with_scopes(["read"]), &after(0)).await.expect("an answer");
    shown.show(&outcome);
    let MintOutcome::Minted(key) = outcome else { panic!("within the limits") };
    shown.plant(key.reveal());
    let token = BearerToken::into_owned(BearerToken::parse(key.reveal().as_bytes()).expect("a token"));
    shown.show(&Verifier::<BearerToken>::verify(&keys, token, after(1)).await.expect("good"));
    let unknown = format!("sk_{}", "A".repeat(43));
    shown.plant(&unknown);
    let token = BearerToken::into_owned(BearerToken::parse(unknown.as_bytes()).expect("a token"));
    shown.show(&Verifier::<BearerToken>::verify(&keys, token, after(1)).await.expect_err("unknown"));

    let secrets = OneTimeSecrets::new(store.clone(), store.clone());
    let life = Duration::from_secs(600);
    let secret = secrets.issue(&alice(&store).await, Purpose::LOGIN, life, &after(0)).await.expect("an answer");
    let secret = secret.expect("a place");
    shown.plant(secret.reveal());
    shown.show(&secret);
    shown.show(&secrets.redeem(Purpose::LOGIN, secret.reveal(), &after(1)).await.expect("an answer"));
    shown.show(&(keys, secrets));
}

async fn second_factors(shown: &mut Shown) {
    let store = store();
    let service = totp(&store, &Throttle::in_memory());
    let account = alice(&store).await;
    let facts = Facts::new("1").with_factor(Factor::new("pwd").at(now()));
    let proof = RecentSignIn::of(&facts, RecentSignIn::LIMIT, now()).expect("recent");
    let enrolment = service.begin(&account, &proof).await.expect("an answer").expect("proven");
    shown.plant(enrolment.reveal_secret());
    shown.show(&enrolment);
    let secret = totp_rs::Secret::try_from_base32(enrolment.reveal_secret()).expect("base32");
    let authenticator = totp_rs::Builder::new().with_secret(secret).build().expect("good");
    let code = authenticator.generate(1_800_000_000).to_string();
    shown.plant(&code);
    let change = service.confirm(&account, &proof, &code, &after(0)).await.expect("an answer");
    shown.show(&change);
    let auth_issuer::totp::FactorChange::Done { value, .. } = change else { panic!("{change:?}") };
    let account = alice(&store).await;
    for code in value.reveal() {
        shown.plant(code);
        shown.plant(&code.replace('-', ""));
    }
    let first = value.reveal().next().expect("ten");
    shown.show(&service.verify(&account, first, &after(1)).await.expect("an answer"));
    shown.show(&service.verify(&account, first, &after(1)).await.expect("an answer"));
    shown.show(&(service, account));
}

async fn resets(shown: &mut Shown) {
    let (store, outbox, throttle) = (store(), MemoryMailer::new(), Throttle::in_memory());
    let queue = MailQueue::start(outbox.clone());
    let mails = PlainPasswordMails::new("Acme", PublicUrl::parse("https://acme.example").expect("good"), "reset");
    let policy = PasswordPolicy::default();
    let passwords =
        Passwords::new(store.clone(), pool(), throttle.clone(), policy).with_notices(queue.clone(), mails.clone());
    let reset = PasswordReset::new(store.clone(), passwords.clone(), throttle, queue.clone(), mails);
    for login in ["alice@example.com", UNKNOWN] {
        for _ in 0..4 {
            shown.show(&reset.begin(login, &after(0)).await.expect("an answer"));
        }
    }
    queue.flush().await;
    let sent = outbox.take();
    shown.show(&(&sent, &queue, &outbox, &passwords, &reset));
    let (_, token) = sent[0].text.split_once("?token=").expect("a link");
    let token = token.lines().next().expect("a line");
    shown.plant(token);
    for new in ["planted new password", "planted new password", "short"] {
        shown.show(&reset.complete(token, &new.into(), &after(1)).await.expect("an answer"));
    }
    let account = alice(&store).await;
    for current in [WRONG, "planted new password"] {
        let changed = passwords.change(&account, &current.into(), &PASSWORD.into(), &after(2)).await;
        shown.show(&changed.expect("an answer"));
    }
}
