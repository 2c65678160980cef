//! From a request to its fields: type, length and form are checked in this order.

use std::error::Error;
use std::fmt;

use http::Request;
use http_body::Body;

use super::collect::{CollectError, collect};
use super::decoder::{DecodeError, FieldsDecoder};
use super::fields::Fields;
use super::front::MAX_BODY;

/// A request whose fields cannot be used. Quotes nothing of it.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReadError {
    /// The connection failed, or the framing of the body is wrong: 400, if anybody still listens.
    Broken(Box<dyn Error + Send + Sync>),
    /// The body is not what its content type says, or has too many fields: 400.
    Malformed,
    /// A field is there twice: 400.
    Repeated,
    /// The body is longer than [`MAX_BODY`]: 413. Some of it is unread, so the connection is of no further use.
    TooLarge,
    /// The content type is not accepted, or there is none, or more than one: 415. The body is unread.
    Unsupported,
}

impl FieldsDecoder {
    /// Reads the fields of a request, with a body of at most [`MAX_BODY`] bytes. A content type that is not accepted is
    /// refused before the body is waited for.
    ///
    /// # Errors
    ///
    /// [`ReadError`] says what is wrong, and which status belongs to it.
    ///
    /// # Examples
    ///
    /// ```
    /// use auth_issuer::http::{FieldsDecoder, ReadError};
    /// use http_body_util::Full;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let decoder = FieldsDecoder::new().accept_forms();
    /// let request = |kind: &str| {
    ///     let body = Full::<bytes::Bytes>::from("user=alice");
    ///     http::Request::post("/login").header("content-type", kind).body(body)
    /// };
    /// let fields = decoder.read(request("application/x-www-form-urlencoded")?).await?;
    /// assert_eq!(fields.text("user"), Some("alice"));
    /// assert!(matches!(decoder.read(request("text/plain")?).await, Err(ReadError::Unsupported)));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn read<B>(self, request: Request<B>) -> Result<Fields, ReadError>
    where
        B: Body,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        if !self.accepts(request.headers()) {
            return Err(ReadError::Unsupported);
        }
        let request = collect(request, MAX_BODY).await.map_err(|error| match error {
            CollectError::TooLarge => ReadError::TooLarge,
            CollectError::Broken(error) => ReadError::Broken(error),
        })?;
        self.decode(request.headers(), request.body()).map_err(|error| match error {
            DecodeError::Malformed => ReadError::Malformed,
            DecodeError::Repeated => ReadError::Repeated,
            DecodeError::Unsupported => ReadError::Unsupported,
        })
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Broken(_) => "the body cannot be read",
            Self::Malformed => "the body is malformed",
            Self::Repeated => "a field is repeated",
            Self::TooLarge => "the body is too long",
            Self::Unsupported => "the content type is not supported",
        })
    }
}

impl Error for ReadError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Broken(error) => Some(error.as_ref()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::Full;

    use super::*;

    async fn read(kind: Option<&str>, body: String) -> Result<Fields, ReadError> {
        let mut request = Request::new(Full::<bytes::Bytes>::from(body));
        if let Some(kind) = kind {
            request.headers_mut().insert("content-type", kind.parse().expect("a value"));
        }
        FieldsDecoder::new().accept_json().read(request).await
    }

    #[tokio::test]
    async fn what_is_wrong_is_said_in_the_order_of_type_length_form() {
        let (json, long) = (Some("application/json; charset=utf-8"), format!("[{}", " ".repeat(MAX_BODY)));
        assert!(read(json, r#"{"a":1}"#.to_owned()).await.is_ok());
        assert!(matches!(read(None, long.clone()).await, Err(ReadError::Unsupported)));
        assert!(matches!(read(Some("text/plain"), long.clone()).await, Err(ReadError::Unsupported)));
        assert!(matches!(read(json, long).await, Err(ReadError::TooLarge)));
        assert!(matches!(read(json, "[".to_owned()).await, Err(ReadError::Malformed)));
        assert!(matches!(read(json, r#"{"a":1,"a":1}"#.to_owned()).await, Err(ReadError::Repeated)));
    }
}
