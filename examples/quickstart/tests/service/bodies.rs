//! Bodies of those who may write: what is taken, and what is answered to everything else.

use demo::suite::{Request, read_response, root};

use crate::server;

const CLOSES: (&str, &str) = ("connection", "close");

fn post() -> Request {
    Request::new("POST", "/items").header(&root().header())
}

/// `{"name":"xxx.."}` of that many bytes.
fn item_of(length: usize) -> String {
    let item = format!(r#"{{"name":"{}"}}"#, "x".repeat(length - r#"{"name":""}"#.len()));
    assert_eq!(item.len(), length);
    item
}

#[test]
fn what_is_no_item_is_refused() {
    let server = server();
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
        server.send(&post().json(body)).assert_refusal(400, &[], &[]);
    }
    server.send(&post().json(b"{\"name\":\"\xff\"}")).assert_refusal(400, &[], &[]);
    let deep = format!(r#"{{"name":{}{}}}"#, "[".repeat(8_000), "]".repeat(8_000));
    server.send(&post().json(deep)).assert_refusal(400, &[], &[]);
}

#[test]
fn spaces_and_further_members_do_not_matter() {
    let server = server();
    let deep = format!(r#"{{"x":{}{},"name":"lamp"}}"#, "[".repeat(8_000), "]".repeat(8_000));
    for body in [" \r\n\t{ \"name\" : \"lamp\" } ", r#"{"colour":"red","name":"lamp","size":[1,2]}"#, &deep] {
        let response = server.send(&post().json(body));
        assert_eq!((response.status, response.body.as_str()), (201, r#"{"id":2,"name":"lamp"}"#));
    }
}

#[test]
fn other_media_types_are_refused_and_the_body_stays_unread() {
    let server = server();
    for kind in [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/problem+json",
        "application/jsonx",
        "text/json",
        "application/json, text/plain",
        "*/*",
    ] {
        let request = post().header(&format!("Content-Type: {kind}"));
        server.send(&request.body(r#"{"name":"lamp"}"#)).assert_refusal(415, &[], &[CLOSES]);
    }
    server.send(&post().body(r#"{"name":"lamp"}"#)).assert_refusal(415, &[], &[CLOSES]);
    server.send(&post()).assert_refusal(415, &[], &[]);
    let twice = post().header("Content-Type: application/json").json(r#"{"name":"lamp"}"#);
    server.send(&twice).assert_refusal(415, &[], &[CLOSES]);
}

#[test]
fn the_media_type_compares_without_case_and_parameters() {
    let server = server();
    for kind in ["APPLICATION/JSON", "application/json; charset=utf-8", "application/json;charset=\"utf-8\""] {
        let request = post().header(&format!("Content-Type: {kind}")).body(r#"{"name":"lamp"}"#);
        assert_eq!(server.send(&request).status, 201, "{kind}");
    }
}

#[test]
fn sixteen_kibibytes_are_taken_and_no_byte_more() {
    let server = server();
    assert_eq!(server.send(&post().json(item_of(16 * 1024))).status, 201);
    // Not even asked for: the client sends none of it.
    let announced =
        post().headers(&["Content-Type: application/json", "Content-Length: 16385", "Expect: 100-continue"]);
    read_response(server.open(&announced), "POST").assert_refusal(413, &[], &[CLOSES]);
}

#[test]
fn a_body_of_unknown_length_has_the_same_limit() {
    let server = server();
    let chunked = |item: &str| {
        let chunks: String = item.as_bytes().chunks(4_096).map(chunk).collect();
        let kind = ["Content-Type: application/json", "Transfer-Encoding: chunked"];
        post().headers(&kind).raw_body(chunks + "0\r\n\r\n")
    };
    assert_eq!(server.send(&chunked(&item_of(16 * 1024))).status, 201);
    server.send(&chunked(&item_of(16 * 1024 + 1))).assert_refusal(413, &[], &[CLOSES]);
}

fn chunk(bytes: &[u8]) -> String {
    format!("{:x}\r\n{}\r\n", bytes.len(), str::from_utf8(bytes).expect("ASCII"))
}

#[test]
fn a_client_that_waits_is_asked_for_its_body() {
    use std::io::Write as _;

    let server = server();
    let body = r#"{"name":"lamp"}"#;
    let length = format!("Content-Length: {}", body.len());
    let request = post().headers(&["Content-Type: application/json", "Expect: 100-continue", &length]);
    let mut stream = server.open(&request);
    assert_eq!(read_response(stream.try_clone().expect("a clone"), "POST").status, 100);
    stream.write_all(body.as_bytes()).expect("the body is sent");
    assert_eq!(read_response(stream, "POST").status, 201);
}
