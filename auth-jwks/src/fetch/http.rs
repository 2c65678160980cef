//! The HTTP client.

use std::error::Error;
use std::fmt;
use std::iter;

use auth_core::{ConfigError, ConfigErrorKind};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, StatusCode};
use url::form_urlencoded;

use super::{ClientCredentials, Fetch, FetchError, FetchErrorKind, MAX_ANSWER_LEN, MAX_WAIT};
use crate::address::Address;

/// A JWK set has a type of its own (RFC 7517 §8.5.2); most providers send it as plain JSON.
const DOCUMENT: HeaderValue = HeaderValue::from_static("application/json, application/jwk-set+json");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");

/// Asks over HTTPS, within limits: 2 seconds to connect, 2 seconds in all, 256 KiB. Cheap to clone.
///
/// No redirect is followed, no proxy is used, nothing is decompressed, no cookie is kept. Certificates are checked
/// against those that the operating system trusts.
///
/// # Examples
///
/// ```
/// use auth_jwks::fetch::{Fetch, FetchErrorKind, HttpFetch};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), auth_core::ConfigError> {
/// let http = HttpFetch::new()?;
/// let refused = http.get("http://127.0.0.1/jwks").await.unwrap_err();
/// assert_eq!(refused.kind(), FetchErrorKind::Address);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct HttpFetch {
    client: Client,
    allows_http: bool,
}

impl HttpFetch {
    /// A client that speaks HTTPS only.
    ///
    /// # Errors
    ///
    /// If the system has no certificates to trust, or TLS cannot be set up.
    pub fn new() -> Result<Self, ConfigError> {
        Self::build(false)
    }

    /// A client that speaks plain HTTP as well, for a provider on the loopback of a test.
    ///
    /// # Security
    ///
    /// Whoever is on the way chooses the keys, and reads tokens and client secrets.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn new_insecure() -> Result<Self, ConfigError> {
        Self::build(true)
    }

    fn build(allows_http: bool) -> Result<Self, ConfigError> {
        let client = Client::builder()
            .tls_backend_rustls()
            .https_only(!allows_http)
            .redirect(Policy::none())
            .referer(false)
            .no_proxy()
            // Another crate may have switched these on for everybody.
            .no_gzip()
            .no_brotli()
            .no_deflate()
            .no_zstd()
            .connect_timeout(MAX_WAIT)
            .timeout(MAX_WAIT)
            .user_agent(concat!("auth-jwks/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| {
                let causes = causes(&error);
                let text = format!(
                    "the HTTP client cannot be made ({causes}); install the system's CA certificates, or bring a client of your own: `.fetch(client)`"
                );
                ConfigError::new(ConfigErrorKind::HttpClient, text).with_source(error)
            })?;
        Ok(Self { client, allows_http })
    }

    fn address(&self, address: &str) -> Result<Address, FetchError> {
        Address::parse(address, self.allows_http)
            .map_err(|why| FetchError::new(FetchErrorKind::Address).with_source(format!("the address {why}")))
    }
}

impl Fetch for HttpFetch {
    async fn get(&self, address: &str) -> Result<Vec<u8>, FetchError> {
        let address = self.address(address)?;
        read(self.client.get(address.as_str()).header(ACCEPT, DOCUMENT)).await
    }

    async fn post_form(
        &self,
        address: &str,
        client: &ClientCredentials,
        form: &[(&str, &str)],
    ) -> Result<Vec<u8>, FetchError> {
        let address = self.address(address)?;
        let broken =
            |_| FetchError::new(FetchErrorKind::Transport).with_source("the client's credentials are not text");
        let mut authorization = HeaderValue::try_from(client.to_basic().as_str()).map_err(broken)?;
        authorization.set_sensitive(true);
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = self.client.post(address.as_str()).header(ACCEPT, JSON).header(CONTENT_TYPE, FORM);
        read(request.header(AUTHORIZATION, authorization).body(body)).await
    }
}

/// Sends, and reads no more than is allowed.
async fn read(request: RequestBuilder) -> Result<Vec<u8>, FetchError> {
    let mut response = request.send().await.map_err(failed)?;
    if response.status() != StatusCode::OK {
        return Err(FetchError::new(FetchErrorKind::Status(response.status().as_u16())));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if body.len().saturating_add(chunk.len()) > MAX_ANSWER_LEN {
            return Err(FetchError::new(FetchErrorKind::TooLong));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn failed(error: reqwest::Error) -> FetchError {
    let kind = if error.is_timeout() { FetchErrorKind::TimedOut } else { FetchErrorKind::Transport };
    // The address may have a query, which is in no log.
    FetchError::new(kind).with_source(error.without_url())
}

/// An error's text and those of its causes: reqwest keeps what happened in the latter.
fn causes(error: &(dyn Error + 'static)) -> String {
    let causes = iter::successors(Some(error), |error| (**error).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

impl fmt::Debug for HttpFetch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpFetch").field("allows_http", &self.allows_http).finish_non_exhaustive()
    }
}
