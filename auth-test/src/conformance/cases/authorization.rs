//! The syntax of `Authorization` (RFC 9110 §11.4, RFC 6750 §2.1, RFC 7617 §2), and sizes.

use super::{API_KEY, BASIC, BEARER, Cases, INVALID_REQUEST, INVALID_TOKEN, MAX_CREDENTIAL, With as _, get};
use crate::conformance::expect::{Expect, ok, refused};
use crate::mint::{TokenDraft, basic, bearer};

pub(super) fn add(cases: &mut Cases) {
    add_accepted(cases);
    add_malformed(cases);
    add_other_schemes(cases);
    add_lines(cases);
    add_framing(cases);
    add_sizes(cases);
}

/// Forms that are as good as the usual one.
fn add_accepted(cases: &mut Cases) {
    let token = cases.alice().mint();
    for (what, value) in [
        ("lower_case", format!("bearer {token}")),
        ("upper_case", format!("BEARER {token}")),
        ("mixed_case", format!("bEaReR {token}")),
        ("two_spaces", format!("Bearer  {token}")),
        ("many_spaces", format!("Bearer {} {token}", " ".repeat(50))),
        ("white_space_before", format!("  \t Bearer {token}")),
        ("white_space_after", format!("Bearer {token} \t ")),
    ] {
        cases.add(format!("bearer_in_{what}_is_accepted"), get("/all").authorization(value), ok("alice bearer"));
    }
    let credentials = basic("alice", super::PASSWORD);
    for (what, value) in [
        ("lower_case", credentials.replacen("Basic", "basic", 1)),
        ("upper_case", credentials.replacen("Basic", "BASIC", 1)),
        ("two_spaces", credentials.replacen(' ', "  ", 1)),
    ] {
        cases.add(format!("basic_in_{what}_is_accepted"), get("/all").authorization(value), ok("alice basic"));
    }
    cases.add(
        "field_names_compare_without_case",
        get("/all").header("aUTHORIZATION", bearer(&token)),
        ok("alice bearer"),
    );
    let key = cases.credentials.keys.alice.clone();
    cases.add(
        "own_field_names_compare_without_case",
        get("/all").header("x-api-Token", key),
        ok("alice api_key").private(),
    );
}

fn add_malformed(cases: &mut Cases) {
    let token = cases.alice().mint();
    let values: [(&str, Vec<u8>); 11] = [
        ("without_a_token", b"Bearer".to_vec()),
        ("followed_by_spaces_only", b"Bearer   ".to_vec()),
        ("followed_by_a_tab", format!("Bearer\t{token}").into_bytes()),
        ("followed_by_a_space_and_a_tab", format!("Bearer \t{token}").into_bytes()),
        ("with_two_tokens", format!("Bearer {token} {token}").into_bytes()),
        ("with_a_list_of_credentials", format!("Bearer {token}, Bearer {token}").into_bytes()),
        ("with_quotes", format!("Bearer \"{token}\"").into_bytes()),
        ("with_a_parameter", b"Bearer token=abc".to_vec()),
        ("with_padding_only", b"Bearer ==".to_vec()),
        ("with_bytes_that_are_no_text", b"Bearer abc\xff\xfe".to_vec()),
        ("with_non_ascii_text", "Bearer abc\u{e9}".as_bytes().to_vec()),
    ];
    for (what, value) in values {
        cases.add(
            format!("bearer_{what}_is_malformed"),
            get("/bearer").authorization(value),
            refused(401, [INVALID_TOKEN]),
        );
    }
    for (what, value) in [("with_padding_only", "Bearer =="), ("with_an_equals_sign_inside", "Bearer ab=c")] {
        cases.add(
            format!("bearer_{what}_is_malformed_whatever_the_verifier_believes"),
            get("/echo").authorization(value),
            refused(401, [r#"Bearer realm="echo", error="invalid_token""#, r#"Basic realm="echo", charset="UTF-8""#]),
        );
    }
    let values: [(&str, Vec<u8>); 6] = [
        ("without_credentials", b"Basic".to_vec()),
        ("followed_by_a_tab", b"Basic\tYWxpY2U6eA==".to_vec()),
        ("without_padding", b"Basic YWxpY2U6eA".to_vec()),
        ("without_a_colon", b"Basic YWxpY2U=".to_vec()),
        ("with_the_url_alphabet", b"Basic YTrDv8O_w75-fn4=".to_vec()),
        ("with_bytes_that_are_no_text", b"Basic \xff\xfe".to_vec()),
    ];
    for (what, value) in values {
        cases.add(
            format!("basic_{what}_is_malformed"),
            get("/all").authorization(value),
            refused(401, [BEARER, BASIC, API_KEY]),
        );
    }
    for (what, value) in [("empty", &b""[..]), ("no_text", b"\xff\xfe"), ("blank", b"   ")] {
        cases.add(
            format!("an_api_key_field_that_is_{what}_is_malformed"),
            get("/all").key(value),
            refused(401, [BEARER, BASIC, API_KEY]),
        );
    }
}

/// No credentials for any scheme of the policy: no error is named.
fn add_other_schemes(cases: &mut Cases) {
    let token = cases.alice().mint();
    let values: [(&str, Vec<u8>); 10] = [
        ("unknown_scheme", b"Negotiate YII=".to_vec()),
        ("scheme_with_parameters", b"Digest username=\"alice\", realm=\"conformance\"".to_vec()),
        ("longer_scheme_name", format!("Bearers {token}").into_bytes()),
        ("shorter_scheme_name", format!("Bear {token}").into_bytes()),
        ("scheme_run_into_its_token", format!("Bearer{token}").into_bytes()),
        ("token_without_a_scheme", token.clone().into_bytes()),
        ("homoglyph_scheme", "\u{412}earer abc".as_bytes().to_vec()),
        ("bytes_that_are_no_text", b"\xff\xfe\xfd".to_vec()),
        ("empty_value", Vec::new()),
        ("blank_value", b"  ".to_vec()),
    ];
    for (what, value) in values {
        cases.add(
            format!("{what}_is_another_scheme_so_401_without_error"),
            get("/all").authorization(value),
            refused(401, [BEARER, BASIC, API_KEY]),
        );
    }
    cases.add(
        "basic_where_only_bearer_is_accepted_is_401_without_error",
        get("/bearer").account("alice"),
        refused(401, [BEARER]),
    );
    cases.add(
        "bearer_where_only_basic_is_accepted_is_401",
        get("/basic").authorization(bearer(&token)),
        refused(401, [BASIC]),
    );
    cases.add(
        "bearer_where_only_api_keys_are_accepted_is_401",
        get("/api-key").authorization(bearer(&token)),
        refused(401, [API_KEY]),
    );
    let key = cases.credentials.keys.alice.clone();
    cases.add(
        "an_api_key_where_only_bearer_is_accepted_is_401_without_error",
        get("/bearer").key(key),
        refused(401, [BEARER]),
    );
    cases.add(
        "a_token_in_the_address_is_not_read",
        get(&format!("/bearer?access_token={token}")),
        refused(401, [BEARER]),
    );
    cases.add(
        "a_token_in_proxy_authorization_is_not_read",
        get("/bearer").header("Proxy-Authorization", bearer(&token)),
        refused(401, [BEARER]),
    );
}

/// `Authorization` is a singleton field: two lines are 400, whatever they hold.
fn add_lines(cases: &mut Cases) {
    let token = bearer(&cases.alice().mint());
    let password = basic("alice", super::PASSWORD);
    let pairs: [(&str, &str, &str); 6] = [
        ("bearer_and_basic", &token, &password),
        ("good_and_empty", &token, ""),
        ("empty_and_good", "", &token),
        ("good_and_unknown_scheme", &token, "Negotiate YII="),
        ("two_unknown_schemes", "Negotiate YII=", "Negotiate YII="),
        ("two_empty_values", "", ""),
    ];
    for (what, first, second) in pairs {
        cases.add(
            format!("two_authorization_lines_are_400_{what}"),
            get("/all").authorization(first).authorization(second),
            refused(400, [INVALID_REQUEST]),
        );
    }
    cases.add(
        "two_authorization_lines_are_400_in_different_case",
        get("/bearer").header("authorization", &token).header("AUTHORIZATION", &token),
        refused(400, [INVALID_REQUEST]),
    );
    cases.add(
        "three_authorization_lines_are_400",
        get("/bearer").authorization(&token).authorization(&token).authorization(&token),
        refused(400, [INVALID_REQUEST]),
    );
}

/// What is no field line of HTTP/1.1 (RFC 9112 §5) never proves anything, however good the token in it is.
fn add_framing(cases: &mut Cases) {
    let token = cases.alice().mint();
    for (what, value) in [
        ("folded_before_its_token", format!("Bearer\r\n {token}")),
        ("folded_after_its_token", format!("Bearer {token}\r\n\t")),
        ("with_a_nul", format!("Bearer {token}\0")),
        ("with_a_carriage_return", format!("Bearer\r {token}")),
        ("with_a_line_feed_and_a_second_line", format!("Bearer x\nAuthorization: Bearer {token}")),
    ] {
        cases.add(format!("authorization_{what}_is_rejected"), get("/bearer").authorization(value), Expect::Rejected);
    }
    for (what, name) in [("a_space", "Authorization "), ("a_tab", "Authorization\t")] {
        let request = get("/bearer").header(name, bearer(&token));
        cases.add(format!("authorization_with_{what}_before_its_colon_is_rejected"), request, Expect::Rejected);
    }
}

/// At most 8 KiB of a credential are looked at.
fn add_sizes(cases: &mut Cases) {
    let longest = of_length(&cases.alice(), MAX_CREDENTIAL);
    let too_long = of_length(&cases.alice(), MAX_CREDENTIAL.saturating_add(1));
    cases.add("a_good_token_of_8_kib_is_accepted", get("/bearer").authorization(bearer(&longest)), ok("alice bearer"));
    cases.add(
        "a_good_token_over_8_kib_is_refused",
        get("/bearer").authorization(bearer(&too_long)),
        refused(401, [INVALID_TOKEN]),
    );
    cases.add(
        "a_token_of_16_kib_is_refused",
        get("/bearer").authorization(bearer(&"a".repeat(16 * 1024))),
        refused(401, [INVALID_TOKEN]),
    );

    // Base64 comes in fours, and 8 KiB of it are 6,144 bytes; six of them are `alice:`.
    let password = "p".repeat(6_138);
    cases.add(
        "basic_credentials_of_8_kib_are_read",
        get("/echo").password("alice", &password),
        ok(&format!("alice:{password} basic")),
    );
    cases.add(
        "basic_credentials_over_8_kib_are_refused",
        get("/echo").password("alice", &format!("{password}p")),
        refused(401, [r#"Bearer realm="echo""#, r#"Basic realm="echo", charset="UTF-8""#]),
    );
    let key = format!("{}{}", cases.credentials.keys.alice, "0".repeat(MAX_CREDENTIAL));
    cases.add("an_api_key_over_8_kib_is_refused", get("/api-key").key(key), refused(401, [API_KEY]));
}

/// A good token of exactly that length: claims and header members are padded until it fits.
fn of_length(token: &TokenDraft, length: usize) -> String {
    let padded = |in_header: usize, in_payload: usize| {
        token.clone().header("x", "x".repeat(in_header)).claim("pad", "p".repeat(in_payload)).mint()
    };
    let missing = length.saturating_sub(padded(0, 0).len());
    let about = missing.saturating_mul(3) / 4;
    (0..3)
        .flat_map(|in_header| (0..16).map(move |less| padded(in_header, about.saturating_sub(less))))
        .find(|token| token.len() == length)
        .unwrap_or_default()
}
