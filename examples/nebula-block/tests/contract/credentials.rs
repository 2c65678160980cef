//! Section 2: one header, two kinds of credentials.

use std::time::Duration;

use auth_issuer::AccountState;
use auth_issuer::accounts::AccountAdmin as _;
use serde_json::json;

use super::*;

const MESSAGE: &str = "User credit balance successfully retrieved";

#[track_caller]
fn refused(answer: &Response, challenge: &str) {
    let message = if challenge == CHALLENGE { "Not authenticated" } else { "Could not validate credentials" };
    failed(answer, 401, message, &[("www-authenticate", challenge)]);
}

#[test]
fn users_credits_200_by_either_kind_at_both_paths() {
    let server = server();
    let jwt = guest(&server);
    let (_, key) = key(&server, &jwt);
    for header in [&jwt, &key] {
        for path in ["/users/credits", "/api/v1/users/credits"] {
            let data = succeeded(&server.get(path, &[header]), MESSAGE);
            assert_eq!(data, json!({"available_balance": "1228.55600"}));
        }
    }
}

/// RFC 9110 §11.1, §11.4.
#[test]
fn scheme_names_compare_without_case_and_spaces_may_be_several() {
    let server = server();
    let jwt = guest(&server);
    let (_, key) = key(&server, &jwt);
    for header in [jwt, key] {
        let credential = header.rsplit(' ').next().expect("a credential");
        for start in ["Authorization: bearer ", "AUTHORIZATION: BEARER ", "authorization: Bearer   "] {
            assert_eq!(credits(&server, &[&format!("{start}{credential}")]).status, 200, "{start}");
        }
    }
}

#[test]
fn no_header_401_without_error() {
    refused(&credits(&server(), &[]), CHALLENGE);
}

#[test]
fn other_scheme_401_without_error() {
    let server = server();
    let jwt = token(&sign_in(&server, GUEST, GUEST_PASSWORD));
    for header in [
        "Authorization: Basic dGVzdGVtYWlsQGdtYWlsLmNvbToxMjM0NTY3ODk=".to_owned(),
        "Authorization:".to_owned(),
        format!("Authorization: {jwt}"),
        format!("Authorization: Token {jwt}"),
        format!("X-API-TOKEN: {jwt}"),
        format!("Cookie: jwtToken={jwt}"),
    ] {
        refused(&credits(&server, &[&header]), CHALLENGE);
    }
    refused(&server.get(&format!("/users/credits?access_token={jwt}"), &[]), CHALLENGE);
}

#[test]
fn bearer_with_an_empty_or_malformed_token_401_invalid_token() {
    let server = server();
    let jwt = token(&sign_in(&server, GUEST, GUEST_PASSWORD));
    for header in [
        "Authorization: Bearer".to_owned(),
        "Authorization: Bearer ".to_owned(),
        "Authorization: Bearer x".to_owned(),
        "Authorization: Bearer x.y.z".to_owned(),
        format!("Authorization: Bearer\t{jwt}"),
        format!("Authorization: Bearer {jwt} more"),
        format!("Authorization: Bearer {jwt},"),
        format!("Authorization: Bearer \"{jwt}\""),
        format!("Authorization: Bearer {jwt}\u{e9}"),
        format!("Authorization: Bearer {}", "x".repeat(9_000)),
    ] {
        refused(&credits(&server, &[&header]), INVALID_TOKEN);
    }
}

#[test]
fn two_authorization_lines_400_invalid_request() {
    let server = server();
    let jwt = guest(&server);
    let (_, key) = key(&server, &jwt);
    let challenge = r#"Bearer realm="nebula-block", error="invalid_request""#;
    for lines in [[&jwt, &key], [&jwt, &jwt], [&key, &key]] {
        let answer = credits(&server, &lines.map(String::as_str));
        failed_somehow(&answer, 400, "eyJ", &[("www-authenticate", challenge)]);
    }
}

/// A value with the prefix is never tried as a token, and the reverse.
#[test]
fn the_prefix_decides_and_compares_with_case() {
    let server = server();
    let jwt = token(&sign_in(&server, GUEST, GUEST_PASSWORD));
    let (_, header) = key(&server, &bearer(&jwt));
    let key = header.rsplit(' ').next().expect("a key");
    let secret = key.strip_prefix("ak_").expect("the prefix");
    for credential in [
        format!("ak_{jwt}"),
        format!("AK_{secret}"),
        format!("Ak_{secret}"),
        secret.to_owned(),
        format!("ak-{secret}"),
        format!("ak_ak_{secret}"),
    ] {
        refused(&credits(&server, &[&bearer(&credential)]), INVALID_TOKEN);
    }
}

#[test]
fn key_of_another_length_or_alphabet_or_unknown_401() {
    let server = server();
    let (_, header) = key(&server, &guest(&server));
    let key = header.rsplit(' ').next().expect("a key");
    let (start, end) = key.split_at(45);
    // 32 bytes leave two bits of the last character, which have to be zero.
    let flipped = if end == "A" { "E" } else { "A" };
    for credential in [
        "ak_".to_owned(),
        start.to_owned(),
        format!("{key}A"),
        format!("{key}="),
        format!("{start}{flipped}"),
        format!("{start}."),
        format!("{start}+"),
        format!("ak_{}", "A".repeat(43)),
        // Of the vendor's documents.
        "ak_WT2l5Rw8Rv8Mp7Q7fLh7dFgEDl_EMAntCsqlxhEsu-0".to_owned(),
        "ak_W4KL0Rw8Rv6Mp7h7fY77dFgHDl_EMAojslklxhMI9-0".to_owned(),
    ] {
        refused(&credits(&server, &[&bearer(&credential)]), INVALID_TOKEN);
    }
    assert_eq!(credits(&server, &[&header]).status, 200);
}

#[test]
fn jwt_is_good_for_two_hours_and_a_key_for_ever() {
    let server = server();
    let jwt = guest(&server);
    let (_, key) = key(&server, &jwt);
    server.clock.advance(Duration::from_secs(7_199));
    assert_eq!(credits(&server, &[&jwt]).status, 200);
    // 60 seconds are borne, since clocks differ.
    server.clock.advance(Duration::from_secs(1 + 60));
    refused(&credits(&server, &[&jwt]), INVALID_TOKEN);
    server.clock.advance(Duration::from_hours(24 * 365 * 10));
    assert_eq!(credits(&server, &[&key]).status, 200);
}

#[test]
fn user_deactivated_401() {
    let server = server();
    let jwt = guest(&server);
    let (_, key) = key(&server, &jwt);
    let set = |state| server.block_on(server.context.store.set_state("18", state)).expect("a store");
    for state in [AccountState::Inactive, AccountState::Suspended] {
        assert!(set(state).is_some());
        for header in [&jwt, &key] {
            refused(&credits(&server, &[header]), INVALID_TOKEN);
        }
    }
    assert!(set(AccountState::Active).is_some());
    assert_eq!(credits(&server, &[&key]).status, 200, "it has rested");
    refused(&credits(&server, &[&jwt]), INVALID_TOKEN);
    assert!(server.block_on(server.context.store.delete_account("18")).expect("a store"));
    refused(&credits(&server, &[&key]), INVALID_TOKEN);
}

/// RFC 9110 §9.3.2.
#[test]
fn head_has_the_headers_of_its_get() {
    let server = server();
    let jwt = guest(&server);
    for headers in [&[][..], &[jwt.as_str()]] {
        let get = credits(&server, headers);
        let head = server.send(&Request::new("HEAD", "/api/v1/users/credits").headers(headers));
        assert_eq!((head.status, &head.headers, head.body.as_str()), (get.status, &get.headers, ""));
    }
}
