//! Tokens: each way in which one can be wrong, and its near misses (RFC 7519, RFC 8725).

use super::{Cases, INVALID_TOKEN, With as _, get};
use crate::conformance::expect::{ok, refused};
use crate::mint::{TokenDraft, bearer};

pub(super) fn add(cases: &mut Cases) {
    for (rule, token) in accepted(cases) {
        cases.add(format!("token_{rule}_is_accepted"), get("/bearer").token(&token), ok("alice bearer"));
    }
    for (rule, token) in spoiled(cases).into_iter().chain(spoiled_headers(cases)) {
        cases.add(format!("token_{rule}_is_refused"), get("/bearer").token(&token), refused(401, [INVALID_TOKEN]));
    }
    for (rule, text) in malformed(&cases.alice().mint()) {
        let request = get("/bearer").authorization(bearer(&text));
        cases.add(format!("token_{rule}_is_refused"), request, refused(401, [INVALID_TOKEN]));
    }
    add_strict(cases);
}

fn accepted(cases: &Cases) -> Vec<(&'static str, TokenDraft)> {
    let alice = || cases.alice();
    vec![
        ("in_its_last_second", alice().expires_in(1)),
        ("in_a_fraction_of_its_last_second", alice().time("exp", 0.5)),
        ("valid_from_now_on", alice().time("nbf", 0.0)),
        ("issued_a_minute_ahead", alice().time("iat", 60.0)),
        ("issued_long_ago", alice().time("iat", -1_000_000.0)),
        ("of_type_jwt", alice().header("typ", "JWT")),
        ("of_type_at_jwt", alice().header("typ", "at+jwt")),
        ("of_a_type_in_another_case", alice().header("typ", "AT+JWT")),
        ("of_a_full_media_type", alice().header("typ", "application/at+jwt")),
        ("without_a_type", alice().without_header("typ")),
        ("for_several_audiences", alice().claim("aud", vec!["other", "conformance"])),
        ("without_scopes_and_roles", alice().without("scope").without("roles")),
        ("with_unknown_claims", alice().claim("email", "a@example.com").claim_json("x", r#"{"a":[1,null]}"#)),
        ("with_unknown_header_members", alice().header("x", 1)),
    ]
}

fn spoiled(cases: &Cases) -> Vec<(&'static str, TokenDraft)> {
    let alice = || cases.alice();
    vec![
        ("that_expires_now", alice().expires_in(0)),
        ("that_expired_a_fraction_ago", alice().time("exp", -0.5)),
        ("that_expired_long_ago", alice().expires_in(-100_000)),
        ("without_expiry", alice().without("exp")),
        ("with_an_expiry_in_text", alice().claim("exp", "2000000000")),
        ("with_a_negative_expiry", alice().claim("exp", -1)),
        ("with_an_expiry_of_2_to_the_64", alice().without("exp").claim_json("exp", "18446744073709551616")),
        ("with_an_expiry_of_1e300", alice().without("exp").claim_json("exp", "1e300")),
        ("with_an_expiry_of_null", alice().without("exp").claim_json("exp", "null")),
        ("that_is_not_valid_yet", alice().time("nbf", 1.0)),
        ("with_a_not_before_in_text", alice().claim("nbf", "0")),
        ("issued_over_a_minute_ahead", alice().time("iat", 61.0)),
        ("issued_at_a_text", alice().claim("iat", "0")),
        ("of_another_issuer", alice().claim("iss", "https://other.example")),
        ("of_an_issuer_with_a_slash_more", alice().claim("iss", "https://issuer.example/")),
        ("of_an_issuer_in_another_case", alice().claim("iss", "https://ISSUER.example")),
        ("without_an_issuer", alice().without("iss")),
        ("with_a_number_as_issuer", alice().claim("iss", 1)),
        ("with_a_list_of_issuers", alice().claim("iss", vec!["https://issuer.example"])),
        ("for_another_audience", alice().claim("aud", "other")),
        ("for_other_audiences", alice().claim("aud", vec!["other", "another"])),
        ("for_an_empty_list_of_audiences", alice().without("aud").claim_json("aud", "[]")),
        ("without_an_audience", alice().without("aud")),
        ("with_null_as_audience", alice().without("aud").claim_json("aud", "null")),
        ("with_a_number_as_audience", alice().claim("aud", 1)),
        ("with_a_list_of_scopes", alice().claim("scope", vec!["items:read"])),
        ("with_a_number_as_scope", alice().claim("scope", 1)),
        ("with_a_text_as_roles", alice().claim("roles", "user")),
        ("with_numbers_as_roles", alice().claim("roles", vec![1, 2])),
        ("with_a_number_as_subject", alice().claim("sub", 7)),
        ("with_a_text_as_factors", alice().claim("amr", "otp")),
        ("with_a_text_as_time_of_authentication", alice().claim("auth_time", "0")),
        ("with_a_nonce_so_an_id_token", alice().claim("nonce", "n")),
        ("with_at_hash_so_an_id_token", alice().claim("at_hash", "h")),
        ("with_c_hash_so_an_id_token", alice().claim("c_hash", "h")),
        ("with_a_claim_twice", alice().claim_json("sub", r#""root""#)),
        ("with_an_unknown_claim_twice", alice().claim("x", 1).claim_json("x", "2")),
        ("with_a_claim_twice_in_an_inner_object", alice().claim_json("x", r#"{"a":1,"a":2}"#)),
        ("whose_payload_is_a_list", alice().raw_payload("[]")),
        ("whose_payload_is_no_json", alice().raw_payload("sub=alice")),
        ("whose_payload_is_empty", alice().raw_payload("")),
        ("whose_payload_is_no_text", alice().raw_payload(b"\xff\xfe".to_vec())),
    ]
}

fn spoiled_headers(cases: &Cases) -> Vec<(&'static str, TokenDraft)> {
    let alice = || cases.alice();
    vec![
        ("signed_with_another_secret", alice().signed_with(b"somebody else's secret, as long as ours")),
        ("signed_with_nothing", alice().signed_with(b"")),
        ("signed_with_a_key_that_it_brings", brings_its_key(alice())),
        ("without_a_signature", alice().signature("")),
        ("with_the_signature_of_another", alice().signature(signature_of(&cases.root()))),
        ("with_a_signature_cut_short", alice().signature(signature_of(&cases.alice()).split_off(2))),
        ("with_a_signature_and_a_half", alice().signature(signature_of(&cases.alice()).repeat(2))),
        ("of_algorithm_none", alice().header("alg", "none").signature("")),
        ("of_algorithm_none_with_a_signature", alice().header("alg", "none")),
        ("of_algorithm_none_in_another_case", alice().header("alg", "nOnE").signature("")),
        ("of_an_algorithm_in_another_case", alice().header("alg", "hs256")),
        ("of_another_hmac_algorithm", alice().header("alg", "HS384")),
        ("of_an_asymmetric_algorithm", alice().header("alg", "RS256")),
        ("of_an_unknown_algorithm", alice().header("alg", "XS256")),
        ("without_an_algorithm", alice().without_header("alg")),
        ("with_a_number_as_algorithm", alice().header("alg", 256)),
        ("with_an_algorithm_twice", alice().header_json("alg", r#""HS256""#)),
        ("of_an_unknown_type", alice().header("typ", "id_token")),
        ("of_another_purpose", alice().header("typ", "refresh+jwt")),
        ("with_a_number_as_type", alice().header("typ", 1)),
        ("with_an_unknown_critical_extension", alice().header("crit", vec!["x"]).header("x", 1)),
        ("with_an_empty_list_of_critical_extensions", alice().header_json("crit", "[]")),
        ("that_is_compressed", alice().header("zip", "DEF")),
        ("whose_header_is_a_list", alice().raw_header("[]")),
        ("whose_header_is_no_json", alice().raw_header("alg=HS256")),
        ("whose_header_is_empty", alice().raw_header("")),
    ]
}

fn malformed(good: &str) -> Vec<(&'static str, String)> {
    let parts: Vec<_> = good.split('.').collect();
    let part = |at: usize| parts.get(at).copied().unwrap_or_default();
    let (header, payload, signature) = (part(0), part(1), part(2));
    vec![
        ("of_one_part", header.to_owned()),
        ("of_two_parts", format!("{header}.{payload}")),
        ("of_four_parts", format!("{good}.{signature}")),
        ("of_five_parts_so_encrypted", format!("{good}.{signature}.{signature}")),
        ("of_dots", "..".to_owned()),
        ("with_an_empty_header", format!(".{payload}.{signature}")),
        ("with_an_empty_payload", format!("{header}..{signature}")),
        ("with_padding", format!("{good}=")),
        ("with_padding_inside", format!("{header}=.{payload}.{signature}")),
        ("in_the_standard_alphabet", format!("{header}.{payload}.+/{}", signature.get(2..).unwrap_or_default())),
        ("that_is_no_token_at_all", "opaque".to_owned()),
    ]
}

/// A token that names the attacker's secret as its key (RFC 7515 §4.1.3).
fn brings_its_key(token: TokenDraft) -> TokenDraft {
    let jwk = r#"{"kty":"oct","k":"c29tZWJvZHkgZWxzZSdzIHNlY3JldCwgYXMgbG9uZyBhcyBvdXJz"}"#;
    token.header_json("jwk", jwk).signed_with(b"somebody else's secret, as long as ours")
}

fn signature_of(token: &TokenDraft) -> String {
    token.mint().rsplit('.').next().unwrap_or_default().to_owned()
}

/// `require_typ("at+jwt")`.
fn add_strict(cases: &mut Cases) {
    let refused = || refused(401, [r#"Bearer realm="strict", error="invalid_token""#]);
    let strict = |token: TokenDraft| get("/strict").token(&token);
    let alice = cases.alice();
    cases.add("strict_type_is_accepted", strict(alice.clone().header("typ", "at+jwt")), ok("alice bearer"));
    cases.add("strict_type_refuses_jwt", strict(alice.clone().header("typ", "JWT")), refused());
    cases.add("strict_type_refuses_an_absent_type", strict(alice.without_header("typ")), refused());
}
