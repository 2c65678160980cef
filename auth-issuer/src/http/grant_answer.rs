//! What a token endpoint answers.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::WWW_AUTHENTICATE;
use http::{Response, StatusCode};
use serde_json::{Map, Value};

use super::oauth_error::{OAuthError, OAuthErrorCode};
use super::reply;
use crate::refresh::IssuedRefresh;
use crate::tokens::IssuedToken;

/// The tokens of a granted request.
#[derive(Debug)]
#[non_exhaustive]
pub struct TokenAnswer<'a> {
    /// The access token.
    pub access: &'a IssuedToken,
    /// The refresh token, if there is one.
    pub refresh: Option<&'a IssuedRefresh>,
    /// The scopes that were granted.
    pub scopes: &'a [String],
    /// Whether the client said which scopes it wants (`scope`, RFC 6749 §3.3).
    pub scope_was_requested: bool,
    /// Whether the scopes that were granted are exactly those that the client asked for.
    pub scope_is_as_requested: bool,
    /// The time of the request.
    pub now: SystemTime,
}

/// Writes the answers of a token endpoint. The default is [`OAuthRenderer`].
///
/// An endpoint adds `no-store` to whatever it gives, and `Allow` to a 405; challenges and `Retry-After` are its own.
///
/// # Security
///
/// Answers carry tokens: never log one.
///
/// # Examples
///
/// ```
/// use auth_issuer::http::{OAuthError, TokenAnswer, TokenRenderer, reply};
/// use bytes::Bytes;
/// use http::{Response, StatusCode};
///
/// struct OurForm;
///
/// impl TokenRenderer for OurForm {
///     fn granted(&self, answer: &TokenAnswer<'_>) -> Response<Bytes> {
///         reply::json(StatusCode::OK, format!(r#"{{"jwt":"{}"}}"#, answer.access.reveal()))
///     }
///
///     fn refused(&self, error: &OAuthError) -> Response<Bytes> {
///         let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST);
///         reply::json(status, format!(r#"{{"message":"{}"}}"#, error.description))
///     }
/// }
/// ```
pub trait TokenRenderer: Send + Sync + 'static {
    /// The answer to a granted request.
    fn granted(&self, answer: &TokenAnswer<'_>) -> Response<Bytes>;

    /// The answer to any other.
    fn refused(&self, error: &OAuthError) -> Response<Bytes>;
}

/// The answers of RFC 6749 §5.1 and §5.2.
#[derive(Clone, Debug)]
pub struct OAuthRenderer {
    challenge: String,
}

impl OAuthRenderer {
    /// Answers in which clients are asked for their secret in the name of `realm`: visible ASCII without `"` and `\`;
    /// other characters are left out.
    #[must_use]
    pub fn new(realm: &str) -> Self {
        let realm: String = realm.chars().filter(|&c| matches!(c, ' '..='~') && c != '"' && c != '\\').collect();
        Self { challenge: format!("Basic realm=\"{realm}\", charset=\"UTF-8\"") }
    }
}

impl TokenRenderer for OAuthRenderer {
    fn granted(&self, answer: &TokenAnswer<'_>) -> Response<Bytes> {
        let mut members = Map::new();
        members.insert("access_token".into(), answer.access.reveal().into());
        members.insert("token_type".into(), "Bearer".into());
        members.insert("expires_in".into(), life(answer.access).into());
        if let Some(refresh) = answer.refresh {
            members.insert("refresh_token".into(), refresh.token.reveal().into());
        }
        // An empty list is no `scope` (RFC 6749 §3.3); it is said only to who has asked for more.
        let has_none_unasked = answer.scopes.is_empty() && !answer.scope_was_requested;
        if !answer.scope_is_as_requested && !has_none_unasked {
            members.insert("scope".into(), answer.scopes.join(" ").into());
        }
        reply::json(StatusCode::OK, Value::Object(members).to_string())
    }

    fn refused(&self, error: &OAuthError) -> Response<Bytes> {
        let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST);
        let body = serde_json::json!({ "error": error.code.as_str(), "error_description": error.description });
        let mut response = reply::json(status, body.to_string());
        if error.code == OAuthErrorCode::InvalidClient {
            response = reply::with(response, WWW_AUTHENTICATE, &self.challenge);
        }
        match error.retry_after {
            Some(wait) => reply::retry_after(response, wait),
            None => response,
        }
    }
}

/// How long a token lives from the second of its issue on (RFC 6749 §5.1).
fn life(token: &IssuedToken) -> u64 {
    token.expires_at().duration_since(token.issued_at()).unwrap_or(Duration::ZERO).as_secs()
}
