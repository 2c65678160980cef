//! What the token endpoint grants.

use auth_issuer::accounts::AccountAdmin as _;
use auth_issuer::refresh::ChainStore as _;
use auth_issuer::{Account, AccountState};

use super::bench::{ALICE, At, Bench, as_client, password_grant, payload, post};
use super::support::{PASSWORD, code, enrol, totp, wrong_code};

/// RFC 6749 §5.1.
#[tokio::test]
async fn a_password_gets_tokens_for_the_client_that_asks() {
    let bench = Bench::new();
    let answer = bench.signed_in().await;
    let json = answer.json();
    let names: Vec<&String> = json.as_object().expect("an object").keys().collect();
    assert_eq!(names, ["access_token", "expires_in", "refresh_token", "scope", "token_type"]);
    assert_eq!((&json["token_type"], &json["expires_in"]), (&"Bearer".into(), &300.into()));
    assert_eq!(json["scope"], "read write", "said, since none was asked for");
    assert_eq!(answer.header("content-type"), Some("application/json"));

    let claims = payload(&answer.text("access_token"));
    for (name, value) in [("client_id", "backend"), ("scope", "read write"), ("sub", "1"), ("purpose", "access")] {
        assert_eq!(claims[name], value, "{name}");
    }
    assert_eq!((&claims["aud"], &claims["roles"][0]), (&"https://api.example".into(), &"user".into()));
    assert_eq!(claims["amr"], serde_json::json!(["pwd"]));
}

#[tokio::test]
async fn a_client_that_may_not_refresh_gets_no_refresh_token() {
    let bench = Bench::new();
    let mut fields = password_grant(ALICE, PASSWORD).to_vec();
    fields.push(("client_id", "brief"));
    let answer = bench.token(&fields).await;
    assert_eq!(answer.status, 200);
    assert!(answer.json().get("refresh_token").is_none());
}

/// RFC 6749 §3.3: a scope is said when it is another than the one asked for.
#[tokio::test]
async fn scopes_are_those_of_account_and_client() {
    let bench = Bench::new();
    let granted = [
        ("backend", Some("read write"), None),
        ("backend", Some("write read"), None),
        ("backend", Some("write"), None),
        ("backend", Some("read read"), None),
        ("backend", Some(""), Some("read write")),
        ("backend", None, Some("read write")),
        ("app", None, Some("read")),
        ("app", Some("read"), None),
    ];
    for (client, asked, said) in granted {
        let mut fields = password_grant(ALICE, PASSWORD).to_vec();
        fields.extend(asked.map(|scope| ("scope", scope)));
        let request = if client == "app" {
            fields.push(("client_id", "app"));
            post(&fields)
        } else {
            as_client(post(&fields), client)
        };
        let answer = bench.ask(At::Token, request).await;
        assert_eq!(answer.status, 200, "{asked:?} {answer:?}");
        assert_eq!(answer.json().get("scope").and_then(|scope| scope.as_str()), said, "{client} {asked:?}");
        let in_token = payload(&answer.text("access_token"))["scope"].clone();
        let expected = said.unwrap_or(if asked == Some("read read") { "read" } else { asked.unwrap_or_default() });
        assert_eq!(in_token, expected, "{client} {asked:?}");
    }
}

#[tokio::test]
async fn an_account_without_scopes_has_no_empty_scope() {
    let bench = Bench::new();
    let answer = bench.ask(At::Token, as_client(post(&password_grant("bob@example.com", PASSWORD)), "backend")).await;
    assert_eq!(answer.status, 200);
    assert!(answer.json().get("scope").is_none(), "an empty list is no scope");
    assert_eq!(payload(&answer.text("access_token"))["scope"], "", "and none is what it is good for");
}

#[tokio::test]
async fn unknown_scopes_and_other_peoples_are_invalid() {
    let bench = Bench::new();
    for scope in ["admin", "read admin", "READ", "read  write", " read", "read\twrite", "re\"ad", "r\u{e9}ad", "\u{0}"]
    {
        let mut fields = password_grant(ALICE, PASSWORD).to_vec();
        fields.push(("scope", scope));
        let answer = bench.ask(At::Token, as_client(post(&fields), "backend")).await;
        assert_eq!(answer.error(), (400, "invalid_scope".to_owned()), "{scope:?}");
    }
    let before = bench.pool.hashes();
    let mut fields = password_grant(ALICE, PASSWORD).to_vec();
    fields.extend([("scope", "read write"), ("client_id", "app")]);
    assert_eq!(bench.token(&fields).await.error(), (400, "invalid_scope".to_owned()));
    assert_eq!(bench.pool.hashes(), before, "what a client may not ask for costs no hash");
}

/// RFC 6749 §6.
#[tokio::test]
async fn a_refresh_token_is_exchanged_once_and_its_scopes_only_shrink() {
    let bench = Bench::new();
    let first = bench.signed_in().await.text("refresh_token");

    assert_eq!(bench.refresh("backend", &first, Some("read admin")).await.error(), (400, "invalid_scope".to_owned()));
    let narrow = bench.refresh("backend", &first, Some("read")).await;
    assert_eq!(narrow.status, 200, "a scope too many has spent nothing");
    assert_eq!(payload(&narrow.text("access_token"))["scope"], "read");
    assert!(narrow.json().get("scope").is_none(), "as asked");

    let second = narrow.text("refresh_token");
    let wide = bench.refresh("backend", &second, None).await;
    assert_eq!(wide.text("scope"), "read write", "the grant has not shrunk, only that access token");
    assert_eq!(payload(&wide.text("access_token"))["amr"], serde_json::json!(["pwd"]));

    let third = wide.text("refresh_token");
    assert_eq!(bench.refresh("backend", &first, None).await.error(), (400, "invalid_grant".to_owned()), "spent");
    assert_eq!(bench.refresh("backend", &third, None).await.error(), (400, "invalid_grant".to_owned()), "theft");
}

#[tokio::test]
async fn what_the_account_has_lost_is_not_granted_again() {
    let bench = Bench::new();
    let token = bench.signed_in().await.text("refresh_token");
    bench.store.set_permissions("1", &[], &["write".to_owned()]).await.expect("an answer");
    let answer = bench.refresh("backend", &token, Some("read write")).await;
    assert_eq!((answer.status, answer.text("scope")), (200, "write".to_owned()));
    let claims = payload(&answer.text("access_token"));
    assert_eq!((&claims["scope"], &claims["roles"]), (&"write".into(), &serde_json::json!([])));

    bench.store.set_permissions("1", &[], &[]).await.expect("an answer");
    let answer = bench.refresh("backend", &answer.text("refresh_token"), Some("read")).await;
    assert_eq!((answer.status, answer.text("scope")), (200, String::new()), "said, since it is not what was asked for");
}

/// A role stands for scopes, at the password and at each refresh.
#[tokio::test]
async fn scopes_may_come_by_a_role() {
    let is_user = |account: &Account| account.roles().iter().any(|role| role == "user");
    let bench = Bench::with(|builder| builder.permits(move |account, scope| is_user(account) && scope != "write"));
    let ask = async |client: &str, scope: Option<&str>| {
        let mut fields = password_grant(ALICE, PASSWORD).to_vec();
        fields.extend(scope.map(|scope| ("scope", scope)));
        bench.ask(At::Token, as_client(post(&fields), client)).await
    };
    let too_much = (400, "invalid_scope".to_owned());
    assert_eq!(ask("backend", Some("read write")).await.error(), too_much, "what the rule does not permit");
    assert_eq!(ask("backend", None).await.text("scope"), "read", "without a wish, what stands in the account");
    let granted = ask("backend", Some("audit")).await;
    assert_eq!(payload(&granted.text("access_token"))["scope"], "audit");

    let renewed = bench.refresh("backend", &granted.text("refresh_token"), None).await;
    assert_eq!(payload(&renewed.text("access_token"))["scope"], "audit");
    bench.store.set_permissions("1", &[], &["audit".to_owned()]).await.expect("an answer");
    let renewed = bench.refresh("backend", &renewed.text("refresh_token"), None).await;
    assert_eq!(payload(&renewed.text("access_token"))["scope"], "", "the role is lost");
}

#[tokio::test]
async fn another_clients_refresh_token_is_refused_and_stays_good() {
    let bench = Bench::new();
    let token = bench.signed_in().await.text("refresh_token");
    let foreign = bench.refresh("other", &token, None).await;
    let unknown = bench.refresh("other", "unknown", None).await;
    assert_eq!(foreign.error(), (400, "invalid_grant".to_owned()));
    assert_eq!(foreign, unknown, "the same bytes");
    assert_eq!(bench.refresh("backend", &token, None).await.status, 200);
}

/// RFC 9700 §2.4 and RFC 6749 §4.3: only with both factors.
#[tokio::test]
async fn no_token_for_a_password_alone_where_there_is_a_second_factor() {
    let bench = Bench::new();
    enrol(&bench.store, &totp(&bench.store, &bench.throttle), ALICE).await;
    bench.clock.set(60);
    let ask = async |otp: Option<&str>| {
        let mut fields = password_grant(ALICE, PASSWORD).to_vec();
        fields.extend(otp.map(|otp| ("otp", otp)));
        bench.ask(At::Token, as_client(post(&fields), "backend")).await
    };
    let (good, wrong) = (code(&bench.attempt()), wrong_code(&bench.attempt()));
    for otp in [None, Some(""), Some(wrong.as_str()), Some("x")] {
        let answer = ask(otp).await;
        assert_eq!(answer.error(), (400, "mfa_required".to_owned()), "{otp:?}");
        assert_eq!(answer.json().as_object().map(serde_json::Map::len), Some(2), "no token of any kind: {answer:?}");
    }
    let mut fields = password_grant(ALICE, "wrong password").to_vec();
    fields.push(("otp", good.as_str()));
    let answer = bench.ask(At::Token, as_client(post(&fields), "backend")).await;
    assert_eq!(answer.error(), (400, "invalid_grant".to_owned()), "the code says nothing of a wrong password");

    let granted = ask(Some(&good)).await;
    assert_eq!(granted.status, 200, "{granted:?}");
    assert_eq!(payload(&granted.text("access_token"))["amr"], serde_json::json!(["pwd", "otp"]));
    assert_eq!(ask(Some(&good)).await.error(), (400, "mfa_required".to_owned()), "a code is good once");

    let renewed = bench.refresh("backend", &granted.text("refresh_token"), None).await;
    assert_eq!(payload(&renewed.text("access_token"))["amr"], serde_json::json!(["pwd", "otp"]));
}

#[tokio::test]
async fn accounts_that_may_not_be_used_look_like_a_wrong_password() {
    let bench = Bench::new();
    let ask =
        async |password: &str| bench.ask(At::Token, as_client(post(&password_grant(ALICE, password)), "backend")).await;
    let wrong = ask("wrong password").await;
    for state in [AccountState::Suspended, AccountState::Inactive, AccountState::MustReset] {
        let token = {
            bench.store.set_state("1", AccountState::Active).await.expect("an answer");
            bench.signed_in().await.text("refresh_token")
        };
        bench.store.set_state("1", state).await.expect("an answer");
        assert_eq!(ask(PASSWORD).await, wrong, "{state:?}");
        assert_eq!(
            bench.refresh("backend", &token, None).await.error(),
            (400, "invalid_grant".to_owned()),
            "{state:?}"
        );
    }
}

/// Or eleven requests tell whether one of the passwords before was right.
#[tokio::test]
async fn the_right_password_of_a_closed_account_is_throttled_like_a_wrong_one() {
    for state in [AccountState::Suspended, AccountState::Inactive, AccountState::MustReset] {
        let eleven = async |password| {
            let bench = Bench::new();
            bench.store.set_state("1", state).await.expect("an answer");
            let mut answers = Vec::new();
            for _ in 0..11 {
                let request = as_client(post(&password_grant(ALICE, password)), "backend");
                answers.push(bench.ask(At::Token, request).await);
            }
            answers
        };
        let right = eleven(PASSWORD).await;
        assert_eq!(right, eleven("wrong password").await, "{state:?}");
        assert_eq!(right.iter().map(|answer| answer.status).collect::<Vec<_>>(), [vec![400; 10], vec![429]].concat());
    }
}

#[tokio::test]
async fn owners_who_are_asked_for_a_code_are_not_throttled_for_it() {
    let bench = Bench::new();
    enrol(&bench.store, &totp(&bench.store, &bench.throttle), ALICE).await;
    for _ in 0..11 {
        let answer = bench.ask(At::Token, as_client(post(&password_grant(ALICE, PASSWORD)), "backend")).await;
        assert_eq!(answer.error(), (400, "mfa_required".to_owned()));
    }
}

/// RFC 9700 §2.4: by a decision of the service, and one for each client.
#[tokio::test]
async fn the_password_grant_is_asked_for_twice() {
    let bench = Bench::new();
    for client in ["reports", "resource"] {
        let answer = bench.ask(At::Token, as_client(post(&password_grant(ALICE, PASSWORD)), client)).await;
        assert_eq!(answer.error(), (400, "unauthorized_client".to_owned()), "{client}");
    }
    assert_eq!(bench.refresh("reports", "unknown", None).await.error(), (400, "unauthorized_client".to_owned()));
    assert_eq!(bench.pool.hashes(), 0, "and costs nothing");

    let without = super::hooks::refresh_only();
    let answer =
        super::bench::taken_apart(without.respond(as_client(post(&password_grant(ALICE, PASSWORD)), "backend")).await);
    assert_eq!(answer.error(), (400, "unsupported_grant_type".to_owned()));
}

#[test]
fn an_endpoint_without_grants_is_a_mistake() {
    let error = super::hooks::without_grants().expect_err("refused").to_string();
    assert!(error.contains(".refresh(..)"), "{error}");
}

/// A 503 asks the client to try again: it has to be able to.
#[tokio::test]
async fn an_access_token_that_cannot_be_recorded_spends_no_refresh_token() {
    let bench = Bench::new();
    let token = bench.signed_in().await.text("refresh_token");
    bench.audit_outage.set(true);
    for _ in 0..2 {
        assert_eq!(bench.refresh("backend", &token, None).await.status, 503);
    }
    bench.audit_outage.set(false);
    let answer = bench.refresh("backend", &token, None).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let next = bench.refresh("backend", &answer.text("refresh_token"), None).await;
    assert_eq!(next.status, 200, "the chain goes on");
}

/// A sign-in that gets nothing leaves no chain behind.
#[tokio::test]
async fn an_access_token_that_cannot_be_recorded_begins_no_chain() {
    let bench = Bench::new();
    bench.audit_outage.set(true);
    let request = || as_client(post(&password_grant(ALICE, PASSWORD)), "backend");
    assert_eq!(bench.ask(At::Token, request()).await.status, 503);
    let chains = bench.store.list_chains("1", bench.attempt().now).await.expect("an answer");
    assert!(chains.is_empty(), "{chains:?}");
    bench.audit_outage.set(false);
    assert_eq!(bench.ask(At::Token, request()).await.status, 200);
}
