//! Opaque tokens in a header, query parameter or cookie of the application's own.

use std::fmt;
use std::str::FromStr;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{Credential, MAX_CREDENTIAL_LEN, Malformed};

/// A token of visible ASCII characters without inner structure, at most 8 KiB.
///
/// The credential of own schemes that name no other type.
///
/// # Security
///
/// The token is a secret: `Debug` prints a placeholder, comparison is in constant time for equal lengths, and
/// this copy is wiped on drop.
///
/// # Examples
///
/// ```
/// use auth_core::credential::{Credential, OpaqueToken};
///
/// assert_eq!(OpaqueToken::parse(b"s3cr3t!")?.reveal(), "s3cr3t!");
/// assert!(OpaqueToken::parse(b"not one token").is_err());
///
/// let owned: OpaqueToken = "s3cr3t!".parse()?;
/// assert_eq!(owned.as_ref().reveal(), "s3cr3t!");
/// assert!("not one token".parse::<OpaqueToken>().is_err());
/// # Ok::<(), auth_core::credential::Malformed>(())
/// ```
pub struct OpaqueToken(Zeroizing<String>);

/// An [`OpaqueToken`] that still lies in the request.
#[derive(Clone, Copy)]
pub struct OpaqueRef<'r>(&'r str);

impl OpaqueToken {
    /// The same token, borrowed.
    #[must_use]
    pub fn as_ref(&self) -> OpaqueRef<'_> {
        OpaqueRef(&self.0)
    }
}

impl<'r> OpaqueRef<'r> {
    /// The token in clear, for the verifier that has to compare or digest it.
    #[must_use]
    pub fn reveal(self) -> &'r str {
        self.0
    }
}

impl Credential for OpaqueToken {
    type Parsed<'r> = OpaqueRef<'r>;

    fn parse(raw: &[u8]) -> Result<OpaqueRef<'_>, Malformed> {
        if raw.is_empty() || raw.len() > MAX_CREDENTIAL_LEN || !raw.iter().all(u8::is_ascii_graphic) {
            return Err(Malformed);
        }
        str::from_utf8(raw).map(OpaqueRef).or(Err(Malformed))
    }

    fn into_owned(parsed: OpaqueRef<'_>) -> Self {
        Self(Zeroizing::new(parsed.0.to_owned()))
    }
}

impl FromStr for OpaqueToken {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        Self::parse(text.as_bytes()).map(Self::into_owned)
    }
}

impl PartialEq for OpaqueRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for OpaqueRef<'_> {}

impl fmt::Debug for OpaqueToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OpaqueToken(..)")
    }
}

impl fmt::Debug for OpaqueRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OpaqueRef(..)")
    }
}
