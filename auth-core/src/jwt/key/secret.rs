//! Shared secrets, checked before they are used (RFC 7518 §3.2, RFC 8725 §3.5).

/// The longest block that a secret may be a repetition of, and is then refused.
const MAX_PERIOD: usize = 16;
/// Fewer different bytes than this are no random secret.
const MIN_DISTINCT: usize = 8;

/// Secrets of sufficient length that stand in documentation or defaults, in lower case.
const WELL_KNOWN: [&str; 14] = [
    "a-string-secret-at-least-256-bits-long",
    "a-string-secret-at-least-384-bits-long-which-is-long",
    "a-string-secret-at-least-512-bits-long-which-is-very-long",
    "a-valid-string-secret-that-is-at-least-384-bits-long",
    "a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",
    "your-256-bit-secret-key-goes-here",
    "your-super-secret-jwt-token-with-at-least-32-characters-long",
    "this-is-a-very-long-secret-key-for-jwt-signing",
    "abcdefghijklmnopqrstuvwxyz0123456789",
    "abcdefghijklmnopqrstuvwxyz1234567890",
    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
    "jwt-token-secret-key-for-encryption",
    "404e635266556a586e3272357538782f413f4428472b4b6250645367566b5970",
    "3cfa76ef14937c1c0ea519f8fc057a80fcd04a7420f8e8bcd0a7567c272e007b",
];

/// What is wrong with a secret.
pub(super) fn complaint(secret: &[u8], min_bytes: usize) -> Option<&'static str> {
    let lower_case = secret.to_ascii_lowercase();
    if secret.len() < min_bytes {
        Some("is too short")
    } else if WELL_KNOWN.iter().any(|known| known.as_bytes() == lower_case) {
        Some("is well known")
    } else if (1..=MAX_PERIOD).any(|period| repeats(secret, period)) {
        Some("repeats a short text")
    } else if distinct(secret) < MIN_DISTINCT {
        Some("has hardly any different bytes")
    } else {
        None
    }
}

fn repeats(secret: &[u8], period: usize) -> bool {
    secret.iter().zip(secret.iter().skip(period)).all(|(a, b)| a == b)
}

fn distinct(secret: &[u8]) -> usize {
    let mut bytes = secret.to_vec();
    bytes.sort_unstable();
    bytes.dedup();
    bytes.len()
}
