//! No secret of a request or an answer is in a log or a `Debug`.

use std::fmt::Write as _;

use super::bench::{ALICE, At, Bench, SECRET, as_client, password_grant, post, with_basic};
use super::log::Log;
use super::support::PASSWORD;

#[tokio::test]
async fn planted_secrets_are_nowhere() {
    let log = Log::begin();
    let bench = Bench::new();
    let wrong = ["planted-wrong-password", "planted-wrong-secret", "planted-unknown-name@example.com", "planted-token"];
    let mut secrets: Vec<String> = wrong.iter().map(|&text| text.to_owned()).collect();
    secrets.extend([PASSWORD.to_owned(), SECRET.to_owned()]);

    let tokens = bench.signed_in().await;
    secrets.extend([tokens.text("access_token"), tokens.text("refresh_token")]);
    for (name, password) in [(ALICE, wrong[0]), (wrong[2], PASSWORD)] {
        bench.ask(At::Token, as_client(post(&password_grant(name, password)), "backend")).await;
    }
    bench.ask(At::Token, with_basic(post(&password_grant(ALICE, PASSWORD)), "backend", wrong[1])).await;
    let fields = [("grant_type", "refresh_token"), ("refresh_token", wrong[3]), ("token", wrong[3])];
    for at in At::ALL {
        bench.ask(at, as_client(post(&fields), "backend")).await;
        let mut in_body = fields.to_vec();
        in_body.extend([("client_id", "backend"), ("client_secret", wrong[1])]);
        bench.ask(at, post(&in_body)).await;
        for (name, token) in [("refresh_token", &secrets[7]), ("access_token", &secrets[6])] {
            let fields = [("grant_type", "refresh_token"), ("refresh_token", token), ("token", token), ("hint", name)];
            bench.ask(at, as_client(post(&fields), "other")).await;
            bench.ask(at, as_client(post(&fields), "backend")).await;
        }
    }
    bench.outage.set(true);
    bench.ask(At::Token, as_client(post(&password_grant(ALICE, PASSWORD)), "backend")).await;

    let mut logged = log.end();
    for reason in ["wrong_client_secret", "invalid_grant", "authn_token_created", "nothing can be decided"] {
        assert!(logged.contains(reason), "the log is alive: {reason}\n{logged}");
    }
    write!(logged, "{:?} {:?} {:?}", bench.token, bench.revocation, bench.introspection).expect("to a string");
    for secret in &secrets {
        assert!(!logged.contains(secret.as_str()), "{secret} is in the log:\n{logged}");
    }
}
