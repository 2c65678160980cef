//! How a provider is reached.
//!
//! Everything that this crate asks goes through [`Fetch`]: `HttpFetch` in production, a fake in tests, your own
//! where the provider is behind a proxy, a client certificate or a private authority.

mod client;
mod error;
#[cfg(feature = "http-client")]
mod http;

pub use client::ClientCredentials;
pub use error::{FetchError, FetchErrorKind};
#[cfg(feature = "http-client")]
pub use http::HttpFetch;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use auth_core::{ConfigError, ConfigErrorKind};
use tokio::time;

/// The longest answer that is read, in bytes: 256 KiB.
pub const MAX_ANSWER_LEN: usize = 256 * 1024;
/// The longest that one answer is waited for, from the first byte sent to the last one read.
pub const MAX_WAIT: Duration = Duration::from_secs(2);

/// Asks a provider and reads its whole answer.
///
/// Callers in this crate wait at most [`MAX_WAIT`] for either method and refuse more than [`MAX_ANSWER_LEN`] bytes,
/// whatever the implementation does; one that stops by itself saves memory.
///
/// # Security
///
/// An implementation must check the server's certificate, must not follow redirects, and must take every status
/// but 200 for a failure: the address is the only reason why the answer is believed.
///
/// # Examples
///
/// ```
/// use auth_jwks::fetch::{ClientCredentials, Fetch, FetchError, FetchErrorKind};
///
/// /// Knows one document, and no server.
/// struct Fixed(&'static str);
///
/// impl Fetch for Fixed {
///     async fn get(&self, _address: &str) -> Result<Vec<u8>, FetchError> {
///         Ok(self.0.as_bytes().to_vec())
///     }
///
///     async fn post_form(
///         &self,
///         _address: &str,
///         _client: &ClientCredentials,
///         _form: &[(&str, &str)],
///     ) -> Result<Vec<u8>, FetchError> {
///         Err(FetchError::new(FetchErrorKind::Status(404)))
///     }
/// }
/// ```
pub trait Fetch: Send + Sync + 'static {
    /// Gets a document.
    ///
    /// # Errors
    ///
    /// [`FetchError`] if there is no whole answer of status 200.
    fn get(&self, address: &str) -> impl Future<Output = Result<Vec<u8>, FetchError>> + Send;

    /// Posts a form (`application/x-www-form-urlencoded`) as a client.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    fn post_form(
        &self,
        address: &str,
        client: &ClientCredentials,
        form: &[(&str, &str)],
    ) -> impl Future<Output = Result<Vec<u8>, FetchError>> + Send;
}

impl<F: Fetch> Fetch for Arc<F> {
    async fn get(&self, address: &str) -> Result<Vec<u8>, FetchError> {
        F::get(self, address).await
    }

    async fn post_form(
        &self,
        address: &str,
        client: &ClientCredentials,
        form: &[(&str, &str)],
    ) -> Result<Vec<u8>, FetchError> {
        F::post_form(self, address, client, form).await
    }
}

/// A [`Fetch`] of any type, held to its limits.
pub(crate) struct Fetcher(Box<dyn AnyFetch>);

type PendingAnswer<'f> = Pin<Box<dyn Future<Output = Result<Vec<u8>, FetchError>> + Send + 'f>>;

trait AnyFetch: Send + Sync {
    fn get<'f>(&'f self, address: &'f str) -> PendingAnswer<'f>;
    fn post_form<'f>(
        &'f self,
        address: &'f str,
        client: &'f ClientCredentials,
        form: &'f [(&'f str, &'f str)],
    ) -> PendingAnswer<'f>;
}

impl<F: Fetch> AnyFetch for F {
    fn get<'f>(&'f self, address: &'f str) -> PendingAnswer<'f> {
        Box::pin(Fetch::get(self, address))
    }

    fn post_form<'f>(
        &'f self,
        address: &'f str,
        client: &'f ClientCredentials,
        form: &'f [(&'f str, &'f str)],
    ) -> PendingAnswer<'f> {
        Box::pin(Fetch::post_form(self, address, client, form))
    }
}

impl Fetcher {
    pub(crate) fn new(fetch: impl Fetch) -> Self {
        Self(Box::new(fetch))
    }

    /// The client of this crate, where it is compiled in.
    pub(crate) fn standard(allows_http: bool) -> Result<Self, ConfigError> {
        #[cfg(feature = "http-client")]
        {
            let client = if allows_http { HttpFetch::new_insecure() } else { HttpFetch::new() };
            client.map(Self::new)
        }
        #[cfg(not(feature = "http-client"))]
        {
            let _ = allows_http;
            let text = "there is no HTTP client; enable the feature `http-client`, or bring one: `.fetch(client)`";
            Err(ConfigError::new(ConfigErrorKind::HttpClient, text))
        }
    }

    pub(crate) async fn get(&self, address: &str) -> Result<Vec<u8>, FetchError> {
        bounded(self.0.get(address)).await
    }

    pub(crate) async fn post_form(
        &self,
        address: &str,
        client: &ClientCredentials,
        form: &[(&str, &str)],
    ) -> Result<Vec<u8>, FetchError> {
        bounded(self.0.post_form(address, client, form)).await
    }
}

async fn bounded(answer: PendingAnswer<'_>) -> Result<Vec<u8>, FetchError> {
    let body = time::timeout(MAX_WAIT, answer).await.or(Err(FetchError::new(FetchErrorKind::TimedOut)))??;
    if body.len() > MAX_ANSWER_LEN {
        return Err(FetchError::new(FetchErrorKind::TooLong));
    }
    Ok(body)
}

/// The mistake of an address in the configuration: quotes it and says why it is none.
pub(crate) fn address_error(kind: ConfigErrorKind, what: &str, text: &str, why: &str, example: &str) -> ConfigError {
    let quoted = crate::address::quoted(text);
    ConfigError::new(kind, format!("`{quoted}` is not the address of {what}: it {why}; use one like `{example}`"))
}
