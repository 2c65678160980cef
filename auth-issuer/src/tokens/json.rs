//! Claims as JSON.

use auth_core::Claims;
use auth_core::claims::ClaimValue;
use serde_json::{Map, Number, Value};

/// An object of the claims, in the order of their names.
pub(super) fn to_json(claims: &Claims) -> String {
    object(claims).to_string()
}

fn object(claims: &Claims) -> Value {
    Value::Object(claims.iter().map(|(name, claim)| (name.to_owned(), value(claim))).collect::<Map<_, _>>())
}

fn value(claim: &ClaimValue) -> Value {
    match claim {
        ClaimValue::Bool(flag) => Value::Bool(*flag),
        ClaimValue::Integer(number) => Number::from_i128(*number).map_or(Value::Null, Value::Number),
        ClaimValue::Float(number) => Number::from_f64(*number).map_or(Value::Null, Value::Number),
        ClaimValue::String(text) => Value::String(text.clone()),
        ClaimValue::Array(values) => Value::Array(values.iter().map(value).collect()),
        ClaimValue::Object(claims) => object(claims),
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_every_kind_of_value() {
        let claims = Claims::new()
            .with("text", "a\"b\u{1}")
            .with("number", 7)
            .with("large", u64::MAX)
            .with("float", ClaimValue::Float(1.5))
            .with("flag", true)
            .with("null", ClaimValue::Null)
            .with("list", vec!["a", "b"])
            .with("inner", Claims::new().with("x", -1));
        assert_eq!(
            to_json(&claims),
            "{\"flag\":true,\"float\":1.5,\"inner\":{\"x\":-1},\"large\":18446744073709551615,\"list\":[\"a\",\"b\"],\
             \"null\":null,\"number\":7,\"text\":\"a\\\"b\\u0001\"}"
        );
    }
}
