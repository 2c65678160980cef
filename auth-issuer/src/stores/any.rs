//! The store that a configuration names.

use std::fmt;

use auth_core::{ConfigError, ConfigErrorKind};

use super::forward::forward_all;
use super::url::shown;
use super::{MemoryStore, Store};

/// One of the stores of this crate, chosen by a text of the configuration. Clones are handles to one store.
///
/// | text | store | feature |
/// | --- | --- | --- |
/// | `sqlite:PATH` | `SqliteStore` | `sqlite` |
/// | `postgres://user:password@host/database` | `PostgresStore` | `postgres` |
/// | `memory:` | [`MemoryStore`] | |
///
/// # Examples
///
/// ```
/// use auth_issuer::stores::{AnyStore, Store as _};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let store = AnyStore::open("memory:").await?;
/// assert!(store.is_single_process());
///
/// let error = AnyStore::open("mysql://ada:s3cret@db/auth").await.unwrap_err();
/// assert!(error.to_string().contains("mysql://ada:***@db/auth"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum AnyStore {
    /// In memory.
    Memory(MemoryStore),
    /// In a PostgreSQL server.
    #[cfg(feature = "postgres")]
    Postgres(super::PostgresStore),
    /// In a file.
    #[cfg(feature = "sqlite")]
    Sqlite(super::SqliteStore),
}

impl AnyStore {
    /// Opens the store.
    ///
    /// # Errors
    ///
    /// [`ConfigError`], which names the value without a password, if the text names no store of this build, or the
    /// store cannot be opened.
    pub async fn open(text: &str) -> Result<Self, ConfigError> {
        match text.split_once(':') {
            Some(("memory", "")) => Ok(Self::Memory(MemoryStore::new())),
            Some(("sqlite", path)) => open_sqlite(path).await,
            Some(("postgres" | "postgresql", _)) => open_postgres(text).await,
            _ => Err(wrong(&shown(text), "write `sqlite:PATH`, `postgres://user:password@host/database` or `memory:`")),
        }
    }
}

fn wrong(shown: &dyn fmt::Display, fix: &str) -> ConfigError {
    ConfigError::new(ConfigErrorKind::Store, format!("`{shown}` names no store that can be opened; {fix}"))
}

#[cfg(feature = "sqlite")]
async fn open_sqlite(path: &str) -> Result<AnyStore, ConfigError> {
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() || path.starts_with(':') || path.contains('?') {
        let fix = "write `sqlite:` and the path of a file, or `memory:`";
        return Err(wrong(&format_args!("sqlite:{path}"), fix));
    }
    super::SqliteStore::open(path).await.map(AnyStore::Sqlite)
}

#[cfg(not(feature = "sqlite"))]
#[expect(clippy::unused_async, reason = "as the one that opens it")]
async fn open_sqlite(path: &str) -> Result<AnyStore, ConfigError> {
    Err(wrong(&format_args!("sqlite:{path}"), "build auth-issuer with its feature `sqlite`"))
}

#[cfg(feature = "postgres")]
async fn open_postgres(url: &str) -> Result<AnyStore, ConfigError> {
    super::PostgresStore::open(url).await.map(AnyStore::Postgres)
}

#[cfg(not(feature = "postgres"))]
#[expect(clippy::unused_async, reason = "as the one that opens it")]
async fn open_postgres(url: &str) -> Result<AnyStore, ConfigError> {
    Err(wrong(&shown(url), "build auth-issuer with its feature `postgres`"))
}

macro_rules! with_any {
    ($self:ident, $store:ident => $call:expr) => {
        match $self {
            Self::Memory($store) => $call,
            #[cfg(feature = "postgres")]
            Self::Postgres($store) => $call,
            #[cfg(feature = "sqlite")]
            Self::Sqlite($store) => $call,
        }
    };
}
forward_all!(AnyStore, with_any);

impl Store for AnyStore {
    fn is_single_process(&self) -> bool {
        with_any!(self, store => store.is_single_process())
    }
}
