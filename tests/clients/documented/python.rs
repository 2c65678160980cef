//! Driven by Python: `requests-oauthlib` and `pyotp` at the token endpoint of the Nexudus systems, `PyJWT` reads what each
//! of the five issues.

use std::time::Duration;

use serde_json::json;
use systems::testing::Program;
use tokio::process::Command;

use super::system::{JANE, PASSWORD, System, program};
use crate::programs::succeed;
use crate::python::client;

const GRANTS: &str = include_str!("../python/grants.py");
const TOKENS: &str = include_str!("../python/tokens.py");
/// Of the demo account with a second factor.
const TOTP_SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

fn python(interpreter: &std::path::Path, script: &str) -> Command {
    let mut command = Command::new(interpreter);
    command.args(["-I", "-c", script]).env("OAUTHLIB_INSECURE_TRANSPORT", "1").env("NO_PROXY", "127.0.0.1");
    command
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_oauthlib_and_pyotp_sign_in_and_refresh() {
    let Some(interpreter) = client().await else { return };
    for (system, user, door) in [
        (System::Rest, "admin@example.com", "/api/sys/coworkers"),
        (System::Portal, JANE, "/api/public/billing/customer"),
    ] {
        let server = system.start_demo(&program());
        let base = format!("http://{}", server.address);
        let mut script = python(&interpreter, GRANTS);
        script.env("BASE", &base).env("DOOR", door).env("USER_NAME", user).env("PASSWORD", PASSWORD);
        script.env("TOTP_USER", "twofa@example.com").env("TOTP_SECRET", TOTP_SECRET);
        let text = succeed(&mut script, Duration::from_mins(1)).await.expect("every step holds");
        assert_eq!(text.lines().last(), Some("13 steps"), "{text}");
    }
}

/// The keys of a server, and what its tokens say of who issued them and for whom.
fn keys_of(system: System) -> (&'static str, &'static str, &'static str, &'static str) {
    match system {
        System::Rest => ("access.pem", "RS256", "nexudus-rest", "nexudus-rest"),
        System::Portal => ("access.pem", "RS256", "nexudus-portal", "nexudus-portal"),
        System::Users => ("user.jwk", "HS256", "nexudus-users", "https://spaces.nexudus.com"),
        System::Coco => ("coco-server.jwk", "HS256", "coco-server", "coco-server"),
        System::Nebula => ("access.jwk", "HS256", "nebula-block", "nebula-block"),
    }
}

/// A token of each server, with what verifies it, as JSON; the keys lie in the directories of the programs.
pub(super) fn issued_tokens() -> (Vec<Program>, String) {
    let programs: Vec<Program> = System::ALL.iter().map(|_| program()).collect();
    let tokens: Vec<_> = System::ALL
        .into_iter()
        .zip(&programs)
        .map(|(system, program)| {
            let server = system.start(program, &[]);
            let (file, algorithm, issuer, audience) = keys_of(system);
            let key = program.directory().join(format!("{}-keys", system.name())).join(file);
            let mut credentials = system.credentials(&server).into_iter();
            let is_token = |secret: &str| secret.starts_with("eyJ");
            let token = credentials.find(|credential| is_token(&credential.secret)).expect("a token").secret;
            json!({
                "system": system.name(),
                "token": token,
                "algorithm": algorithm,
                "key": key,
                "issuer": issuer,
                "audience": audience,
            })
        })
        .collect();
    (programs, json!(tokens).to_string())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pyjwt_verifies_the_tokens_of_each_server() {
    let Some(interpreter) = client().await else { return };
    let (_programs, tokens) = issued_tokens();
    let mut script = python(&interpreter, TOKENS);
    script.env("TOKENS", tokens);
    let text = succeed(&mut script, Duration::from_mins(1)).await.expect("every step holds");
    assert_eq!(text.lines().last(), Some("40 steps"), "{text}");
}
