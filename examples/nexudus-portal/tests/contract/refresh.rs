//! Section 2: the refresh grant and its state rules.

use std::time::Duration;

use super::{APP, JANE, assert_error, member, profile, refresh, server, sign_in};

#[test]
fn rule_2_another_client_is_refused_and_the_token_stays_valid_for_its_owner() {
    let server = server();
    let token = member(&sign_in(&server, JANE, APP), "refresh_token");
    for other in ["other", JANE, &APP.to_uppercase()] {
        assert_error(&refresh(&server, other, &token), 400, "invalid_grant");
    }
    assert_eq!(refresh(&server, APP, &token).status, 200);
}

#[test]
fn rules_3_and_4_a_new_pair_and_older_access_tokens_live() {
    let server = server();
    let first = sign_in(&server, JANE, APP);
    let second = refresh(&server, APP, &member(&first, "refresh_token"));
    assert_eq!(second.status, 200, "{second:?}");
    assert_ne!(member(&first, "refresh_token"), member(&second, "refresh_token"));
    for answer in [&first, &second] {
        assert_eq!(profile(&server, &member(answer, "access_token")).status, 200);
    }
}

#[test]
fn rules_5_and_6_a_new_sign_in_replaces_the_token_of_its_own_client_alone() {
    let server = server();
    let (other, old) = (
        member(&sign_in(&server, JANE, "other"), "refresh_token"),
        member(&sign_in(&server, JANE, APP), "refresh_token"),
    );
    let new = member(&sign_in(&server, JANE, APP), "refresh_token");
    assert_error(&refresh(&server, APP, &old), 400, "invalid_grant");
    assert_eq!(refresh(&server, APP, &new).status, 200, "a replaced token changes nothing");
    assert_eq!(refresh(&server, "other", &other).status, 200);
}

#[test]
fn rule_7_reuse_of_a_rotated_token_ends_the_chain() {
    let server = server();
    let first = member(&sign_in(&server, JANE, APP), "refresh_token");
    let second = member(&refresh(&server, APP, &first), "refresh_token");
    assert_error(&refresh(&server, APP, &first), 400, "invalid_grant");
    assert_error(&refresh(&server, APP, &second), 400, "invalid_grant");
}

#[test]
fn rule_8_the_default_client_is_the_email_without_case() {
    let server = server();
    let answer = server.send(&super::password_grant("JANE.DOE@example.com", super::PASSWORD));
    assert_eq!(refresh(&server, "Jane.Doe@Example.Com", &member(&answer, "refresh_token")).status, 200);
}

#[test]
fn rule_11_a_refresh_token_lives_15_days_and_slides() {
    let server = server();
    let first = member(&sign_in(&server, JANE, APP), "refresh_token");
    server.clock.advance(Duration::from_hours(14 * 24));
    let second = member(&refresh(&server, APP, &first), "refresh_token");
    server.clock.advance(Duration::from_hours(14 * 24));
    let third = member(&refresh(&server, APP, &second), "refresh_token");
    server.clock.advance(Duration::from_hours(15 * 24));
    assert_error(&refresh(&server, APP, &third), 400, "invalid_grant");
}
