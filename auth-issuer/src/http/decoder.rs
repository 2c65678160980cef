//! From a body to its fields.

use http::HeaderMap;
use http::header::CONTENT_TYPE;

use super::body_error::{BodyError, BodyErrorKind};
use super::fields::Fields;
use super::{form, json};

/// Reads the fields of a form or a JSON object.
///
/// What a decoder accepts is said one by one; [`new`](Self::new) accepts nothing.
///
/// | limit | value |
/// | --- | --- |
/// | fields | 64 |
/// | a field twice | refused, whatever the encoding |
/// | unknown fields | ignored |
///
/// [`read`](Self::read) limits the length of a body too; for [`decode`](Self::decode) that is done before, by
/// [`collect`](super::collect).
///
/// # Examples
///
/// ```
/// use auth_issuer::http::{BodyErrorKind, FieldsDecoder};
/// use http::{HeaderMap, HeaderValue, header::CONTENT_TYPE};
///
/// let decoder = FieldsDecoder::new().accept_forms();
/// let mut headers = HeaderMap::new();
/// headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded; charset=utf-8"));
/// let fields = decoder.decode(&headers, b"grant_type=password&username=alice")?;
/// assert_eq!(fields.text("username"), Some("alice"));
/// assert_eq!(decoder.decode(&headers, b"a=1&a=2").unwrap_err().kind(), BodyErrorKind::Repeated);
///
/// headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
/// assert_eq!(decoder.decode(&headers, b"{}").unwrap_err().kind(), BodyErrorKind::Unsupported);
/// # Ok::<(), auth_issuer::http::BodyError>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
#[must_use]
#[expect(clippy::struct_excessive_bools, reason = "independent leniencies, each with a name")]
pub struct FieldsDecoder {
    forms: bool,
    json: bool,
    untyped: Untyped,
    any_case: bool,
    numeric_texts: bool,
    lenient_json: bool,
}

/// What a body without a content type is read as.
#[derive(Clone, Copy, Debug, Default)]
enum Untyped {
    #[default]
    Refused,
    Form,
    Json,
}

/// The most fields of a body.
const MAX_FIELDS: usize = 64;

impl FieldsDecoder {
    /// A decoder that accepts nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Accepts `application/x-www-form-urlencoded`.
    pub fn accept_forms(mut self) -> Self {
        self.forms = true;
        self
    }

    /// Accepts `application/json`.
    pub fn accept_json(mut self) -> Self {
        self.json = true;
        self
    }

    /// Reads a body without a content type as a form.
    pub fn without_type_as_form(mut self) -> Self {
        self.untyped = Untyped::Form;
        self
    }

    /// Reads a body without a content type as JSON.
    pub fn without_type_as_json(mut self) -> Self {
        self.untyped = Untyped::Json;
        self
    }

    /// Compares names without ASCII case: they are made lower case. `Email` beside `email` is a repetition.
    pub fn with_names_of_any_case(mut self) -> Self {
        self.any_case = true;
        self
    }

    /// Reads texts that are whole numbers, like `"30"`, as [integers](Fields::integer) too; every field of a form is a
    /// text.
    pub fn with_numeric_texts(mut self) -> Self {
        self.numeric_texts = true;
        self
    }

    /// Reads a form whose first character is `{` as JSON, and bears one comma before the closing brace there: what some
    /// documented command lines send. Everything else is as strict as ever.
    pub fn with_json_in_forms(mut self) -> Self {
        self.lenient_json = true;
        self
    }

    /// Reads the fields.
    ///
    /// # Errors
    ///
    /// [`BodyError`] says what is wrong, and quotes nothing.
    pub fn decode(self, headers: &HeaderMap, body: &[u8]) -> Result<Fields, BodyError> {
        let fields = match self.kind(headers)? {
            Kind::Form if self.lenient_json && body.trim_ascii_start().starts_with(b"{") => {
                json::parse_with_trailing_comma(body, MAX_FIELDS)?
            }
            Kind::Form => form::parse(body, MAX_FIELDS)?,
            Kind::Json => json::parse(body, MAX_FIELDS)?,
        };
        self.relax(fields)
    }

    /// Reads fields from a query, with the rules of a form.
    ///
    /// # Errors
    ///
    /// As [`decode`](Self::decode).
    pub fn decode_query(self, query: &str) -> Result<Fields, BodyError> {
        self.relax(form::parse(query.as_bytes(), MAX_FIELDS)?)
    }

    /// Refuses a content type of which bodies are not read at all, before a body is waited for.
    ///
    /// # Errors
    ///
    /// [`BodyErrorKind::Unsupported`] if the content type in these headers is not accepted.
    pub fn check_type(self, headers: &HeaderMap) -> Result<(), BodyError> {
        self.kind(headers)?;
        Ok(())
    }

    fn relax(self, mut fields: Fields) -> Result<Fields, BodyError> {
        if self.any_case {
            fields = fields.into_lower_case().ok_or(BodyErrorKind::Repeated)?;
        }
        if self.numeric_texts {
            fields.allow_numeric_texts();
        }
        Ok(fields)
    }

    fn kind(self, headers: &HeaderMap) -> Result<Kind, BodyErrorKind> {
        let mut types = headers.get_all(CONTENT_TYPE).iter();
        let (first, more) = (types.next(), types.next());
        let kind = match (first, more) {
            (None, _) => match self.untyped {
                Untyped::Refused => return Err(BodyErrorKind::Unsupported),
                Untyped::Form => Kind::Form,
                Untyped::Json => Kind::Json,
            },
            (Some(value), None) => Kind::of(value.to_str().unwrap_or_default()).ok_or(BodyErrorKind::Unsupported)?,
            (Some(_), Some(_)) => return Err(BodyErrorKind::Unsupported),
        };
        let is_accepted = match kind {
            Kind::Form => self.forms,
            Kind::Json => self.json,
        };
        if is_accepted { Ok(kind) } else { Err(BodyErrorKind::Unsupported) }
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Form,
    Json,
}

impl Kind {
    /// The kind of a media type, whose parameters do not matter here (RFC 9110 §8.3.1).
    fn of(media_type: &str) -> Option<Self> {
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        if essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            Some(Self::Form)
        } else if essence.eq_ignore_ascii_case("application/json") {
            Some(Self::Json)
        } else {
            None
        }
    }
}
