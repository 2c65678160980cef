//! Where the world finds the service.

use auth_core::{ConfigError, ConfigErrorKind};
use url::Url;
use zeroize::Zeroizing;

use crate::address::is_private;

/// The address under which the world finds the service, from the configuration: the only base of links.
///
/// # Security
///
/// A request chooses its `Host`. A link that was built from that would carry its secret to whom the attacker likes. So it
/// is with a link that is followed without TLS, where everybody on the way reads along.
///
/// # Examples
///
/// ```
/// use auth_issuer::mail::PublicUrl;
///
/// let base = PublicUrl::parse("https://portal.example/app/")?;
/// let link = base.link("reset", &[("token", "a b&c")]);
/// assert_eq!(*link, "https://portal.example/app/reset?token=a+b%26c");
/// assert!(PublicUrl::parse("portal.example").is_err());
/// assert!(PublicUrl::parse("http://portal.example").is_err());
/// # Ok::<(), auth_core::ConfigError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(Url);

impl PublicUrl {
    /// Reads an address like `https://portal.example/app`, or `http://localhost:8080` of this very machine.
    ///
    /// # Errors
    ///
    /// If it is not `https`, or `http` to a loopback address, or has a user, a query or a fragment.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let url = Self::read(text)?;
        if !url.is_private() {
            return Err(complain(text, "others read what goes over http"));
        }
        Ok(url)
    }

    /// Reads an address that may be `http` to any host.
    ///
    /// # Errors
    ///
    /// If it is not `http` or `https` with a host, or has a user, a query or a fragment.
    ///
    /// # Security
    ///
    /// Weakens the check, and says so in the log if it matters: who can read the traffic of those who follow a link has
    /// its secret, such as that of a new password.
    pub fn parse_insecure_http(text: &str) -> Result<Self, ConfigError> {
        let url = Self::read(text)?;
        if !url.is_private() {
            tracing::warn!(address = url.as_str(), "links in mails go over http, where others read their secrets");
        }
        Ok(url)
    }

    /// Whether this is plain `http` to this very machine: there a browser has nobody to hide a cookie from.
    #[must_use]
    pub fn is_local_http(&self) -> bool {
        self.0.scheme() == "http" && self.is_private()
    }

    fn is_private(&self) -> bool {
        is_private(self.0.scheme(), self.0.host_str().unwrap_or_default())
    }

    fn read(text: &str) -> Result<Self, ConfigError> {
        let complain = |why: &str| complain(text, why);
        let mut url = Url::parse(text).map_err(|error| complain(&error.to_string()).with_source(error))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(complain("it is neither http nor https"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(complain("it has a user"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(complain("it has a query or fragment"));
        }
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        Ok(Self(url))
    }

    /// A link to a path below the address, with a query.
    #[must_use]
    pub fn link(&self, path: &str, query: &[(&str, &str)]) -> Zeroizing<String> {
        let mut url = self.0.clone();
        url.set_path(&format!("{}{}", self.0.path(), path.trim_start_matches('/')));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Zeroizing::new(url.into())
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

fn complain(text: &str, why: &str) -> ConfigError {
    let text = text.escape_default();
    let fix = "give the address that browsers use, like `https://portal.example`";
    ConfigError::new(ConfigErrorKind::Address, format!("`{text}` is not a public address ({why}); {fix}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_http_of_this_machine_is_local() {
        let is_local = |address| PublicUrl::parse_insecure_http(address).expect("an address").is_local_http();
        for address in ["http://127.0.0.1:8004/", "http://localhost/", "http://[::1]:80/", "http://127.8.8.8/app/"] {
            assert!(is_local(address), "{address}");
        }
        for address in
            ["https://localhost/", "http://coco.example/", "http://10.0.0.1:8004/", "http://localhost.example/"]
        {
            assert!(!is_local(address), "{address}");
        }
    }

    #[test]
    fn refuses_what_is_no_base_of_links_and_says_the_fix() {
        for text in [
            "",
            "portal.example",
            "ftp://portal.example",
            "https://",
            "https://user@portal.example",
            "https://portal.example/?a=b",
            "https://portal.example/#top",
            "javascript:alert(1)",
            "http://portal.example",
            "http://192.0.2.1:8080",
            "http://0.0.0.0:8080",
            "http://localhost.portal.example",
        ] {
            let complaint = PublicUrl::parse(text).expect_err(text).to_string();
            assert!(complaint.contains("https://portal.example"), "{complaint}");
        }
    }

    #[test]
    fn http_is_for_this_machine_or_by_name() {
        for text in ["http://localhost:8080", "http://127.0.0.1", "http://[::1]:8080/app"] {
            assert!(PublicUrl::parse(text).is_ok(), "{text}");
        }
        let weak = PublicUrl::parse_insecure_http("http://portal.example").expect("asked for");
        assert_eq!(*weak.link("reset", &[]), "http://portal.example/reset");
        assert!(PublicUrl::parse_insecure_http("ftp://portal.example").is_err());
    }

    #[test]
    fn no_path_leaves_the_address() {
        let base = PublicUrl::parse("https://portal.example:8443/app").expect("good");
        for path in ["//evil.example/x", "/x", "https://evil.example/", "..", "\\\\evil.example"] {
            let link = base.link(path, &[]);
            assert!(link.starts_with("https://portal.example:8443/"), "{}", *link);
        }
    }
}
