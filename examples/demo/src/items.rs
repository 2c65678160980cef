//! What the service serves, and what it takes.

use serde::{Deserialize, Serialize};

/// Who calls, and how it was proved.
#[derive(Serialize, Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "the members of the answer")]
pub struct Me {
    /// The account, or whoever the token speaks of.
    pub subject: String,
    /// `bearer`, `basic` or `api_key`.
    pub scheme: &'static str,
}

/// Who calls; `null` for a guest.
#[derive(Clone, Debug, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "the members of the answer")]
pub struct Caller {
    /// The account, or whoever the token speaks of.
    pub subject: Option<String>,
}

/// A thing for sale.
#[derive(Clone, Debug, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "the members of the answer")]
pub struct Item {
    /// Its number.
    pub id: u32,
    /// Its name.
    pub name: String,
}

/// What is to become an item.
#[derive(Clone, Debug, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "the members of the request")]
pub struct NewItem {
    /// Its name.
    pub name: String,
}

/// Why a body is not taken, answered in the form that the service's refusals have (RFC 9457).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the three ways to be no item")]
pub enum BadBody {
    /// No JSON object, or not one of the right form: 400.
    Malformed,
    /// Another content type, or none: 415.
    NotJson,
    /// More than [`MAX_BODY`] bytes: 413.
    TooLong,
}

/// The longest body, in bytes.
pub const MAX_BODY: usize = 16 * 1024;

impl Caller {
    /// Somebody.
    #[must_use]
    pub fn known(subject: &str) -> Self {
        Self { subject: Some(subject.to_owned()) }
    }
}

impl Item {
    /// All there is.
    #[must_use]
    pub fn all() -> [Self; 1] {
        [Self { id: 1, name: "lamp".to_owned() }]
    }
}

impl From<NewItem> for Item {
    /// Keeps nothing: every new item is the second one.
    fn from(new: NewItem) -> Self {
        Self { id: 2, name: new.name }
    }
}

impl NewItem {
    /// Reads a body that is there as a whole, and no longer than [`MAX_BODY`].
    ///
    /// # Errors
    ///
    /// [`BadBody::TooLong`] and [`BadBody::Malformed`]; members that nobody knows do not matter.
    pub fn from_json(body: &[u8]) -> Result<Self, BadBody> {
        if body.len() > MAX_BODY {
            return Err(BadBody::TooLong);
        }
        // serde takes an array for a struct; a client that sends one is mistaken.
        if !body.trim_ascii_start().starts_with(b"{") {
            return Err(BadBody::Malformed);
        }
        // Not the cause: it would quote the body.
        serde_json::from_slice(body).or(Err(BadBody::Malformed))
    }
}

impl BadBody {
    /// Checks the values of `Content-Type`: there has to be one, and it has to be `application/json`, whatever its
    /// parameters.
    ///
    /// # Errors
    ///
    /// [`BadBody::NotJson`].
    pub fn check_type<'v>(values: impl IntoIterator<Item = &'v [u8]>) -> Result<(), Self> {
        let mut values = values.into_iter();
        let (Some(value), None) = (values.next(), values.next()) else { return Err(Self::NotJson) };
        let essence = value.split(|byte| *byte == b';').next().unwrap_or_default();
        if essence.trim_ascii().eq_ignore_ascii_case(b"application/json") { Ok(()) } else { Err(Self::NotJson) }
    }

    /// The status of the answer.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::NotJson => 415,
            Self::TooLong => 413,
        }
    }

    /// The body of the answer, of the type `application/problem+json`.
    #[must_use]
    pub const fn problem(self) -> &'static str {
        match self {
            Self::Malformed => r#"{"type":"about:blank","title":"Bad Request","status":400}"#,
            Self::NotJson => r#"{"type":"about:blank","title":"Unsupported Media Type","status":415}"#,
            Self::TooLong => r#"{"type":"about:blank","title":"Content Too Large","status":413}"#,
        }
    }
}
