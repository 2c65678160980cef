//! A small HTTP/1.1 client that writes what it is told, byte for byte.
//!
//! A client library would refuse, or repair, much of what the suite sends: two `Authorization` lines, bytes that
//! are no text, a body that is announced and held back.

use std::io::{self, BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::wire::{RawRequest, RawResponse, Target};

/// How long one read or write may take. No case waits for it to pass.
const PATIENCE: Duration = Duration::from_secs(20);
/// The longest head or body that is read, in bytes.
const MAX_PART: u64 = 256 * 1024;

/// A server at a socket, asked through a new connection for each request.
///
/// # Examples
///
/// ```no_run
/// use auth_test::conformance::{RawRequest, SocketTarget, Target as _};
///
/// let server = SocketTarget::new("127.0.0.1:3000".parse()?);
/// assert_eq!(server.exchange(&RawRequest::get("/public")).status, 200);
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SocketTarget {
    address: SocketAddr,
}

impl SocketTarget {
    /// The server at `address`.
    #[must_use]
    pub fn new(address: SocketAddr) -> Self {
        Self { address }
    }
}

impl Target for SocketTarget {
    fn exchange(&self, request: &RawRequest) -> RawResponse {
        exchange(self.address, request).unwrap_or_else(RawResponse::failure)
    }
}

fn exchange(address: SocketAddr, request: &RawRequest) -> io::Result<RawResponse> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);

    let body = framed_body(request);
    let mut bytes = head(address, request);
    if !request.waits_to_continue() {
        bytes.extend_from_slice(&body);
    }
    // A server may answer and close before it has read everything; its answer is there all the same.
    drop(stream.write_all(&bytes));

    let mut interim = Vec::new();
    let mut response = loop {
        let response = read_head(&mut reader)?;
        if !(100..200).contains(&response.status) || response.status == 101 {
            break response;
        }
        if response.status == 100 && request.waits_to_continue() && !interim.contains(&100) {
            drop(stream.write_all(&body));
        }
        interim.push(response.status);
    };
    response.interim = interim;
    if request.method != "HEAD" && !matches!(response.status, 101 | 204 | 304) {
        response.body = read_body(&mut reader, &response)?;
    }
    response.closed = response.lists("connection", "close").then(|| is_at_end(&mut reader));
    Ok(response)
}

fn head(address: SocketAddr, request: &RawRequest) -> Vec<u8> {
    let mut head = format!("{} {} HTTP/1.1\r\n", request.method, request.target).into_bytes();
    if !request.has("host") {
        head.extend_from_slice(format!("host: {address}\r\n").as_bytes());
    }
    for (name, value) in &request.headers {
        head.extend_from_slice(name.as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value);
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    head
}

fn framed_body(request: &RawRequest) -> Vec<u8> {
    if !request.has("transfer-encoding") {
        return request.body.clone();
    }
    let mut chunks = Vec::new();
    if !request.body.is_empty() {
        chunks.extend_from_slice(format!("{:x}\r\n", request.body.len()).as_bytes());
        chunks.extend_from_slice(&request.body);
        chunks.extend_from_slice(b"\r\n");
    }
    chunks.extend_from_slice(b"0\r\n\r\n");
    chunks
}

fn read_head(reader: &mut BufReader<TcpStream>) -> io::Result<RawResponse> {
    let mut lines = reader.take(MAX_PART);
    let status_line = read_line(&mut lines)?;
    let status = status_line
        .strip_prefix(b"HTTP/1.1 ")
        .and_then(|rest| rest.get(..3))
        .and_then(|digits| str::from_utf8(digits).ok()?.parse().ok())
        .ok_or_else(|| malformed("status line"))?;
    let mut response = RawResponse::new(status);
    loop {
        let line = read_line(&mut lines)?;
        if line.is_empty() {
            return Ok(response);
        }
        let colon = line.iter().position(|byte| *byte == b':').ok_or_else(|| malformed("field line"))?;
        let (name, value) = line.split_at_checked(colon).ok_or_else(|| malformed("field line"))?;
        let name = str::from_utf8(name).ok().ok_or_else(|| malformed("field name"))?;
        response = response.header(name, value.get(1..).unwrap_or_default().trim_ascii());
    }
}

fn read_body(reader: &mut BufReader<TcpStream>, response: &RawResponse) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    if response.lists("transfer-encoding", "chunked") {
        loop {
            let size = read_line(&mut reader.take(MAX_PART))?;
            let size = str::from_utf8(&size).ok().ok_or_else(|| malformed("chunk size"))?;
            let size = u64::from_str_radix(size, 16).ok().ok_or_else(|| malformed("chunk size"))?;
            if size == 0 {
                while !read_line(&mut reader.take(MAX_PART))?.is_empty() {}
                return Ok(body);
            }
            read_exactly(reader, size, &mut body)?;
            read_line(&mut reader.take(MAX_PART))?;
        }
    }
    let lengths: Vec<_> = response.values("content-length").collect();
    match lengths.as_slice() {
        [] => {
            reader.take(MAX_PART).read_to_end(&mut body)?;
        }
        [length] => read_exactly(reader, length.parse().ok().ok_or_else(|| malformed("content-length"))?, &mut body)?,
        _ => return Err(malformed("content-length")),
    }
    Ok(body)
}

fn read_exactly(reader: &mut BufReader<TcpStream>, length: u64, body: &mut Vec<u8>) -> io::Result<()> {
    if length > MAX_PART {
        return Err(malformed("length"));
    }
    let read = reader.take(length).read_to_end(body)?;
    if u64::try_from(read).ok() == Some(length) { Ok(()) } else { Err(ErrorKind::UnexpectedEof.into()) }
}

fn read_line(reader: &mut io::Take<&mut BufReader<TcpStream>>) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    reader.read_until(b'\n', &mut line)?;
    match line.strip_suffix(b"\r\n") {
        Some(line) => Ok(line.to_vec()),
        None => Err(ErrorKind::UnexpectedEof.into()),
    }
}

/// Whether nothing more comes, because the other end has closed: in order, or by a reset.
fn is_at_end(reader: &mut BufReader<TcpStream>) -> bool {
    match reader.fill_buf() {
        Ok(rest) => rest.is_empty(),
        Err(error) => error.kind() == ErrorKind::ConnectionReset,
    }
}

fn malformed(what: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, format!("the response has a malformed {what}"))
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    /// What the client makes of the bytes that a server sends, which then closes or waits for the client to do so.
    fn read(answer: &'static str, closes: bool, request: &RawRequest) -> RawResponse {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let target = SocketTarget::new(listener.local_addr().expect("an address"));
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a client");
            stream.write_all(answer.as_bytes()).expect("sent");
            if closes {
                stream.shutdown(std::net::Shutdown::Write).expect("closed");
            }
            let mut sent = Vec::new();
            let _ = stream.read_to_end(&mut sent).expect("the client closes");
            sent
        });
        let response = target.exchange(request);
        server.join().map(drop).expect("no panic");
        response
    }

    #[test]
    fn writes_what_it_is_told() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a client");
            let mut sent = Vec::new();
            while !sent.ends_with(b"0\r\n\r\n") {
                let mut buffer = [0; 1024];
                let count = stream.read(&mut buffer).expect("bytes");
                sent.extend_from_slice(&buffer[..count]);
            }
            stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").expect("sent");
            sent
        });
        let request = RawRequest::new("POST", "/a?b").header("X", "1").header("X", b"\xff").chunked("abc");
        assert_eq!(SocketTarget::new(address).exchange(&request).status, 204);
        let expected = [
            format!("POST /a?b HTTP/1.1\r\nhost: {address}\r\nX: 1\r\nX: ").as_bytes(),
            b"\xff\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        ]
        .concat();
        assert_eq!(server.join().expect("no panic"), expected);
    }

    #[test]
    fn reads_every_framing_of_a_body() {
        let get = RawRequest::get("/");
        let length = read("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", false, &get);
        assert_eq!((length.status, length.body.as_slice(), length.closed), (200, &b"abc"[..], None));
        let chunks =
            read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", false, &get);
        assert_eq!(chunks.body, b"abc");
        let close = read("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc", true, &get);
        assert_eq!((close.body.as_slice(), close.closed), (&b"abc"[..], Some(true)));
        let head = read("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", false, &RawRequest::new("HEAD", "/"));
        assert_eq!((head.status, head.body.as_slice()), (200, &b""[..]));
    }

    #[test]
    fn sees_interim_answers_and_an_end_that_is_missing() {
        let waiting = RawRequest::new("POST", "/").header("Expect", "100-continue").body("x");
        let continued =
            read("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false, &waiting);
        assert_eq!((continued.status, continued.interim.as_slice()), (200, &[100][..]));
        let open =
            read("HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\nmore", true, &waiting);
        assert_eq!((open.status, open.closed), (401, Some(false)));
    }

    #[test]
    fn tells_why_there_is_no_answer() {
        for answer in ["", "HTTP/1.1 200", "SMTP\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"] {
            let response = read(answer, true, &RawRequest::get("/"));
            assert_eq!(response.status, 0, "{answer:?}");
            assert!(!response.body.is_empty());
        }
    }
}
