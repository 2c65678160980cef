//! Mistakes in how a program puts its authentication together.

use std::error::Error;
use std::fmt;

/// A mistake in the configuration, found when the program starts.
///
/// The text quotes the value that is wrong and says what to write instead; it never quotes a secret. Each kind
/// of mistake has a stable number, so that it can be looked up.
#[derive(Clone, PartialEq, Eq)]
pub struct ConfigError {
    kind: ConfigErrorKind,
    text: String,
}

/// What is wrong in the configuration; the discriminant is the number that the text shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConfigErrorKind {
    /// A realm name that cannot stand in a quoted string.
    RealmName = 1,
    /// A realm without a scheme.
    NoScheme = 2,
    /// Two schemes that claim the same credentials.
    SchemeClash = 3,
    /// A header, query parameter or cookie name that is none.
    FieldName = 4,
    /// A cookie whose name does not begin with `__Host-`.
    CookieName = 5,
    /// A guessable scheme without a decision where a caller's address comes from.
    SourceNotChosen = 6,
    /// A list of trusted networks that is empty or holds something else.
    Network = 7,
    /// A status that cannot mean "forbidden".
    ForbiddenStatus = 8,
    /// An `acr` value or origin that cannot be sent or compared.
    Value = 9,
    /// A scheme whose name, prefix or challenge cannot be sent.
    SchemeName = 10,
    /// A key that is too weak or cannot be read.
    Key = 20,
    /// A token verifier without a key, or with two keys of one id.
    KeySet = 21,
    /// A token verifier without an issuer, or with an empty one.
    Issuer = 22,
    /// A token verifier without an audience, or with an empty one.
    Audience = 23,
    /// A leeway over 300 seconds.
    Leeway = 24,
    /// An algorithm that is not known.
    Algorithm = 25,
    /// A token type that is none.
    TokenType = 26,
    /// An API key prefix that does not match `[a-z][a-z0-9]{1,15}`.
    ApiKeyPrefix = 30,
    /// Password hashing parameters out of bounds.
    Hashing = 40,
    /// An account that cannot be stored.
    Account = 41,
    /// A store that cannot be opened.
    Store = 45,
    /// Endpoints whose policies no realm can decide.
    Catalogue = 50,
}

impl ConfigErrorKind {
    /// The stable number of the mistake, as the text shows it: `AUTH006`.
    #[must_use]
    pub fn code(self) -> String {
        #[expect(clippy::as_conversions, reason = "reads the discriminant of a field-less enum")]
        let number = self as u16;
        format!("AUTH{number:03}")
    }
}

impl ConfigError {
    /// Makes an error; for verifiers and stores outside this crate.
    ///
    /// `text` says what is wrong, quotes the value unless it is secret, and says what to write instead.
    #[must_use]
    pub fn new(kind: ConfigErrorKind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into() }
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> ConfigErrorKind {
        self.kind
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.code(), self.text)
    }
}

impl fmt::Debug for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for ConfigError {}
