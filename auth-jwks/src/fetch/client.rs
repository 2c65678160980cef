//! Who asks: the credentials of this program at a provider.

use std::fmt;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use url::form_urlencoded::byte_serialize;
use zeroize::Zeroizing;

/// The id and secret by which a provider knows this program (RFC 6749 §2.3.1).
///
/// # Security
///
/// The secret is wiped on drop, and `Debug` does not show it.
///
/// # Examples
///
/// ```
/// use auth_jwks::fetch::ClientCredentials;
///
/// let client = ClientCredentials::new("a:b", "s p");
/// assert_eq!(*client.to_basic(), "Basic YSUzQWI6cytw", "`a%3Ab:s+p`");
/// assert_eq!(format!("{client:?}"), r#"ClientCredentials { id: "a:b", .. }"#);
/// ```
#[derive(Clone)]
pub struct ClientCredentials {
    id: String,
    secret: Zeroizing<String>,
}

impl ClientCredentials {
    /// Credentials of a client that has a secret.
    #[must_use]
    pub fn new(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { id: id.into(), secret: Zeroizing::new(secret.into()) }
    }

    /// The id; no secret.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The value of the `Authorization` field: Basic over id and secret, each form-urlencoded (RFC 6749 §2.3.1), so
    /// that a colon in the id does not end it.
    #[must_use]
    pub fn to_basic(&self) -> Zeroizing<String> {
        let mut pair = Zeroizing::new(String::with_capacity(encoded_len(&self.id, &self.secret)));
        pair.extend(byte_serialize(self.id.as_bytes()));
        pair.push(':');
        pair.extend(byte_serialize(self.secret.as_bytes()));
        let encoded = Zeroizing::new(BASE64_STANDARD.encode(pair.as_bytes()));
        Zeroizing::new(["Basic ", encoded.as_str()].concat())
    }

    pub(crate) fn is_complete(&self) -> bool {
        !self.id.is_empty() && !self.secret.is_empty()
    }
}

/// Room for the longest encoding, so that the text never moves and leaves a copy behind.
fn encoded_len(id: &str, secret: &str) -> usize {
    id.len().saturating_add(secret.len()).saturating_mul(3).saturating_add(1)
}

impl fmt::Debug for ClientCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCredentials").field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(id: &str, secret: &str) -> String {
        let basic = ClientCredentials::new(id, secret).to_basic();
        let decoded = BASE64_STANDARD.decode(basic.strip_prefix("Basic ").unwrap()).unwrap();
        String::from_utf8(decoded).unwrap()
    }

    #[test]
    fn id_and_secret_are_form_urlencoded_before_they_are_joined() {
        assert_eq!(pair("s6BhdRkqt3", "7Fjfp0ZBr1KtDRbnfVdmIw"), "s6BhdRkqt3:7Fjfp0ZBr1KtDRbnfVdmIw");
        assert_eq!(pair("https://api.example", "a:b c+d%é"), "https%3A%2F%2Fapi.example:a%3Ab+c%2Bd%25%C3%A9");
    }

    #[test]
    fn shows_no_secret() {
        let shown = format!("{:?}", ClientCredentials::new("api", "hush"));
        assert!(shown.contains("api") && !shown.contains("hush"));
    }

    #[test]
    fn the_longest_encoding_has_room() {
        let secret = "é".repeat(40);
        assert!(pair("ü", &secret).len() <= encoded_len("ü", &secret));
    }
}
