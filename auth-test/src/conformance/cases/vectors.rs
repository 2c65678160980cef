//! The `http-authorization` vectors, put to a realm that believes every well-formed credential.

use serde_json::Value;

use super::{Cases, With as _, get};
use crate::conformance::expect::{Expect, ok};

/// `vectors/http-authorization`.
const VECTORS: &str = include_str!("../../../vectors/http-authorization/cases.json");

#[expect(clippy::expect_used, reason = "the file is part of the source")]
pub(super) fn add(cases: &mut Cases) {
    let vectors: Value = serde_json::from_str(VECTORS).expect("the vectors are JSON");
    let vectors = vectors.get("cases").and_then(Value::as_array).expect("the vectors have cases");
    for vector in vectors {
        let text = |member: &str| vector.get(member).and_then(Value::as_str).unwrap_or_default();
        let lines = vector.get("headers").and_then(Value::as_array).expect("each case has header lines");
        let request = lines.iter().filter_map(Value::as_str).fold(get("/echo"), |request, line| {
            // ISO-8859-1: a character is a byte.
            request.authorization(
                line.chars().map(|character| u8::try_from(character).unwrap_or(b'?')).collect::<Vec<_>>(),
            )
        });
        let expect = match text("expect") {
            "basic" => ok(&format!("{}:{} basic", text("user"), text("password"))).into(),
            "bearer" => ok(&format!("{} bearer", text("token"))).into(),
            _ => Expect::Rejected,
        };
        cases.add(format!("http_authorization_vector_{}", text("name").replace('-', "_")), request, expect);
    }
}
