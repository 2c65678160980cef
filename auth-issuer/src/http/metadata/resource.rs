//! The server that accepts tokens (RFC 9728).

use auth_core::ConfigError;
use bytes::Bytes;
use http::{Request, Response};

use super::members::{Members, check};

/// The metadata of a protected resource (RFC 9728 §2), for `/.well-known/oauth-protected-resource`.
#[derive(Clone, Debug)]
pub struct ResourceMetadata(Members);

impl ResourceMetadata {
    /// Metadata of a resource, by the identifier that tokens name in `aud`, and the issuers whose tokens it accepts.
    ///
    /// # Errors
    ///
    /// If one of them is no `https` address (`http` on the loopback interface) without query and fragment.
    pub fn new(resource: &str, issuers: &[&str]) -> Result<Self, ConfigError> {
        issuers.iter().try_for_each(|issuer| check(issuer))?;
        let mut members = Members::of("resource", resource)?;
        members.insert_list("authorization_servers", issuers);
        members.insert("bearer_methods_supported", vec!["header"]);
        Ok(Self(members))
    }

    /// Says which scopes the resource asks for.
    #[must_use]
    pub fn scopes(mut self, scopes: &[&str]) -> Self {
        self.0.insert_list("scopes_supported", scopes);
        self
    }

    /// Where the document has to be, below the resource's host (RFC 9728 §3.1): `/.well-known/oauth-protected-resource`,
    /// and the resource's own path after it.
    #[must_use]
    pub fn path(&self) -> String {
        self.0.path("oauth-protected-resource", "resource")
    }

    /// The document.
    #[must_use]
    pub fn to_json(&self) -> String {
        self.0.to_json()
    }

    /// Answers a request: `GET` and `HEAD`.
    #[must_use]
    pub fn respond(&self, request: &Request<Bytes>) -> Response<Bytes> {
        self.0.respond(request)
    }
}
