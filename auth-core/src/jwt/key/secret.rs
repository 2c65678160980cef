//! Shared secrets, checked before they are used (RFC 7518 §3.2, RFC 8725 §3.5).

/// The longest block that a secret may be a repetition of, and is then refused.
const MAX_PERIOD: usize = 16;
/// Fewer different bytes than this are no random secret.
const MIN_DISTINCT: usize = 8;

/// Secrets of sufficient length that stand in documentation, in defaults or in lists for guessing, in lower case.
const WELL_KNOWN: [&str; 30] = [
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
    // Found in the wild, in lists of secrets that are tried.
    "!rcr#hjfp*d8nhuz@u79vc*hndvg292phyz#5^xb",
    "+b59wqf+kudr0tgxevzprv3ixmvyiqud1o",
    "1db158f6-177d-4d9c-8a8b-d36869918ec5",
    "311d5e26-b00e-4ba8-9916-ab7d3d6bb714",
    "75a730b58f5691de5522789070c319bc",
    "8c0edf03-a245-4edb-80e2-06fe8db5f8b8",
    "9fb71820-db14-43bf-99cb-c38b407b2d41",
    "asdffgasg251fdafeeefdr5315asrwhaqr",
    "sn3t9pq1s5fmxtohntgkefllhdgqgbyr",
    "bd70be12-f0fb-4a9d-a1ab-aaf1d70888ef",
    "e555e793-0cc1-4c5d-ad8e-de07ff34f2f5",
    "fkr30w2rugn3b9ecnzuoc6dpb2ss2lkt",
    "jmtfpba2gjt0wiapikmaz1gbfnvwoxhw",
    "ky2j41nquxvakcr082xl8fkd4p27vpei",
    "saya-adalah-seorang-pelajar-dan-anaks",
    "xstmbyc066bofn40gir29y09ud94z1p7",
];

/// What is wrong with a secret.
pub(super) fn complaint(secret: &[u8], min_bytes: usize) -> Option<&'static str> {
    // An end of line that came along with a file makes no secret of it.
    let lower_case = secret.trim_ascii().to_ascii_lowercase();
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
