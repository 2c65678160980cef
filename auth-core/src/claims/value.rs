//! One value of a claim, and what becomes one.

use std::fmt;

use super::Claims;
use crate::text::Text;

/// One value, of the kinds that JSON has.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum ClaimValue {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i128),
    /// A number with a fraction or exponent; always finite, so only [`float`](Self::float) makes one. Read it as an
    /// `f64` by [`FromClaim`](super::FromClaim), or match `Float { 0: number, .. }`.
    #[non_exhaustive]
    Float(f64),
    /// A text.
    String(String),
    /// A list.
    Array(Vec<ClaimValue>),
    /// Named values.
    Object(Claims),
}

impl ClaimValue {
    /// A number with a fraction; `None` if it is infinite or not a number, which JSON cannot write (RFC 8259 §6).
    ///
    /// # Examples
    ///
    /// ```
    /// use auth_core::Claims;
    /// use auth_core::claims::ClaimValue;
    ///
    /// let rate = ClaimValue::float(0.5).ok_or("not a number")?;
    /// assert_eq!(Claims::new().with("rate", rate).parse::<f64>("rate")?, 0.5);
    /// assert_eq!(ClaimValue::float(f64::NAN), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn float(number: f64) -> Option<Self> {
        number.is_finite().then_some(Self::Float(number))
    }
}

macro_rules! integers {
    ($($type:ty),*) => {$(
        impl From<$type> for ClaimValue {
            fn from(number: $type) -> Self {
                Self::Integer(number.into())
            }
        }
    )*};
}

integers!(i8, i16, i32, i64, u8, u16, u32, u64);

impl From<bool> for ClaimValue {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<&str> for ClaimValue {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for ClaimValue {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<Text> for ClaimValue {
    fn from(text: Text) -> Self {
        Self::String(text.into())
    }
}

impl From<Claims> for ClaimValue {
    fn from(claims: Claims) -> Self {
        Self::Object(claims)
    }
}

impl<T: Into<ClaimValue>> From<Vec<T>> for ClaimValue {
    fn from(values: Vec<T>) -> Self {
        Self::Array(values.into_iter().map(Into::into).collect())
    }
}

/// Shows the kind only: the value may be personal.
impl fmt::Debug for ClaimValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "Null",
            Self::Bool(_) => "Bool(..)",
            Self::Integer(_) => "Integer(..)",
            Self::Float(_) => "Float(..)",
            Self::String(_) => "String(..)",
            Self::Array(_) => "Array(..)",
            Self::Object(_) => "Object(..)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_finite() {
        assert_eq!(ClaimValue::float(1.5), Some(ClaimValue::Float(1.5)));
        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(ClaimValue::float(number), None, "{number}");
        }
    }

    #[test]
    fn only_the_kind_is_shown() {
        let values = [
            ClaimValue::Null,
            ClaimValue::from(true),
            ClaimValue::from(3),
            ClaimValue::Float(0.5),
            ClaimValue::from("hush"),
            ClaimValue::from(vec!["hush"]),
            ClaimValue::from(Claims::new().with("name", "hush")),
        ];
        let kinds = values.map(|value| format!("{value:?}"));
        let shown = ["Null", "Bool(..)", "Integer(..)", "Float(..)", "String(..)", "Array(..)", "Object(..)"];
        assert_eq!(kinds, shown);
    }
}
