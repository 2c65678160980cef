//! Reading a body within a limit.

use std::error::Error;

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use http::Request;
use http_body::Body;
use http_body_util::BodyExt as _;

use super::body_error::{BodyError, BodyErrorKind};

/// Reads a request's body, of at most `limit` bytes.
///
/// A body that announces more is not read at all; one that turns out longer is read up to the limit. How long a client
/// may take is the server's business: set a timeout there.
///
/// # Errors
///
/// [`BodyErrorKind::TooLarge`], or [`BodyErrorKind::Broken`] if it does not come to its end.
///
/// # Examples
///
/// ```
/// use auth_issuer::http::{BodyError, BodyErrorKind, collect};
/// use http_body_util::Full;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), BodyError> {
/// let request = |text: &'static str| http::Request::new(Full::new(bytes::Bytes::from_static(text.as_bytes())));
/// assert_eq!(collect(request("a=b"), 3).await?.into_body(), "a=b");
/// assert_eq!(collect(request("a=bc"), 3).await.unwrap_err().kind(), BodyErrorKind::TooLarge);
/// # Ok(())
/// # }
/// ```
pub async fn collect<B>(request: Request<B>, limit: usize) -> Result<Request<Bytes>, BodyError>
where
    B: Body,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let (parts, body) = request.into_parts();
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > limit {
        return Err(BodyErrorKind::TooLarge.into());
    }
    let mut collected = BytesMut::with_capacity(announced);
    let mut body = std::pin::pin!(body);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(BodyError::broken)?;
        if let Ok(data) = frame.into_data() {
            if collected.len().saturating_add(data.remaining()) > limit {
                return Err(BodyErrorKind::TooLarge.into());
            }
            collected.put(data);
        }
    }
    Ok(Request::from_parts(parts, collected.freeze()))
}
