//! Where a browser may be sent after a sign-in.
//!
//! A link like `/login?next=/bookings` sends whoever has signed in on to where they wanted to go. If any value were
//! followed, such a link could carry people who trust it to a page of somebody else, right after they have signed in
//! (an open redirector, RFC 9700 §4.11). [`LocalTarget`] is a value that was judged: it stays on the site.
//!
//! Browsers read more into an address than RFC 3986 does: they take `\` for `/`, and leave tabs and line breaks out, so
//! `/\evil.example` and `/<TAB>/evil.example` lead away. What they might read differently is refused, not mended.

use std::error::Error;
use std::fmt;
use std::fmt::Write as _;

/// A place on the same site: a path, perhaps with query and fragment, that begins with exactly one `/`.
///
/// | rule | why |
/// | --- | --- |
/// | begins with `/` | `evil.example`, `https:..` and `javascript:..` do not |
/// | not with `//` | names another host (RFC 3986 §4.2) |
/// | no `\`, anywhere | browsers take it for `/` |
/// | no control character (U+0000 to U+001F, U+007F) | browsers leave some out, and a line break ends a header field |
/// | all of that still holds after one more percent-decoding | something on the way may decode once more |
/// | at most [2,048](Self::MAX_LEN) characters | |
///
/// # Examples
///
/// ```
/// use auth_issuer::redirect::LocalTarget;
///
/// let target = LocalTarget::parse("/bookings?day=1#top")?;
/// assert_eq!(target.as_str(), "/bookings?day=1#top");
/// assert_eq!(LocalTarget::parse("/überblick")?.as_str(), "/%C3%BCberblick");
/// for foreign in ["https://evil.example", "//evil.example", "/\\evil.example", "/%2fevil.example", "/\t/evil.example"] {
///     assert!(LocalTarget::parse(foreign).is_err());
/// }
/// # Ok::<(), auth_issuer::redirect::ForeignTarget>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalTarget(String);

/// A target that may lead away from the site, or is too long. Quotes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ForeignTarget;

impl LocalTarget {
    /// The most characters of a target.
    pub const MAX_LEN: usize = 2_048;

    /// Judges the value of a parameter, which was decoded once already, as every parameter is.
    ///
    /// # Errors
    ///
    /// [`ForeignTarget`] if a browser could leave the site by it.
    pub fn parse(value: &str) -> Result<Self, ForeignTarget> {
        let is_short = value.chars().nth(Self::MAX_LEN).is_none();
        if is_short && is_local(value.as_bytes()) && is_local(&decoded(value.as_bytes())) {
            Ok(Self(ascii(value)))
        } else {
            Err(ForeignTarget)
        }
    }

    /// The target for the field `Location`: as it was, with what is not ASCII percent-encoded (RFC 3987 §3.1).
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_local(value: &[u8]) -> bool {
    let begins_well = value.first() == Some(&b'/') && value.get(1) != Some(&b'/');
    begins_well && !value.iter().any(|byte| matches!(byte, b'\\' | 0..=0x1f | 0x7f))
}

/// The bytes after one percent-decoding; a `%` that begins no code stays.
fn decoded(value: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some((&byte, after)) = rest.split_first() {
        let code = (byte == b'%').then(|| after.split_at_checked(2)).flatten();
        let code = code.and_then(|(digits, after)| hexadecimal(digits).map(|byte| (byte, after)));
        let (byte, after) = code.unwrap_or((byte, after));
        decoded.push(byte);
        rest = after;
    }
    decoded
}

fn hexadecimal(digits: &[u8]) -> Option<u8> {
    // `from_str_radix` takes a sign, too.
    let digits =
        std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u8::from_str_radix(digits, 16).ok()
}

fn ascii(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for character in value.chars() {
        if character.is_ascii() {
            text.push(character);
            continue;
        }
        for byte in character.encode_utf8(&mut [0; 4]).bytes() {
            // A string takes everything.
            let _written = write!(text, "%{byte:02X}");
        }
    }
    text
}

impl fmt::Display for ForeignTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the target is not a place on this site")
    }
}

impl Error for ForeignTarget {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_stays_as_it_is() {
        for value in ["/", "/a/b/../c", "/?u=//evil.example", "/a//b", "/@user", "/%E2%82%AC", "/100%", "/%zz", "/%+1"]
        {
            assert_eq!(LocalTarget::parse(value).expect(value).as_str(), value);
        }
        assert_eq!(LocalTarget::parse("/a€").expect("good").as_str(), "/a%E2%82%AC");
    }

    #[test]
    fn refuses_what_leads_away_at_once_or_once_decoded() {
        for value in [
            "",
            "x",
            "?x",
            "#x",
            "//x",
            "/\\x",
            "\\x",
            "/a\\b",
            "/%5cx",
            "/%2fx",
            "/%2Fx",
            "%2fx",
            "/\n/x",
            "/%0a/x",
            "/\u{7f}",
            "/%7f",
            " /x",
            "https://evil.example",
            "javascript:alert(1)",
        ] {
            assert_eq!(LocalTarget::parse(value), Err(ForeignTarget), "{value:?}");
        }
    }

    #[test]
    fn the_length_is_counted_in_characters() {
        let longest = format!("/{}", "ü".repeat(LocalTarget::MAX_LEN - 1));
        assert!(LocalTarget::parse(&longest).is_ok());
        assert!(LocalTarget::parse(&format!("{longest}x")).is_err());
    }
}
