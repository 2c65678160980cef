//! The head of an `http` request, as the core sees it.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use auth_core::decision::Handle;
use auth_core::{Essentials, RequestHead};
use http::header::{AUTHORIZATION, CONTENT_LENGTH, HeaderMap, TRANSFER_ENCODING};
use http::request::Parts;
use http::{Extensions, Method, Request, Uri, Version};

/// The other end of a request's connection.
///
/// Whoever accepts the connections puts it into the extensions of each request. Without it the source of a request is
/// unknown, unless the adapter of the framework [finds](crate::AuthLayer::finding_peer) it under another name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "an address and nothing else")]
pub struct Peer(pub SocketAddr);

/// Says that a request's connection is encrypted.
///
/// Whoever accepts connections by TLS puts it into the extensions of each request, for realms that
/// [require https](auth_core::RealmBuilder::require_https); nothing that a request brings makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "says one thing")]
pub struct Encrypted;

/// A [`RequestHead`] over the parts of an `http` request.
///
/// # Examples
///
/// ```
/// use auth_core::RequestHead as _;
/// use auth_tower::HttpHead;
///
/// let request = http::Request::get("/items?page=2").header("x-key", "a").body(())?;
/// let head = HttpHead::of_request(&request);
/// assert_eq!((head.path(), head.query()), ("/items", Some("page=2")));
/// assert_eq!(head.sole_header("x-key"), Some(b"a".as_slice()));
/// assert_eq!(head.sole_header("x-other"), None);
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct HttpHead<'r> {
    method: &'r Method,
    uri: &'r Uri,
    version: Version,
    headers: &'r HeaderMap,
    connection: Connection<'r>,
}

/// Where it is found what is known of the connection. Most requests are not asked for it.
#[derive(Clone, Copy, Debug)]
enum Connection<'r> {
    Known { peer: Option<IpAddr>, is_encrypted: bool },
    Among(&'r Extensions),
}

impl Connection<'_> {
    const UNKNOWN: Self = Self::Known { peer: None, is_encrypted: false };
}

impl<'r> HttpHead<'r> {
    /// The head of a request that came apart.
    #[must_use]
    pub fn new(method: &'r Method, uri: &'r Uri, version: Version, headers: &'r HeaderMap) -> Self {
        Self { method, uri, version, headers, connection: Connection::UNKNOWN }
    }

    /// The head of a request whose body is elsewhere.
    #[must_use]
    pub fn of_parts(parts: &'r Parts) -> Self {
        Self {
            method: &parts.method,
            uri: &parts.uri,
            version: parts.version,
            headers: &parts.headers,
            connection: Connection::Among(&parts.extensions),
        }
    }

    /// The head of a request.
    #[must_use]
    pub fn of_request<B>(request: &'r Request<B>) -> Self {
        Self {
            method: request.method(),
            uri: request.uri(),
            version: request.version(),
            headers: request.headers(),
            connection: Connection::Among(request.extensions()),
        }
    }

    /// The same head with the other end of its connection, where [`Peer`] is not among the extensions.
    #[must_use]
    pub fn with_peer(mut self, peer: Option<IpAddr>) -> Self {
        if peer.is_some() {
            self.connection = Connection::Known { peer, is_encrypted: self.is_secure() };
        }
        self
    }

    /// The same head of a connection that is encrypted, or not, where [`Encrypted`] is not among the extensions.
    #[must_use]
    pub fn with_encryption(mut self, is_encrypted: bool) -> Self {
        self.connection = Connection::Known { peer: self.peer(), is_encrypted };
        self
    }
}

/// A copy of a request's head, for frameworks whose handlers and guards see something else than the request.
///
/// [`AuthLayer::keeping_head`](crate::AuthLayer::keeping_head) puts it among the extensions, before trailers or
/// handlers can change what arrived. Cheap to clone.
#[derive(Clone, Debug)]
pub struct KeptHead(Arc<Kept>);

#[derive(Debug)]
struct Kept {
    method: Method,
    uri: Uri,
    version: Version,
    headers: HeaderMap,
    peer: Option<IpAddr>,
    is_encrypted: bool,
}

impl KeptHead {
    /// Copies the head of a request.
    #[must_use]
    pub fn of<B>(request: &Request<B>) -> Self {
        let head = HttpHead::of_request(request);
        Self(Arc::new(Kept {
            method: head.method.clone(),
            uri: head.uri.clone(),
            version: head.version,
            headers: head.headers.clone(),
            peer: head.peer(),
            is_encrypted: head.is_secure(),
        }))
    }

    /// The head.
    #[must_use]
    pub fn head(&self) -> HttpHead<'_> {
        let Kept { method, uri, version, headers, peer, is_encrypted } = &*self.0;
        let connection = Connection::Known { peer: *peer, is_encrypted: *is_encrypted };
        HttpHead { method, uri, version: *version, headers, connection }
    }
}

/// Up to so many lines it is cheaper to look at each than to hash a name.
const FEW: usize = 12;

/// Calls `each` with the values of a field, and looks at every line to find them.
fn for_each_of_few<'h>(headers: &'h HeaderMap, name: &str, each: &mut dyn FnMut(&'h [u8])) {
    for (other, value) in headers {
        // Both are in lower case.
        if other.as_str() == name {
            each(value.as_bytes());
        }
    }
}

/// Apart, so that the loop over a few lines has the registers for itself.
#[inline(never)]
fn essentials_of_many(headers: &HeaderMap) -> Essentials<'_> {
    let mut found = Essentials::default();
    headers.get_all(AUTHORIZATION).iter().for_each(|value| found.authorization(value.as_bytes()));
    headers.get_all(CONTENT_LENGTH).iter().for_each(|value| found.content_length(value.as_bytes()));
    if headers.contains_key(TRANSFER_ENCODING) {
        found.transfer_encoding();
    }
    found
}

/// As [`Peer`], or by the adapter's own way.
fn peer(extensions: &Extensions) -> Option<IpAddr> {
    let known = extensions.get::<Peer>().map(|peer| peer.0.ip());
    known.or_else(|| extensions.get::<Handle>()?.find_peer(extensions))
}

impl RequestHead for HttpHead<'_> {
    fn method(&self) -> &str {
        self.method.as_str()
    }

    fn path(&self) -> &str {
        self.uri.path()
    }

    fn query(&self) -> Option<&str> {
        self.uri.query()
    }

    fn for_each_header<'h>(&'h self, name: &str, each: &mut dyn FnMut(&'h [u8])) {
        if self.headers.len() <= FEW {
            return for_each_of_few(self.headers, name, each);
        }
        for value in self.headers.get_all(name) {
            each(value.as_bytes());
        }
    }

    fn peer(&self) -> Option<IpAddr> {
        match self.connection {
            Connection::Known { peer, .. } => peer,
            Connection::Among(extensions) => peer(extensions),
        }
    }

    fn is_secure(&self) -> bool {
        match self.connection {
            Connection::Known { is_encrypted, .. } => is_encrypted,
            Connection::Among(extensions) => extensions.get::<Encrypted>().is_some(),
        }
    }

    fn essentials(&self) -> Essentials<'_> {
        if self.headers.len() > FEW {
            return essentials_of_many(self.headers);
        }
        let mut found = Essentials::default();
        for (name, value) in self.headers {
            if *name == AUTHORIZATION {
                found.authorization(value.as_bytes());
            } else if *name == CONTENT_LENGTH {
                found.content_length(value.as_bytes());
            } else if *name == TRANSFER_ENCODING {
                found.transfer_encoding();
            }
        }
        found
    }

    fn is_multiplexed(&self) -> bool {
        self.version >= Version::HTTP_2
    }
}

#[cfg(test)]
mod tests {
    use http::header::{HeaderName, HeaderValue};

    use super::*;

    /// The same answers whether or not the head has few lines.
    #[test]
    fn many_lines_are_read_as_few_are() {
        let fields: [&[(&str, &str)]; 8] = [
            &[],
            &[("authorization", "Bearer a")],
            &[("authorization", "Bearer a"), ("authorization", "Bearer b")],
            &[("content-length", "0")],
            &[("content-length", " 0 "), ("content-length", "5")],
            &[("transfer-encoding", "chunked"), ("content-length", "0")],
            &[("x-key", "a"), ("cookie", "b=c")],
            &[("x-key", "a"), ("x-key", "")],
        ];
        let uri = Uri::from_static("/");
        for fields in fields {
            let read = |others: usize| {
                let mut headers = HeaderMap::new();
                for (name, value) in fields {
                    headers.append(*name, HeaderValue::from_static(value));
                }
                for other in 0..others {
                    let name = format!("x-other-{other}").parse::<HeaderName>().expect("a name");
                    headers.append(name, HeaderValue::from_static("x"));
                }
                let head = HttpHead::new(&Method::GET, &uri, Version::HTTP_11, &headers);
                let mut keys = Vec::new();
                for name in ["x-key", "cookie", "authorization"] {
                    head.for_each_header(name, &mut |value| keys.push(value.to_vec()));
                }
                (format!("{:?}", head.essentials()), keys)
            };
            assert_eq!(read(0), read(FEW + 1), "{fields:?}");
        }
    }
}
