//! JSON objects of named values, strictly.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use zeroize::Zeroizing;

use super::body_error::BodyErrorKind;
use super::fields::{Fields, Value};

/// The most fields of an object inside of another.
const MAX_NESTED: usize = 64;

/// Reads an object. A nested one is malformed if it has a field twice.
pub(super) fn parse(body: &[u8], max_fields: usize) -> Result<Fields, BodyErrorKind> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let read = reader.deserialize_any(Object { max_fields }).or(Err(BodyErrorKind::Malformed))?;
    reader.end().or(Err(BodyErrorKind::Malformed))?;
    read
}

/// The same of a text that is JSON but for one comma before the closing brace.
pub(super) fn parse_with_trailing_comma(body: &[u8], max_fields: usize) -> Result<Fields, BodyErrorKind> {
    let trimmed = body.trim_ascii_end();
    let Some(inside) = trimmed.strip_suffix(b"}").map(<[u8]>::trim_ascii_end) else {
        return parse(body, max_fields);
    };
    match inside.strip_suffix(b",") {
        Some(inside) if !inside.trim_ascii().ends_with(b"{") => {
            let mended = Zeroizing::new([inside, b"}"].concat());
            parse(&mended, max_fields)
        }
        _ => parse(body, max_fields),
    }
}

struct Object {
    max_fields: usize,
}

impl<'de> Visitor<'de> for Object {
    type Value = Result<Fields, BodyErrorKind>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Fields::default();
        let mut problem = None;
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            if fields.len() >= self.max_fields {
                problem.get_or_insert(BodyErrorKind::Malformed);
            } else if !fields.insert(name, value) {
                problem.get_or_insert(BodyErrorKind::Repeated);
            }
        }
        Ok(problem.map_or(Ok(fields), Err))
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(i64::try_from(value).map_or(Value::Other, Value::Integer))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Value, E> {
        Ok(Value::Other)
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(Zeroizing::new(value.to_owned())))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::Text(Zeroizing::new(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        let mut is_texts = true;
        while let Some(value) = seq.next_element::<Value>()? {
            match value {
                Value::Text(text) if is_texts => list.push(text.to_string()),
                _ => is_texts = false,
            }
        }
        Ok(if is_texts { Value::List(list) } else { Value::Other })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut fields = Fields::default();
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            if fields.len() >= MAX_NESTED || !fields.insert(name, value) {
                return Err(A::Error::custom("a nested object has too many fields, or one twice"));
            }
        }
        Ok(Value::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_an_object() {
        let body = br#" {"a":"x","n":30,"f":1.5,"t":true,"z":null,"l":["p","q"],"m":[1],"o":{"a":1}} "#;
        let fields = parse(body, 8).expect("an object");
        assert_eq!(fields.text("a"), Some("x"));
        assert_eq!((fields.integer("n"), fields.integer("f"), fields.integer("a")), (Some(30), None, None));
        assert_eq!(fields.flag("t"), Some(true));
        assert!(fields.is_present("z") && !fields.has("z") && !fields.is_present("y"));
        assert_eq!(fields.list("l").map(<[String]>::len), Some(2));
        assert!(fields.list("m").is_none() && fields.has("m") && fields.object("m").is_none());
        assert_eq!(fields.object("o").and_then(|nested| nested.integer("a")), Some(1));
        assert_eq!(format!("{fields:?}"), r#"["a", "n", "f", "t", "z", "l", "m", "o"]"#);
    }

    #[test]
    fn refuses_what_is_no_object() {
        for body in
            ["", "[]", "1", "null", "{", r#"{"a":1,}"#, "{a:1}", r#"{"a":1} x"#, r#"{"a":"\ud800"}"#, "\u{feff}{}"]
        {
            assert!(matches!(parse(body.as_bytes(), 8), Err(BodyErrorKind::Malformed)), "{body}");
        }
        let deep = format!(r#"{{"a":{}1{}}}"#, "[".repeat(500), "]".repeat(500));
        assert!(matches!(parse(deep.as_bytes(), 8), Err(BodyErrorKind::Malformed)), "too deep");
        assert!(matches!(parse(br#"{"a":1,"b":2}"#, 1), Err(BodyErrorKind::Malformed)), "too many");
    }

    #[test]
    fn refuses_a_repeated_name_however_it_is_written() {
        for body in [r#"{"a":1,"a":1}"#, r#"{"a":1,"\u0061":2}"#] {
            assert!(matches!(parse(body.as_bytes(), 8), Err(BodyErrorKind::Repeated)), "{body}");
        }
        for body in [r#"{"o":{"a":1,"a":1}}"#, r#"{"l":[{"a":1,"a":1}]}"#] {
            assert!(matches!(parse(body.as_bytes(), 8), Err(BodyErrorKind::Malformed)), "{body}");
        }
    }

    #[test]
    fn one_trailing_comma_can_be_borne() {
        let fields = parse_with_trailing_comma(b"{\n \"a\": \"x\",\n}\n", 8).expect("borne");
        assert_eq!(fields.text("a"), Some("x"));
        assert!(parse_with_trailing_comma(br#"{"a":"x"}"#, 8).is_ok());
        for body in [r#"{"a":1,,}"#, "{,}", r#"{"a":[1,]}"#, r#"{"a":1,}}"#] {
            assert!(parse_with_trailing_comma(body.as_bytes(), 8).is_err(), "{body}");
        }
        let repeated = parse_with_trailing_comma(br#"{"a":1,"a":1,}"#, 8);
        assert!(matches!(repeated, Err(BodyErrorKind::Repeated)));
    }
}
