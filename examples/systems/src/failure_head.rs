//! What the failures of all servers say beside their bodies.

use std::time::Duration;

use auth_issuer::Unavailable;
use auth_issuer::http::{BodyError, BodyErrorKind, reply};
use http::header::{CONNECTION, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};

/// Status and fields of an answer that tells of a failure. The body is each server's own.
#[derive(Debug)]
#[must_use]
pub struct FailureHead {
    status: StatusCode,
    challenge: Option<&'static str>,
    retry_after: Option<Duration>,
    closes: bool,
}

impl FailureHead {
    /// A failure with that status.
    pub fn new(status: StatusCode) -> Self {
        Self { status, challenge: None, retry_after: None, closes: false }
    }

    /// 429, and when to try again.
    pub fn throttled(retry_after: Duration) -> Self {
        Self { retry_after: Some(retry_after), ..Self::new(StatusCode::TOO_MANY_REQUESTS) }
    }

    /// Says how to authenticate.
    pub fn with_challenge(self, challenge: &'static str) -> Self {
        Self { challenge: Some(challenge), ..self }
    }

    /// The status, which some bodies repeat.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Writes status and fields over an answer that has its body.
    #[must_use]
    pub fn write<B>(self, mut answer: Response<B>) -> Response<B> {
        *answer.status_mut() = self.status;
        if let Some(challenge) = self.challenge {
            answer.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if self.closes {
            answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        match self.retry_after {
            Some(wait) => reply::retry_after(answer, wait),
            None => answer,
        }
    }
}

/// 503. Tells the operator why, and the client that it may try again.
impl From<Unavailable> for FailureHead {
    fn from(error: Unavailable) -> Self {
        error.report();
        Self { retry_after: Some(Unavailable::RETRY_AFTER), ..Self::new(StatusCode::SERVICE_UNAVAILABLE) }
    }
}

/// The status of a body that cannot be used. Where some of it stays unread, the connection is of no further use.
impl From<&BodyError> for FailureHead {
    fn from(error: &BodyError) -> Self {
        Self { closes: error.kind() == BodyErrorKind::TooLarge, ..Self::new(error.status()) }
    }
}
