//! Requests and answers.

use std::any::Any;
use std::fmt;
use std::net::SocketAddr;

use crate::server::Body;

/// What middleware hangs on a request or an answer, by type.
#[derive(Default)]
pub struct Extras(Vec<Box<dyn Any + Send + Sync>>);

impl Extras {
    /// Hangs a value on; a further one of its type hides it.
    pub fn insert<T: Any + Send + Sync>(&mut self, value: T) {
        self.0.push(Box::new(value));
    }

    /// The last value of that type.
    #[must_use]
    pub fn get<T: Any>(&self) -> Option<&T> {
        self.0.iter().rev().find_map(|value| value.downcast_ref())
    }
}

impl fmt::Debug for Extras {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} extras", self.0.len())
    }
}

/// A request. Its body stays on the connection until somebody reads it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Request {
    /// The method, as sent.
    pub method: String,
    /// The path, as sent.
    pub path: String,
    /// The query without its question mark.
    pub query: Option<String>,
    /// The header lines, in order; names in lower case.
    pub headers: Vec<(String, Vec<u8>)>,
    /// Who is at the other end.
    pub peer: SocketAddr,
    /// What middleware has hung on.
    pub extras: Extras,
    /// What follows the path of the route.
    pub(crate) rest: String,
    pub(crate) body: Body,
}

impl Request {
    pub(crate) fn new(method: String, target: &str, peer: SocketAddr) -> Self {
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (target, None),
        };
        Self {
            method,
            path: path.to_owned(),
            query,
            headers: Vec::new(),
            peer,
            extras: Extras::default(),
            rest: String::new(),
            body: Body::default(),
        }
    }
}

/// An answer.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Response {
    /// Three digits.
    pub status: u16,
    /// The header lines, in order; names in lower case.
    pub headers: Vec<(String, String)>,
    /// All of it.
    pub body: Vec<u8>,
    /// What middleware has hung on.
    pub extras: Extras,
}

impl Response {
    /// An answer of a status, with a body.
    #[must_use]
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, body: body.into(), ..Self::default() }
    }

    /// The same with one more header line.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}
