//! The parsers of credentials against grammars written another way.

use auth_core::credential::{ApiKey, ApiKeyPrefix, BasicCredentials, BearerRef, BearerToken, Credential, OpaqueToken};
use auth_core::policy::SchemeUse;
use auth_core::{Attempt, Bearer, Facts, Policy, Realm, Verified, Verifier, VerifyError};
use auth_tests::{decide, leak};
use auth_tower::HttpHead;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use proptest::prelude::*;

/// RFC 6750 §2.1: `1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="`, byte by byte.
fn is_b64token(bytes: &[u8]) -> bool {
    let padding = bytes.iter().rev().take_while(|byte| **byte == b'=').count();
    let body = &bytes[..bytes.len() - padding];
    !body.is_empty()
        && body
            .iter()
            .all(|byte| b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/".contains(byte))
}

/// 2^256 - 1 in base 62.
const GREATEST_SECRET: &str = "yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp1";

/// CRC-32 of IEEE 802.3, bit by bit.
fn crc_32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

fn six_digits(number: u32) -> String {
    let digits = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    (0..6).rev().map(|place| char::from(digits[usize::try_from(number / 62_u32.pow(place) % 62).unwrap()])).collect()
}

/// Believes every token.
struct Believes;

impl Verifier<BearerToken> for Believes {
    type Value = ();

    fn try_verify(&self, _: &BearerRef<'_>, _: &Attempt) -> Option<Result<Verified<()>, VerifyError>> {
        Some(Ok(Verified::new(Facts::new("alice"), ())))
    }

    async fn verify(&self, _: BearerToken, _: Attempt) -> Result<Verified<()>, VerifyError> {
        unreachable!("answers at once")
    }
}

fn bytes_near_tokens() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        "[A-Za-z0-9._~+/-]{0,40}={0,3}".prop_map(String::into_bytes),
        prop::collection::vec(prop_oneof![4 => 0x20_u8..0x7f, 1 => any::<u8>()], 0..40),
    ]
}

proptest! {
    #[test]
    fn bearer_tokens_are_exactly_the_b64tokens(raw in bytes_near_tokens()) {
        prop_assert_eq!(BearerToken::parse(&raw).is_ok(), is_b64token(&raw));
    }

    #[test]
    fn opaque_tokens_are_exactly_the_visible_ascii_texts(raw in bytes_near_tokens()) {
        let visible = !raw.is_empty() && raw.iter().all(|byte| (0x21..=0x7e).contains(byte));
        prop_assert_eq!(OpaqueToken::parse(&raw).is_ok(), visible);
    }

    #[test]
    fn basic_gives_back_what_was_put_in(user in "[^:\\p{Cc}]{0,30}", password in "[^\\p{Cc}]{0,30}") {
        let encoded = BASE64_STANDARD.encode(format!("{user}:{password}"));
        let parsed = BasicCredentials::parse(encoded.as_bytes()).unwrap();
        prop_assert_eq!((parsed.user(), parsed.password().reveal()), (user.as_str(), password.as_str()));
    }

    #[test]
    fn basic_refuses_every_text_with_a_control_character(before in "\\PC{0,8}", control in "\\p{Cc}", after in "\\PC{0,8}") {
        let encoded = BASE64_STANDARD.encode(format!("user:{before}{control}{after}"));
        prop_assert!(BasicCredentials::parse(encoded.as_bytes()).is_err());
    }

    #[test]
    fn basic_never_panics(raw in prop::collection::vec(any::<u8>(), 0..80)) {
        drop(BasicCredentials::parse(&raw));
    }

    #[test]
    fn api_keys_round_trip(prefix in "[a-z][a-z0-9]{1,15}", id in any::<[u8; 16]>(), secret in any::<[u8; 32]>()) {
        let key = ApiKey::from_parts(&ApiKeyPrefix::new(&prefix).unwrap(), id, &secret);
        prop_assert_eq!(key.reveal().len(), prefix.len() + 1 + 22 + 43 + 6);
        let parsed = ApiKey::parse(key.reveal().as_bytes()).unwrap();
        prop_assert_eq!(parsed.prefix(), prefix.as_str());
        prop_assert_eq!(parsed.digest(), key.as_ref().digest());
    }

    #[test]
    fn api_keys_with_one_character_changed_are_refused(
        id in any::<[u8; 16]>(), secret in any::<[u8; 32]>(), at in 0_usize..76, to in 0x20_u8..0x7f
    ) {
        let key = ApiKey::from_parts(&ApiKeyPrefix::new("demo").unwrap(), id, &secret);
        let mut text = key.reveal().as_bytes().to_vec();
        prop_assume!(text[at] != to);
        text[at] = to;
        prop_assert!(ApiKey::parse(&text).is_err());
    }

    /// Digits in order of their bytes make numbers of one width compare like texts.
    #[test]
    fn api_keys_are_exactly_the_numbers_that_fit_with_their_checksum(
        prefix in "[a-z][a-z0-9]{1,15}", id in "[0-9A-Za-z]{22}", secret in "[0-9A-Za-z]{43}", wrong in 0_u32..2
    ) {
        let covered = format!("{prefix}_{id}{secret}");
        let text = format!("{covered}{}", six_digits(crc_32(covered.as_bytes()).wrapping_add(wrong)));
        let fits = id.as_str() <= "7n42DGM5Tflk9n8mt7Fhc7" && secret.as_str() <= GREATEST_SECRET;
        prop_assert_eq!(ApiKey::parse(text.as_bytes()).is_ok(), fits && wrong == 0);
    }

    /// RFC 9110 §11.4: a scheme name without regard to case, one or more SP, the token.
    #[test]
    fn authorization_is_read_by_its_grammar(
        before in "[ \t]{0,2}",
        name in prop::sample::select(vec!["Bearer", "bearer", "BEARER", "Basic", "Bearerx", "Negotiate", ""]),
        separator in prop::sample::select(vec!["", " ", "   ", "\t", " \t", ",", "="]),
        token in "[A-Za-z0-9._~+/-]{0,8}={0,2}",
        after in prop::sample::select(vec!["", " ", "\t ", " x", ","]),
    ) {
        let value = format!("{before}{name}{separator}{token}{after}");
        let realm = Realm::<()>::builder("test").bearer(Believes).build().unwrap().erase();
        let request = http::Request::get("/").header("authorization", &value).body(()).unwrap();
        let policy = Policy::listed(leak([SchemeUse::of::<Bearer>()]));
        let outcome = match decide(&realm, &HttpHead::of_request(&request), policy) {
            Ok(_) => "passes",
            Err(refusal) if refusal.headers().any(|(_, value)| value.contains("invalid_token")) => "invalid",
            Err(_) => "another scheme",
        };

        // Split by hand: the name ends at the first byte that no token may hold.
        let trimmed = value.trim_matches([' ', '\t']);
        let end = trimmed.find(|c: char| !(c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c))).unwrap_or(trimmed.len());
        let (found_name, rest) = trimmed.split_at(end);
        let expected = if !found_name.eq_ignore_ascii_case("bearer") {
            "another scheme"
        } else if rest.starts_with(' ') && is_b64token(rest.trim_start_matches(' ').as_bytes()) {
            "passes"
        } else {
            "invalid"
        };
        prop_assert_eq!(outcome, expected, "{:?}", value);
    }
}
