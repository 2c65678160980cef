//! Puts the suite's requests as calls, and reads statuses as the answers that they stand for.

use std::net::SocketAddr;

use auth_test::conformance::{RawRequest, RawResponse, SocketTarget, Target};
use auth_test::for_each_route;

use crate::app::SERVICE;

/// A tonic server at a socket.
pub struct GrpcTarget {
    socket: SocketTarget,
    routes: Vec<Route>,
}

/// A route of the suite, and the method that serves it.
struct Route {
    method: &'static str,
    path: &'static str,
    name: &'static str,
    takes_more: bool,
}

macro_rules! list {
    ($name:ident, $method:ident, $path:literal, $group:ident, $kind:ident, $list:tt, ($routes:ident)) => {
        $routes.extend([Route {
            method: stringify!($method),
            path: $path,
            name: stringify!($name),
            takes_more: stringify!($kind) == "number",
        }]);
    };
}

impl GrpcTarget {
    pub fn new(address: SocketAddr) -> Self {
        let mut routes = Vec::new();
        for_each_route!(list, (routes));
        Self { socket: SocketTarget::new(address), routes }
    }

    /// The name of a route, and what follows its path; a call has no parameters in its path.
    fn route<'t>(&self, method: &str, path: &'t str) -> Option<(&'static str, &'t str)> {
        self.routes.iter().find_map(|route| {
            let rest = path.strip_prefix(route.path)?;
            let fits = rest.is_empty() || (route.takes_more && rest.starts_with('/'));
            (fits && (route.method == method || (method == "HEAD" && route.method == "GET")))
                .then_some((route.name, rest.trim_start_matches('/')))
        })
    }
}

impl Target for GrpcTarget {
    fn exchange(&self, request: &RawRequest) -> RawResponse {
        let (path, query) = match request.target.split_once('?') {
            Some((path, query)) => (path, format!("?{query}")),
            None => (request.target.as_str(), String::new()),
        };
        let (name, rest) = self.route(&request.method, path).unwrap_or(("nothing", ""));
        let mut call = request.clone();
        call.target = format!("/{SERVICE}/{name}{query}");
        if !rest.is_empty() {
            call = call.body(message(rest.as_bytes()));
        } else if !request.body.is_empty() {
            call.body = message(&request.body);
            let length = call.body.len().to_string();
            for (name, value) in &mut call.headers {
                if name.eq_ignore_ascii_case("content-length") {
                    *value = length.clone().into_bytes();
                }
            }
        }
        read(request, &self.socket.exchange(&call))
    }
}

/// A message as it stands on the wire: not compressed, with its length.
fn message(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).expect("a short message").to_be_bytes();
    [&[0], &length[..], bytes].concat()
}

/// A refused call has a status among its headers; the suite speaks of the HTTP answer that it abbreviates, so that
/// is written out. What a status does not hold, it cannot show: the type and the body, `no-store`, and the end of the
/// connection, which carries other calls as well.
fn read(request: &RawRequest, got: &RawResponse) -> RawResponse {
    let code = got.values("grpc-status").next().map(str::to_owned);
    let Some(code) = code.filter(|code| code != "0") else {
        let mut answer = got.clone();
        answer.headers.retain(|(name, _)| name != "content-type" && !name.starts_with("grpc-"));
        answer.body = got.body.get(5..).unwrap_or_default().to_vec();
        return answer;
    };
    let (status, title) = match code.as_str() {
        "3" => (400, "Bad Request"),
        "16" => (401, "Unauthorized"),
        "7" => (403, "Forbidden"),
        "5" => (404, "Not Found"),
        "8" => (429, "Too Many Requests"),
        "13" => (500, "Internal Server Error"),
        "14" => (503, "Service Unavailable"),
        other => return RawResponse::failure(format!("no refusal has the code {other}")),
    };
    if got.values("grpc-message").next().map(|message| message.replace("%20", " ")).as_deref() != Some(title) {
        return RawResponse::failure(format!("another message than {title}: {got:?}"));
    }
    let mut answer =
        RawResponse::new(status).header("cache-control", "no-store").header("content-type", "application/problem+json");
    if request.method != "HEAD" {
        answer = answer.body(format!(r#"{{"type":"about:blank","title":"{title}","status":{status}}}"#));
    }
    for (name, value) in &got.headers {
        if matches!(name.as_str(), "www-authenticate" | "retry-after" | "vary" | "referrer-policy") {
            answer = answer.header(name, value);
        }
    }
    if request.headers.iter().any(|(name, value)| {
        name.eq_ignore_ascii_case("transfer-encoding") || (name.eq_ignore_ascii_case("content-length") && value != b"0")
    }) {
        answer = answer.header("connection", "close");
    }
    answer.interim.clone_from(&got.interim);
    answer
}
