//! Scopes as they may be granted (RFC 6749 §3.3).

use std::error::Error;
use std::fmt;

use auth_core::claims::is_scope_token;
use auth_core::{ConfigError, ConfigErrorKind};

use crate::text::shown;

/// A text that is not a scope: in a token it would be read as none, or as several.
#[derive(Debug)]
pub(crate) struct MalformedScope(String);

/// Refuses the first of these that is not a scope.
pub(crate) fn check<S: AsRef<str>>(scopes: &[S]) -> Result<(), MalformedScope> {
    match scopes.iter().map(AsRef::as_ref).find(|scope| !is_scope_token(scope)) {
        None => Ok(()),
        Some(scope) => Err(MalformedScope(shown(scope))),
    }
}

impl fmt::Display for MalformedScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a scope; use visible ASCII without `\"` and `\\`, and name each scope by itself (RFC 6749 §3.3)",
            self.0
        )
    }
}

impl Error for MalformedScope {}

impl From<MalformedScope> for ConfigError {
    fn from(error: MalformedScope) -> Self {
        Self::new(ConfigErrorKind::Value, error.to_string()).with_source(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_is_no_scope() {
        assert!(check::<&str>(&[]).is_ok());
        assert!(check(&["items:read", "!#[]~"]).is_ok());
        for text in ["", " ", "a b", "a\u{a0}b", "a\"", "a\\", "a\n", "\u{e4}"] {
            let error = check(&["fine", text]).expect_err(text);
            assert!(error.to_string().starts_with(&format!("`{}` is not a scope; use ", shown(text))), "{error}");
        }
    }
}
