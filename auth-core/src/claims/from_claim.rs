//! Reading a claim as a type, and the error where it is of another one.

use std::error::Error;
use std::fmt;

use super::{ClaimValue, Claims};
use crate::text::Text;

/// A type that a claim can be read as.
///
/// # Examples
///
/// ```
/// use auth_core::Claims;
/// use auth_core::claims::{ClaimValue, FromClaim};
///
/// #[derive(Debug, PartialEq)]
/// struct Level(u8);
///
/// impl FromClaim for Level {
///     const EXPECTED: &'static str = "a level from 0 to 9";
///
///     fn from_claim(value: &ClaimValue) -> Option<Self> {
///         u8::from_claim(value).filter(|level| *level <= 9).map(Self)
///     }
/// }
///
/// assert_eq!(Claims::new().with("level", 3).parse::<Level>("level")?, Level(3));
/// assert!(Claims::new().with("level", 30).parse::<Level>("level").is_err());
/// # Ok::<(), auth_core::claims::ClaimError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "no claim can be read as `{Self}`",
    label = "not readable from a claim",
    note = "claims are texts, numbers, booleans, lists and options of these; to read a text through `FromStr`, write `#[principal(parse)]`, else implement `FromClaim` for `{Self}`"
)]
pub trait FromClaim: Sized {
    /// What has to stand in the claim, for the error text: `a string`.
    const EXPECTED: &'static str;

    /// Reads the value; `None` if it is something else. An absent claim is given as [`ClaimValue::Null`].
    fn from_claim(value: &ClaimValue) -> Option<Self>;
}

/// A claim that is missing or has another type than expected. Names the claim, never its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimError {
    name: String,
    expected: &'static str,
}

impl ClaimError {
    pub(crate) fn new(name: &str, expected: &'static str) -> Self {
        Self { name: name.to_owned(), expected }
    }
}

impl fmt::Display for ClaimError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "claim `{}` is not {}", self.name.escape_default(), self.expected)
    }
}

impl Error for ClaimError {}

impl FromClaim for ClaimValue {
    const EXPECTED: &'static str = "a value";

    fn from_claim(value: &ClaimValue) -> Option<Self> {
        Some(value.clone())
    }
}

impl FromClaim for String {
    const EXPECTED: &'static str = "a string";

    fn from_claim(value: &ClaimValue) -> Option<Self> {
        match value {
            ClaimValue::String(text) => Some(text.clone()),
            _ => None,
        }
    }
}

impl FromClaim for Text {
    const EXPECTED: &'static str = String::EXPECTED;

    fn from_claim(value: &ClaimValue) -> Option<Self> {
        match value {
            ClaimValue::String(text) => Some(text.into()),
            _ => None,
        }
    }
}

impl FromClaim for bool {
    const EXPECTED: &'static str = "true or false";

    fn from_claim(value: &ClaimValue) -> Option<Self> {
        match value {
            ClaimValue::Bool(flag) => Some(*flag),
            _ => None,
        }
    }
}

/// Whole numbers count up to a magnitude of 2^53, for which a double is exact; larger ones are refused.
impl FromClaim for f64 {
    const EXPECTED: &'static str = "a number";

    fn from_claim(value: &ClaimValue) -> Option<Self> {
        match value {
            ClaimValue::Float(number) => Some(*number),
            ClaimValue::Integer(number) => exact(*number),
            _ => None,
        }
    }
}

/// The double that is this whole number; `None` beyond a magnitude of 2^53, where doubles are no longer exact.
fn exact(number: i128) -> Option<f64> {
    const LARGEST: u128 = 1 << 53;
    const OF_HIGH: f64 = 4_294_967_296.0;
    if number.unsigned_abs() > LARGEST {
        return None;
    }
    let high = i32::try_from(number >> 32).ok()?;
    let low = u32::try_from(number & i128::from(u32::MAX)).ok()?;
    Some(f64::from(high) * OF_HIGH + f64::from(low))
}

impl FromClaim for Claims {
    const EXPECTED: &'static str = "an object";

    fn from_claim(value: &ClaimValue) -> Option<Self> {
        match value {
            ClaimValue::Object(claims) => Some(claims.clone()),
            _ => None,
        }
    }
}

impl<T: FromClaim> FromClaim for Option<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn from_claim(value: &ClaimValue) -> Option<Self> {
        match value {
            ClaimValue::Null => Some(None),
            present => T::from_claim(present).map(Some),
        }
    }
}

impl<T: FromClaim> FromClaim for Vec<T> {
    const EXPECTED: &'static str = "a list of the right type";

    fn from_claim(value: &ClaimValue) -> Option<Self> {
        match value {
            ClaimValue::Array(values) => values.iter().map(T::from_claim).collect(),
            _ => None,
        }
    }
}

macro_rules! integers {
    ($($type:ty),*) => {$(
        impl FromClaim for $type {
            const EXPECTED: &'static str = concat!("a whole number of type ", stringify!($type));

            fn from_claim(value: &ClaimValue) -> Option<Self> {
                match value {
                    ClaimValue::Integer(number) => Self::try_from(*number).ok(),
                    _ => None,
                }
            }
        }
    )*};
}

integers!(i8, i16, i32, i64, u8, u16, u32, u64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_reads_its_own_kind_and_no_other() {
        let values = [
            ClaimValue::Null,
            ClaimValue::Bool(true),
            ClaimValue::Integer(7),
            ClaimValue::Float(0.5),
            ClaimValue::from("x"),
            ClaimValue::from(vec!["x"]),
            ClaimValue::from(Claims::new().with("a", "b")),
        ];
        let read = |value: &ClaimValue| {
            [
                bool::from_claim(value) == Some(true),
                i64::from_claim(value) == Some(7) && u8::from_claim(value) == Some(7),
                f64::from_claim(value) == Some(0.5),
                String::from_claim(value) == Some("x".to_owned()),
                Vec::<String>::from_claim(value) == Some(vec!["x".to_owned()]),
                Claims::from_claim(value) == Some(Claims::new().with("a", "b")),
            ]
        };
        for (at, value) in values.iter().enumerate() {
            // The first one, null, is read by none.
            let expected: Vec<bool> = (1..values.len()).map(|kind| kind == at).collect();
            assert_eq!(read(value).as_slice(), expected, "{value:?}");
            assert_eq!(ClaimValue::from_claim(value).as_ref(), Some(value));
        }
    }

    #[test]
    fn whole_numbers_are_floats_as_far_as_those_are_exact() {
        let largest: i128 = 1 << 53;
        for (number, expected) in [
            (0, 0.0),
            (-7, -7.0),
            (i128::from(i32::MAX) + 1, 2_147_483_648.0),
            (-(1 << 32) - 1, -4_294_967_297.0),
            (1 << 40, 1_099_511_627_776.0),
            (1_700_000_000_123, 1_700_000_000_123.0),
            (largest - 1, 9_007_199_254_740_991.0),
            (1 - largest, -9_007_199_254_740_991.0),
            (largest, 9_007_199_254_740_992.0),
            (-largest, -9_007_199_254_740_992.0),
        ] {
            assert_eq!(f64::from_claim(&ClaimValue::Integer(number)), Some(expected), "{number}");
        }
        for number in [largest + 1, -largest - 1, 1 << 60, i128::MAX, i128::MIN] {
            assert_eq!(f64::from_claim(&ClaimValue::Integer(number)), None, "{number}");
        }
    }

    #[test]
    fn whole_numbers_are_held_to_their_bounds() {
        let claims = Claims::new().with("big", 256).with("low", -1).with("huge", u64::MAX);
        assert!(claims.parse::<u8>("big").is_err() && claims.parse::<u64>("low").is_err());
        assert_eq!((claims.parse("big"), claims.parse("low")), (Ok(256_u16), Ok(-1_i8)));
        assert_eq!(claims.parse("huge"), Ok(u64::MAX));
        assert!(claims.parse::<i64>("huge").is_err());
    }

    #[test]
    fn what_is_absent_or_null_is_nothing_and_a_wrong_type_is_not() {
        let claims = Claims::new()
            .with("name", "Ada")
            .with("level", 3)
            .with("null", ClaimValue::Null)
            .with("mixed", vec![ClaimValue::from("x"), ClaimValue::Null]);
        assert_eq!(
            (claims.parse::<Option<String>>("absent"), claims.parse::<Option<String>>("null")),
            (Ok(None), Ok(None))
        );
        assert_eq!(claims.parse::<Option<String>>("name"), Ok(Some("Ada".to_owned())));
        assert!(claims.parse::<Option<String>>("level").is_err() && claims.parse::<Vec<String>>("mixed").is_err());
        let error = claims.parse::<bool>("na\nme").unwrap_err().to_string();
        assert_eq!(error, "claim `na\\nme` is not true or false");
    }
}
