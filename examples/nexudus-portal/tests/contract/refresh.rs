//! Section 2: the refresh grant, and its state rules.

use std::time::Duration;

use auth_issuer::accounts::AccountState;
use nexudus_portal::NexudusPortal;
use systems::testing::{InProcess, form, json_of};

use super::{
    JANE, PASSWORD, TWOFA, assert_error, assert_uncached, code, grant, member, profile, refresh, refresh_request,
    server, set_state, sign_in, sign_in_as,
};

const CLIENT: &str = "nexudus.portal.jane.doe@example.com";
const DAY: Duration = Duration::from_hours(24);

#[test]
fn rules_1_and_2_another_client_id_or_none_is_refused_and_the_token_stays_valid() {
    let server = server();
    let token = sign_in_as(&server, CLIENT);
    assert_error(&server.send(&refresh_request(&token)), 400, "invalid_grant");
    assert_error(&server.send(&refresh_request(&token).header("client_id:")), 400, "invalid_grant");
    for client in ["nexudus.portal.other@example.com", &CLIENT.to_uppercase(), JANE] {
        assert_error(&refresh(&server, client, &token), 400, "invalid_grant");
    }
    assert_eq!(refresh(&server, CLIENT, &token).status, 200);
}

#[test]
fn rule_1_without_a_header_it_is_the_email() {
    let server = server();
    let token = member(&sign_in(&server, JANE, PASSWORD), "refresh_token");
    assert_error(&server.send(&refresh_request(&token)), 400, "invalid_grant");
    assert_eq!(refresh(&server, JANE, &token).status, 200);
}

#[test]
fn client_id_as_a_form_field() {
    let server = server();
    let token = member(&server.send(&grant(&server, JANE, PASSWORD, &[("client_id", "app")])), "refresh_token");
    let fields = [("grant_type", "refresh_token"), ("refresh_token", token.as_str()), ("client_id", "app")];
    assert_error(&server.send(&form("/api/token", &fields).header("client_id: other")), 400, "invalid_request");
    assert_eq!(server.send(&form("/api/token", &fields)).status, 200);
}

#[test]
fn rules_3_and_4_a_new_pair_a_dead_token_and_old_access_tokens() {
    let server = server();
    let first = server.send(&grant(&server, JANE, PASSWORD, &[]).header("client_id: app"));
    let (access, token) = (member(&first, "access_token"), member(&first, "refresh_token"));
    let second = refresh(&server, "app", &token);
    assert_eq!((second.status, json_of(&second)["token_type"].as_str()), (200, Some("bearer")));
    assert_uncached(&second);
    assert!(json_of(&second)["expires_in"].as_u64().is_some_and(|left| left >= 604_799));
    assert_ne!(member(&second, "refresh_token"), token);
    for token in [&access, &member(&second, "access_token")] {
        assert_eq!(profile(&server, token).status, 200);
    }
    assert_error(&refresh(&server, "app", &token), 400, "invalid_grant");
}

#[test]
fn rule_5_a_new_sign_in_kills_the_client_ids_earlier_token_and_no_access_token() {
    let server = server();
    let first = server.send(&grant(&server, JANE, PASSWORD, &[]).header("client_id: app"));
    let second = sign_in_as(&server, "app");
    assert_error(&refresh(&server, "app", &member(&first, "refresh_token")), 400, "invalid_grant");
    assert_eq!(refresh(&server, "app", &second).status, 200, "the replaced one ended nothing");
    assert_eq!(profile(&server, &member(&first, "access_token")).status, 200);
}

#[test]
fn rule_6_the_key_is_customer_and_client_id() {
    let server = server();
    let token = sign_in_as(&server, "app");
    let other = server.send(&grant(&server, TWOFA, PASSWORD, &[("totp", &code(&server))]).header("client_id: app"));
    assert_eq!(other.status, 200, "{other:?}");
    assert_eq!(refresh(&server, "app", &token).status, 200, "another customer's sign-in ends nothing");
    let one = sign_in_as(&server, "one");
    assert_eq!(refresh(&server, "one", &one).status, 200);
}

#[test]
fn rule_7_reuse_of_a_rotated_token_revokes_the_chain() {
    let server = server();
    let first = sign_in_as(&server, "app");
    let second = member(&refresh(&server, "app", &first), "refresh_token");
    let third = member(&refresh(&server, "app", &second), "refresh_token");
    assert_error(&refresh(&server, "app", &first), 400, "invalid_grant");
    assert_error(&refresh(&server, "app", &third), 400, "invalid_grant");
}

#[test]
fn rule_7_reuse_by_another_client_revokes_nothing() {
    let server = server();
    let first = sign_in_as(&server, "app");
    let second = member(&refresh(&server, "app", &first), "refresh_token");
    assert_error(&refresh(&server, "other", &first), 400, "invalid_grant");
    assert_eq!(refresh(&server, "app", &second).status, 200);
}

#[test]
fn rule_8_the_default_compares_without_case_and_a_supplied_one_byte_for_byte() {
    let server = server();
    let token = member(&sign_in(&server, "JANE.DOE@example.com", PASSWORD), "refresh_token");
    assert_eq!(refresh(&server, "Jane.Doe@Example.COM", &token).status, 200);
    let token = sign_in_as(&server, "App");
    assert_error(&refresh(&server, "app", &token), 400, "invalid_grant");
    assert_eq!(refresh(&server, "App", &token).status, 200);
}

#[test]
fn rule_9_of_concurrent_refreshes_exactly_one_wins() {
    let server = server();
    for store in ["memory:".to_owned(), format!("sqlite:{}", server.directory.path().join("race.db").display())] {
        let server = InProcess::start_with(NexudusPortal, &[], |options| options.store = store);
        for _ in 0..5 {
            let token = sign_in_as(&server, "app");
            let mut statuses: Vec<u16> = std::thread::scope(|scope| {
                let tries: Vec<_> = (0..6).map(|_| scope.spawn(|| refresh(&server, "app", &token).status)).collect();
                tries.into_iter().map(|attempt| attempt.join().expect("an answer")).collect()
            });
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 400, 400, 400, 400, 400]);
        }
    }
}

#[test]
fn rule_10_suspension_revokes_refresh_tokens_and_ends_access_tokens() {
    let server = server();
    let pair = sign_in(&server, JANE, PASSWORD);
    set_state(&server, JANE, AccountState::Suspended);
    assert_error(&refresh(&server, JANE, &member(&pair, "refresh_token")), 400, "invalid_grant");
    assert_eq!(profile(&server, &member(&pair, "access_token")).status, 401);
    set_state(&server, JANE, AccountState::Active);
    assert_error(&refresh(&server, JANE, &member(&pair, "refresh_token")), 400, "invalid_grant");
    assert_eq!(profile(&server, &member(&pair, "access_token")).status, 401, "it ended for good");
}

#[test]
fn rule_11_15_days_sliding_by_rotation() {
    let server = server();
    let (idle, mut used) = (sign_in_as(&server, "idle"), sign_in_as(&server, "used"));
    server.clock.advance(14 * DAY + Duration::from_secs(86_390));
    used = member(&refresh(&server, "used", &used), "refresh_token");
    server.clock.advance(Duration::from_secs(20));
    assert_error(&refresh(&server, "idle", &idle), 400, "invalid_grant");
    server.clock.advance(14 * DAY);
    assert_eq!(refresh(&server, "used", &used).status, 200);
}

#[test]
fn rule_11_absolute_cap_of_90_days() {
    let server = server();
    let mut token = sign_in_as(&server, "app");
    for _ in 0..8 {
        server.clock.advance(11 * DAY);
        token = member(&refresh(&server, "app", &token), "refresh_token");
    }
    server.clock.advance(2 * DAY + Duration::from_secs(1));
    assert_error(&refresh(&server, "app", &token), 400, "invalid_grant");
}

#[test]
fn several_chains_per_client_id_is_a_setting() {
    let server = InProcess::start(NexudusPortal, &["chains_per_client=many"]);
    let tokens = [sign_in_as(&server, "app"), sign_in_as(&server, "app")];
    for token in tokens {
        assert_eq!(refresh(&server, "app", &token).status, 200);
    }
}

#[test]
fn refresh_token_missing_or_unknown() {
    let server = server();
    for fields in [&[("grant_type", "refresh_token")][..], &[("grant_type", "refresh_token"), ("refresh_token", "")]] {
        assert_error(&server.send(&form("/api/token", fields).header("client_id: app")), 400, "invalid_request");
    }
    for unknown in ["8xLOxBtZp8", &"A".repeat(43)] {
        assert_error(&refresh(&server, "app", unknown), 400, "invalid_grant");
    }
}
