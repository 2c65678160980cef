//! What both documents have in common.

use std::time::Duration;

use auth_core::{ConfigError, ConfigErrorKind};
use bytes::Bytes;
use http::{Request, Response, Uri};
use serde_json::{Map, Value};

use crate::address::is_private;
use crate::http::document::document;

const MAX_AGE: Duration = Duration::from_hours(1);

/// The members of a document, whose server is named by one of them.
#[derive(Clone, Debug)]
pub(super) struct Members(Map<String, Value>);

impl Members {
    /// The document of the server with that identifier.
    pub(super) fn of(name: &str, identifier: &str) -> Result<Self, ConfigError> {
        let mut members = Self(Map::new());
        members.insert_address(name, identifier)?;
        Ok(members)
    }

    pub(super) fn insert(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        self.0.insert(name.into(), value.into());
    }

    pub(super) fn insert_address(&mut self, name: &str, address: &str) -> Result<(), ConfigError> {
        check(address)?;
        self.insert(name, address);
        Ok(())
    }

    /// Empty lists are left out (RFC 8414 §3.2, RFC 9728 §3.2).
    pub(super) fn insert_list(&mut self, name: &str, list: &[&str]) {
        if !list.is_empty() {
            self.insert(name, list.to_vec());
        }
    }

    /// The well-known part stands between host and path (RFC 8615).
    pub(super) fn path(&self, well_known: &str, identifier: &str) -> String {
        let uri = self.0.get(identifier).and_then(Value::as_str).and_then(|text| text.parse::<Uri>().ok());
        let path = uri.as_ref().map_or("", Uri::path);
        format!("/.well-known/{well_known}{}", path.strip_suffix('/').unwrap_or(path))
    }

    pub(super) fn to_json(&self) -> String {
        Value::Object(self.0.clone()).to_string()
    }

    pub(super) fn respond(&self, request: &Request<Bytes>) -> Response<Bytes> {
        document(request, "application/json", MAX_AGE, || self.to_json())
    }
}

/// Whether this is the address of a server, as RFC 8414 §2 and RFC 9728 §1.2 want it.
pub(super) fn check(address: &str) -> Result<(), ConfigError> {
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
        ConfigErrorKind::Address,
        format!("`{}` is not the address of a server; write one like `https://auth.example`", address.escape_default()),
    ))
}
