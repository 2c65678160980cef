//! Why the fields of a body cannot be used.

use std::error::Error;
use std::fmt;

use http::StatusCode;

/// A body that was not read, or whose fields cannot be used. Quotes nothing of it.
///
/// # Examples
///
/// ```
/// use auth_issuer::http::{BodyErrorKind, FieldsDecoder};
///
/// let error = FieldsDecoder::new().decode_query("a=1&a=2").unwrap_err();
/// assert_eq!((error.kind(), error.status().as_u16()), (BodyErrorKind::Repeated, 400));
/// ```
#[derive(Debug)]
pub struct BodyError {
    kind: BodyErrorKind,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// What is wrong with a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BodyErrorKind {
    /// The connection failed, or the framing of the body is wrong: 400, if anybody still listens.
    Broken,
    /// It is not what its content type says, or has too many fields: 400.
    Malformed,
    /// A field is there twice: 400.
    Repeated,
    /// It is longer than the limit: 413. Some of it is unread, so the connection is of no further use.
    TooLarge,
    /// The content type is not accepted, or there is none, or more than one: 415.
    Unsupported,
}

impl BodyError {
    /// A body that ended in the middle. The cause is told here, since nobody else looks at it.
    pub(super) fn broken(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let source = error.into();
        let cause: &(dyn Error + 'static) = source.as_ref();
        tracing::debug!(cause, "a body cannot be read");
        Self { kind: BodyErrorKind::Broken, source: Some(source) }
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> BodyErrorKind {
        self.kind
    }

    /// The status that belongs to it.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self.kind {
            BodyErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            BodyErrorKind::Unsupported => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            BodyErrorKind::Broken | BodyErrorKind::Malformed | BodyErrorKind::Repeated => StatusCode::BAD_REQUEST,
        }
    }
}

impl From<BodyErrorKind> for BodyError {
    fn from(kind: BodyErrorKind) -> Self {
        Self { kind, source: None }
    }
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            BodyErrorKind::Broken => "the body cannot be read",
            BodyErrorKind::Malformed => "the body is malformed",
            BodyErrorKind::Repeated => "a field is repeated",
            BodyErrorKind::TooLarge => "the body is too long",
            BodyErrorKind::Unsupported => "the content type is not supported",
        })
    }
}

impl Error for BodyError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let source: &(dyn Error + 'static) = self.source.as_deref()?;
        Some(source)
    }
}
