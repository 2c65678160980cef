//! Every route with every kind of credential: one list of answers for all frameworks.
//!
//! `answers.txt` is that list. Each example is compared with it byte by byte, and so with each other example.

use std::fmt::Write as _;

use super::client::{Request, Response};
use super::mint::{alice, basic, root, token};
use super::server::{API_KEY, Program};

cases! {
    "answers":
    the_same_bytes_whatever_the_framework,
}

const ANSWERS: &str = include_str!("answers.txt");

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

/// The header lines of each caller, by what they are.
fn callers() -> [(&'static str, Vec<String>); 9] {
    let key = format!("X-API-TOKEN: {API_KEY}");
    let two = vec![alice().header(), key.clone()];
    [
        ("nobody", vec![]),
        ("alice's token", vec![alice().header()]),
        ("root's token", vec![root().header()]),
        ("a token without rights", vec![token().header()]),
        ("an expired token", vec![root().claim("exp", 1).header()]),
        ("root's password", vec![basic("root", "hunter2 but longer")]),
        ("a wrong password", vec![basic("root", "hunter2")]),
        ("alice's key", vec![key]),
        ("alice's token and her key", two),
    ]
}

fn the_same_bytes_whatever_the_framework(program: &Program) {
    let server = program.server();
    let mut answers = String::new();
    for (method, path) in ROUTES {
        for (caller, lines) in callers() {
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            let request = Request::new(method, path).headers(&lines);
            let request = if method == "POST" { request.json(r#"{"name":"chair"}"#) } else { request };
            let _infallible = writeln!(answers, "{method} {path}, {caller}");
            print(&mut answers, &server.send(&request));
        }
    }
    assert!(answers == ANSWERS, "{}", first_difference(&answers));
}

/// What frameworks have to agree in.
fn print(answers: &mut String, response: &Response) {
    let _infallible = writeln!(answers, "    {}", response.status);
    for name in ["content-type", "cache-control", "vary", "www-authenticate"] {
        for value in response.all(name) {
            let _infallible = writeln!(answers, "    {name}: {value}");
        }
    }
    let _infallible = writeln!(answers, "    {}", response.body);
}

fn first_difference(answers: &str) -> String {
    let mut blocks = answers.split_inclusive("\n    ").zip(ANSWERS.split_inclusive("\n    "));
    let differing = blocks.find(|(ours, listed)| ours != listed);
    format!("{differing:?} in\n{answers}")
}
