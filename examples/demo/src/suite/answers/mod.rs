//! Every route with every kind of credential: one list of answers for all frameworks.
//!
//! The text files here are that list. Each example is compared with it byte by byte, and so with each other example.

mod callers;

use std::fmt::Write as _;

use self::callers::{Caller, callers};
use super::client::{Request, Response};
use super::mint::{alice, root};
use super::server::{API_KEY, Program, Server};

cases! {
    "answers":
    the_same_bytes_whatever_the_framework,
    the_same_fields_for_head_whatever_the_framework,
    the_same_bytes_whatever_the_query_and_the_length_of_fields,
}

const ROUTES: [(&str, &str); 9] = [
    ("GET", "/public"),
    ("GET", "/me"),
    ("GET", "/items"),
    ("POST", "/items"),
    ("GET", "/admin"),
    ("GET", "/maybe"),
    ("GET", "/either"),
    ("GET", "/hidden"),
    ("GET", "/no/such/path"),
];

fn the_same_bytes_whatever_the_framework(program: &Program) {
    let mut answers = Answers::of(program);
    for (method, path) in ROUTES {
        for Caller { name, lines } in callers() {
            let request = Request::new(method, path).headers(&lines.iter().map(String::as_str).collect::<Vec<_>>());
            let request = if method == "POST" { request.json(r#"{"name":"chair"}"#) } else { request };
            answers.add(&format!("{method} {path}, {name}"), &request);
        }
    }
    answers.assert_listed(include_str!("callers.txt"));
}

fn the_same_fields_for_head_whatever_the_framework(program: &Program) {
    let mut answers = Answers::of(program);
    for (_, path) in ROUTES.iter().filter(|(method, _)| *method == "GET") {
        for Caller { name, lines } in callers().into_iter().filter(Caller::is_common) {
            let request = Request::new("HEAD", path).headers(&lines.iter().map(String::as_str).collect::<Vec<_>>());
            answers.add(&format!("HEAD {path}, {name}"), &request);
        }
    }
    answers.assert_listed(include_str!("head.txt"));
}

fn the_same_bytes_whatever_the_query_and_the_length_of_fields(program: &Program) {
    let (alice, root) = (alice(), root().header());
    let in_the_query = format!("/me?access_token={}", alice.mint());
    let (alice, key) = (alice.header(), format!("X-API-TOKEN: {API_KEY}"));
    let mut answers = Answers::of(program);
    let mut add = |name: &str, path: &str, lines: &[&str]| answers.add(name, &Request::get(path).headers(lines));

    add("a query", "/me?a=b&a=b", &[&alice]);
    add("an empty query", "/me?", &[&alice]);
    add("a query of nobody", "/me?a=b", &[]);
    add("a query that is not UTF-8", "/me?a=%ff%00", &[&alice]);
    add("a token in the query", &in_the_query, &[]);
    add("a token in the query of a guest", &in_the_query.replace("/me", "/maybe"), &[]);
    add("a key in the query", &format!("/me?X-API-TOKEN={API_KEY}"), &[]);
    add("a query of what is hidden", "/hidden?a=b", &[&alice]);
    add("a query of what is not hidden", "/hidden?a=b", &[&root]);
    add("a query of an unknown path", "/no?a=b", &[&alice]);
    add("a query of 4,000 bytes", &format!("/items?{}", "x".repeat(4_000)), &[&key]);

    let long = |name: &str, length: usize| format!("{name}{}", "x".repeat(length));
    for length in [9_000, 30_000] {
        add(&format!("a bearer of {length} bytes"), "/me", &[&long("Authorization: Bearer ", length)]);
        add(&format!("a bearer of {length} bytes, of a guest"), "/maybe", &[&long("Authorization: Bearer ", length)]);
        add(&format!("a basic of {length} bytes"), "/me", &[&long("Authorization: Basic ", length)]);
        add(&format!("a key of {length} bytes"), "/me", &[&long("X-API-TOKEN: ", length)]);
        add(&format!("an unknown scheme of {length} bytes"), "/me", &[&long("Authorization: ", length)]);
        add(&format!("a cookie of {length} bytes"), "/me", &[&alice, &long("Cookie: a=", length)]);
        add(&format!("a cookie of {length} bytes, of nobody"), "/me", &[&long("Cookie: a=", length)]);
    }
    let many: Vec<String> = (0..60).map(|number| format!("X-{number}: {number}")).collect();
    let mut many: Vec<&str> = many.iter().map(String::as_str).collect();
    add("sixty more fields, of nobody", "/me", &many);
    many.push(&key);
    add("sixty more fields", "/me", &many);
    answers.assert_listed(include_str!("targets.txt"));
}

/// The answers of a program, as the lists have them.
struct Answers {
    server: Server,
    text: String,
}

impl Answers {
    /// Of a server of its own: guesses of passwords are counted.
    fn of(program: &Program) -> Self {
        Self { server: program.start(), text: String::new() }
    }

    /// Puts a request and adds what frameworks have to agree in.
    fn add(&mut self, name: &str, request: &Request) {
        let Response { status, headers, body } = self.server.send(request);
        let _infallible = writeln!(self.text, "{name}\n    {status}");
        for compared in ["content-type", "cache-control", "connection", "retry-after", "vary", "www-authenticate"] {
            for (_, value) in headers.iter().filter(|(name, _)| name == compared) {
                let _infallible = writeln!(self.text, "    {compared}: {value}");
            }
        }
        if !body.is_empty() {
            let _infallible = writeln!(self.text, "    {body}");
        }
    }

    fn assert_listed(&self, listed: &str) {
        // An answer begins where a line is not set in.
        let difference = split(&self.text).zip(split(listed)).find(|(ours, listed)| ours != listed);
        assert!(self.text == listed, "{difference:#?} in\n{}", self.text);
    }
}

/// The answers of a list, one by one.
fn split(answers: &str) -> impl Iterator<Item = Vec<&str>> {
    let lines: Vec<&str> = answers.lines().collect();
    let blocks: Vec<Vec<&str>> = lines.chunk_by(|_, next| next.starts_with(' ')).map(<[&str]>::to_vec).collect();
    blocks.into_iter()
}
