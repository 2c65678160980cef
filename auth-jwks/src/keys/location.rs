//! Where the keys are, and how a document becomes a set.

use std::fmt;

use auth_core::Claims;
use auth_core::claims::ClaimValue;
use auth_core::jwt::{JwtAlgorithm, JwtKeySet};

use super::{KeySetError, KeySetErrorKind};
use crate::address::Address;
use crate::fetch::{FetchError, Fetcher};
use crate::text::shortened;

/// Where the keys are.
pub(super) enum Location {
    /// At an address.
    At(Address),
    /// Where the issuer says.
    Discovered { issuer: String, document: Address, allows_http: bool },
}

impl Location {
    /// Fetches the set. Only one that can be used is a success.
    pub(super) async fn load(&self, fetch: &Fetcher, wanted: &[JwtAlgorithm]) -> Result<JwtKeySet, KeySetError> {
        let document = match self {
            Self::At(address) => fetch.get(address.as_str()).await,
            Self::Discovered { issuer, document, allows_http } => {
                let found = fetch.get(document.as_str()).await.map_err(unreachable)?;
                let address = read_discovery(&found, issuer, *allows_http)
                    .map_err(|why| KeySetError::with_source(KeySetErrorKind::Discovery, why))?;
                fetch.get(address.as_str()).await
            }
        };
        JwtKeySet::from_foreign_json(&document.map_err(unreachable)?, wanted)
            .map_err(|error| KeySetError::with_source(KeySetErrorKind::Unusable, error))
    }
}

fn unreachable(error: FetchError) -> KeySetError {
    KeySetError::with_source(KeySetErrorKind::Unreachable, error)
}

/// The address of the keys, if the document is the issuer's own (OIDC Discovery 1.0 §4.3).
fn read_discovery(document: &[u8], issuer: &str, allows_http: bool) -> Result<Address, String> {
    let claims = Claims::from_json(document).or(Err("it is not a strict JSON object"))?;
    let text = |name: &str| match claims.value(name) {
        Some(ClaimValue::String(text)) => Ok(text.as_str()),
        _ => Err(format!("it has no text `{name}`")),
    };
    let named = text("issuer")?;
    if named != issuer {
        let (named, issuer) = (shortened(named), shortened(issuer));
        return Err(format!("it is of the issuer `{named}`, not of `{issuer}`; they have to be equal byte for byte"));
    }
    Address::parse(text("jwks_uri")?, allows_http).map_err(|why| format!("its `jwks_uri` {why}"))
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(address) | Self::Discovered { document: address, .. } => fmt::Display::fmt(address, f),
        }
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUER: &str = "https://issuer.example";

    fn refusal(document: &str) -> String {
        read_discovery(document.as_bytes(), ISSUER, false).unwrap_err()
    }

    #[test]
    fn finds_the_keys_of_the_issuer() {
        let document = br#"{"issuer":"https://issuer.example","jwks_uri":"https://keys.example/set?v=1","x":[{}]}"#;
        let address = read_discovery(document, ISSUER, false).unwrap();
        assert_eq!(address.as_str(), "https://keys.example/set?v=1");
    }

    #[test]
    fn refuses_the_document_of_an_issuer_that_differs_in_one_byte() {
        for named in ["https://issuer.example/", "https://Issuer.example", "https://issuer.example.evil", "", "*"] {
            let text = refusal(&format!(r#"{{"issuer":"{named}","jwks_uri":"https://issuer.example/jwks"}}"#));
            assert!(text.contains("byte for byte"), "{named}: {text}");
        }
        let long = refusal(&format!(r#"{{"issuer":"{}\n","jwks_uri":"x"}}"#, "x".repeat(5_000)));
        assert!(long.len() < 300 && !long.contains('\n'), "what is quoted is short and on one line");
    }

    #[test]
    fn refuses_a_document_without_issuer_or_address() {
        for document in [
            "",
            "<html>",
            "[]",
            r#"{"jwks_uri":"https://issuer.example/jwks"}"#,
            r#"{"issuer":["https://issuer.example"],"jwks_uri":"https://issuer.example/jwks"}"#,
            r#"{"issuer":"https://issuer.example"}"#,
            r#"{"issuer":"https://issuer.example","jwks_uri":null}"#,
            r#"{"issuer":"https://issuer.example","jwks_uri":"https://a.example","jwks_uri":"https://b.example"}"#,
        ] {
            assert!(!refusal(document).is_empty(), "{document}");
        }
    }

    #[test]
    fn refuses_keys_at_an_address_that_may_not_be_asked() {
        for (address, why) in [
            ("http://issuer.example/jwks", "is not `https`"),
            ("file:///etc/keys", "neither"),
            ("/jwks", "not an absolute URL"),
            ("https://u:p@issuer.example/jwks", "a user or a password"),
        ] {
            let text = refusal(&format!(r#"{{"issuer":"https://issuer.example","jwks_uri":"{address}"}}"#));
            assert!(text.contains(why), "{address}: {text}");
        }
    }
}
