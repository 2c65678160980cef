//! Addresses of providers.

use std::fmt;

use url::Url;

use crate::text::shortened;

/// An absolute address of a host: `https`, without user, password and fragment.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Address(Url);

impl Address {
    /// Reads an address. `http` passes only if it is allowed.
    ///
    /// The error completes "the address ..." and quotes nothing.
    pub(crate) fn parse(text: &str, allows_http: bool) -> Result<Self, &'static str> {
        let url = Url::parse(text).or(Err("is not an absolute URL"))?;
        match url.scheme() {
            "https" => {}
            "http" if allows_http => {}
            "http" => return Err("is not `https`"),
            _ => return Err("is neither `https` nor `http`"),
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err("has no host");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("has a user or a password in it");
        }
        if url.fragment().is_some() {
            return Err("has a fragment (`#`)");
        }
        Ok(Self(url))
    }

    pub(crate) fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub(crate) fn has_query(&self) -> bool {
        self.0.query().is_some()
    }
}

/// Shows no query: it is in no log.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = self.0.clone();
        shown.set_query(None);
        f.write_str(shown.as_str())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// An address for an error text: no user, no password, no query, at most 64 escaped characters.
pub(crate) fn quoted(text: &str) -> String {
    let visible = text.split(['?', '#']).next().unwrap_or_default();
    let visible = if visible.contains('@') { ".." } else { visible };
    shortened(visible)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_https_and_http_only_where_it_is_allowed() {
        for good in ["https://issuer.example", "https://issuer.example:8443/jwks?p=a", "https://[::1]/x"] {
            assert!(Address::parse(good, false).is_ok(), "{good}");
        }
        assert_eq!(Address::parse("http://127.0.0.1:1/x", false), Err("is not `https`"));
        assert!(Address::parse("http://127.0.0.1:1/x", true).is_ok());
    }

    #[test]
    fn refuses_what_is_no_address_of_a_host() {
        for bad in [
            "",
            "/jwks",
            "issuer.example/jwks",
            "https://",
            "file:///etc/keys",
            "ftp://issuer.example",
            "data:application/json,{}",
            "https://user@issuer.example",
            "https://user:pw@issuer.example",
            "https://:pw@issuer.example",
            "https://issuer.example/#keys",
        ] {
            assert!(Address::parse(bad, true).is_err(), "{bad}");
        }
    }

    #[test]
    fn shows_neither_queries_nor_passwords() {
        let address = Address::parse("https://issuer.example/jwks?token=secret", false).unwrap();
        assert_eq!(format!("{address} {address:?}"), "https://issuer.example/jwks https://issuer.example/jwks");
        assert!(address.as_str().ends_with("?token=secret"), "but it is asked with its query");
        assert_eq!(quoted("https://a:secret@issuer.example"), "..");
        assert_eq!(quoted("http://issuer.example/x?token=secret"), "http://issuer.example/x");
        assert_eq!(quoted("a\nb"), "a\\nb");
        assert_eq!(quoted(&"x".repeat(100)).len(), 64);
    }
}
