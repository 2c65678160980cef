//! HTTP/1.1, as much as a test needs.

use std::io::{Error, ErrorKind, Result};
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::message::{Request, Response};
use crate::router::Router;

/// The longest head and the longest body, in bytes.
const MAX_PART: u64 = 64 * 1024;

type Connection = BufReader<TcpStream>;

/// A body that nobody has read yet.
#[derive(Debug, Default)]
pub(crate) struct Body {
    connection: Option<Connection>,
    framing: Framing,
    /// Whether the client waits to be told that it may send (RFC 9110 §10.1.1).
    waits: bool,
}

#[derive(Clone, Copy, Debug, Default)]
enum Framing {
    #[default]
    None,
    Length(u64),
    Chunked,
}

impl Body {
    /// Reads all of it.
    pub(crate) async fn read(&mut self) -> Result<Vec<u8>> {
        let framing = std::mem::take(&mut self.framing);
        let Some(connection) = &mut self.connection else { return Ok(Vec::new()) };
        if std::mem::take(&mut self.waits) {
            connection.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
        }
        let mut bytes = Vec::new();
        match framing {
            Framing::None => {}
            Framing::Length(length) => read_exactly(connection, length, &mut bytes).await?,
            Framing::Chunked => loop {
                let size = text(line(connection).await?)?;
                let size = u64::from_str_radix(&size, 16).map_err(malformed)?;
                read_exactly(connection, size, &mut bytes).await?;
                line(connection).await?;
                if size == 0 {
                    break;
                }
            },
        }
        Ok(bytes)
    }
}

async fn read_exactly(connection: &mut Connection, length: u64, bytes: &mut Vec<u8>) -> Result<()> {
    if length > MAX_PART {
        return Err(malformed("too long"));
    }
    let read = connection.take(length).read_to_end(bytes).await?;
    if u64::try_from(read).ok() == Some(length) { Ok(()) } else { Err(ErrorKind::UnexpectedEof.into()) }
}

async fn line(connection: &mut Connection) -> Result<Vec<u8>> {
    let mut line = Vec::new();
    connection.take(MAX_PART).read_until(b'\n', &mut line).await?;
    line.strip_suffix(b"\r\n").map(<[u8]>::to_vec).ok_or_else(nothing)
}

fn text(bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes).map_err(malformed)
}

fn malformed(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(ErrorKind::InvalidData, why)
}

fn nothing() -> Error {
    malformed("something is missing")
}

/// Serves the routes, until the future is dropped.
pub async fn serve(listener: TcpListener, router: Router) {
    let router = Arc::new(router);
    while let Ok((stream, _)) = listener.accept().await {
        let router = Arc::clone(&router);
        // A connection that breaks concerns nobody else.
        tokio::spawn(async move { converse(stream, &router).await.ok() });
    }
}

async fn converse(stream: TcpStream, router: &Router) -> Result<()> {
    let peer = stream.peer_addr()?;
    let mut connection = BufReader::new(stream);
    loop {
        let first = text(line(&mut connection).await?)?;
        let mut words = first.split(' ');
        let (Some(method), Some(target), Some("HTTP/1.1"), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return write(&mut connection, &Response::new(400, ""), false).await;
        };
        let mut request = Request::new(method.to_owned(), target, peer);
        if read_fields(&mut connection, &mut request).await.is_err() {
            return write(&mut connection, &Response::new(400, ""), false).await;
        }
        request.body.connection = Some(connection);
        let mut response = router.answer(&mut request).await;
        if !matches!(request.body.framing, Framing::None) && !says_close(&response) {
            // The next request would begin with this one's body.
            response = response.with_header("connection", "close");
        }
        connection = request.body.connection.take().ok_or_else(nothing)?;
        write(&mut connection, &response, request.method == "HEAD").await?;
        if says_close(&response) {
            return connection.shutdown().await;
        }
    }
}

fn says_close(response: &Response) -> bool {
    response.headers.iter().any(|(name, value)| name == "connection" && value == "close")
}

async fn read_fields(connection: &mut Connection, request: &mut Request) -> Result<()> {
    loop {
        let field = line(connection).await?;
        if field.is_empty() {
            return Ok(());
        }
        let colon = field.iter().position(|byte| *byte == b':').ok_or_else(nothing)?;
        let (name, value) = field.split_at(colon);
        let name = text(name.to_ascii_lowercase())?;
        let value = value.get(1..).unwrap_or_default().trim_ascii().to_vec();
        if value.iter().any(|byte| *byte < b' ' && *byte != b'\t' || *byte == 0x7f) {
            return Err(malformed("a control character"));
        }
        match name.as_str() {
            "content-length" => {
                let length = text(value.clone())?.parse().map_err(malformed)?;
                request.body.framing = if length == 0 { Framing::None } else { Framing::Length(length) };
            }
            "transfer-encoding" => request.body.framing = Framing::Chunked,
            "expect" => request.body.waits = value.eq_ignore_ascii_case(b"100-continue"),
            _ => {}
        }
        request.headers.push((name, value));
    }
}

async fn write(connection: &mut Connection, response: &Response, is_head: bool) -> Result<()> {
    let mut bytes = format!("HTTP/1.1 {} -\r\ncontent-length: {}\r\n", response.status, response.body.len());
    for (name, value) in &response.headers {
        bytes.extend([name, ": ", value, "\r\n"]);
    }
    bytes.push_str("\r\n");
    let mut bytes = bytes.into_bytes();
    if !is_head {
        bytes.extend_from_slice(&response.body);
    }
    connection.write_all(&bytes).await?;
    connection.flush().await
}
