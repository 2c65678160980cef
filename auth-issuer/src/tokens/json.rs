//! Claims as JSON.

use std::error::Error;
use std::fmt;

use auth_core::Claims;
use auth_core::claims::ClaimValue;
use serde_json::{Map, Number, Value};

/// A claim that JSON cannot say so that everybody reads the same: a number beyond 64 bits. Names the outermost claim,
/// never the value.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unwritable {
    name: String,
}

/// An object of the claims, in the order of their names.
pub(super) fn to_json(claims: &Claims) -> Result<String, Unwritable> {
    let members: Map<_, _> = claims
        .iter()
        .map(|(name, claim)| {
            let written = value(claim).ok_or_else(|| Unwritable { name: name.to_owned() })?;
            Ok((name.to_owned(), written))
        })
        .collect::<Result<_, _>>()?;
    Ok(Value::Object(members).to_string())
}

fn value(claim: &ClaimValue) -> Option<Value> {
    Some(match claim {
        ClaimValue::Null => Value::Null,
        ClaimValue::Bool(flag) => Value::Bool(*flag),
        ClaimValue::Integer(number) => Value::Number(Number::from_i128(*number)?),
        ClaimValue::Float { 0: number, .. } => Value::Number(Number::from_f64(*number)?),
        ClaimValue::String(text) => Value::String(text.clone()),
        ClaimValue::Array(values) => Value::Array(values.iter().map(value).collect::<Option<_>>()?),
        ClaimValue::Object(claims) => {
            let members = claims.iter().map(|(name, claim)| Some((name.to_owned(), value(claim)?)));
            Value::Object(members.collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the claim `{}` cannot be written; give it numbers of at most 64 bits", self.name.escape_default())
    }
}

impl Error for Unwritable {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_every_kind_of_value() {
        let claims = Claims::new()
            .with("text", "a\"b\u{1}")
            .with("number", 7)
            .with("large", u64::MAX)
            .with("float", ClaimValue::float(1.5).expect("finite"))
            .with("flag", true)
            .with("null", ClaimValue::Null)
            .with("list", vec!["a", "b"])
            .with("inner", Claims::new().with("x", -1));
        assert_eq!(
            to_json(&claims).expect("claims"),
            "{\"flag\":true,\"float\":1.5,\"inner\":{\"x\":-1},\"large\":18446744073709551615,\"list\":[\"a\",\"b\"],\
             \"null\":null,\"number\":7,\"text\":\"a\\\"b\\u0001\"}"
        );
    }

    #[test]
    fn refuses_numbers_that_others_would_read_as_another() {
        let huge = || ClaimValue::Integer(i128::from(u64::MAX) + 1);
        let inner = Claims::new().with("ok", 1).with("deep", huge());
        for value in
            [huge(), ClaimValue::Array(vec![huge()]), inner.into(), ClaimValue::Integer(i128::from(i64::MIN) - 1)]
        {
            let error = to_json(&Claims::new().with("good", 1).with("quo\nta", value)).unwrap_err();
            assert!(error.to_string().contains("`quo\\nta`"), "{error}");
        }
    }
}
