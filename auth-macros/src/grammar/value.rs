//! Values: what may follow `key =`.

use std::time::Duration;

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::{Error, ExprPath, LitStr, Path, TypePath};

/// What is said where two pieces, or two texts, stand side by side.
pub(super) const NO_COMMA: &str = "a comma is missing before this";

/// A text in quotes; `usage` is how the whole is written.
pub(crate) fn text(key: &Ident, value: TokenStream, usage: &str) -> syn::Result<LitStr> {
    all(value, key, <LitStr as Parse>::parse, || format!("`{key}` takes a text in quotes, like `{usage}`"))
}

/// One identifier; `usage` is how the whole is written.
pub(crate) fn ident(key: &Ident, value: TokenStream, usage: &str) -> syn::Result<Ident> {
    all(value, key, Ident::parse, || format!("`{key}` takes one name, without quotes, like `{usage}`"))
}

/// A path of a crate or module.
pub(crate) fn path_to_module(key: &Ident, value: TokenStream) -> syn::Result<Path> {
    all(value, key, Path::parse_mod_style, || {
        format!("`{key}` takes a path, without quotes, like `{key} = path::to::adapter`")
    })
}

/// A path that stands for a value, a function, a constant, an enum's variant; `wanted` says what is written.
pub(crate) fn path_expression(key: &Ident, value: TokenStream, wanted: &str) -> syn::Result<ExprPath> {
    all(value, key, ExprPath::parse, || wanted.to_owned())
}

/// A path that stands for a type, as the value of a key.
pub(crate) fn path_to_type(key: &Ident, value: TokenStream) -> syn::Result<TypePath> {
    all(value, key, TypePath::parse, || {
        format!("`{key}` takes the path of a type, without quotes, like `{key} = path::To::Type`")
    })
}

/// A path that stands for a type.
pub(super) fn type_path(path: TokenStream) -> syn::Result<TypePath> {
    let shown = path.clone();
    all(path, &shown, TypePath::parse, || "this is not a path; write one like `path::To::Type`".to_owned())
}

/// Parses all the tokens. Nothing at all is a mistake `at` the key; so is, at the value, what does not parse, both in
/// words of ours; what is left over lacks a comma before it, if it could begin a piece.
fn all<T>(
    value: TokenStream,
    at: &impl ToTokens,
    parse: impl FnOnce(ParseStream<'_>) -> syn::Result<T>,
    wanted: impl FnOnce() -> String,
) -> syn::Result<T> {
    if value.is_empty() {
        return Err(Error::new_spanned(at, wanted()));
    }
    let shown = value.clone();
    let mut left_over = None;
    let parser = |input: ParseStream<'_>| {
        let parsed = parse(input)?;
        left_over = input.fork().parse::<TokenTree>().ok();
        // The rest has to be taken, or the parser complains in its own words.
        input.parse::<TokenStream>()?;
        Ok(parsed)
    };
    match (parser.parse2(value), left_over) {
        (Ok(parsed), None) => Ok(parsed),
        (Ok(_), Some(TokenTree::Ident(next))) => Err(Error::new(next.span(), NO_COMMA)),
        (Ok(_), Some(TokenTree::Literal(next))) => Err(Error::new(next.span(), NO_COMMA)),
        (Ok(_), Some(_)) | (Err(_), _) => Err(Error::new_spanned(shown, wanted())),
    }
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
                format!("{written:?} is not a duration; write a number and `s`, `m`, `h` or `d`, like \"10m\""),
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
    use proc_macro2::Span;

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
