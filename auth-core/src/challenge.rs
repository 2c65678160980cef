//! Challenges: what `WWW-Authenticate` offers (RFC 9110 §11.3).

use std::fmt::Write as _;
use std::sync::Arc;

use crate::config_error::{ConfigError, ConfigErrorKind};
use crate::scheme::Carrier;

/// How a scheme asks for its credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChallengeForm {
    /// `Bearer realm=".."`, with the error codes of RFC 6750 §3.1 and RFC 9470 §3.
    Bearer,
    /// `Basic realm="..", charset="UTF-8"` (RFC 7617 §2.1).
    Basic,
    /// `ApiKey realm="..", in="header", name=".."`.
    ApiKey,
    /// `<name> realm=".."`.
    Named(&'static str),
    /// The scheme cannot be asked for. A policy needs another one beside it.
    None,
}

/// Room for the errors without values.
const ERROR_LEN: usize = r#", error="invalid_request""#.len();

/// What a `Bearer` challenge says beside the realm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BearerError {
    InvalidRequest,
    InvalidToken,
    InsufficientScope(String),
    InsufficientUserAuthentication { max_age: Option<u64>, acr_values: Option<String> },
}

/// A realm's challenge for one scheme, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Challenge {
    is_bearer: bool,
    line: Arc<str>,
    /// With the error that most refusals name, where the scheme names any.
    of_invalid_token: Arc<str>,
}

impl Challenge {
    pub(crate) fn new(form: ChallengeForm, realm: &RealmName, carrier: &Carrier) -> Option<Self> {
        let realm = realm.quoted();
        let line = match form {
            ChallengeForm::Bearer => format!("Bearer realm={realm}"),
            ChallengeForm::Basic => format!("Basic realm={realm}, charset=\"UTF-8\""),
            ChallengeForm::ApiKey => {
                let (place, name) = carrier.place();
                format!("ApiKey realm={realm}, in={}, name={}", quote(place), quote(name))
            }
            ChallengeForm::Named(name) => format!("{name} realm={realm}"),
            ChallengeForm::None => return None,
        };
        Some(Self::of_line(form == ChallengeForm::Bearer, line))
    }

    fn of_line(is_bearer: bool, line: String) -> Self {
        let line = Arc::<str>::from(line);
        let of_invalid_token =
            if is_bearer { line_with(&line, &BearerError::InvalidToken).into() } else { Arc::clone(&line) };
        Self { is_bearer, line, of_invalid_token }
    }

    /// Says where the resource's metadata are (RFC 9728 §5.1), if this is `Bearer`.
    pub(crate) fn with_metadata_at(self, address: &str) -> Self {
        if !self.is_bearer {
            return self;
        }
        let mut line = format!("{}, resource_metadata=", self.line);
        push_quoted(&mut line, address);
        Self::of_line(true, line)
    }

    pub(crate) fn is_bearer(&self) -> bool {
        self.is_bearer
    }

    /// The challenge as a field value, without an error.
    pub(crate) fn plain(&self) -> Arc<str> {
        Arc::clone(&self.line)
    }

    /// The challenge as a field value; an error is added to `Bearer` only.
    pub(crate) fn with_error(&self, error: &BearerError) -> Arc<str> {
        match error {
            _ if !self.is_bearer => self.plain(),
            BearerError::InvalidToken => Arc::clone(&self.of_invalid_token),
            error => line_with(&self.line, error).into(),
        }
    }
}

/// A `Bearer` challenge that names an error.
fn line_with(challenge: &str, error: &BearerError) -> String {
    let mut line = String::with_capacity(challenge.len().saturating_add(ERROR_LEN));
    line.push_str(challenge);
    let mut add = |name: &str, value: &str| {
        line.push_str(", ");
        line.push_str(name);
        line.push('=');
        push_quoted(&mut line, value);
    };
    match error {
        BearerError::InvalidRequest => add("error", "invalid_request"),
        BearerError::InvalidToken => add("error", "invalid_token"),
        BearerError::InsufficientScope(scope) => {
            add("error", "insufficient_scope");
            add("scope", scope);
        }
        BearerError::InsufficientUserAuthentication { max_age, acr_values } => {
            add("error", "insufficient_user_authentication");
            if let Some(acr_values) = acr_values {
                add("acr_values", acr_values);
            }
            if let Some(max_age) = max_age {
                let mut seconds = String::new();
                // Writing to a `String` cannot fail.
                let _ = write!(seconds, "{max_age}");
                add("max_age", &seconds);
            }
        }
    }
    line
}

/// The name of a realm: visible ASCII characters and spaces, so that it fits a quoted string everywhere.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct RealmName(String);

impl RealmName {
    pub(crate) fn new(name: &str) -> Result<Self, ConfigError> {
        if is_quotable(name) {
            return Ok(Self(name.to_owned()));
        }
        Err(ConfigError::new(
            ConfigErrorKind::RealmName,
            format!(
                "realm name `{}` cannot stand in a header; use visible ASCII characters and spaces",
                name.escape_default()
            ),
        ))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    fn quoted(&self) -> String {
        quote(&self.0)
    }
}

/// Whether a text can stand in a quoted string (RFC 9110 §5.6.4), escapes aside.
pub(crate) fn is_quotable(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// Quotes a text. What cannot stand in a quoted string is left out, so that nothing can break out of it.
fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len().saturating_add(2));
    push_quoted(&mut quoted, text);
    quoted
}

/// The same, at the end of a line.
fn push_quoted(line: &mut String, text: &str) {
    line.push('"');
    for character in text.chars().filter(|character| matches!(character, ' '..='~')) {
        if matches!(character, '"' | '\\') {
            line.push('\\');
        }
        line.push(character);
    }
    line.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bearer() -> Challenge {
        let realm = RealmName::new("demo").expect("a good name");
        Challenge::new(ChallengeForm::Bearer, &realm, &Carrier::bearer()).expect("has a form")
    }

    #[test]
    fn bearer_errors_follow_their_rfcs() {
        let challenge = bearer();
        assert_eq!(&*challenge.plain(), r#"Bearer realm="demo""#);
        assert_eq!(&*challenge.with_error(&BearerError::InvalidToken), r#"Bearer realm="demo", error="invalid_token""#);
        assert_eq!(
            &*challenge.with_error(&BearerError::InsufficientScope("a b".into())),
            r#"Bearer realm="demo", error="insufficient_scope", scope="a b""#
        );
        assert_eq!(
            &*challenge.with_error(&BearerError::InsufficientUserAuthentication {
                max_age: Some(600),
                acr_values: Some("mfa".into())
            }),
            r#"Bearer realm="demo", error="insufficient_user_authentication", acr_values="mfa", max_age="600""#
        );
    }

    #[test]
    fn nothing_breaks_out_of_a_quoted_value() {
        let line = bearer().with_error(&BearerError::InsufficientScope("a\", x=\"\r\nb\\".into()));
        assert_eq!(&*line, r#"Bearer realm="demo", error="insufficient_scope", scope="a\", x=\"b\\""#);
    }

    #[test]
    fn realm_names_that_no_header_can_hold_are_refused() {
        for name in ["line\r\nbreak", "nul\0", "emoji \u{1f642}", "tab\t", "\u{e9}"] {
            assert!(RealmName::new(name).is_err(), "{name:?}");
        }
        assert_eq!(RealmName::new("back\\slash \"x\"").expect("fits").quoted(), r#""back\\slash \"x\"""#);
    }
}
