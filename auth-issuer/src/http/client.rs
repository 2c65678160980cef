//! OAuth clients (RFC 6749 §2).

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use auth_core::{ConfigError, ConfigErrorKind, StoreError};

use crate::scope;
use crate::secret::SecretDigest;

/// A program that asks for tokens.
///
/// A new client is public, may refresh and nothing else, and may ask for every scope that the account has.
///
/// # Examples
///
/// ```
/// use auth_issuer::http::{Client, GrantKind};
/// use auth_issuer::secret::Secret;
///
/// let secret = Secret::generate()?; // shown once to who runs the client
/// let backend = Client::confidential("reports", secret.digest())?.with_grant(GrantKind::Password);
/// let app = Client::public("mobile-app")?.with_scopes(["items:read"])?;
/// assert!(Client::public("two words").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Client {
    id: String,
    secret: Option<SecretDigest>,
    grants: Vec<GrantKind>,
    scopes: Option<Vec<String>>,
    may_introspect: bool,
}

/// The grants that the standard endpoint knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GrantKind {
    /// A name and a password (RFC 6749 §4.3): legacy, which RFC 9700 §2.4 forbids for new services.
    Password,
    /// A refresh token (RFC 6749 §6).
    RefreshToken,
}

impl GrantKind {
    /// The name in `grant_type`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::RefreshToken => "refresh_token",
        }
    }
}

impl Client {
    /// The longest id, in characters.
    pub const MAX_ID_LEN: usize = 200;

    /// A client that cannot keep a secret: an app, or a page.
    ///
    /// # Errors
    ///
    /// If the id is empty, longer than 200 characters, or has others than visible ASCII.
    pub fn public(id: impl Into<String>) -> Result<Self, ConfigError> {
        let id = id.into();
        if !is_client_id(&id) {
            return Err(ConfigError::new(
                ConfigErrorKind::Client,
                format!("`{}` is not a valid client id; use 1 to 200 visible ASCII characters", id.escape_default()),
            ));
        }
        Ok(Self { id, secret: None, grants: vec![GrantKind::RefreshToken], scopes: None, may_introspect: false })
    }

    /// A client that proves who it is by a secret of at least 128 random bits, such as a
    /// [`Secret`](crate::secret::Secret).
    ///
    /// # Errors
    ///
    /// As [`public`](Self::public).
    pub fn confidential(id: impl Into<String>, secret: SecretDigest) -> Result<Self, ConfigError> {
        Ok(Self { secret: Some(secret), ..Self::public(id)? })
    }

    /// Allows a further grant.
    #[must_use]
    pub fn with_grant(mut self, grant: GrantKind) -> Self {
        if !self.may_use(grant) {
            self.grants.push(grant);
        }
        self
    }

    /// Forbids a grant, such as the refresh grant of a resource server that only asks what tokens are.
    #[must_use]
    pub fn without_grant(mut self, grant: GrantKind) -> Self {
        self.grants.retain(|allowed| *allowed != grant);
        self
    }

    /// Limits the scopes that the client may ask for. Where it is called again, those are added.
    ///
    /// # Errors
    ///
    /// If one of them is [none](auth_core::claims::is_scope_token): no request could ask for it.
    pub fn with_scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Result<Self, ConfigError> {
        let scopes: Vec<String> = scopes.into_iter().map(Into::into).collect();
        scope::check(&scopes)?;
        self.scopes.get_or_insert_default().extend(scopes);
        Ok(self)
    }

    /// Lets a confidential client ask what a token is: for resource servers.
    #[must_use]
    pub fn with_introspection(mut self) -> Self {
        self.may_introspect = true;
        self
    }

    /// The id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether the client has to prove who it is.
    #[must_use]
    pub fn is_confidential(&self) -> bool {
        self.secret.is_some()
    }

    /// Whether the client may use a grant.
    #[must_use]
    pub fn may_use(&self, grant: GrantKind) -> bool {
        self.grants.contains(&grant)
    }

    /// Whether the client may ask what a token is.
    #[must_use]
    pub fn may_introspect(&self) -> bool {
        self.may_introspect && self.is_confidential()
    }

    /// Whether the client may ask for a scope.
    #[must_use]
    pub fn may_ask_for(&self, scope: &str) -> bool {
        self.scopes.as_ref().is_none_or(|scopes| scopes.iter().any(|allowed| allowed == scope))
    }

    pub(super) fn secret(&self) -> Option<&SecretDigest> {
        self.secret.as_ref()
    }
}

/// Whether a client can be called so: a store need not be asked for others.
pub(super) fn is_client_id(id: &str) -> bool {
    (1..=Client::MAX_ID_LEN).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("id", &self.id)
            .field("is_confidential", &self.is_confidential())
            .finish_non_exhaustive()
    }
}

/// Finds clients.
pub trait ClientStore: Send + Sync + 'static {
    /// The client of an id, compared byte for byte.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store cannot tell: the request is answered with 503.
    fn find_client(&self, id: &str) -> impl Future<Output = Result<Option<Client>, StoreError>> + Send;
}

/// A fixed list of clients. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct MemoryClients(Arc<HashMap<String, Client>>);

impl MemoryClients {
    /// The list of these clients.
    ///
    /// # Errors
    ///
    /// If two have the same id.
    pub fn new(clients: impl IntoIterator<Item = Client>) -> Result<Self, ConfigError> {
        let mut by_id = HashMap::new();
        for client in clients {
            if let Some(twin) = by_id.insert(client.id.clone(), client) {
                let text = format!("two clients are called `{}`; give one of them another id", twin.id);
                return Err(ConfigError::new(ConfigErrorKind::Client, text));
            }
        }
        Ok(Self(Arc::new(by_id)))
    }
}

impl ClientStore for MemoryClients {
    async fn find_client(&self, id: &str) -> Result<Option<Client>, StoreError> {
        Ok(self.0.get(id).cloned())
    }
}
