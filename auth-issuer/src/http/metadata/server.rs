//! The server that issues tokens (RFC 8414).

use auth_core::{ConfigError, ConfigErrorKind};
use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value;

use super::members::Members;
use crate::http::client::GrantKind;

/// The metadata of an authorization server (RFC 8414 §2), for `/.well-known/oauth-authorization-server`.
///
/// # Examples
///
/// ```
/// use auth_issuer::http::{GrantKind, ServerMetadata};
///
/// let metadata = ServerMetadata::new("https://auth.example")?
///     .token_endpoint("https://auth.example/token", &[GrantKind::RefreshToken])?
///     .jwks_uri("https://auth.example/keys")?;
/// assert!(metadata.to_json().contains(r#""issuer":"https://auth.example""#));
/// assert!(ServerMetadata::new("auth.example").is_err());
/// # Ok::<(), auth_core::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ServerMetadata(Members);

impl ServerMetadata {
    /// Metadata of the issuer that tokens name in `iss`.
    ///
    /// # Errors
    ///
    /// If it is no `https` address (`http` on the loopback interface) without query and fragment.
    pub fn new(issuer: &str) -> Result<Self, ConfigError> {
        let mut members = Members::of("issuer", issuer)?;
        // §2 requires it; §3.2 would have it left out, since there is no authorization endpoint.
        members.insert("response_types_supported", Value::Array(Vec::new()));
        Ok(Self(members))
    }

    /// Says where tokens are issued, and for which grants.
    ///
    /// # Errors
    ///
    /// If it is not an address, as for [`new`](Self::new), or there is no grant: left out, the list would mean others
    /// (RFC 8414 §2).
    pub fn token_endpoint(mut self, address: &str, grants: &[GrantKind]) -> Result<Self, ConfigError> {
        if grants.is_empty() {
            let text = "the token endpoint offers no grant; name those that it does, like `GrantKind::RefreshToken`";
            return Err(ConfigError::new(ConfigErrorKind::Grant, text));
        }
        let grants: Vec<Value> = grants.iter().map(|grant| grant.as_str().into()).collect();
        self.0.insert("grant_types_supported", grants);
        let methods = ["client_secret_basic", "client_secret_post", "none"];
        self.endpoint("token_endpoint", address, &methods)
    }

    /// Says where tokens are withdrawn.
    ///
    /// # Errors
    ///
    /// If it is not an address, as for [`new`](Self::new).
    pub fn revocation_endpoint(self, address: &str) -> Result<Self, ConfigError> {
        self.endpoint("revocation_endpoint", address, &["client_secret_basic", "client_secret_post", "none"])
    }

    /// Says where resource servers ask what a token is.
    ///
    /// # Errors
    ///
    /// If it is not an address, as for [`new`](Self::new).
    pub fn introspection_endpoint(self, address: &str) -> Result<Self, ConfigError> {
        self.endpoint("introspection_endpoint", address, &["client_secret_basic", "client_secret_post"])
    }

    /// Says where the keys are.
    ///
    /// # Errors
    ///
    /// If it is not an address, as for [`new`](Self::new).
    pub fn jwks_uri(mut self, address: &str) -> Result<Self, ConfigError> {
        self.0.insert_address("jwks_uri", address)?;
        Ok(self)
    }

    /// Says which scopes there are.
    #[must_use]
    pub fn scopes(mut self, scopes: &[&str]) -> Self {
        self.0.insert_list("scopes_supported", scopes);
        self
    }

    /// Where the document has to be, below the issuer's host (RFC 8414 §3.1): `/.well-known/oauth-authorization-server`,
    /// and the issuer's own path after it.
    #[must_use]
    pub fn path(&self) -> String {
        self.0.path("oauth-authorization-server", "issuer")
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

    fn endpoint(mut self, name: &str, address: &str, methods: &[&str]) -> Result<Self, ConfigError> {
        self.0.insert_address(name, address)?;
        self.0.insert(format!("{name}_auth_methods_supported"), methods.to_vec());
        Ok(self)
    }
}
