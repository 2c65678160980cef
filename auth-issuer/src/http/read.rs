//! From a request to its fields: type, length and form are checked in this order.

use std::error::Error;

use http::Request;
use http_body::Body;

use super::body_error::BodyError;
use super::collect::collect;
use super::decoder::FieldsDecoder;
use super::fields::Fields;
use super::front::MAX_BODY;

impl FieldsDecoder {
    /// Reads the fields of a request, with a body of at most [`MAX_BODY`] bytes. A content type that is not accepted is
    /// refused before the body is waited for.
    ///
    /// # Errors
    ///
    /// [`BodyError`] says what is wrong, and which status belongs to it.
    ///
    /// # Examples
    ///
    /// ```
    /// use auth_issuer::http::{BodyErrorKind, FieldsDecoder};
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
    /// let error = decoder.read(request("text/plain")?).await.unwrap_err();
    /// assert_eq!((error.kind(), error.status().as_u16()), (BodyErrorKind::Unsupported, 415));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn read<B>(self, request: Request<B>) -> Result<Fields, BodyError>
    where
        B: Body,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        self.check_type(request.headers())?;
        let request = collect(request, MAX_BODY).await?;
        self.decode(request.headers(), request.body())
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::Full;

    use super::*;
    use crate::http::BodyErrorKind;

    async fn read(kind: Option<&str>, body: String) -> Result<Fields, BodyError> {
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
        assert_eq!(read(None, long.clone()).await.expect_err("refused").kind(), BodyErrorKind::Unsupported);
        assert_eq!(
            read(Some("text/plain"), long.clone()).await.expect_err("refused").kind(),
            BodyErrorKind::Unsupported
        );
        assert_eq!(read(json, long).await.expect_err("refused").kind(), BodyErrorKind::TooLarge);
        assert_eq!(read(json, "[".to_owned()).await.expect_err("refused").kind(), BodyErrorKind::Malformed);
        assert_eq!(
            read(json, r#"{"a":1,"a":1}"#.to_owned()).await.expect_err("refused").kind(),
            BodyErrorKind::Repeated
        );
    }
}
