//! A client that sends what it is told to, and hides nothing of the answer.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use super::server::PATIENCE;

/// A request, as it will stand on the wire.
#[derive(Clone, Debug)]
pub struct Request {
    method: String,
    path: String,
    headers: Vec<String>,
    body: Vec<u8>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Response {
    /// Three digits.
    pub status: u16,
    /// In order, names in lower case, without `date`.
    pub headers: Vec<(String, String)>,
    /// All of it; empty for `HEAD`.
    pub body: String,
}

impl Request {
    /// A request without header fields, but `Host`, and without a body.
    pub fn new(method: &str, path: &str) -> Self {
        Self { method: method.to_owned(), path: path.to_owned(), headers: Vec::new(), body: Vec::new() }
    }

    /// `GET path`.
    pub fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    /// Adds lines like `Accept: */*`.
    #[must_use]
    pub fn headers(mut self, lines: &[&str]) -> Self {
        self.headers.extend(lines.iter().map(|line| (*line).to_owned()));
        self
    }

    /// Adds one line.
    #[must_use]
    pub fn header(self, line: &str) -> Self {
        self.headers(&[line])
    }

    /// The bytes after the head. No header speaks of them unless the test adds one.
    #[must_use]
    pub fn raw_body(mut self, body: impl AsRef<[u8]>) -> Self {
        self.body.extend_from_slice(body.as_ref());
        self
    }

    /// A body with its length.
    #[must_use]
    pub fn body(self, body: impl AsRef<[u8]>) -> Self {
        let length = format!("Content-Length: {}", body.as_ref().len());
        self.header(&length).raw_body(body)
    }

    /// A body with its length and the type of JSON.
    #[must_use]
    pub fn json(self, body: impl AsRef<[u8]>) -> Self {
        self.header("Content-Type: application/json").body(body)
    }

    /// Sends the request and reads one answer.
    pub fn send(&self, address: &str) -> Response {
        self.finish(self.begin(connect(address, PATIENCE), address))
    }

    /// Sends the body after the head, and reads one answer.
    pub(super) fn finish(&self, mut stream: TcpStream) -> Response {
        // A server that refuses may stop reading; its answer tells.
        let _unsent = stream.write_all(&self.body);
        read_response(stream, &self.method)
    }

    /// Sends the head on a connection to that address.
    pub(super) fn begin(&self, mut stream: TcpStream, address: &str) -> TcpStream {
        let mut head = format!("{} {} HTTP/1.1\r\nHost: {address}\r\n", self.method, self.path);
        for line in &self.headers {
            head.push_str(line);
            head.push_str("\r\n");
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes()).expect("the head is sent");
        stream
    }
}

/// A connection, on which nothing is waited for longer than `patience`.
pub(super) fn connect(address: &str, patience: Duration) -> TcpStream {
    let stream = TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(patience)).expect("a timeout");
    stream.set_write_timeout(Some(patience)).expect("a timeout");
    stream
}

/// Reads one answer to a request of that method. An interim answer (1xx) is an answer.
pub fn read_response(stream: TcpStream, method: &str) -> Response {
    let mut reader = BufReader::new(stream);
    let mut line = || {
        let mut line = String::new();
        reader.read_line(&mut line).expect("a line of the head");
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    let status = line();
    let status = status.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)?.parse().ok()).expect(&status);
    let mut headers = Vec::new();
    loop {
        let line = line();
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(": ").expect("a header line");
        headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    headers.retain(|(name, _)| name != "date");
    // The order of fields of different names says nothing (RFC 9110 §5.3), and some frameworks shuffle them.
    headers.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut response = Response { status, headers, body: String::new() };
    if method != "HEAD"
        && let [length] = response.all("content-length")[..]
    {
        let mut body = vec![0; length.parse().expect("a length")];
        reader.read_exact(&mut body).expect("the body");
        response.body = String::from_utf8(body).expect("UTF-8");
    }
    response
}

impl Response {
    /// The values of a header field, in order.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str()).collect()
    }

    /// The value of a header field that stands once.
    #[track_caller]
    pub fn sole(&self, name: &str) -> &str {
        match self.all(name)[..] {
            [value] => value,
            _ => panic!("not one {name}: {self:?}"),
        }
    }

    /// Checks that this is the refusal of a status, to the byte: body, challenges, and no field that is not named
    /// here or in `more`.
    #[track_caller]
    pub fn assert_refusal(&self, status: u16, challenges: &[&str], more: &[(&str, &str)]) {
        let title = match status {
            400 => "Bad Request",
            401 => "Unauthorized",
            403 => "Forbidden",
            404 => "Not Found",
            413 => "Content Too Large",
            415 => "Unsupported Media Type",
            _ => panic!("no refusal has status {status}"),
        };
        let body = format!(r#"{{"type":"about:blank","title":"{title}","status":{status}}}"#);
        assert_eq!((self.status, &self.body), (status, &body), "{:?}", self.headers);
        assert_eq!(self.all("www-authenticate"), challenges, "challenges, in order");
        let length = body.len().to_string();
        let mut expected = vec![
            ("cache-control", "no-store"),
            ("content-length", &length),
            ("content-type", "application/problem+json"),
        ];
        expected.extend_from_slice(more);
        expected.sort_unstable();
        let mut others: Vec<_> = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .filter(|(name, _)| *name != "www-authenticate")
            .collect();
        others.sort_unstable();
        assert_eq!(others, expected, "header fields");
    }
}
