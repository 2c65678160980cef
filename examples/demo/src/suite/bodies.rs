//! Bodies of those who may write: what is taken, and what is answered to everything else.

use super::client::{Request, Response};
use super::mint::root;
use super::server::Program;

cases! {
    "bodies":
    what_is_no_item_is_refused,
    spaces_and_further_members_do_not_matter,
    other_media_types_are_refused,
    the_media_type_compares_without_case_and_parameters,
    sixteen_kibibytes_are_taken_and_no_byte_more,
    a_body_of_unknown_length_has_the_same_limit,
}

fn post() -> Request {
    Request::new("POST", "/items").header(&root().header())
}

/// `{"name":"xxx.."}` of that many bytes.
fn item_of(length: usize) -> String {
    let item = format!(r#"{{"name":"{}"}}"#, "x".repeat(length - r#"{"name":""}"#.len()));
    assert_eq!(item.len(), length);
    item
}

#[track_caller]
fn assert_problem(response: &Response, status: u16, title: &str) {
    let body = format!(r#"{{"type":"about:blank","title":"{title}","status":{status}}}"#);
    assert_eq!((response.status, &response.body), (status, &body));
    assert_eq!(response.sole("content-type"), "application/problem+json");
}

fn what_is_no_item_is_refused(program: &Program) {
    let server = program.server();
    for body in [
        "",
        "{",
        "{not json",
        "null",
        "7",
        "\"lamp\"",
        "[]",
        r#"["lamp"]"#,
        "{}",
        r#"{"Name":"lamp"}"#,
        r#"{"name":7}"#,
        r#"{"name":null}"#,
        r#"{"name":["lamp"]}"#,
        r#"{"name":"lamp"} x"#,
        r#"{"name":"lamp","name":"chair"}"#,
        r#"{"name":"\ud800"}"#,
        "\u{feff}{\"name\":\"lamp\"}",
        "name=lamp",
    ] {
        assert_problem(&server.send(&post().json(body)), 400, "Bad Request");
    }
    assert_problem(&server.send(&post().json(b"{\"name\":\"\xff\"}")), 400, "Bad Request");
    let deep = format!(r#"{{"name":{}{}}}"#, "[".repeat(8_000), "]".repeat(8_000));
    assert_problem(&server.send(&post().json(deep)), 400, "Bad Request");
}

fn spaces_and_further_members_do_not_matter(program: &Program) {
    let server = program.server();
    let deep = format!(r#"{{"x":{}{},"name":"lamp"}}"#, "[".repeat(8_000), "]".repeat(8_000));
    for body in [" \r\n\t{ \"name\" : \"lamp\" } ", r#"{"colour":"red","name":"lamp","size":[1,2]}"#, &deep] {
        let response = server.send(&post().json(body));
        assert_eq!((response.status, response.body.as_str()), (201, r#"{"id":2,"name":"lamp"}"#));
    }
}

fn other_media_types_are_refused(program: &Program) {
    let server = program.server();
    for kind in ["", "text/plain", "application/x-www-form-urlencoded", "application/problem+json", "text/json", "*/*"]
    {
        let request = post().header(&format!("Content-Type: {kind}")).body(r#"{"name":"lamp"}"#);
        assert_problem(&server.send(&request), 415, "Unsupported Media Type");
    }
    assert_problem(&server.send(&post().body(r#"{"name":"lamp"}"#)), 415, "Unsupported Media Type");
}

fn the_media_type_compares_without_case_and_parameters(program: &Program) {
    let server = program.server();
    for kind in ["APPLICATION/JSON", "application/json; charset=utf-8", "application/json;charset=\"utf-8\""] {
        let request = post().header(&format!("Content-Type: {kind}")).body(r#"{"name":"lamp"}"#);
        assert_eq!(server.send(&request).status, 201, "{kind}");
    }
}

fn sixteen_kibibytes_are_taken_and_no_byte_more(program: &Program) {
    let server = program.server();
    assert_eq!(server.send(&post().json(item_of(16 * 1024))).status, 201);
    assert_problem(&server.send(&post().json(item_of(16 * 1024 + 1))), 413, "Content Too Large");
}

fn a_body_of_unknown_length_has_the_same_limit(program: &Program) {
    let server = program.server();
    let chunked = |item: &str| {
        let chunks: String = item.as_bytes().chunks(4_096).map(chunk).collect();
        let kind = ["Content-Type: application/json", "Transfer-Encoding: chunked"];
        post().headers(&kind).raw_body(chunks + "0\r\n\r\n")
    };
    assert_eq!(server.send(&chunked(&item_of(16 * 1024))).status, 201);
    assert_problem(&server.send(&chunked(&item_of(16 * 1024 + 1))), 413, "Content Too Large");
}

fn chunk(bytes: &[u8]) -> String {
    format!("{:x}\r\n{}\r\n", bytes.len(), str::from_utf8(bytes).expect("ASCII"))
}
