//! Section 2: the refresh grant.

use std::time::Duration;

use nexudus_rest::NexudusRest;
use systems::testing::{InProcess, Request, Response, form, json_of};

use super::{ADMIN, PASSWORD, assert_error, assert_uncached, member, server, sign_in};

const DAY: Duration = Duration::from_hours(24);

fn request(token: &str) -> Request {
    form("/api/token", &[("grant_type", "refresh_token"), ("refresh_token", token)])
}

fn refresh(server: &InProcess, client: &str, token: &str) -> Response {
    server.send(&request(token).header(&format!("client_id: {client}")))
}

fn sign_in_as(server: &InProcess, client: &str) -> String {
    // Which of two sign-ins is the later one is told by the clock, which stands still on its own.
    server.clock.advance(Duration::from_secs(1));
    let fields = [("grant_type", "password"), ("username", ADMIN), ("password", PASSWORD)];
    let answer = server.send(&form("/api/token", &fields).header(&format!("client_id: {client}")));
    member(&answer, "refresh_token")
}

#[test]
fn success_has_a_new_refresh_token_and_old_access_tokens_live() {
    let server = server();
    let first = sign_in(&server, ADMIN, PASSWORD);
    let answer = refresh(&server, ADMIN, &member(&first, "refresh_token"));
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_uncached(&answer);
    assert!(json_of(&answer)["expires_in"].as_u64().is_some_and(|left| left >= 604_799));
    assert_ne!(member(&answer, "refresh_token"), member(&first, "refresh_token"));
    for token in [member(&first, "access_token"), member(&answer, "access_token")] {
        let bearer = format!("Authorization: Bearer {token}");
        assert_eq!(server.get("/api/sys/coworkers", &[&bearer]).status, 200);
    }
}

#[test]
fn other_client_or_none_is_refused_and_the_token_stays_good() {
    let server = server();
    let token = sign_in_as(&server, "app.one");
    assert_error(&server.send(&request(&token)), 400, "invalid_grant");
    for client in ["app.two", "APP.ONE", ADMIN] {
        assert_error(&refresh(&server, client, &token), 400, "invalid_grant");
    }
    assert_eq!(refresh(&server, "app.one", &token).status, 200);
}

#[test]
fn default_client_is_the_email_without_case() {
    let server = server();
    let token = member(&sign_in(&server, "ADMIN@example.com", PASSWORD), "refresh_token");
    assert_eq!(refresh(&server, "Admin@Example.com", &token).status, 200);
}

#[test]
fn client_id_as_a_field_and_what_is_no_client_id() {
    let server = server();
    let token = sign_in_as(&server, "app");
    let fields = [("grant_type", "refresh_token"), ("refresh_token", token.as_str()), ("client_id", "app")];
    let differs = server.send(&form("/api/token", &fields).header("client_id: other"));
    assert_error(&differs, 400, "invalid_request");
    for bad in ["a b", &"x".repeat(201)] {
        assert_error(&refresh(&server, bad, &token), 400, "invalid_request");
    }
    let twice = request(&token).headers(&["client_id: app", "client_id: app"]);
    assert_error(&server.send(&twice), 400, "invalid_request");
    assert_eq!(server.send(&form("/api/token", &fields)).status, 200);
}

#[test]
fn refresh_token_missing_or_unknown() {
    let server = server();
    let missing = form("/api/token", &[("grant_type", "refresh_token")]).header("client_id: app");
    assert_error(&server.send(&missing), 400, "invalid_request");
    for unknown in ["x", &"A".repeat(43)] {
        assert_error(&refresh(&server, "app", unknown), 400, "invalid_grant");
    }
}

#[test]
fn a_rotated_token_presented_again_ends_the_chain() {
    let server = server();
    let first = sign_in_as(&server, "app");
    let second = member(&refresh(&server, "app", &first), "refresh_token");
    assert_error(&refresh(&server, "app", &first), 400, "invalid_grant");
    assert_error(&refresh(&server, "app", &second), 400, "invalid_grant");
}

#[test]
fn a_later_sign_in_of_the_client_replaces_and_ends_nothing_else() {
    let server = server();
    let (old, other) = (sign_in_as(&server, "app"), sign_in_as(&server, "other"));
    let new = sign_in_as(&server, "app");
    assert_error(&refresh(&server, "app", &old), 400, "invalid_grant");
    assert_eq!(refresh(&server, "app", &new).status, 200, "the replaced one has changed nothing");
    assert_eq!(refresh(&server, "other", &other).status, 200);
}

#[test]
fn many_chains_per_client_is_a_setting() {
    let server = InProcess::start(NexudusRest, &["chains_per_client=many"]);
    let (one, two) = (sign_in_as(&server, "app"), sign_in_as(&server, "app"));
    for token in [one, two] {
        assert_eq!(refresh(&server, "app", &token).status, 200);
    }
}

#[test]
fn refresh_tokens_live_15_days() {
    let server = server();
    let (one, two) = (sign_in_as(&server, "one"), sign_in_as(&server, "two"));
    server.clock.advance(14 * DAY + Duration::from_secs(86_398));
    assert_eq!(refresh(&server, "one", &one).status, 200);
    server.clock.advance(Duration::from_secs(3));
    assert_error(&refresh(&server, "two", &two), 400, "invalid_grant");
}

#[test]
fn a_suspended_account_refreshes_nothing() {
    use auth_issuer::accounts::{AccountAdmin as _, AccountState};

    let server = server();
    let token = sign_in_as(&server, "app");
    let store = server.context.store.clone();
    server.block_on(async {
        for account in store.list_accounts(0, 100).await.expect("accounts") {
            store.set_state(account.id(), AccountState::Suspended).await.expect("an answer");
        }
    });
    assert_error(&refresh(&server, "app", &token), 400, "invalid_grant");
}
