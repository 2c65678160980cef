//! Reading a body within a limit.

use std::error::Error;
use std::fmt;

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use http::Request;
use http_body::Body;
use http_body_util::BodyExt as _;

/// A body that was not read to its end.
#[derive(Debug)]
#[non_exhaustive]
pub enum CollectError {
    /// The connection failed, or the framing of the body is wrong.
    Broken(Box<dyn Error + Send + Sync>),
    /// It is longer than the limit: 413.
    TooLarge,
}

/// Reads a request's body, of at most `limit` bytes.
///
/// A body that announces more is not read at all; one that turns out longer is read up to the limit. How long a client
/// may take is the server's business: set a timeout there.
///
/// # Errors
///
/// [`CollectError`] says whether the body is too long or broken.
///
/// # Examples
///
/// ```
/// use auth_issuer::http::{CollectError, collect};
/// use http_body_util::Full;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), CollectError> {
/// let request = |text: &'static str| http::Request::new(Full::new(bytes::Bytes::from_static(text.as_bytes())));
/// assert_eq!(collect(request("a=b"), 3).await?.into_body(), "a=b");
/// assert!(matches!(collect(request("a=bc"), 3).await, Err(CollectError::TooLarge)));
/// # Ok(())
/// # }
/// ```
pub async fn collect<B>(request: Request<B>, limit: usize) -> Result<Request<Bytes>, CollectError>
where
    B: Body,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let (parts, body) = request.into_parts();
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > limit {
        return Err(CollectError::TooLarge);
    }
    let mut collected = BytesMut::with_capacity(announced);
    let mut body = std::pin::pin!(body);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(broken)?;
        if let Ok(data) = frame.into_data() {
            if collected.len().saturating_add(data.remaining()) > limit {
                return Err(CollectError::TooLarge);
            }
            collected.put(data);
        }
    }
    Ok(Request::from_parts(parts, collected.freeze()))
}

/// Told here, since nobody else looks at the cause.
fn broken(error: impl Into<Box<dyn Error + Send + Sync>>) -> CollectError {
    let error = error.into();
    let cause: &(dyn Error + 'static) = error.as_ref();
    tracing::debug!(cause, "a body cannot be read");
    CollectError::Broken(error)
}

impl fmt::Display for CollectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Broken(_) => "the body cannot be read",
            Self::TooLarge => "the body is too long",
        })
    }
}

impl Error for CollectError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Broken(error) => Some(error.as_ref()),
            Self::TooLarge => None,
        }
    }
}
