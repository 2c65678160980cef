//! What requests carry.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use demo::suite::{Request, Response};

/// `POST` of a form.
pub fn form(path: &str, fields: &[(&str, &str)]) -> Request {
    let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    Request::new("POST", path).header("Content-Type: application/x-www-form-urlencoded").body(pairs.join("&"))
}

/// The header line of HTTP Basic (RFC 7617).
pub fn basic(name: &str, password: &str) -> String {
    format!("Authorization: Basic {}", BASE64_STANDARD.encode(format!("{name}:{password}")))
}

/// The body of an answer, as JSON.
#[track_caller]
pub fn json_of(response: &Response) -> serde_json::Value {
    serde_json::from_str(&response.body).unwrap_or_else(|error| panic!("{error}: {response:?}"))
}

fn encode(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}
