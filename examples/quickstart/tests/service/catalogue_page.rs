//! The page at `/`.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use demo::suite::Response;
use sha2::{Digest as _, Sha256};

use crate::server;

fn page() -> Response {
    let response = server().get("/", &[]);
    assert_eq!((response.status, response.sole("content-type")), (200, "text/html; charset=utf-8"));
    response
}

/// The cells of the row that begins with a method and a path, tags removed.
fn row(page: &str, method: &str, path: &str) -> Vec<String> {
    let rows = page.split("<tr>").map(|row| row.split("</td>").map(without_tags).collect::<Vec<_>>());
    let mut fitting = rows.filter(|row| row[0] == format!("{method} {path}"));
    let (Some(row), None) = (fitting.next(), fitting.next()) else { panic!("not one row for {method} {path}: {page}") };
    row
}

/// The text of some HTML, a space in place of each run of tags.
fn without_tags(html: &str) -> String {
    let texts = html.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text));
    let texts: Vec<_> = texts.map(str::trim).filter(|text| !text.is_empty()).collect();
    texts.join(" ").replace("&quot;", "\"")
}

#[test]
fn shows_every_route_with_its_handler_and_policy() {
    let page = page().body;
    for (method, path, schemes, requirement, handler) in [
        ("GET", "/", "public", "catalogue page", "catalogue_page"),
        ("GET", "/public", "public", "health check", "health"),
        ("GET", "/me", "bearer basic api_key", "signed in", "me"),
        ("GET", "/items", "bearer basic api_key", r#"scope = "items:read""#, "items"),
        ("POST", "/items", "bearer", r#"scope = "items:write""#, "create_item"),
        ("GET", "/admin", "bearer basic", r#"role = "admin""#, "admin"),
        ("GET", "/maybe", "bearer", "optional: guests pass", "maybe"),
        (
            "GET",
            "/either",
            "bearer",
            r#"any(role = "admin", all(scope = "items:read", not(role = "guest")))"#,
            "either",
        ),
        ("GET", "/hidden", "bearer", r#"role = "admin" hide: 404 in place of 403"#, "hidden"),
        ("any", "any other path", "public", "unknown path", "not_found"),
    ] {
        let row = row(&page, method, path);
        assert_eq!(row[1..3], [schemes, requirement], "{method} {path}");
        let (name, place) = row[3].split_once(' ').expect("a handler and its place");
        assert_eq!(name, handler);
        let (file, line) = place.rsplit_once(':').expect("a file and a line");
        assert!(file.contains("/src/") && line.parse::<u32>().is_ok(), "{place}");
    }
    assert_eq!(page.matches("<tr>").count(), 11, "the head, ten routes and nothing that is not mounted");
    assert!(page.contains("<b>7</b> guarded") && page.contains("<b>3</b> open"));
}

#[test]
fn names_the_line_of_the_handler() {
    let source = include_str!("../../src/handlers.rs");
    let row = row(&page().body, "POST", "/items");
    let (_, line) = row[3].rsplit_once("src/handlers.rs:").expect("the file");
    let line: usize = line.parse().expect("a line");
    let near: Vec<_> = source.lines().skip(line - 1).take(2).collect();
    assert!(near.iter().any(|line| line.starts_with("async fn create_item")), "{near:?}");
}

#[test]
fn runs_and_loads_nothing() {
    let page = page();
    let style = page.body.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>")).expect("a style").0;
    let digest = BASE64_STANDARD.encode(Sha256::digest(style));
    assert_eq!(
        page.sole("content-security-policy"),
        format!(
            "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
    );
    for forbidden in ["<script", "<link", "<img", "src=", "href=", "url(", "@import", "style=", "onclick"] {
        assert!(!page.body.contains(forbidden), "{forbidden}");
    }
}
