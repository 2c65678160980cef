//! What statements take and rows consist of.

use std::time::SystemTime;
use std::vec;

use auth_core::StoreError;

use super::convert;
use crate::secret::SecretDigest;
use crate::text;

/// One value; the schema knows no other types.
#[derive(Clone)]
pub(super) enum Value {
    Integer(Option<i64>),
    Text(Option<String>),
}

impl Value {
    /// Whether a row can have it. PostgreSQL refuses a text with U+0000.
    pub(super) fn is_storable(&self) -> bool {
        !matches!(self, Self::Text(Some(text)) if !text::is_storable(text))
    }
}

/// The values of a statement, in the order of its placeholders.
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$($crate::stores::sql::value::Value::from($value)),*] };
}

/// A row, read from its first column on.
pub(super) struct Row(vec::IntoIter<Value>);

impl Row {
    pub(super) fn new(values: Vec<Value>) -> Self {
        Self(values.into_iter())
    }

    /// Reads a text.
    pub(super) fn text(&mut self) -> Result<String, StoreError> {
        self.optional_text()?.ok_or_else(|| corrupt("a text is missing"))
    }

    /// Reads a text or NULL.
    pub(super) fn optional_text(&mut self) -> Result<Option<String>, StoreError> {
        match self.0.next() {
            Some(Value::Text(text)) => Ok(text),
            Some(Value::Integer(None)) => Ok(None),
            _ => Err(corrupt("a column is not text")),
        }
    }

    /// Reads an integer.
    pub(super) fn integer(&mut self) -> Result<i64, StoreError> {
        self.optional_integer()?.ok_or_else(|| corrupt("an integer is missing"))
    }

    /// Reads an integer or NULL.
    pub(super) fn optional_integer(&mut self) -> Result<Option<i64>, StoreError> {
        match self.0.next() {
            Some(Value::Integer(integer)) => Ok(integer),
            Some(Value::Text(None)) => Ok(None),
            _ => Err(corrupt("a column is not an integer")),
        }
    }

    /// Reads an integer that is not negative.
    pub(super) fn number(&mut self) -> Result<u64, StoreError> {
        self.optional_number()?.ok_or_else(|| corrupt("a number is missing"))
    }

    /// Reads an integer that is not negative, or NULL.
    pub(super) fn optional_number(&mut self) -> Result<Option<u64>, StoreError> {
        let integer = self.optional_integer()?;
        integer.map(|n| u64::try_from(n).ok().ok_or_else(|| corrupt("a number is negative"))).transpose()
    }

    /// Reads a time.
    pub(super) fn time(&mut self) -> Result<SystemTime, StoreError> {
        self.integer().map(convert::time_of)
    }

    /// Reads a time or NULL.
    pub(super) fn optional_time(&mut self) -> Result<Option<SystemTime>, StoreError> {
        Ok(self.optional_integer()?.map(convert::time_of))
    }

    /// Reads a digest.
    pub(super) fn digest(&mut self) -> Result<SecretDigest, StoreError> {
        self.optional_digest()?.ok_or_else(|| corrupt("a digest is missing"))
    }

    /// Reads a digest or NULL.
    pub(super) fn optional_digest(&mut self) -> Result<Option<SecretDigest>, StoreError> {
        let text = self.optional_text()?;
        text.map(|text| SecretDigest::from_text(&text).ok_or_else(|| corrupt("a text is not a digest"))).transpose()
    }
}

/// A row that this crate has not written so.
pub(super) fn corrupt(what: &'static str) -> StoreError {
    StoreError::new(what)
}

impl From<Option<i64>> for Value {
    fn from(integer: Option<i64>) -> Self {
        Self::Integer(integer)
    }
}

impl From<i64> for Value {
    fn from(integer: i64) -> Self {
        Self::Integer(Some(integer))
    }
}

/// Nothing here counts so far; what does is cut off.
impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::from(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<Option<u64>> for Value {
    fn from(number: Option<u64>) -> Self {
        number.map_or(Self::Integer(None), Self::from)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::from(i64::from(number))
    }
}

impl From<bool> for Value {
    fn from(is_true: bool) -> Self {
        Self::from(i64::from(is_true))
    }
}

impl From<Option<bool>> for Value {
    fn from(is_true: Option<bool>) -> Self {
        Self::Integer(is_true.map(i64::from))
    }
}

impl From<SystemTime> for Value {
    fn from(time: SystemTime) -> Self {
        Self::from(convert::millis_of(time))
    }
}

impl From<Option<SystemTime>> for Value {
    fn from(time: Option<SystemTime>) -> Self {
        Self::Integer(time.map(convert::millis_of))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(str::to_owned))
    }
}

impl From<SecretDigest> for Value {
    fn from(digest: SecretDigest) -> Self {
        Self::from(digest.to_text())
    }
}

impl From<Option<SecretDigest>> for Value {
    fn from(digest: Option<SecretDigest>) -> Self {
        Self::Text(digest.map(SecretDigest::to_text))
    }
}
