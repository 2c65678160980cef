//! The field that sets the cookie of a session, and the one that clears it (RFC 6265 §4.1).

use std::fmt;
use std::time::Duration;

use auth_core::{ConfigError, ConfigErrorKind, Scheme};
use http::HeaderValue;

use super::service::BegunSession;
use crate::tokens::IssuedToken;

/// Writes `Set-Cookie` for the cookie that a scheme reads: `Path=/; HttpOnly; Secure; SameSite=Lax`, and no `Domain`.
///
/// Add the field to an answer (`HeaderMap::append`), one that [no cache keeps](crate::http::reply::uncached).
///
/// # Limits
///
/// Browsers keep cookies of 4096 bytes, name and attributes included (RFC 6265 §6.1): a token that says much may be longer,
/// a session never is.
///
/// # Security
///
/// No script reads the cookie, and it travels over TLS only; requests of other sites have it only where their user follows
/// a link. The field is marked [sensitive](HeaderValue::is_sensitive), `Debug` shows the name alone.
///
/// # Examples
///
/// ```
/// use auth_core::Scheme;
/// use auth_issuer::sessions::{BegunSession, SetCookie};
/// use http::HeaderMap;
/// use http::header::SET_COOKIE;
///
/// #[derive(Scheme)]
/// #[scheme(cookie = "__Host-session", challenge = none)]
/// struct SessionCookie;
///
/// fn signed_in(cookie: &SetCookie, begun: &BegunSession) -> HeaderMap {
///     HeaderMap::from_iter([(SET_COOKIE, cookie.set(begun))])
/// }
///
/// let cookie = SetCookie::of(&SessionCookie)?;
/// let cleared = "__Host-session=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0";
/// assert_eq!(cookie.clear(), cleared);
///
/// // Browsers take no such cookie without TLS.
/// assert!(cookie.with_insecure_http().is_err());
/// # Ok::<(), auth_core::ConfigError>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct SetCookie {
    name: String,
    is_secure: bool,
    is_strict: bool,
    max_age: Option<Duration>,
}

impl SetCookie {
    /// Writes the cookie that `scheme` reads.
    ///
    /// # Errors
    ///
    /// [`ConfigErrorKind::FieldName`] if the scheme reads no cookie, one whose name is no token (RFC 6265 §4.1.1), or only
    /// values with a prefix: no session has one.
    pub fn of(scheme: &impl Scheme) -> Result<Self, ConfigError> {
        let carrier = scheme.carrier();
        let ("cookie", name) = carrier.place() else {
            let (place, name) = carrier.place();
            let text = format!(
                "the {place} `{}` is no cookie; write `#[scheme(cookie = \"__Host-..\")]`",
                name.escape_default()
            );
            return Err(ConfigError::new(ConfigErrorKind::FieldName, text));
        };
        carrier.check_name()?;
        if !carrier.prefix().is_empty() {
            let text = format!(
                "the scheme of the cookie `{name}` reads only values that begin with `{}`, and no session does; leave `prefix` out",
                carrier.prefix().escape_default()
            );
            return Err(ConfigError::new(ConfigErrorKind::FieldName, text));
        }
        Ok(Self { name: name.to_owned(), is_secure: true, is_strict: false, max_age: None })
    }

    /// How long the browser keeps the cookie, in whole seconds; until it is closed if not set. The server ends the session
    /// or token by itself, so that is a help for browsers and no limit.
    pub fn with_max_age(mut self, max_age: Duration) -> Self {
        self.max_age = Some(max_age);
        self
    }

    /// Keeps the cookie from every request that begins on another site (`SameSite=Strict`): whoever follows a link to here
    /// seems signed out until the next request.
    pub fn with_strict_same_site(mut self) -> Self {
        self.is_strict = true;
        self
    }

    /// Lets the cookie travel without TLS: for tests on one machine.
    ///
    /// # Errors
    ///
    /// [`ConfigErrorKind::CookieName`] if the name begins with `__Host-` or `__Secure-`, in any case: browsers refuse such a
    /// cookie without TLS.
    ///
    /// # Security
    ///
    /// Whoever is on the way reads and takes over the session.
    pub fn with_insecure_http(mut self) -> Result<Self, ConfigError> {
        let lower = self.name.to_ascii_lowercase();
        if ["__host-", "__secure-"].iter().any(|prefix| lower.starts_with(prefix)) {
            let text = format!(
                "browsers take the cookie `{}` over TLS only; use TLS, or a name without a prefix and `Carrier::with_insecure_cookie_name()`",
                self.name
            );
            return Err(ConfigError::new(ConfigErrorKind::CookieName, text));
        }
        self.is_secure = false;
        Ok(self)
    }

    /// The field that gives the browser the secret of a session.
    #[must_use]
    pub fn set(&self, begun: &BegunSession) -> HeaderValue {
        self.field(begun.secret.reveal(), self.max_age)
    }

    /// The field that gives the browser a signed token, where the session is one
    /// ([`AccountTokens`](crate::tokens::AccountTokens)).
    #[must_use]
    pub fn set_token(&self, token: &IssuedToken) -> HeaderValue {
        self.field(token.reveal(), self.max_age)
    }

    /// The field that takes the cookie from the browser again. It ends no session: see
    /// [`Sessions::end`](super::Sessions::end).
    #[must_use]
    pub fn clear(&self) -> HeaderValue {
        self.field("", Some(Duration::ZERO))
    }

    fn field(&self, value: &str, max_age: Option<Duration>) -> HeaderValue {
        let secure = if self.is_secure { "; Secure" } else { "" };
        let same_site = if self.is_strict { "Strict" } else { "Lax" };
        let max_age = max_age.map(|age| format!("; Max-Age={}", age.as_secs())).unwrap_or_default();
        let text = format!("{}={value}; Path=/; HttpOnly{secure}; SameSite={same_site}{max_age}", self.name);
        // A token as the name and base64url as the value can stand in every field.
        let mut field = HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""));
        field.set_sensitive(true);
        field
    }
}

impl fmt::Debug for SetCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SetCookie").field(&self.name).finish()
    }
}
