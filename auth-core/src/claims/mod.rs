//! Claims: named values that are stated about a party, whatever states them.
//!
//! A token's payload, an account's attributes and a key record's attributes all become [`Claims`], so one
//! [`Principal`](crate::Principal) can be made of any of them.

mod from_claim;
mod scope;
mod value;

pub use from_claim::{ClaimError, FromClaim};
pub use scope::is_scope_token;
pub use value::ClaimValue;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// Named values, unique by name.
#[derive(Clone, Default)]
pub struct Claims {
    members: OnceLock<Members>,
    /// A strict JSON object that the members are read from when somebody asks for one: many principals need none.
    unread: Option<Arc<str>>,
}

/// The values by name. Names that everybody uses are not copied.
pub(crate) type Members = BTreeMap<Cow<'static, str>, ClaimValue>;

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
        T::from_claim(self.value(name).unwrap_or(&ClaimValue::Null)).ok_or_else(|| ClaimError::new(name, T::EXPECTED))
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
                Some(_) => return Err(ClaimError::new(name, Self::EXPECTED)),
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

/// Shows the names only: values may be personal.
impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.members().keys()).finish()
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
    fn only_names_are_shown() {
        let claims = claims().with("list", vec!["hush"]).with("none", ClaimValue::Null);
        assert_eq!(format!("{claims:?}"), r#"{"level", "list", "name", "none", "on", "tenant"}"#);
    }
}
