//! Mistakes in how a program puts its authentication together.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// A mistake in the configuration, found when the program starts.
///
/// The text quotes the value that is wrong and says what to write instead; it never quotes a secret. Each kind
/// of mistake has a stable number, by which `docs/configuration-errors.md` in the repository says what to do.
///
/// Where another library or the system is the cause, [`source`](Error::source) has its error. The text tells that too,
/// since most programs print nothing else before they end.
///
/// Two errors are equal if they have one kind and one text.
#[derive(Clone)]
pub struct ConfigError {
    kind: ConfigErrorKind,
    text: String,
    source: Option<Arc<dyn Error + Send + Sync>>,
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
    /// A header, query parameter or cookie name that is not one, or has a meaning of its own.
    FieldName = 4,
    /// A cookie whose name does not begin with `__Host-`, or whose prefix wants TLS where there is to be none.
    CookieName = 5,
    /// A guessable scheme without a decision where a caller's address comes from.
    SourceNotChosen = 6,
    /// A list of trusted networks that is empty or holds something else.
    Network = 7,
    /// A status that cannot mean "forbidden".
    ForbiddenStatus = 8,
    /// A value that cannot be sent or compared, such as an `acr` value, an origin or a purpose.
    Value = 9,
    /// A scheme whose name, prefix or challenge cannot be sent.
    SchemeName = 10,
    /// A time, size or number outside of its bounds.
    Limit = 11,
    /// An address of a server that is not one, or may not be used.
    Address = 12,
    /// An operating system that has no randomness to give.
    Randomness = 13,
    /// A key, secret or pepper that is too weak or cannot be read.
    Key = 20,
    /// Keys that make no set: none, too many, one without an id, two of one id, or not those in use.
    KeySet = 21,
    /// An issuer that is missing, empty, another verifier's, or cannot be asked.
    Issuer = 22,
    /// An audience that is missing or empty.
    Audience = 23,
    /// A leeway over 300 seconds.
    Leeway = 24,
    /// An algorithm that is not known, not named, or not for this use.
    Algorithm = 25,
    /// A token type that is empty.
    TokenType = 26,
    /// A claim name or path that is empty or taken.
    ClaimName = 27,
    /// An HTTP client that is missing or cannot be made.
    HttpClient = 28,
    /// An API key prefix that does not match `[a-z][a-z0-9]{1,15}`.
    ApiKeyPrefix = 30,
    /// Password hashing parameters or password lengths out of bounds.
    Hashing = 40,
    /// An account that cannot be stored.
    Account = 41,
    /// A store that cannot be opened, does not answer, or does not fit the service.
    Store = 45,
    /// Endpoints whose policies no realm can decide, or routes without a reason to be unchecked.
    Catalogue = 50,
    /// A client whose id or secret is missing, malformed or another's.
    Client = 60,
    /// A token endpoint that offers no grant.
    Grant = 61,
    /// A mail server, sender or outbox that cannot be used.
    Mail = 65,
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
        Self { kind, text: text.into(), source: None }
    }

    /// Adds the cause. It must not hold a secret.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::error::Error as _;
    ///
    /// use auth_core::{ConfigError, ConfigErrorKind};
    ///
    /// let cause = "ten".parse::<u8>().unwrap_err();
    /// let text = format!("`ten` is not a number of seconds ({cause}); write digits, like `10`");
    /// let error = ConfigError::new(ConfigErrorKind::Limit, text).with_source(cause);
    /// assert!(error.to_string().starts_with("AUTH011: `ten`"));
    /// assert!(error.source().is_some_and(|cause| cause.is::<std::num::ParseIntError>()));
    /// ```
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into().into());
        self
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

impl Error for ConfigError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| -> &(dyn Error + 'static) { source })
    }
}

impl PartialEq for ConfigError {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.text == other.text
    }
}

impl Eq for ConfigError {}
