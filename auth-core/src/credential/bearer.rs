//! Bearer credentials (RFC 6750 §2.1).

use std::fmt;
use std::str::FromStr;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{Credential, Malformed};

/// A bearer token as it arrived on the wire: the `b64token` of RFC 6750 §2.1, at most 8 KiB.
///
/// # Security
///
/// The token is a secret. `Debug` prints a placeholder, there is no `Display`, and comparing two tokens of equal
/// length takes the same time wherever they differ. This copy is wiped on drop.
///
/// # Examples
///
/// ```
/// use auth_core::credential::{BearerToken, Credential};
///
/// let token = BearerToken::parse(b"mF_9.B5f-4.1JqM")?;
/// assert_eq!(token.reveal(), "mF_9.B5f-4.1JqM");
/// assert_eq!(format!("{token:?}"), "BearerRef(..)");
/// assert!(BearerToken::parse(b"two words").is_err());
///
/// let owned: BearerToken = "mF_9.B5f-4.1JqM".parse()?;
/// assert_eq!(owned.as_ref(), token);
/// # Ok::<(), auth_core::credential::Malformed>(())
/// ```
pub struct BearerToken(Zeroizing<String>);

/// A [`BearerToken`] that still lies in the request.
///
/// Bytes, of which it is known that they are ASCII: a reader of bytes has no need to have that found out once more.
#[derive(Clone, Copy)]
pub struct BearerRef<'r>(&'r [u8]);

/// How many bytes are looked at together.
const BLOCK: usize = 32;

impl BearerToken {
    /// The same token, borrowed.
    #[must_use]
    pub fn as_ref(&self) -> BearerRef<'_> {
        BearerRef(self.0.as_bytes())
    }
}

impl<'r> BearerRef<'r> {
    /// The token in clear, for the verifier that has to compare or decode it.
    #[must_use]
    pub fn reveal(self) -> &'r str {
        // Never empty: all bytes are ASCII.
        str::from_utf8(self.0).unwrap_or_default()
    }

    #[cfg(feature = "jwt")]
    pub(crate) fn reveal_bytes(self) -> &'r [u8] {
        self.0
    }
}

impl Credential for BearerToken {
    type Parsed<'r> = BearerRef<'r>;

    fn parse(raw: &[u8]) -> Result<BearerRef<'_>, Malformed> {
        let mut body = raw;
        while let [rest @ .., b'='] = body {
            body = rest;
        }
        if body.is_empty() || raw.len() > super::MAX_CREDENTIAL_LEN || !is_b64token_body(body) {
            return Err(Malformed);
        }
        Ok(BearerRef(raw))
    }

    fn into_owned(parsed: BearerRef<'_>) -> Self {
        Self(Zeroizing::new(parsed.reveal().to_owned()))
    }
}

impl FromStr for BearerToken {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        Self::parse(text.as_bytes()).map(Self::into_owned)
    }
}

impl PartialEq for BearerRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(other.0).into()
    }
}

impl Eq for BearerRef<'_> {}

impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BearerToken(..)")
    }
}

impl fmt::Debug for BearerRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BearerRef(..)")
    }
}

/// Whether all bytes are characters of a `b64token`. Blocks are looked at as a whole, so that the compiler takes many
/// bytes at a time, and the last block from its end, rather than the rest byte by byte.
fn is_b64token_body(body: &[u8]) -> bool {
    let is_good = |bytes: &[u8]| bytes.iter().fold(true, |all, byte| all & is_b64token_byte(*byte));
    match body.last_chunk::<BLOCK>() {
        Some(last) => body.as_chunks::<BLOCK>().0.iter().fold(is_good(last), |all, block| all & is_good(block)),
        None => is_good(body),
    }
}

/// Characters of a `b64token`, apart from the padding at its end.
#[expect(clippy::needless_bitwise_bool, reason = "without branches, for the sake of the one above")]
fn is_b64token_byte(byte: u8) -> bool {
    // `-`, `.` and `/` stand side by side before the digits.
    let is_letter = (byte | 0x20).wrapping_sub(b'a') < 26;
    let is_digit_or_before = byte.wrapping_sub(b'-') <= b'9' - b'-';
    is_letter | is_digit_or_before | (byte == b'_') | (byte == b'~') | (byte == b'+')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_every_b64token_character_and_trailing_padding() {
        for text in ["a", "aZ09-._~+/", "YWJj==", "a="] {
            assert_eq!(BearerToken::parse(text.as_bytes()).map(BearerRef::reveal), Ok(text));
        }
    }

    #[test]
    fn refuses_what_is_no_b64token() {
        for text in ["", "=", "ab=c", "a b", "a,b", "\"a\"", "a\u{e9}", "a\u{1}", "a\tb"] {
            assert_eq!(BearerToken::parse(text.as_bytes()), Err(Malformed), "{text:?}");
            assert_eq!(text.parse::<BearerToken>().unwrap_err(), Malformed, "{text:?}");
        }
    }

    #[test]
    fn each_byte_counts_wherever_it_stands() {
        for length in 1..=3 * BLOCK {
            let good = vec![b'a'; length];
            assert!(BearerToken::parse(&good).is_ok());
            for at in 0..length {
                let mut bad = good.clone();
                bad[at] = b' ';
                assert!(BearerToken::parse(&bad).is_err(), "{at} of {length}");
            }
        }
        for byte in 0..=u8::MAX {
            let is_good = byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
            let text = [&[b'a'; 40][..], &[byte]].concat();
            assert_eq!(BearerToken::parse(&text).is_ok(), is_good, "{byte}");
        }
    }

    #[test]
    fn refuses_the_first_byte_over_the_limit() {
        let longest = vec![b'a'; super::super::MAX_CREDENTIAL_LEN];
        assert!(BearerToken::parse(&longest).is_ok());
        assert!(BearerToken::parse(&[longest, vec![b'a']].concat()).is_err());
    }

    #[test]
    fn prints_no_secret() {
        let token = BearerToken::into_owned(BearerRef(b"secret"));
        assert_eq!(format!("{token:?} {:?}", token.as_ref()), "BearerToken(..) BearerRef(..)");
    }
}
