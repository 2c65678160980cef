//! Requests and responses as bytes, below every framework.

use std::fmt;

/// Something that answers requests: a service in process, or a server behind a socket.
///
/// # Examples
///
/// ```
/// use auth_test::conformance::{RawRequest, RawResponse, Target};
///
/// struct Teapot;
/// impl Target for Teapot {
///     fn exchange(&self, _: &RawRequest) -> RawResponse {
///         RawResponse::new(418).header("content-type", "text/plain").body("short and stout")
///     }
/// }
///
/// assert_eq!(Teapot.exchange(&RawRequest::get("/")).status, 418);
/// ```
pub trait Target {
    /// Sends one request and waits for its answer.
    ///
    /// What stands in the way of an answer is told by [`RawResponse::failure`]. A request that no request type of
    /// the framework can hold, such as one with a control character in a field, is answered 400, as a server does.
    fn exchange(&self, request: &RawRequest) -> RawResponse;
}

/// A request: what a client writes to the connection.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RawRequest {
    /// The method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// The header lines in order; one name may come several times. `Host` is not among them, the length of the
    /// body is.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body.
    pub body: Vec<u8>,
}

impl RawRequest {
    /// A request without header lines and body.
    #[must_use]
    pub fn new(method: impl Into<String>, target: impl Into<String>) -> Self {
        Self { method: method.into(), target: target.into(), headers: Vec::new(), body: Vec::new() }
    }

    /// A `GET`.
    #[must_use]
    pub fn get(target: impl Into<String>) -> Self {
        Self::new("GET", target)
    }

    /// The same request with one more header line.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    /// The same request with a body, announced by `Content-Length`.
    #[must_use]
    pub fn body(self, body: impl AsRef<[u8]>) -> Self {
        let length = body.as_ref().len().to_string();
        let mut request = self.header("content-length", length);
        request.body = body.as_ref().to_vec();
        request
    }

    /// The same request with a body of unknown length, sent as one chunk (RFC 9112 §7.1). In process the body is
    /// [`body`](Self#structfield.body) as it stands, without chunks.
    #[must_use]
    pub fn chunked(self, body: impl AsRef<[u8]>) -> Self {
        let mut request = self.header("transfer-encoding", "chunked");
        request.body = body.as_ref().to_vec();
        request
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
    }

    /// Whether the client waits for `100 Continue` before it sends the body (RFC 9110 §10.1.1).
    pub(super) fn waits_to_continue(&self) -> bool {
        self.headers
            .iter()
            .any(|(name, value)| name.eq_ignore_ascii_case("expect") && value.eq_ignore_ascii_case(b"100-continue"))
    }

    /// Whether the request says that a body follows (RFC 9112 §6.3).
    pub(super) fn announces_body(&self) -> bool {
        self.headers.iter().any(|(name, value)| {
            name.eq_ignore_ascii_case("transfer-encoding")
                || (name.eq_ignore_ascii_case("content-length") && value != b"0")
        })
    }
}

/// A response: what the client reads from the connection.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RawResponse {
    /// The final status; 0 if there is no answer.
    pub status: u16,
    /// The header lines in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, without chunks.
    pub body: Vec<u8>,
    /// The interim statuses before the final one; empty in process.
    pub interim: Vec<u16>,
    /// Whether the server closed the connection after the answer; `None` where that cannot be seen.
    pub closed: Option<bool>,
}

impl RawResponse {
    /// A response without header lines and body.
    #[must_use]
    pub fn new(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new(), interim: Vec::new(), closed: None }
    }

    /// What is told in place of a response where there is none. It meets no expectation.
    #[must_use]
    pub fn failure(why: impl fmt::Display) -> Self {
        Self::new(0).body(why.to_string())
    }

    /// The same response with one more header line.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.to_ascii_lowercase(), String::from_utf8_lossy(value.as_ref()).into_owned()));
        self
    }

    /// The same response with a body.
    #[must_use]
    pub fn body(mut self, body: impl AsRef<[u8]>) -> Self {
        self.body = body.as_ref().to_vec();
        self
    }

    /// Every value of the field `name`, which is in lower case.
    pub fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        self.headers.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether a list field has the element, which compares without case.
    pub(super) fn lists(&self, name: &str, element: &str) -> bool {
        self.values(name).flat_map(|value| value.split(',')).any(|known| known.trim().eq_ignore_ascii_case(element))
    }
}

/// Shows the first line and the headers. The credentials are those of the suite, so they may be shown, cut short.
impl fmt::Debug for RawRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, shortened(self.target.as_bytes()))?;
        for (name, value) in &self.headers {
            write!(f, "\n    {name}: {}", shortened(value))?;
        }
        Ok(())
    }
}

impl fmt::Debug for RawResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for status in &self.interim {
            write!(f, "{status}, then ")?;
        }
        write!(f, "{}", self.status)?;
        for (name, value) in &self.headers {
            write!(f, "\n    {name}: {}", shortened(value.as_bytes()))?;
        }
        write!(f, "\n    body: {}", shortened(&self.body))?;
        match self.closed {
            Some(true) => f.write_str("\n    (connection closed)"),
            Some(false) => f.write_str("\n    (connection open)"),
            None => Ok(()),
        }
    }
}

fn shortened(bytes: &[u8]) -> String {
    const SHOWN: usize = 300;
    match bytes.get(..SHOWN) {
        Some(start) if bytes.len() > SHOWN => format!("{}.. ({} bytes)", start.escape_ascii(), bytes.len()),
        _ => bytes.escape_ascii().to_string(),
    }
}
