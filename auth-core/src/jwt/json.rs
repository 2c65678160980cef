//! A strict reader of JSON objects: every name once, at most 32 levels deep.

use std::borrow::Cow;
use std::collections::btree_map::Entry;
use std::error::Error;
use std::fmt;

use serde_core::de::{DeserializeSeed, Deserializer, Error as DeserializeError, MapAccess, SeqAccess, Visitor};

use crate::claims::{ClaimValue, Claims, Members};

/// How deep values may nest.
const MAX_DEPTH: usize = 32;
/// The one member of what `serde_json` makes of a number that is no `u64` or `i64`, if any crate of the build enables
/// its feature `arbitrary_precision`. No object of a text may have it: that object would count as a number.
pub(super) const NUMBER: &str = "$serde_json::private::Number";

/// Text that is not a JSON object, or not a strict one. Quotes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotStrictJson;

impl fmt::Display for NotStrictJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a strict JSON object")
    }
}

impl Error for NotStrictJson {}

impl Claims {
    /// Reads a JSON object strictly: every name once, at most 32 levels deep, nothing after it.
    ///
    /// The caller limits the length.
    ///
    /// # Errors
    ///
    /// [`NotStrictJson`] if the text is anything else.
    ///
    /// # Examples
    ///
    /// ```
    /// use auth_core::Claims;
    ///
    /// let claims = Claims::from_json(br#"{"sub":"alice"}"#)?;
    /// assert_eq!(claims.parse::<String>("sub").as_deref(), Ok("alice"));
    /// assert!(Claims::from_json(br#"{"sub":"alice","sub":"root"}"#).is_err());
    /// # Ok::<(), auth_core::jwt::NotStrictJson>(())
    /// ```
    pub fn from_json(text: &[u8]) -> Result<Self, NotStrictJson> {
        read_object(text)
    }
}

/// Reads an object.
pub(super) fn read_object(text: &[u8]) -> Result<Claims, NotStrictJson> {
    // Once for all, and not for each text in it.
    let text = str::from_utf8(text).or(Err(NotStrictJson))?;
    match read(text, Value { depth: 0 })? {
        ClaimValue::Object(claims) => Ok(claims),
        _ => Err(NotStrictJson),
    }
}

/// Reads what the seed takes, and nothing after it.
pub(super) fn read<'de, S: DeserializeSeed<'de>>(text: &'de str, seed: S) -> Result<S::Value, NotStrictJson> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = seed.deserialize(&mut deserializer).or(Err(NotStrictJson))?;
    deserializer.end().or(Err(NotStrictJson))?;
    Ok(value)
}

/// A value at some depth.
#[derive(Clone, Copy)]
struct Value {
    depth: usize,
}

/// A text, borrowed where nothing in it is escaped.
pub(super) struct TextSeed;

/// The name of a claim, copied unless everybody knows it.
struct Name;

/// The text of a number that `serde_json` hands over: it is given away. A text that was sent is only lent, and is refused.
struct Digits;

impl Value {
    fn deeper<E: DeserializeError>(self) -> Result<Self, E> {
        deeper(self.depth).map(|depth| Self { depth })
    }
}

/// The depth of what stands in a list or an object at this depth.
pub(super) fn deeper<E: DeserializeError>(depth: usize) -> Result<usize, E> {
    if depth >= MAX_DEPTH { Err(E::custom("nested too deep")) } else { Ok(depth.saturating_add(1)) }
}

impl<'de> DeserializeSeed<'de> for Value {
    type Value = ClaimValue;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<ClaimValue, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value {
    type Value = ClaimValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<ClaimValue, E> {
        Ok(ClaimValue::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<ClaimValue, E> {
        Ok(ClaimValue::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<ClaimValue, E> {
        Ok(ClaimValue::Integer(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<ClaimValue, E> {
        Ok(ClaimValue::Integer(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<ClaimValue, E> {
        Ok(ClaimValue::Float(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<ClaimValue, E> {
        Ok(ClaimValue::String(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<ClaimValue, E> {
        Ok(ClaimValue::String(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<ClaimValue, A::Error> {
        let inner = self.deeper()?;
        let mut values = Vec::new();
        while let Some(value) = items.next_element_seed(inner)? {
            values.push(value);
        }
        Ok(ClaimValue::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<ClaimValue, A::Error> {
        let mut next = members.next_key_seed(Name)?;
        if next.as_deref() == Some(NUMBER) {
            return number(members).map(ClaimValue::Float);
        }
        let inner = self.deeper()?;
        let mut claims = Members::new();
        while let Some(name) = next {
            refuse_reserved(name.as_bytes())?;
            let value = members.next_value_seed(inner)?;
            match claims.entry(name) {
                Entry::Vacant(entry) => entry.insert(value),
                Entry::Occupied(_) => return Err(A::Error::custom("a name stands twice")),
            };
            next = members.next_key_seed(Name)?;
        }
        Ok(ClaimValue::Object(Claims::of(claims)))
    }
}

impl<'de> DeserializeSeed<'de> for TextSeed {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for TextSeed {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'static, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cow<'static, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Cow<'static, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Cow<'static, str>, E> {
        Ok(known(name).map_or_else(|| Cow::Owned(name.to_owned()), Cow::Borrowed))
    }
}

impl<'de> DeserializeSeed<'de> for Digits {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_string(self)
    }
}

impl Visitor<'_> for Digits {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_string<E>(self, text: String) -> Result<String, E> {
        Ok(text)
    }

    fn visit_str<E: DeserializeError>(self, _: &str) -> Result<String, E> {
        Err(E::custom("a text that was sent"))
    }
}

macro_rules! known {
    ($($name:literal)*) => {
        /// The same name, for as long as the program lasts, if it is one that many tokens have: of RFC 7519
        /// §4.1, RFC 9068 §2.2, `OpenID` Connect Core §2 and §5.1.
        fn known(name: &str) -> Option<&'static str> {
            match name {
                $($name => Some($name),)*
                _ => None,
            }
        }
    };
}

known! {
    "iss" "sub" "aud" "exp" "nbf" "iat" "jti"
    "acr" "amr" "auth_time" "azp" "client_id" "cnf" "entitlements" "groups" "roles" "scope" "sid" "typ"
    "email" "email_verified" "name" "preferred_username"
}

/// Refuses the name that makes a number of an object.
pub(super) fn refuse_reserved<E: DeserializeError>(name: &[u8]) -> Result<(), E> {
    if name == NUMBER.as_bytes() { Err(E::custom("a name that no text may have")) } else { Ok(()) }
}

/// A number that `serde_json` hands over as text in a map. It is read as it would be without that feature, which any other
/// crate may enable: what is accepted must not depend on it.
pub(super) fn number<'de, A: MapAccess<'de>>(mut members: A) -> Result<f64, A::Error> {
    let text = members.next_value_seed(Digits)?;
    let number = serde_json::from_str(&text).map_err(A::Error::custom)?;
    match members.next_key::<String>()? {
        None => Ok(number),
        Some(_) => Err(A::Error::custom("more than a number")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::plain::read_plain;
    use super::*;

    #[test]
    fn reads_every_kind_of_value() {
        let claims = read_object(br#"{"a":null,"b":true,"c":-1,"d":1.5,"e":"x","f":[1,{"g":2}]}"#).expect("strict");
        assert_eq!(claims.parse::<Option<String>>("a"), Ok(None));
        assert_eq!(claims.parse::<i64>("c"), Ok(-1));
        assert_eq!(claims.value("d"), Some(&ClaimValue::Float(1.5)));
        assert!(matches!(claims.value("f"), Some(ClaimValue::Array(values)) if values.len() == 2));
    }

    #[test]
    fn refuses_names_that_stand_twice_at_any_depth() {
        for text in [r#"{"a":1,"a":1}"#, r#"{"x":{"a":1,"a":2}}"#, r#"{"x":[{"a":1,"\u0061":2}]}"#] {
            assert_eq!(read_object(text.as_bytes()), Err(NotStrictJson), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_object() {
        for text in [
            "",
            "null",
            "[]",
            "1",
            r#"{"a":1}x"#,
            "{'a':1}",
            r#"{"a":NaN}"#,
            r#"{"a":01}"#,
            "\u{feff}{}",
            r#"{"a":1e400}"#,
        ] {
            assert_eq!(read_object(text.as_bytes()), Err(NotStrictJson), "{text}");
        }
        assert!(read_object(b"{\"a\":\"\xff\"}").is_err());
        let error = Claims::from_json(b"[]").expect_err("no object");
        assert_eq!(error.to_string(), "not a strict JSON object");
        assert_eq!(Claims::from_json(br#"{"a":1}"#), Ok(Claims::new().with("a", 1)));
    }

    /// Texts that differ from a plain one in one byte, and what both readers make of them.
    #[test]
    fn what_is_plain_means_what_it_means_otherwise() {
        let plain = concat!(
            r#"{"a":"xyzé","b":10,"list":["c",0,[],{}],"d":{"e":true,"f":[false,null]},"#,
            r#""g":123456789012345678,"a longer name":"and a longer text, with some / punctuation"}"#
        );
        let root = Value { depth: 0 };
        assert!(read_plain(plain, root).is_ok());
        let (mut count, mut strict, mut also_plain) = (0, 0, 0);
        let mut put = |text: String| {
            let value = read(&text, root);
            (count, strict) = (count + 1, strict + usize::from(value.is_ok()));
            if let Ok(plain) = read_plain(&text, root) {
                assert_eq!(value, Ok(plain), "{text}");
                also_plain += 1;
            }
        };
        for (at, old) in plain.char_indices() {
            let (before, rest) = plain.split_at(at);
            let after = rest.strip_prefix(old).expect("it stands there");
            put(format!("{before}{after}"));
            for new in "\0\u{1f} \t\n\u{7f}\"\\/{}[],:-+.eE0129abnxé\u{2028}".chars() {
                put(format!("{before}{new}{after}"));
                put(format!("{before}{new}{old}{after}"));
            }
        }
        assert!(also_plain > 1_000 && strict > also_plain && count > strict + 1_000, "{also_plain}, {strict}, {count}");
    }

    #[test]
    fn numbers_read_alike_whatever_features_serde_json_has() {
        use serde_core::de::value::{Error, MapDeserializer};

        let deepest = Value { depth: MAX_DEPTH };
        let read = |members: &[(&'static str, &str)]| {
            let members = members.iter().map(|(name, text)| (*name, (*text).to_owned()));
            deepest.visit_map(MapDeserializer::<_, Error>::new(members))
        };
        assert_eq!(read(&[(NUMBER, "1900000000.5")]), Ok(ClaimValue::Float(1_900_000_000.5)));
        assert_eq!(read(&[(NUMBER, "18446744073709551616")]), Ok(ClaimValue::Float(18_446_744_073_709_551_616.0)));
        for text in ["1e400", "NaN", "inf", "+1", "", "01", "1 2", "\"1\""] {
            assert!(read(&[(NUMBER, text)]).is_err(), "{text}");
        }
        assert!(read(&[(NUMBER, "1.5"), ("b", "c")]).is_err());
        assert!(read(&[("a", "b")]).is_err(), "an object, and that is too deep");
    }

    #[test]
    fn no_object_that_was_sent_is_a_number() {
        let name = format!("\"{NUMBER}\"");
        for name in [name.clone(), name.replace('$', "\\u0024")] {
            for value in ["\"1\"", "\"\\u0031\"", "1"] {
                for text in [
                    format!("{{{name}:{value}}}"),
                    format!("{{{name}:{value},\"a\":1}}"),
                    format!("{{\"a\":1,{name}:{value}}}"),
                    format!("{{\"a\":{{{name}:{value}}}}}"),
                    format!("{{\"a\":[{{\"b\":1,{name}:{value}}}]}}"),
                ] {
                    assert_eq!(read_object(text.as_bytes()), Err(NotStrictJson), "{text}");
                    assert!(read_plain(&text, Value { depth: 0 }).is_err(), "{text}");
                }
            }
        }
        assert!(read_object(br#"{"$serde_json::private::number":"1"}"#).is_ok());
    }

    #[test]
    fn refuses_the_first_level_too_deep() {
        let nested = |levels: usize| format!("{{\"a\":{}{}}}", "[".repeat(levels), "]".repeat(levels));
        assert!(read_object(nested(MAX_DEPTH - 1).as_bytes()).is_ok());
        assert!(read_object(nested(MAX_DEPTH).as_bytes()).is_err());
        assert!(read_object(nested(4_000).as_bytes()).is_err());
    }
}
