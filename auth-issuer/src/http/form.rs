//! Forms: `application/x-www-form-urlencoded` (WHATWG URL §5.1), strictly.

use percent_encoding::percent_decode;
use zeroize::Zeroizing;

use super::body_error::BodyErrorKind;
use super::fields::{Fields, Value};

/// Reads a form. Names and values have to be UTF-8; a name without `=` has an empty value.
pub(super) fn parse(body: &[u8], max_fields: usize) -> Result<Fields, BodyErrorKind> {
    let mut fields = Fields::default();
    for pair in body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
        let mut halves = pair.splitn(2, |byte| *byte == b'=');
        let name = decode(halves.next().unwrap_or_default())?;
        let value = decode(halves.next().unwrap_or_default())?;
        if fields.len() >= max_fields {
            return Err(BodyErrorKind::Malformed);
        }
        if !fields.insert(name.to_string(), Value::Text(value)) {
            return Err(BodyErrorKind::Repeated);
        }
    }
    Ok(fields)
}

/// Decodes one name or value. Percent signs that begin no escape are refused.
pub(super) fn decode(part: &[u8]) -> Result<Zeroizing<String>, BodyErrorKind> {
    let mut rest = part;
    while let Some(at) = rest.iter().position(|byte| *byte == b'%') {
        rest = rest.get(at.saturating_add(1)..).unwrap_or_default();
        if !matches!(rest, [high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit()) {
            return Err(BodyErrorKind::Malformed);
        }
    }
    let spaced = Zeroizing::new(part.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect::<Vec<u8>>());
    let decoded = percent_decode(&spaced).decode_utf8().or(Err(BodyErrorKind::Malformed))?;
    Ok(Zeroizing::new(decoded.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(body: &str, name: &str) -> Option<String> {
        parse(body.as_bytes(), 8).expect("a form").text(name).map(str::to_owned)
    }

    #[test]
    fn reads_names_and_values() {
        assert_eq!(text("a=1&b=x%20y+z&c&=e&d=a=b", "b").as_deref(), Some("x y z"));
        assert_eq!(text("a=1&c", "c").as_deref(), Some(""));
        assert_eq!(text("d=a=b", "d").as_deref(), Some("a=b"));
        assert_eq!(text("p=%C3%A9%2B", "p").as_deref(), Some("\u{e9}+"));
        assert_eq!(text("", "a"), None);
    }

    #[test]
    fn refuses_what_is_no_form() {
        for body in ["a=%", "a=%4", "a=%zz", "a=%ff", "%c3=1"] {
            assert!(matches!(parse(body.as_bytes(), 8), Err(BodyErrorKind::Malformed)), "{body}");
        }
        assert!(matches!(parse(b"a=\xff", 8), Err(BodyErrorKind::Malformed)));
        assert!(matches!(parse(b"a=1&b=2&c=3", 2), Err(BodyErrorKind::Malformed)), "too many");
    }

    /// RFC 6749 §3.2: parameters must not be repeated.
    #[test]
    fn refuses_a_repeated_name_however_it_is_written() {
        for body in ["a=1&a=2", "a=1&%61=2", "a&a="] {
            assert!(matches!(parse(body.as_bytes(), 8), Err(BodyErrorKind::Repeated)), "{body}");
        }
    }
}
