//! Errors of OAuth endpoints (RFC 6749 §5.2).

use std::time::Duration;

use crate::unavailable::Unavailable;

/// Why an OAuth endpoint does not do what it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OAuthError {
    /// The code.
    pub code: OAuthErrorCode,
    /// A text for the client's developer: visible ASCII without `"` and `\`. It never quotes the request.
    pub description: &'static str,
    /// When to try again.
    pub retry_after: Option<Duration>,
}

/// The codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OAuthErrorCode {
    /// The client is unknown, or has not proved who it is: 401.
    InvalidClient,
    /// The password or refresh token is not good.
    InvalidGrant,
    /// A parameter is missing, repeated or unusable.
    InvalidRequest,
    /// A scope is unknown or more than may be asked for.
    InvalidScope,
    /// The method is not `POST`: 405. On the wire it is `invalid_request`.
    MethodNotAllowed,
    /// The password is right, and the account wants a second factor (an extension, RFC 6749 §8.5).
    MfaRequired,
    /// Nothing can be decided now: 503.
    TemporarilyUnavailable,
    /// Too many attempts have failed: 429. On the wire it is `temporarily_unavailable`, the nearest name there is.
    Throttled,
    /// The body is longer than the endpoint reads: 413. On the wire it is `invalid_request`.
    TooLarge,
    /// The client may not use the grant.
    UnauthorizedClient,
    /// The grant is not offered.
    UnsupportedGrantType,
}

impl OAuthErrorCode {
    /// The code on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::InvalidRequest | Self::MethodNotAllowed | Self::TooLarge => "invalid_request",
            Self::InvalidScope => "invalid_scope",
            Self::MfaRequired => "mfa_required",
            Self::TemporarilyUnavailable | Self::Throttled => "temporarily_unavailable",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
        }
    }
}

impl OAuthError {
    /// An error with a text for developers.
    #[must_use]
    pub fn new(code: OAuthErrorCode, description: &'static str) -> Self {
        Self { code, description, retry_after: None }
    }

    /// Nothing can be decided now: try again in five seconds.
    #[must_use]
    pub fn unavailable() -> Self {
        Self {
            retry_after: Some(Unavailable::RETRY_AFTER),
            ..Self::new(OAuthErrorCode::TemporarilyUnavailable, "try again later")
        }
    }

    /// Too many attempts have failed.
    #[must_use]
    pub fn throttled(retry_after: Duration) -> Self {
        Self { retry_after: Some(retry_after), ..Self::new(OAuthErrorCode::Throttled, "too many attempts") }
    }

    /// The status: 400, but for clients (401), methods (405), sizes (413), limits (429) and outages (503).
    #[must_use]
    pub fn status(&self) -> u16 {
        match self.code {
            OAuthErrorCode::InvalidClient => 401,
            OAuthErrorCode::MethodNotAllowed => 405,
            OAuthErrorCode::TooLarge => 413,
            OAuthErrorCode::Throttled => 429,
            OAuthErrorCode::TemporarilyUnavailable => 503,
            _ => 400,
        }
    }
}
