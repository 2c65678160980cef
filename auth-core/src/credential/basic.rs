//! Basic credentials (RFC 7617).
//!
//! Decoded once, strictly: padded canonical base64, UTF-8, no control characters, split at the first colon.

use std::fmt;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use zeroize::Zeroizing;

use super::{Credential, MAX_CREDENTIAL_LEN, Malformed};

/// A user name and a password, as a request presents them.
///
/// The name may be empty as syntax; no account answers to it. The password may hold colons.
///
/// # Security
///
/// Neither `Debug` nor an error shows the name or the password; the password is wiped on drop.
///
/// # Examples
///
/// ```
/// use auth_core::credential::{BasicCredentials, Credential};
///
/// let credentials = BasicCredentials::parse(b"QWxhZGRpbjpvcGVuIHNlc2FtZQ==")?;
/// assert_eq!(credentials.user(), "Aladdin");
/// assert_eq!(credentials.password().reveal(), "open sesame");
/// assert!(BasicCredentials::parse(b"QWxhZGRpbjpvcGVuIHNlc2FtZQ").is_err(), "padding is not optional");
/// # Ok::<(), auth_core::credential::Malformed>(())
/// ```
pub struct BasicCredentials {
    user: String,
    password: Password,
}

/// A password as it was received, byte for byte; wiped on drop.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl BasicCredentials {
    /// Puts credentials together from parts that did not come as a Basic header.
    #[must_use]
    pub fn new(user: impl Into<String>, password: impl Into<Password>) -> Self {
        Self { user: user.into(), password: password.into() }
    }

    /// The user name.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The password.
    #[must_use]
    pub fn password(&self) -> &Password {
        &self.password
    }
}

impl Password {
    /// The password in clear, for the hash function.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for Password {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl From<&str> for Password {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl Credential for BasicCredentials {
    type Parsed<'r> = Self;

    fn parse(raw: &[u8]) -> Result<Self, Malformed> {
        if raw.is_empty() || raw.len() > MAX_CREDENTIAL_LEN {
            return Err(Malformed);
        }
        let decoded = Zeroizing::new(BASE64_STANDARD.decode(raw).or(Err(Malformed))?);
        let text = str::from_utf8(&decoded).or(Err(Malformed))?;
        if text.chars().any(char::is_control) {
            return Err(Malformed);
        }
        let (user, password) = text.split_once(':').ok_or(Malformed)?;
        Ok(Self::new(user, password))
    }

    fn into_owned(parsed: Self) -> Self {
        parsed
    }
}

impl fmt::Debug for BasicCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BasicCredentials(..)")
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(decoded: &[u8]) -> Result<(String, String), Malformed> {
        let parsed = BasicCredentials::parse(BASE64_STANDARD.encode(decoded).as_bytes())?;
        Ok((parsed.user().to_owned(), parsed.password().reveal().to_owned()))
    }

    #[test]
    fn splits_at_the_first_colon() {
        assert_eq!(parse(b"a:b:c"), Ok(("a".into(), "b:c".into())));
        assert_eq!(parse(b"a:"), Ok(("a".into(), String::new())));
        assert_eq!(parse(b":b"), Ok((String::new(), "b".into())));
    }

    #[test]
    fn refuses_missing_colon_controls_and_other_encodings() {
        for decoded in [&b"ab"[..], b"a\0:b", b"a:b\r\n", b"a\x7f:b", b"a:\xff\xfe", "a:\u{85}".as_bytes()] {
            assert_eq!(parse(decoded), Err(Malformed), "{decoded:?}");
        }
    }

    #[test]
    fn prints_no_secret() {
        let credentials = BasicCredentials::new("alice", "secret");
        assert_eq!(format!("{credentials:?} {:?}", credentials.password()), "BasicCredentials(..) Password(..)");
    }
}
