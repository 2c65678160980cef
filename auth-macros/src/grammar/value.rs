//! Values: what may follow `key =`.

use std::time::Duration;

use proc_macro2::{Ident, Span, TokenStream};
use syn::ext::IdentExt as _;
use syn::parse::{Parse as _, ParseStream, Parser as _};
use syn::{Error, ExprPath, LitStr, Path, TypePath};

/// A text in quotes.
pub(crate) fn text(key: &Ident, value: TokenStream) -> syn::Result<LitStr> {
    all(value, key.span(), |input| {
        input
            .parse::<LitStr>()
            .map_err(|error| Error::new(error.span(), format!("`{key}` takes a text in quotes, like `{key} = \"..\"`")))
    })
}

/// One identifier.
pub(crate) fn ident(key: &Ident, value: TokenStream) -> syn::Result<Ident> {
    all(value, key.span(), |input| {
        input
            .call(Ident::parse_any)
            .map_err(|error| Error::new(error.span(), format!("`{key}` takes a name, without quotes")))
    })
}

/// A path of a crate or module.
pub(crate) fn path_to_module(key: &Ident, value: TokenStream) -> syn::Result<Path> {
    all(value, key.span(), |input| {
        input
            .call(Path::parse_mod_style)
            .map_err(|error| Error::new(error.span(), format!("`{key}` takes a path, without quotes")))
    })
}

/// A path that stands for a value: a function, a constant, an enum's variant.
pub(crate) fn path_expression(value: TokenStream, at: Span) -> syn::Result<ExprPath> {
    all(value, at, ExprPath::parse)
}

/// A path that stands for a type.
pub(crate) fn type_path(value: TokenStream, at: Span) -> syn::Result<TypePath> {
    all(value, at, TypePath::parse)
}

/// Parses all the tokens; what is left over lacks a comma before it.
fn all<T>(value: TokenStream, at: Span, parse: impl FnOnce(ParseStream<'_>) -> syn::Result<T>) -> syn::Result<T> {
    if value.is_empty() {
        return Err(Error::new(at, "a value is missing here"));
    }
    let parser = |input: ParseStream<'_>| {
        let parsed = parse(input)?;
        if input.is_empty() {
            return Ok(parsed);
        }
        let at = input.span();
        // The rest has to be taken, or the parser complains in its own words.
        input.parse::<TokenStream>()?;
        Err(Error::new(at, "expected `,`"))
    };
    parser.parse2(value)
}

/// A duration as it is written in an attribute: a number and `s`, `m`, `h` or `d`.
pub(crate) fn seconds(text: &LitStr) -> syn::Result<u64> {
    let written = text.value();
    let unit = written.chars().last();
    let factor = match unit {
        Some('s') => Some(1),
        Some('m') => Some(60),
        Some('h') => Some(60 * 60),
        Some('d') => Some(24 * 60 * 60),
        _ => None,
    };
    let number = unit
        .and_then(|unit| written.strip_suffix(unit))
        .filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
    number
        .zip(factor)
        .and_then(|(number, factor)| number.parse::<u64>().ok()?.checked_mul(factor))
        .filter(|seconds| !Duration::from_secs(*seconds).is_zero())
        .ok_or_else(|| {
            Error::new(
                text.span(),
                format!("{written:?} is no duration; write a number and `s`, `m`, `h` or `d`, like \"10m\""),
            )
        })
}

/// Whether it is a scope-token (RFC 6749 §3.3).
pub(crate) fn is_scope_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}

/// Whether it is a token (RFC 9110 §5.6.2): the name of a field, cookie or auth-scheme.
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn duration(text: &str) -> Option<u64> {
        seconds(&LitStr::new(text, Span::call_site())).ok()
    }

    #[test]
    fn reads_durations() {
        for (text, wanted) in [("1s", 1), ("10m", 600), ("2h", 7_200), ("30d", 2_592_000)] {
            assert_eq!(duration(text), Some(wanted), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_duration() {
        for text in [
            "",
            "m",
            "10",
            "0s",
            "-1s",
            "+1s",
            " 1s",
            "1 s",
            "1.5h",
            "10min",
            "1\u{e9}",
            "99999999999999999999s",
            "18446744073709551615d",
        ] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn scope_tokens_are_those_of_rfc_6749() {
        for scope in ["a", "items:read", "https://example.com/a", "!", "#", "[", "]", "~"] {
            assert!(is_scope_token(scope), "{scope}");
        }
        for text in ["", "a b", "\"", "\\", "\u{7f}", "\u{e9}", "a\n"] {
            assert!(!is_scope_token(text), "{text:?}");
        }
    }
}
