//! Schemes: how a credential travels, and how it is asked for.
//!
//! A scheme is described by data, its [`Carrier`], so that a realm can tell which of its schemes owns a header
//! value before any of them looks inside.

use std::any::TypeId;
use std::fmt;

use crate::challenge::ChallengeForm;
use crate::config_error::{ConfigError, ConfigErrorKind};
use crate::credential::{ApiKey, BasicCredentials, BearerToken, Credential};

/// How one kind of credential travels and is asked for.
///
/// Own schemes are usually derived:
///
/// ```
/// use auth_core::{Carrier, Scheme, SchemeId};
///
/// /// Keys in the bearer field, told from tokens by their prefix.
/// #[derive(Scheme)]
/// #[scheme(bearer, prefix = "ak_")]
/// struct NebulaKey;
///
/// assert_eq!(SchemeId::of::<NebulaKey>().name(), "nebula_key");
/// assert_eq!(NebulaKey.carrier(), Carrier::bearer().with_prefix("ak_"));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a scheme",
    note = "the built-in schemes are `bearer`, `basic` and `api_key`; derive your own: `#[derive(Scheme)] #[scheme(header = \"X-Key\")] struct {Self};`"
)]
pub trait Scheme: Send + Sync + 'static {
    /// The name in logs, the catalogue and OpenAPI documents: lower case with underscores.
    const NAME: &'static str;

    /// How the scheme asks for its credentials.
    const CHALLENGE: ChallengeForm;

    /// Whether people choose the secret, so that guessing pays. Realms then need to know where a request comes
    /// from.
    const GUESSABLE: bool = false;

    /// What travels.
    type Credential: Credential;

    /// Where it travels.
    fn carrier(&self) -> Carrier;
}

/// The identity of a scheme: its type, with its name for people.
#[derive(Clone, Copy)]
pub struct SchemeId {
    type_id: TypeId,
    name: &'static str,
}

impl SchemeId {
    /// The identity of the scheme `S`.
    #[must_use]
    pub const fn of<S: Scheme>() -> Self {
        Self { type_id: TypeId::of::<S>(), name: S::NAME }
    }

    /// The scheme's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }
}

impl PartialEq for SchemeId {
    fn eq(&self, other: &Self) -> bool {
        self.type_id == other.type_id
    }
}

impl Eq for SchemeId {}

impl fmt::Debug for SchemeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl fmt::Display for SchemeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// Where a credential travels in a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carrier {
    pub(crate) field: Field,
    pub(crate) prefix: &'static str,
}

#[derive(Clone, Debug, Eq)]
pub(crate) enum Field {
    /// `Authorization`, under an auth-scheme name.
    Authorization(&'static str),
    /// A header of the application's own, in lower case as sent to [`RequestHead`](crate::RequestHead), with the
    /// spelling for people.
    Header { name: String, shown: String },
    /// A query parameter. Never part of "any scheme".
    Query(String),
    /// A cookie: sent by browsers on their own account.
    Cookie { name: String, insecure_name: bool },
}

/// Equal where they read the same place of a request.
impl PartialEq for Field {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Authorization(a), Self::Authorization(b)) => a.eq_ignore_ascii_case(b),
            (Self::Header { name: a, .. }, Self::Header { name: b, .. })
            | (Self::Query(a), Self::Query(b))
            | (Self::Cookie { name: a, .. }, Self::Cookie { name: b, .. }) => a == b,
            _ => false,
        }
    }
}

impl Carrier {
    /// `Authorization: Bearer ..`.
    #[must_use]
    pub fn bearer() -> Self {
        Self::authorization("Bearer")
    }

    /// `Authorization: Basic ..`.
    #[must_use]
    pub fn basic() -> Self {
        Self::authorization("Basic")
    }

    /// `Authorization: <name> ..`, for another auth-scheme (RFC 9110 §11.1). The name compares without case.
    #[must_use]
    pub fn authorization(name: &'static str) -> Self {
        Self { field: Field::Authorization(name), prefix: "" }
    }

    /// A header field of the application's own.
    #[must_use]
    pub fn header(name: impl Into<String>) -> Self {
        let shown = name.into();
        Self { field: Field::Header { name: shown.to_ascii_lowercase(), shown }, prefix: "" }
    }

    /// A query parameter; its name compares with case.
    ///
    /// # Security
    ///
    /// Addresses end in histories, logs and `Referer`. Use it for credentials that are good once. Answers get
    /// `Cache-Control: no-store` and `Referrer-Policy: no-referrer`.
    #[must_use]
    pub fn query(name: impl Into<String>) -> Self {
        Self { field: Field::Query(name.into()), prefix: "" }
    }

    /// A cookie, whose name has to begin with `__Host-`.
    ///
    /// # Security
    ///
    /// A browser sends cookies whoever caused the request. They are read only where no explicit credential is
    /// present, and on unsafe methods and upgrades only if the request comes from the same origin.
    #[must_use]
    pub fn cookie(name: impl Into<String>) -> Self {
        Self { field: Field::Cookie { name: name.into(), insecure_name: false }, prefix: "" }
    }

    /// Claims only the values that begin with `prefix`. In one field the longest prefix that fits owns a value.
    #[must_use]
    pub fn with_prefix(mut self, prefix: &'static str) -> Self {
        self.prefix = prefix;
        self
    }

    /// Lets a cookie have any name; other carriers stay as they are.
    ///
    /// # Security
    ///
    /// Weakens the check: a sibling domain, or a page without TLS, may set such a cookie, and so sign its victim in to an
    /// account of the attacker's.
    ///
    /// # Examples
    ///
    /// ```
    /// use auth_core::Carrier;
    ///
    /// assert_eq!(Carrier::cookie("session").with_insecure_cookie_name().place(), ("cookie", "session"));
    /// ```
    #[must_use]
    pub fn with_insecure_cookie_name(mut self) -> Self {
        if let Field::Cookie { insecure_name, .. } = &mut self.field {
            *insecure_name = true;
        }
        self
    }

    /// What the values begin with that are claimed; empty for all.
    #[must_use]
    pub fn prefix(&self) -> &'static str {
        self.prefix
    }

    /// The header field that is read, in lower case; `None` for a query parameter.
    #[must_use]
    pub fn header_field(&self) -> Option<&str> {
        match &self.field {
            Field::Authorization(_) => Some("authorization"),
            Field::Header { name, .. } => Some(name),
            Field::Cookie { .. } => Some("cookie"),
            Field::Query(_) => None,
        }
    }

    /// Place and name, in OpenAPI's words: `("header", "X-API-TOKEN")`.
    #[must_use]
    pub fn place(&self) -> (&'static str, &str) {
        match &self.field {
            Field::Authorization(_) => ("header", "Authorization"),
            Field::Header { shown, .. } => ("header", shown),
            Field::Query(name) => ("query", name),
            Field::Cookie { name, .. } => ("cookie", name),
        }
    }

    /// Whether browsers send the credential on their own account.
    pub(crate) fn is_ambient(&self) -> bool {
        matches!(self.field, Field::Cookie { .. })
    }

    /// Whether browsers keep what their user has typed in, and add it to every later request to the same place, whichever
    /// page makes it (RFC 7617 §2.2, and the same for the others).
    pub(crate) fn is_kept_by_browsers(&self) -> bool {
        const KEPT: [&str; 4] = ["Basic", "Digest", "Negotiate", "NTLM"];
        matches!(&self.field, Field::Authorization(scheme) if KEPT.iter().any(|kept| kept.eq_ignore_ascii_case(scheme)))
    }

    /// Whether a policy has to name the scheme to accept it.
    pub(crate) fn is_explicit_only(&self) -> bool {
        matches!(self.field, Field::Query(_))
    }

    /// Checks that the name is a token (RFC 9110 §5.6.2), for whoever writes what is read here. A realm checks it by itself.
    ///
    /// # Errors
    ///
    /// [`ConfigErrorKind::FieldName`] if it is not.
    pub fn check_name(&self) -> Result<(), ConfigError> {
        let (place, name) = self.place();
        let name = if let Field::Authorization(scheme) = &self.field { scheme } else { name };
        if name.is_empty() || !name.bytes().all(is_token_byte) {
            return Err(ConfigError::new(
                ConfigErrorKind::FieldName,
                format!(
                    "`{}` is not a valid {place} name; use letters, digits and `-` or `_`, like `X-API-TOKEN`",
                    name.escape_default()
                ),
            ));
        }
        Ok(())
    }

    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        self.check_name()?;
        match &self.field {
            Field::Header { name, shown } if RESERVED.contains(&name.as_str()) => Err(ConfigError::new(
                ConfigErrorKind::FieldName,
                format!(
                    "header `{shown}` has a meaning of its own; use another name, like `X-API-TOKEN`, or `Carrier::authorization(..)`"
                ),
            )),
            Field::Cookie { name, insecure_name: false } if !name.starts_with("__Host-") => Err(ConfigError::new(
                ConfigErrorKind::CookieName,
                format!(
                    "cookie `{name}` may be set by other hosts; call it `__Host-{name}`, or write `Carrier::cookie(\"{name}\").with_insecure_cookie_name()`"
                ),
            )),
            _ => Ok(()),
        }
    }
}

/// Header fields that mean something else: to HTTP, or to the core, which reads them itself. The derive of schemes has
/// the same list.
const RESERVED: [&str; 13] = [
    "authorization",
    "connection",
    "content-length",
    "cookie",
    "forwarded",
    "host",
    "origin",
    "proxy-authorization",
    "sec-fetch-site",
    "transfer-encoding",
    "upgrade",
    "x-forwarded-for",
    "x-forwarded-proto",
];

/// Characters of a token (RFC 9110 §5.6.2).
#[expect(clippy::indexing_slicing, reason = "the table has an entry for every byte")]
pub(crate) fn is_token_byte(byte: u8) -> bool {
    TOKEN_BYTES[usize::from(byte)]
}

/// A table, since every request's scheme name is read byte by byte.
#[expect(clippy::indexing_slicing, reason = "while compiling, and every byte has an entry")]
const TOKEN_BYTES: [bool; 256] = {
    let (mut table, mut at, mut byte) = ([false; 256], 0_usize, 0_u8);
    while byte.is_ascii() {
        table[at] = byte.is_ascii_alphanumeric()
            || matches!(byte, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~');
        at = at.wrapping_add(1);
        byte = byte.wrapping_add(1);
    }
    table
};

/// `Authorization: Bearer <token>` (RFC 6750): `bearer` in an attribute.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "a marker that is used as a value")]
pub struct Bearer;

impl Scheme for Bearer {
    const NAME: &'static str = "bearer";
    const CHALLENGE: ChallengeForm = ChallengeForm::Bearer;
    type Credential = BearerToken;

    fn carrier(&self) -> Carrier {
        Carrier::bearer()
    }
}

/// `Authorization: Basic <user and password>` (RFC 7617): `basic` in an attribute.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "a marker that is used as a value")]
pub struct Basic;

impl Scheme for Basic {
    const NAME: &'static str = "basic";
    const CHALLENGE: ChallengeForm = ChallengeForm::Basic;
    const GUESSABLE: bool = true;
    type Credential = BasicCredentials;

    fn carrier(&self) -> Carrier {
        Carrier::basic()
    }
}

/// An [`ApiKey`] in a header of the application's choice: `api_key` in an attribute.
///
/// # Examples
///
/// ```
/// use auth_core::{ApiKeyIn, Scheme as _};
///
/// assert_eq!(ApiKeyIn::header("X-API-TOKEN").carrier().place(), ("header", "X-API-TOKEN"));
/// ```
#[derive(Clone, Debug)]
pub struct ApiKeyIn(Carrier);

impl ApiKeyIn {
    /// In a header field of its own.
    #[must_use]
    pub fn header(name: impl Into<String>) -> Self {
        Self(Carrier::header(name))
    }
}

impl Scheme for ApiKeyIn {
    const NAME: &'static str = "api_key";
    const CHALLENGE: ChallengeForm = ChallengeForm::ApiKey;
    type Credential = ApiKey;

    fn carrier(&self) -> Carrier {
        self.0.clone()
    }
}
