//! API keys in their header.

use super::{API_KEY, BASIC, BEARER, Cases, INVALID_TOKEN, With as _, get};
use crate::conformance::expect::{ok, refused};
use crate::mint::bearer;

pub(super) fn add(cases: &mut Cases) {
    let keys = cases.credentials.keys.clone();
    let served = |subject: &str| ok(&format!("{subject} api_key")).private();
    cases.add("api_key_in_its_last_second_is_accepted", get("/api-key").key(&keys.last_second), served("alice"));
    cases.add("api_key_of_a_store_that_waits_is_accepted", get("/api-key").key(&keys.zoe), served("zo\u{eb}"));
    cases.add(
        "api_key_with_outer_white_space_is_accepted",
        get("/api-key").key(format!("  {}\t ", keys.alice)),
        served("alice"),
    );

    for (rule, key) in [
        ("that_is_unknown", keys.unknown.clone()),
        ("that_ends_now", keys.expired.clone()),
        ("that_is_disabled", keys.disabled.clone()),
        ("of_another_application", keys.foreign.clone()),
        ("with_the_id_of_another_and_a_guessed_secret", keys.guessed.clone()),
        ("with_a_wrong_checksum", mistyped(&keys.alice)),
        ("cut_short", keys.alice.get(..keys.alice.len().saturating_sub(1)).unwrap_or_default().to_owned()),
        ("with_a_character_more", format!("{}0", keys.alice)),
        ("in_upper_case", keys.alice.to_uppercase()),
        ("without_its_prefix", keys.alice.trim_start_matches("conf_").to_owned()),
        ("with_a_space_inside", keys.alice.replacen('_', "_ ", 1)),
        ("twice_in_one_line", format!("{}, {}", keys.alice, keys.alice)),
        ("with_an_auth_scheme", bearer(&keys.alice)),
    ] {
        cases.add(format!("api_key_{rule}_is_refused"), get("/api-key").key(key), refused(401, [API_KEY]));
    }

    // The store does not answer for this id, and is not asked.
    for (rule, key) in [
        ("with_a_wrong_checksum", mistyped(&keys.store_down)),
        ("with_a_character_more", format!("{}0", keys.store_down)),
        ("of_another_application", keys.foreign_store_down.clone()),
    ] {
        cases.add(
            format!("api_key_{rule}_is_refused_before_the_store_is_asked"),
            get("/api-key").key(key),
            refused(401, [API_KEY]),
        );
    }

    cases.add(
        "api_key_as_a_bearer_token_is_no_token",
        get("/all").authorization(bearer(&keys.alice)),
        refused(401, [INVALID_TOKEN, BASIC, API_KEY]),
    );
    cases.add(
        "api_key_as_a_bearer_token_is_not_read_where_only_keys_are_accepted",
        get("/api-key").authorization(bearer(&keys.alice)),
        refused(401, [API_KEY]),
    );
    cases.add(
        "api_key_in_the_address_is_not_read",
        get(&format!("/api-key?X-API-TOKEN={}", keys.alice)),
        refused(401, [API_KEY]),
    );
    cases.add(
        "api_key_in_a_cookie_is_not_read",
        get("/api-key").header("Cookie", format!("X-API-TOKEN={}", keys.alice)),
        refused(401, [API_KEY]),
    );
    cases.add(
        "api_key_in_another_field_is_not_read",
        get("/all").header("X-Api-Key", &keys.alice),
        refused(401, [BEARER, BASIC, API_KEY]),
    );
}

/// The key with another last character.
fn mistyped(key: &str) -> String {
    let start = key.get(..key.len().saturating_sub(1)).unwrap_or_default();
    format!("{start}{}", if key.ends_with('0') { '1' } else { '0' })
}
