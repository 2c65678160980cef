//! Where the endpoints are: RFC 8414 for the server that issues tokens, RFC 9728 for the one that accepts them.

use std::time::Duration;

use auth_core::{ConfigError, ConfigErrorKind};
use bytes::Bytes;
use http::{Request, Response, Uri};
use serde_json::{Map, Value};

use super::client::GrantKind;
use super::key_set::document;
use crate::address::is_private;

const MAX_AGE: Duration = Duration::from_hours(1);

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
pub struct ServerMetadata(Map<String, Value>);

impl ServerMetadata {
    /// Metadata of the issuer that tokens name in `iss`.
    ///
    /// # Errors
    ///
    /// If it is no `https` address (`http` on the loopback interface) without query and fragment.
    pub fn new(issuer: &str) -> Result<Self, ConfigError> {
        check(issuer)?;
        let mut members = Map::new();
        members.insert("issuer".into(), issuer.into());
        // §2 requires it; §3.2 would have it left out, since there is no authorization endpoint.
        members.insert("response_types_supported".into(), Value::Array(Vec::new()));
        Ok(Self(members))
    }

    /// Says where tokens are issued, and for which grants.
    ///
    /// # Errors
    ///
    /// If it is no address, as for [`new`](Self::new), or there is no grant: left out, the list would mean others
    /// (RFC 8414 §2).
    pub fn token_endpoint(mut self, address: &str, grants: &[GrantKind]) -> Result<Self, ConfigError> {
        if grants.is_empty() {
            let text = "the token endpoint offers no grant; name those that it does, like `GrantKind::RefreshToken`";
            return Err(ConfigError::new(ConfigErrorKind::Value, text));
        }
        let grants: Vec<Value> = grants.iter().map(|grant| grant.as_str().into()).collect();
        self.0.insert("grant_types_supported".into(), grants.into());
        let methods = ["client_secret_basic", "client_secret_post", "none"];
        self.endpoint("token_endpoint", address, &methods)
    }

    /// Says where tokens are withdrawn.
    ///
    /// # Errors
    ///
    /// If it is no address, as for [`new`](Self::new).
    pub fn revocation_endpoint(self, address: &str) -> Result<Self, ConfigError> {
        self.endpoint("revocation_endpoint", address, &["client_secret_basic", "client_secret_post", "none"])
    }

    /// Says where resource servers ask what a token is.
    ///
    /// # Errors
    ///
    /// If it is no address, as for [`new`](Self::new).
    pub fn introspection_endpoint(self, address: &str) -> Result<Self, ConfigError> {
        self.endpoint("introspection_endpoint", address, &["client_secret_basic", "client_secret_post"])
    }

    /// Says where the keys are.
    ///
    /// # Errors
    ///
    /// If it is no address, as for [`new`](Self::new).
    pub fn jwks_uri(mut self, address: &str) -> Result<Self, ConfigError> {
        check(address)?;
        self.0.insert("jwks_uri".into(), address.into());
        Ok(self)
    }

    /// Says which scopes there are.
    #[must_use]
    pub fn scopes(mut self, scopes: &[&str]) -> Self {
        insert_list(&mut self.0, "scopes_supported", scopes);
        self
    }

    /// Where the document has to be, below the issuer's host (RFC 8414 §3.1): `/.well-known/oauth-authorization-server`,
    /// and the issuer's own path after it.
    #[must_use]
    pub fn path(&self) -> String {
        well_known("oauth-authorization-server", self.0.get("issuer"))
    }

    /// The document.
    #[must_use]
    pub fn to_json(&self) -> String {
        Value::Object(self.0.clone()).to_string()
    }

    /// Answers a request: `GET` and `HEAD`.
    #[must_use]
    pub fn respond(&self, request: &Request<Bytes>) -> Response<Bytes> {
        document(request, "application/json", MAX_AGE, || self.to_json())
    }

    fn endpoint(mut self, name: &str, address: &str, methods: &[&str]) -> Result<Self, ConfigError> {
        check(address)?;
        self.0.insert(name.into(), address.into());
        self.0.insert(format!("{name}_auth_methods_supported"), methods.to_vec().into());
        Ok(self)
    }
}

/// The metadata of a protected resource (RFC 9728 §2), for `/.well-known/oauth-protected-resource`.
#[derive(Clone, Debug)]
pub struct ResourceMetadata(Map<String, Value>);

impl ResourceMetadata {
    /// Metadata of a resource, by the identifier that tokens name in `aud`, and the issuers whose tokens it accepts.
    ///
    /// # Errors
    ///
    /// If one of them is no `https` address (`http` on the loopback interface) without query and fragment.
    pub fn new(resource: &str, issuers: &[&str]) -> Result<Self, ConfigError> {
        check(resource)?;
        issuers.iter().try_for_each(|issuer| check(issuer))?;
        let mut members = Map::new();
        members.insert("resource".into(), resource.into());
        insert_list(&mut members, "authorization_servers", issuers);
        members.insert("bearer_methods_supported".into(), vec!["header"].into());
        Ok(Self(members))
    }

    /// Says which scopes the resource asks for.
    #[must_use]
    pub fn scopes(mut self, scopes: &[&str]) -> Self {
        insert_list(&mut self.0, "scopes_supported", scopes);
        self
    }

    /// Where the document has to be, below the resource's host (RFC 9728 §3.1): `/.well-known/oauth-protected-resource`,
    /// and the resource's own path after it.
    #[must_use]
    pub fn path(&self) -> String {
        well_known("oauth-protected-resource", self.0.get("resource"))
    }

    /// The document.
    #[must_use]
    pub fn to_json(&self) -> String {
        Value::Object(self.0.clone()).to_string()
    }

    /// Answers a request: `GET` and `HEAD`.
    #[must_use]
    pub fn respond(&self, request: &Request<Bytes>) -> Response<Bytes> {
        document(request, "application/json", MAX_AGE, || self.to_json())
    }
}

/// Empty lists are left out (RFC 8414 §3.2, RFC 9728 §3.2).
fn insert_list(members: &mut Map<String, Value>, name: &str, list: &[&str]) {
    if !list.is_empty() {
        members.insert(name.into(), list.to_vec().into());
    }
}

/// The well-known part stands between host and path (RFC 8615).
fn well_known(name: &str, identifier: Option<&Value>) -> String {
    let uri = identifier.and_then(Value::as_str).and_then(|text| text.parse::<Uri>().ok());
    let path = uri.as_ref().map_or("", Uri::path);
    format!("/.well-known/{name}{}", path.strip_suffix('/').unwrap_or(path))
}

fn check(address: &str) -> Result<(), ConfigError> {
    let parsed = address.parse::<Uri>().ok();
    let is_good = parsed.is_some_and(|uri| {
        let is_secure = uri.scheme_str().zip(uri.host()).is_some_and(|(scheme, host)| is_private(scheme, host));
        let has_user = uri.authority().is_some_and(|authority| authority.as_str().contains('@'));
        is_secure && !has_user && uri.query().is_none() && !address.contains('#')
    });
    if is_good {
        return Ok(());
    }
    Err(ConfigError::new(
        ConfigErrorKind::Value,
        format!("`{}` is no address of a server; write one like `https://auth.example`", address.escape_default()),
    ))
}
