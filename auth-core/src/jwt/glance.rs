//! What a claim is, as far as facts are made of it, without a copy of the rest.

use std::borrow::Cow;
use std::fmt;

use serde_core::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::json::{NUMBER, TextSeed, deeper, number, refuse_reserved};
use super::names::Names;
use crate::claims::ClaimValue;

/// A value. What stands in it was read as strictly as if it were kept.
#[cfg_attr(test, derive(Debug, PartialEq))]
pub(super) enum Glance<'t> {
    /// A whole number that is not negative.
    Integer(u64),
    Float(f64),
    Text(Cow<'t, str>),
    /// A list of nothing but texts.
    Texts(Vec<Cow<'t, str>>),
    /// Something that no registered claim may be, or nobody wants.
    Other,
}

impl<'t> Glance<'t> {
    /// Of a registered claim that was read before.
    pub(super) fn of(value: &'t ClaimValue) -> Self {
        let text = |value: &'t ClaimValue| match value {
            ClaimValue::String(text) => Some(Cow::Borrowed(text.as_str())),
            _ => None,
        };
        let found = match value {
            ClaimValue::Integer(number) => u64::try_from(*number).ok().map(Self::Integer),
            ClaimValue::Float(number) => Some(Self::Float(*number)),
            ClaimValue::Array(items) => items.iter().map(text).collect::<Option<_>>().map(Self::Texts),
            value => text(value).map(Self::Text),
        };
        found.unwrap_or(Self::Other)
    }
}

/// A value at some depth.
#[derive(Clone, Copy)]
pub(super) struct Glancing {
    depth: usize,
    keeps_lists: bool,
}

impl Glancing {
    /// At the value of a registered claim.
    pub(super) const CLAIM: Self = Self { depth: 1, keeps_lists: true };
    /// At a value that only has to be strict.
    pub(super) const REST: Self = Self { depth: 1, keeps_lists: false };

    fn inside<E: serde_core::de::Error>(self) -> Result<Self, E> {
        Ok(Self { depth: deeper(self.depth)?, keeps_lists: false })
    }
}

impl<'de> DeserializeSeed<'de> for Glancing {
    type Value = Glance<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Glance<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Glancing {
    type Value = Glance<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Glance<'de>, E> {
        Ok(Glance::Other)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Glance<'de>, E> {
        Ok(Glance::Other)
    }

    fn visit_i64<E>(self, number: i64) -> Result<Glance<'de>, E> {
        Ok(u64::try_from(number).map_or(Glance::Other, Glance::Integer))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Glance<'de>, E> {
        Ok(Glance::Integer(number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Glance<'de>, E> {
        Ok(Glance::Float(number))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Glance<'de>, E> {
        Ok(Glance::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Glance<'de>, E> {
        Ok(Glance::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Glance<'de>, A::Error> {
        let inside = self.inside()?;
        let mut texts = self.keeps_lists.then(Vec::new);
        while let Some(item) = items.next_element_seed(inside)? {
            match (&mut texts, item) {
                (Some(texts), Glance::Text(text)) => texts.push(text),
                _ => texts = None,
            }
        }
        Ok(texts.map_or(Glance::Other, Glance::Texts))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Glance<'de>, A::Error> {
        let mut next = members.next_key_seed(TextSeed)?;
        if next.as_deref() == Some(NUMBER) {
            return number(members).map(Glance::Float);
        }
        let inside = self.inside()?;
        let mut names = Names::default();
        while let Some(name) = next {
            refuse_reserved(name.as_bytes())?;
            members.next_value_seed(inside)?;
            if !names.insert(name) {
                return Err(A::Error::custom("a name stands twice"));
            }
            next = members.next_key_seed(TextSeed)?;
        }
        Ok(Glance::Other)
    }
}
