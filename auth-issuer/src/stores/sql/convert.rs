//! Times, lists and attributes as they lie in columns.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use auth_core::claims::ClaimValue;
use auth_core::{Claims, Factor, StoreError};
use serde_json::{Map, Number, Value as Json};

use super::value::corrupt;

/// Milliseconds since 1970, rounded down; what does not fit is cut off.
pub(super) fn millis_of(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_millis()).unwrap_or(i64::MAX),
        Err(before) => {
            let nanos = before.duration().as_nanos();
            i64::try_from(nanos.div_ceil(1_000_000)).map_or(i64::MIN, i64::saturating_neg)
        }
    }
}

/// The time so many milliseconds after 1970. One that the system cannot write is 1970: everything has expired by then.
pub(super) fn time_of(millis: i64) -> SystemTime {
    let distance = Duration::from_millis(millis.unsigned_abs());
    let time = if millis < 0 { UNIX_EPOCH.checked_sub(distance) } else { UNIX_EPOCH.checked_add(distance) };
    time.unwrap_or(UNIX_EPOCH)
}

pub(super) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// A list of texts as JSON.
pub(super) fn list_text(list: &[String]) -> String {
    Json::from(list).to_string()
}

pub(super) fn list_of(text: &str) -> Result<Vec<String>, StoreError> {
    serde_json::from_str(text).ok().ok_or_else(|| corrupt("a text is not a list"))
}

/// Factors as JSON: an array of `[method]` and `[method, milliseconds]`.
pub(super) fn factors_text(factors: &[Factor]) -> String {
    let factors = factors.iter().map(|factor| {
        let method = Json::from(factor.method.as_str());
        Json::Array(std::iter::once(method).chain(factor.at.map(|at| Json::from(millis_of(at)))).collect())
    });
    Json::Array(factors.collect()).to_string()
}

pub(super) fn factors_of(text: &str) -> Result<Vec<Factor>, StoreError> {
    let is_no_factor = || corrupt("a text is not a list of factors");
    let factors: Vec<Vec<Json>> = serde_json::from_str(text).ok().ok_or_else(is_no_factor)?;
    let factor = |parts: &Vec<Json>| match parts.as_slice() {
        [Json::String(method)] => Ok(Factor::new(method)),
        [Json::String(method), at] => Ok(Factor::new(method).at(time_of(at.as_i64().ok_or_else(is_no_factor)?))),
        _ => Err(is_no_factor()),
    };
    factors.iter().map(factor).collect()
}

/// Attributes as a JSON object.
///
/// # Errors
///
/// If a number does not fit 64 bits: it would be another one when it is read.
pub(super) fn attributes_text(claims: &Claims) -> Result<String, StoreError> {
    object(claims).map(|object| Json::Object(object).to_string())
}

fn object(claims: &Claims) -> Result<Map<String, Json>, StoreError> {
    claims.iter().map(|(name, value)| Ok((name.to_owned(), json(value)?))).collect()
}

fn json(value: &ClaimValue) -> Result<Json, StoreError> {
    let too_big = || StoreError::new("an attribute is a number that does not fit 64 bits");
    Ok(match value {
        ClaimValue::Null => Json::Null,
        ClaimValue::Bool(is_true) => Json::Bool(*is_true),
        ClaimValue::Integer(integer) => Json::Number(Number::from_i128(*integer).ok_or_else(too_big)?),
        ClaimValue::Float { 0: float, .. } => Json::Number(Number::from_f64(*float).ok_or_else(too_big)?),
        ClaimValue::String(text) => Json::String(text.clone()),
        ClaimValue::Array(values) => Json::Array(values.iter().map(json).collect::<Result<_, _>>()?),
        ClaimValue::Object(claims) => Json::Object(object(claims)?),
        _ => return Err(StoreError::new("an attribute is of a kind that cannot be kept")),
    })
}

pub(super) fn attributes_of(text: &str) -> Result<Claims, StoreError> {
    match serde_json::from_str(text) {
        Ok(Json::Object(object)) => claims(object),
        _ => Err(corrupt("a text is not a set of attributes")),
    }
}

fn claims(object: Map<String, Json>) -> Result<Claims, StoreError> {
    object.into_iter().map(|(name, value)| Ok((name, claim(value)?))).collect()
}

fn claim(value: Json) -> Result<ClaimValue, StoreError> {
    Ok(match value {
        Json::Null => ClaimValue::Null,
        Json::Bool(is_true) => ClaimValue::Bool(is_true),
        Json::Number(number) => match (number.as_i128(), number.as_f64()) {
            (Some(integer), _) => ClaimValue::Integer(integer),
            (None, Some(float)) => ClaimValue::float(float).ok_or_else(|| corrupt("a number is infinite"))?,
            (None, None) => return Err(corrupt("a number cannot be read")),
        },
        Json::String(text) => ClaimValue::String(text),
        Json::Array(values) => ClaimValue::Array(values.into_iter().map(claim).collect::<Result<_, _>>()?),
        Json::Object(object) => ClaimValue::Object(claims(object)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rounded_down_and_survive() {
        let half = Duration::from_micros(1_500);
        assert_eq!(millis_of(UNIX_EPOCH + half), 1);
        assert_eq!(millis_of(UNIX_EPOCH - half), -2);
        for millis in [-1_500, -1, 0, 1, 1_900_000_000_123] {
            assert_eq!(millis_of(time_of(millis)), millis);
        }
    }

    #[test]
    fn a_time_that_cannot_be_written_does_not_panic() {
        let far = UNIX_EPOCH + Duration::from_secs(u64::from(u32::MAX) * 4_000_000);
        assert_eq!(millis_of(far), i64::MAX, "cut off");
        assert!(time_of(i64::MAX) >= UNIX_EPOCH && time_of(i64::MIN) <= UNIX_EPOCH);
    }

    #[test]
    fn factors_survive() {
        let factors = [Factor::new("pwd").at(time_of(1_900_000_000_123)), Factor::new("otp")];
        assert_eq!(factors_of(&factors_text(&factors)).expect("factors"), factors);
        for text in ["", "{}", "[[]]", "[[1]]", r#"[["pwd", "now"]]"#, r#"[["pwd", 1, 2]]"#] {
            assert!(factors_of(text).is_err(), "{text}");
        }
    }

    #[test]
    fn attributes_survive_or_are_refused() {
        let inner = Claims::new()
            .with("n", -1)
            .with("f", ClaimValue::float(1.0).expect("finite"))
            .with("none", ClaimValue::Null);
        let claims = Claims::new().with("inner", inner).with("list", vec!["a", "b"]).with("big", u64::MAX);
        assert!(attributes_of(&attributes_text(&claims).expect("small")).expect("attributes") == claims);
        let huge = Claims::new().with("huge", ClaimValue::Integer(i128::from(u64::MAX) + 1));
        assert!(attributes_text(&huge).is_err());
        assert!(attributes_of("[]").is_err());
    }
}
