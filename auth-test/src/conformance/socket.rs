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
    let _ = stream.write_all(&bytes);

    let mut interim = Vec::new();
    let mut response = loop {
        let response = read_head(&mut reader)?;
        if !(100..200).contains(&response.status) || response.status == 101 {
            break response;
        }
        if response.status == 100 && request.waits_to_continue() && !interim.contains(&100) {
            let _ = stream.write_all(&body);
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
        let name = str::from_utf8(name).map_err(|_| malformed("field name"))?;
        response = response.header(name, value.get(1..).unwrap_or_default().trim_ascii());
    }
}

fn read_body(reader: &mut BufReader<TcpStream>, response: &RawResponse) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    if response.lists("transfer-encoding", "chunked") {
        loop {
            let size = read_line(&mut reader.take(MAX_PART))?;
            let size = str::from_utf8(&size).map_err(|_| malformed("chunk size"))?;
            let size = u64::from_str_radix(size, 16).map_err(|_| malformed("chunk size"))?;
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
        [length] => read_exactly(reader, length.parse().map_err(|_| malformed("content-length"))?, &mut body)?,
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
