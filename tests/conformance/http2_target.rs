//! A target that speaks HTTP/2 (RFC 9113), all of its requests over one connection.

use std::net::SocketAddr;

use auth_test::conformance::{RawRequest, RawResponse, Target};
use bytes::Bytes;
use h2::client::SendRequest;
use http::{HeaderName, HeaderValue, Method, Request, Uri};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

/// What stands in place of an answer to a request that HTTP/2 has no words for.
pub const UNSAYABLE: &str = "HTTP/2 has no `Upgrade`";

/// The case whose fields are longer than a server of hyper lets a request have: it answers 431 by itself.
const TOO_LONG: &str = "a_token_of_16_kib_is_refused";

/// A server at a socket. What a refusal does to the connection would meet the next request.
pub struct Http2Target {
    runtime: Runtime,
    client: SendRequest<Bytes>,
    authority: String,
}

impl Http2Target {
    pub fn new(address: SocketAddr) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let client = runtime.block_on(async {
            let stream = TcpStream::connect(address).await.expect("the server listens");
            let (client, connection) = h2::client::handshake(stream).await.expect("it speaks HTTP/2");
            drop(tokio::spawn(connection));
            client
        });
        Self { runtime, client, authority: address.to_string() }
    }

    /// The request; `None` if it is malformed. A body is announced by a stream that is left open.
    fn parse(&self, raw: &RawRequest) -> Option<Request<()>> {
        let uri: Uri = raw.target.parse().ok()?;
        let mut parts = uri.into_parts();
        parts.scheme = Some(http::uri::Scheme::HTTP);
        parts.authority = Some(self.authority.parse().ok()?);
        let mut request = Request::new(());
        *request.method_mut() = Method::from_bytes(raw.method.as_bytes()).ok()?;
        *request.uri_mut() = Uri::from_parts(parts).ok()?;
        for (name, value) in &raw.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            match name.as_str() {
                // Of the connection, which is not the request's (RFC 9113 §8.2.2).
                "connection" | "transfer-encoding" => {}
                // Each pair in a field of its own (RFC 9113 §8.2.3).
                "cookie" => {
                    for pair in value.split(|byte| *byte == b';') {
                        request.headers_mut().append(&name, HeaderValue::from_bytes(pair.trim_ascii_start()).ok()?);
                    }
                }
                _ => _ = request.headers_mut().append(name, HeaderValue::from_bytes(value).ok()?),
            }
        }
        Some(request)
    }

    async fn ask(&self, raw: &RawRequest, request: Request<()>) -> Result<RawResponse, h2::Error> {
        let has_body = raw.headers.iter().any(|(name, value)| {
            name.eq_ignore_ascii_case("transfer-encoding")
                || (name.eq_ignore_ascii_case("content-length") && value != b"0")
        });
        let (response, mut body) = self.client.clone().ready().await?.send_request(request, !has_body)?;
        if has_body {
            // A refusal may have ended the stream already.
            drop(body.send_data(Bytes::from(raw.body.clone()), true));
        }
        let (head, mut body) = response.await?.into_parts();
        let mut answer = RawResponse::new(head.status.as_u16());
        for (name, value) in &head.headers {
            if matches!(name.as_str(), "connection" | "transfer-encoding" | "keep-alive" | "upgrade") {
                return Ok(RawResponse::failure(format!("an answer over HTTP/2 with the field `{name}`")));
            }
            answer = answer.header(name.as_str(), value);
        }
        let mut bytes = Vec::new();
        while let Some(part) = body.data().await {
            bytes.extend_from_slice(&part?);
        }
        // The suite asks for the end of a connection whose request was not read; here it is the end of a stream.
        let answer = if has_body && answer.status >= 400 { answer.header("connection", "close") } else { answer };
        Ok(answer.body(bytes))
    }
}

impl Target for Http2Target {
    fn exchange(&self, raw: &RawRequest) -> RawResponse {
        if raw.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("upgrade")) {
            return RawResponse::failure(UNSAYABLE);
        }
        let Some(request) = self.parse(raw) else { return RawResponse::new(400) };
        self.runtime.block_on(self.ask(raw, request)).unwrap_or_else(RawResponse::failure)
    }
}

/// Runs the suite against the server at `address`: all cases but those with an `Upgrade`.
pub fn conforms(framework: &str, address: SocketAddr) {
    let report = auth_test::conformance::Suite::new().run(&Http2Target::new(address));
    let (unsayable, failed): (Vec<_>, Vec<_>) =
        report.failures.iter().partition(|failure| failure.got.contains(UNSAYABLE));
    let (count, passed) = (report.count, report.count - report.failures.len());
    eprintln!("{framework}: {passed} of {count} cases passed, {} not said", unsayable.len());
    let unlisted = failed.iter().filter(|case| case.name != TOO_LONG);
    let unlisted: Vec<_> = unlisted.map(|case| format!("{}\n  {}\n  {}", case.name, case.expected, case.got)).collect();
    assert!(unlisted.is_empty(), "{} cases failed:\n{}", unlisted.len(), unlisted.join("\n\n"));
    let too_long = failed.iter().find(|case| case.name == TOO_LONG).expect("listed, but as the suite wants it");
    assert!(too_long.got.starts_with("431"), "{}", too_long.got);
    let others: Vec<_> = unsayable.iter().map(|case| &case.name).filter(|name| !name.contains("_upgrade_")).collect();
    assert!(others.is_empty(), "cases without an `Upgrade` were not said: {others:?}");
    assert!(passed >= 800, "{passed} of {count} cases");
}

/// A request whose body never comes is refused all the same, and its connection goes on.
pub fn refuses_without_the_body(address: SocketAddr) {
    let target = Http2Target::new(address);
    let refusals = target.runtime.block_on(async {
        let mut statuses = Vec::new();
        for _ in 0..3 {
            let raw = RawRequest::new("POST", "/body").header("content-length", "10");
            let request = target.parse(&raw).expect("well formed");
            // Not ended: the server is told of ten bytes, and waits in vain if it waits.
            let mut client = target.client.clone().ready().await.expect("the connection goes on");
            let (response, body) = client.send_request(request, false).expect("a stream");
            statuses.push(response.await.expect("an answer before the body").status().as_u16());
            drop(body);
        }
        statuses
    });
    assert_eq!(refusals, [401; 3]);
    assert_eq!(target.exchange(&RawRequest::get("/public")).status, 200, "on the same connection");
}
