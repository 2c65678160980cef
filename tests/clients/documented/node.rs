//! Driven by Node: `oauth4webapi` at the token endpoint of the Nexudus systems, `jose` reads what each of the five issues.

use std::time::Duration;

use super::python::issued_tokens;
use super::system::{JANE, PASSWORD, System, program};
use crate::node;
use crate::programs::succeed;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn oauth4webapi_signs_in_and_refreshes() {
    for (system, user, door, no_factor) in [
        (System::Rest, "admin@example.com", "/api/sys/coworkers", "two_factor_auth_check"),
        (System::Portal, JANE, "/api/public/billing/customer", "two_factor_auth_check"),
        (System::Users, "admin@example.com", "/sys/users/42/token/refresh", "invalid_grant"),
    ] {
        let Some(mut client) = node::program("grants.js").await else { return };
        let server = system.start_demo(&program());
        client.env("BASE", format!("http://{}", server.address)).env("DOOR", door);
        client.env("USER_NAME", user).env("PASSWORD", PASSWORD).env("TWOFA_ANSWER", no_factor);
        let text = succeed(&mut client, Duration::from_mins(1)).await.expect("every step holds");
        assert_eq!(text.lines().last(), Some("12 steps"), "{system:?}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jose_verifies_the_tokens_of_each_server() {
    let Some(mut client) = node::program("tokens.js").await else { return };
    let (_programs, tokens) = issued_tokens();
    client.env("TOKENS", tokens);
    let text = succeed(&mut client, Duration::from_mins(1)).await.expect("every step holds");
    assert_eq!(text.lines().last(), Some("40 steps"), "{text}");
}
