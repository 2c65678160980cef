//! Refusals: why a request may not pass, and the answer that says so.
//!
//! A refusal is computed once, by the core: status, challenges, headers. A [`Renderer`] writes the body and its
//! content type, nothing else. Adapters copy the result into their framework's response.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

use crate::verifier::Reason;

/// What a refusal means. A closed set: one for each row of the wire table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "renderers match every kind, so a new one must be a breaking change")]
pub enum RefusalKind {
    /// No credentials for any scheme of the policy: 401.
    NoCredentials,
    /// Credentials that are malformed or refused: 401.
    InvalidCredentials,
    /// Two values of one field, or two explicit methods: 400.
    AmbiguousCredentials,
    /// Good credentials that lack a scope: 403.
    InsufficientScope,
    /// Good credentials that lack a role, or a check that said no: 403. So is a request over plain http, or one that
    /// another site may have caused, where none is taken.
    Forbidden,
    /// Good credentials that lack a factor or its freshness: 401 (RFC 9470), or 403 where nobody can be asked.
    InsufficientAuthentication,
    /// Nothing here, or nothing that the caller may know of: 404.
    NotFound,
    /// Guessing too fast: 429.
    Throttled,
    /// Nothing can be decided now: 503.
    Unavailable,
    /// The program is put together wrongly: 500.
    Misconfigured,
}

impl RefusalKind {
    /// The stable name, as `auth.outcome` shows it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoCredentials => "no_credentials",
            Self::InvalidCredentials => "invalid_credentials",
            Self::AmbiguousCredentials => "ambiguous_credentials",
            Self::InsufficientScope => "insufficient_scope",
            Self::Forbidden => "forbidden",
            Self::InsufficientAuthentication => "insufficient_authentication",
            Self::NotFound => "not_found",
            Self::Throttled => "throttled",
            Self::Unavailable => "unavailable",
            Self::Misconfigured => "misconfigured",
        }
    }
}

/// A complete answer to a request that may not pass.
///
/// # Security
///
/// The answer tells an attacker nothing beyond the wire table; [`reason`](Self::reason) is for the operator's
/// log and must not be sent.
#[derive(Clone)]
pub struct Refusal(Box<Answer>);

#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) kind: RefusalKind,
    pub(crate) reason: Reason,
    pub(crate) status: u16,
    pub(crate) challenges: Challenges,
    /// In seconds.
    pub(crate) retry_after: Option<Cow<'static, str>>,
    pub(crate) vary: Option<String>,
    pub(crate) closes_connection: bool,
    pub(crate) body: Body,
}

/// The lines of `WWW-Authenticate`, each once. The first lies inline: most refusals have one.
#[derive(Clone, Default)]
pub(crate) struct Challenges {
    first: Option<Arc<str>>,
    more: Vec<Arc<str>>,
}

impl Challenges {
    pub(crate) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    fn lines(&self) -> impl Iterator<Item = &str> {
        self.first.iter().chain(&self.more).map(AsRef::as_ref)
    }
}

impl Extend<Arc<str>> for Challenges {
    fn extend<I: IntoIterator<Item = Arc<str>>>(&mut self, lines: I) {
        for line in lines {
            if self.first.is_none() {
                self.first = Some(line);
            } else if self.lines().all(|other| *other != *line) {
                self.more.push(line);
            }
        }
    }
}

impl FromIterator<Arc<str>> for Challenges {
    fn from_iter<I: IntoIterator<Item = Arc<str>>>(lines: I) -> Self {
        let mut challenges = Self::default();
        challenges.extend(lines);
        challenges
    }
}

impl Refusal {
    pub(crate) fn new(answer: Answer) -> Self {
        Self(Box::new(answer))
    }

    /// What the refusal means.
    #[must_use]
    pub fn kind(&self) -> RefusalKind {
        self.0.kind
    }

    /// The stable name of the reason, for logs only.
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.0.reason
    }

    /// The status code.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.0.status
    }

    /// The header fields in order, names in lower case; `content-type` is among them, unless it is empty; `content-length` is not.
    /// One name may come several times; each is a line of its own.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let Answer { retry_after, vary, closes_connection, body, .. } = &*self.0;
        let challenges = self.challenges().map(|line| ("www-authenticate", line));
        let fields = [
            Some(("cache-control", "no-store")),
            retry_after.as_ref().map(|seconds| ("retry-after", seconds.as_ref())),
            vary.as_ref().map(|fields| ("vary", fields.as_str())),
            closes_connection.then_some(("connection", "close")),
            Some(("content-type", body.content_type())).filter(|(_, value)| !value.is_empty()),
        ];
        challenges.chain(fields.into_iter().flatten())
    }

    /// The challenges, one for each line of `WWW-Authenticate`.
    pub fn challenges(&self) -> impl Iterator<Item = &str> {
        self.0.challenges.lines()
    }

    /// The value of `Retry-After`, in seconds.
    #[must_use]
    pub fn retry_after(&self) -> Option<&str> {
        self.0.retry_after.as_deref()
    }

    /// The value of `Vary`.
    #[must_use]
    pub fn vary(&self) -> Option<&str> {
        self.0.vary.as_deref()
    }

    /// The content type of the body; empty if none is sent.
    #[must_use]
    pub fn content_type(&self) -> &str {
        self.0.body.content_type()
    }

    /// Whether the connection has to end, because the answer leaves a body unread. `Connection: close` is among
    /// the [header fields](Self::headers) then; some frameworks want a call instead.
    #[must_use]
    pub fn closes_connection(&self) -> bool {
        self.0.closes_connection
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        self.0.body.bytes()
    }

    /// The body, taken out.
    #[must_use]
    pub fn into_body(self) -> Cow<'static, [u8]> {
        self.0.body.bytes
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refusal")
            .field("kind", &self.0.kind)
            .field("status", &self.0.status)
            .field("reason", &self.0.reason.as_str())
            .finish_non_exhaustive()
    }
}

/// Shows the reason phrase only.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(reason_phrase(self.0.status))
    }
}

impl Error for Refusal {}

/// A rendered body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    content_type: Cow<'static, str>,
    bytes: Cow<'static, [u8]>,
}

impl Body {
    /// A body of the given content type; an empty type is not sent. Characters that no header can hold are left out of the type.
    #[must_use]
    pub fn new(content_type: impl Into<Cow<'static, str>>, bytes: impl Into<Cow<'static, [u8]>>) -> Self {
        let mut content_type = content_type.into();
        if !crate::challenge::is_quotable(&content_type) {
            content_type.to_mut().retain(|character| matches!(character, ' '..='~'));
        }
        Self { content_type, bytes: bytes.into() }
    }

    /// The content type.
    #[must_use]
    pub fn content_type(&self) -> &str {
        &self.content_type
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Writes the bodies of a realm's refusals.
///
/// # Examples
///
/// ```
/// use auth_core::{Body, RefusalView, Renderer};
///
/// #[derive(Debug)]
/// struct Envelope;
///
/// impl Renderer for Envelope {
///     fn render(&self, refusal: &RefusalView<'_>) -> Body {
///         Body::new("application/json", format!("{{\"status\":{}}}", refusal.status).into_bytes())
///     }
/// }
/// ```
pub trait Renderer: fmt::Debug + Send + Sync + 'static {
    /// Writes the body.
    fn render(&self, refusal: &RefusalView<'_>) -> Body;
}

/// Renderers are shared as they are.
impl<R: Renderer + ?Sized> Renderer for Arc<R> {
    fn render(&self, refusal: &RefusalView<'_>) -> Body {
        R::render(self, refusal)
    }
}

/// What a renderer may know of a refusal.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct RefusalView<'a> {
    /// The realm that refuses; `None` where no realm could be found.
    pub realm: Option<&'a str>,
    /// What the refusal means.
    pub kind: RefusalKind,
    /// The status that will be sent.
    pub status: u16,
    /// The stable name of the reason.
    ///
    /// # Security
    ///
    /// Meant for the operator. A renderer that tells some of it apart tells it to everybody: tell only what whoever
    /// learns it has proved to know already, as some documented systems do.
    pub reason: Reason,
    /// The scopes that would have been enough, separated by spaces, where they are what is missing
    /// ([`RefusalKind::InsufficientScope`]).
    pub scope: Option<&'a str>,
}

/// The default: `application/problem+json` (RFC 9457) with `type`, `title` and `status`, and nothing that tells
/// one refusal of a kind from another.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct ProblemJson;

impl Renderer for ProblemJson {
    fn render(&self, refusal: &RefusalView<'_>) -> Body {
        let body: Cow<'static, [u8]> = match refusal.status {
            400 => Cow::Borrowed(br#"{"type":"about:blank","title":"Bad Request","status":400}"#),
            401 => Cow::Borrowed(br#"{"type":"about:blank","title":"Unauthorized","status":401}"#),
            403 => Cow::Borrowed(br#"{"type":"about:blank","title":"Forbidden","status":403}"#),
            404 => Cow::Borrowed(br#"{"type":"about:blank","title":"Not Found","status":404}"#),
            429 => Cow::Borrowed(br#"{"type":"about:blank","title":"Too Many Requests","status":429}"#),
            500 => Cow::Borrowed(br#"{"type":"about:blank","title":"Internal Server Error","status":500}"#),
            503 => Cow::Borrowed(br#"{"type":"about:blank","title":"Service Unavailable","status":503}"#),
            status => Cow::Owned(
                format!(r#"{{"type":"about:blank","title":"{}","status":{status}}}"#, reason_phrase(status))
                    .into_bytes(),
            ),
        };
        Body { content_type: Cow::Borrowed("application/problem+json"), bytes: body }
    }
}

/// The reason phrase of a status (RFC 9110 §15, RFC 6585).
pub(crate) fn reason_phrase(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        410 => "Gone",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Content",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "Error",
    }
}
