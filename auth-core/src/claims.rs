//! Claims: named values that are stated about a party, whatever states them.
//!
//! A token's payload, an account's attributes and a key record's attributes all become [`Claims`], so one
//! [`Principal`](crate::Principal) can be made of any of them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::sync::{Arc, OnceLock};

use crate::text::Text;

/// Named values, unique by name.
#[derive(Clone, Default)]
pub struct Claims {
    members: OnceLock<Members>,
    /// A strict JSON object that the members are read from when somebody asks for one: many principals need none.
    unread: Option<Arc<str>>,
}

/// The values by name. Names that everybody uses are not copied.
pub(crate) type Members = BTreeMap<Cow<'static, str>, ClaimValue>;

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
    /// `f64` by [`FromClaim`], or match `Float { 0: number, .. }`.
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

/// Whether a text is one scope (`scope-token`, RFC 6749 §3.3): visible ASCII without `"` and `\`, and not empty.
///
/// # Security
///
/// Tokens and answers hold scopes as one text, parted by spaces. A text with a space in it would be read back as several
/// scopes that nobody has granted, so whatever writes such a text has to refuse it.
///
/// # Examples
///
/// ```
/// use auth_core::claims::is_scope_token;
///
/// assert!(is_scope_token("items:read"));
/// assert!(!is_scope_token("items:read items:write"));
/// assert!(!is_scope_token(""));
/// ```
#[must_use]
pub fn is_scope_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}

impl Claims {
    /// No claims.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same claims and one more; a claim of that name is replaced.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<ClaimValue>) -> Self {
        self.members();
        let mut members = self.members.take().unwrap_or_default();
        members.insert(Cow::Owned(name.into()), value.into());
        Self::of(members)
    }

    /// The claim of that name.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&ClaimValue> {
        self.members().get(name)
    }

    /// The claim of that name as a `T`; an absent claim is read like `null`.
    ///
    /// # Errors
    ///
    /// [`ClaimError`] names the claim if it has another type or `T` needs a value.
    ///
    /// # Examples
    ///
    /// ```
    /// use auth_core::Claims;
    ///
    /// let claims = Claims::new().with("email", "a@example.com").with("level", 3);
    /// assert_eq!(claims.parse::<String>("email")?, "a@example.com");
    /// assert_eq!(claims.parse::<Option<bool>>("absent")?, None);
    /// assert!(claims.parse::<String>("level").is_err());
    /// # Ok::<(), auth_core::claims::ClaimError>(())
    /// ```
    pub fn parse<T: FromClaim>(&self, name: &str) -> Result<T, ClaimError> {
        T::from_claim(self.value(name).unwrap_or(&ClaimValue::Null))
            .ok_or_else(|| ClaimError { name: name.to_owned(), expected: T::EXPECTED })
    }

    /// The claim of that very name, dots and all, like `https://acme.example/roles`; or the one at the end of a path of
    /// names joined by dots, like `realm_access.roles`. `None` if one of the names is absent.
    ///
    /// # Errors
    ///
    /// [`ClaimError`] if something else than an object stands on the way: that is not absence.
    ///
    /// # Examples
    ///
    /// ```
    /// use auth_core::{Claims, claims::ClaimValue};
    ///
    /// let claims = Claims::new().with("realm_access", Claims::new().with("roles", vec!["admin"])).with("a", 1);
    /// assert_eq!(claims.find("realm_access.roles")?, Some(&ClaimValue::from(vec!["admin"])));
    /// assert_eq!(claims.find("resource_access.roles")?, None);
    /// assert!(claims.find("a.roles").is_err());
    /// # Ok::<(), auth_core::claims::ClaimError>(())
    /// ```
    pub fn find(&self, place: &str) -> Result<Option<&ClaimValue>, ClaimError> {
        if let Some(value) = self.value(place) {
            return Ok(Some(value));
        }
        let mut names = place.split('.').peekable();
        let mut inner = self;
        while let Some(name) = names.next() {
            match inner.value(name) {
                None => return Ok(None),
                Some(value) if names.peek().is_none() => return Ok(Some(value)),
                Some(ClaimValue::Object(object)) => inner = object,
                Some(_) => return Err(ClaimError { name: name.to_owned(), expected: Self::EXPECTED }),
            }
        }
        Ok(None)
    }

    /// The claims by name, in order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ClaimValue)> {
        self.members().iter().map(|(name, value)| (name.as_ref(), value))
    }

    pub(crate) fn of(members: Members) -> Self {
        Self { members: OnceLock::from(members), unread: None }
    }

    fn members(&self) -> &Members {
        self.members.get_or_init(|| self.unread.as_deref().map(read_all).unwrap_or_default())
    }

    /// Claims that are read when somebody asks for one. The text has to be a strict object.
    #[cfg(feature = "jwt")]
    pub(crate) fn unread(text: Arc<str>) -> Self {
        Self { members: OnceLock::new(), unread: Some(text) }
    }
}

/// Reads an object that was found to be strict before.
#[cfg(feature = "jwt")]
fn read_all(text: &str) -> Members {
    Claims::from_json(text.as_bytes()).ok().and_then(|claims| claims.members.into_inner()).unwrap_or_default()
}

/// Without tokens nothing is left unread.
#[cfg(not(feature = "jwt"))]
fn read_all(_: &str) -> Members {
    Members::new()
}

/// Of two claims of one name the last one counts.
impl<N: Into<String>, V: Into<ClaimValue>> FromIterator<(N, V)> for Claims {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(claims: I) -> Self {
        let members = claims.into_iter().map(|(name, value)| (Cow::Owned(name.into()), value.into()));
        Self::of(members.collect())
    }
}

impl PartialEq for Claims {
    fn eq(&self, other: &Self) -> bool {
        self.members() == other.members()
    }
}

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

impl FromClaim for f64 {
    const EXPECTED: &'static str = "a number";

    fn from_claim(value: &ClaimValue) -> Option<Self> {
        match value {
            ClaimValue::Float(number) => Some(*number),
            ClaimValue::Integer(number) => i32::try_from(*number).ok().map(Self::from),
            _ => None,
        }
    }
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

/// Shows the names only: values may be personal.
impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.members().keys()).finish()
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

    fn claims() -> Claims {
        Claims::new()
            .with("name", "Ada")
            .with("level", 3)
            .with("tenant", Claims::new().with("id", 7_u64))
            .with("on", true)
    }

    #[test]
    fn a_claim_stands_once_and_the_last_one_counts() {
        let claims = claims().with("name", "Bea");
        assert_eq!(claims.value("name"), Some(&ClaimValue::String("Bea".to_owned())));
        let names: Vec<&str> = claims.iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["level", "name", "on", "tenant"]);
        assert_eq!((claims.value("absent"), Claims::new().iter().count()), (None, 0));
    }

    #[test]
    fn collected_claims_stand_once_and_the_last_one_counts() {
        let pairs = [("name", "Ada"), ("tenant", "acme"), ("name", "Bea")];
        let collected: Claims = pairs.into_iter().collect();
        assert_eq!(collected, Claims::new().with("name", "Bea").with("tenant", "acme"));
        assert_eq!(std::iter::empty::<(String, ClaimValue)>().collect::<Claims>(), Claims::new());
    }

    #[test]
    fn numbers_are_finite() {
        assert_eq!(ClaimValue::float(1.5), Some(ClaimValue::Float(1.5)));
        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(ClaimValue::float(number), None, "{number}");
        }
    }

    #[test]
    fn a_place_is_a_name_or_a_path() {
        let claims = claims().with("a.b", "flat").with("a", Claims::new().with("b", "nested").with("c", "deep"));
        assert_eq!(claims.find("a.b"), Ok(claims.value("a.b")));
        assert_eq!(claims.find("a.c"), Ok(Some(&ClaimValue::from("deep"))));
        assert_eq!(claims.find("tenant"), Ok(claims.value("tenant")));
        for absent in ["", "x", "x.y", "tenant.x", "tenant.", ".tenant", "tenant..id"] {
            assert_eq!(claims.find(absent), Ok(None), "{absent}");
        }
        let error = claims.find("tenant.id.x").unwrap_err();
        assert_eq!(error.to_string(), "claim `id` is not an object");
        assert!(claims.find("name.x").is_err());
    }

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
        assert_eq!(f64::from_claim(&ClaimValue::Integer(-7)), Some(-7.0));
        assert_eq!(f64::from_claim(&ClaimValue::Integer(1 << 40)), None, "more than a float may hold");
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
        let claims =
            claims().with("null", ClaimValue::Null).with("mixed", vec![ClaimValue::from("x"), ClaimValue::Null]);
        assert_eq!(
            (claims.parse::<Option<String>>("absent"), claims.parse::<Option<String>>("null")),
            (Ok(None), Ok(None))
        );
        assert_eq!(claims.parse::<Option<String>>("name"), Ok(Some("Ada".to_owned())));
        assert!(claims.parse::<Option<String>>("level").is_err() && claims.parse::<Vec<String>>("mixed").is_err());
        let error = claims.parse::<bool>("na\nme").unwrap_err().to_string();
        assert_eq!(error, "claim `na\\nme` is not true or false");
    }

    #[test]
    fn only_names_and_kinds_are_shown() {
        let claims =
            claims().with("list", vec!["hush"]).with("rate", ClaimValue::Float(0.5)).with("none", ClaimValue::Null);
        assert_eq!(format!("{claims:?}"), r#"{"level", "list", "name", "none", "on", "rate", "tenant"}"#);
        let kinds: Vec<String> = claims.iter().map(|(_, value)| format!("{value:?}")).collect();
        let shown = ["Integer(..)", "Array(..)", "String(..)", "Null", "Bool(..)", "Float(..)", "Object(..)"];
        assert_eq!(kinds, shown);
    }
}
