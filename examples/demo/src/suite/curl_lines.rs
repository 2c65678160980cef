//! The printed `curl` lines: each one works as it stands.

use std::process::Command;

use super::client::Request;
use super::mint::basic;
use super::server::{API_KEY, Program, Server};

cases! {
    "curl_lines":
    there_is_one_line_for_each_route_and_scheme_and_each_succeeds,
    the_lines_hold_the_configured_key,
    curl_runs_every_line,
}

/// Every route with every scheme that succeeds there: method, path, scheme.
const EXPECTED: [(&str, &str, &str); 14] = [
    ("GET", "/public", ""),
    ("GET", "/me", "bearer"),
    ("GET", "/me", "basic"),
    ("GET", "/me", "api_key"),
    ("GET", "/items", "bearer"),
    ("GET", "/items", "basic"),
    ("GET", "/items", "api_key"),
    ("POST", "/items", "bearer"),
    ("GET", "/admin", "bearer"),
    ("GET", "/admin", "basic"),
    ("GET", "/maybe", ""),
    ("GET", "/maybe", "bearer"),
    ("GET", "/either", "bearer"),
    ("GET", "/hidden", "bearer"),
];

fn lines(server: &Server) -> Vec<String> {
    EXPECTED.iter().map(|_| server.next_line().expect("a line")).collect()
}

/// Reads a line as a POSIX shell does, as far as apostrophes and backslashes go.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match character {
            '\'' => quoted = !quoted,
            '\\' if !quoted => word.extend(characters.next()),
            ' ' if !quoted => words.push(std::mem::take(&mut word)),
            other => word.push(other),
        }
    }
    words.push(word);
    words
}

/// The request that `curl` would send, and how it proves who calls.
fn parse(line: &str, address: &str) -> (Request, &'static str, String) {
    let words = words(line);
    let ["curl", options @ .., url] = &words.iter().map(String::as_str).collect::<Vec<_>>()[..] else {
        panic!("no call of curl: {line}")
    };
    let path = url.strip_prefix(&format!("http://{address}")).expect("this server");
    let (mut headers, mut data, mut scheme) = (Vec::new(), None, "");
    let (pairs, []) = options.as_chunks::<2>() else { panic!("an option without a value: {line}") };
    for [option, value] in pairs {
        match *option {
            "-H" => {
                headers.push((*value).to_owned());
                match value.split_once(' ').expect("a header line") {
                    ("Authorization:", _) => scheme = "bearer",
                    ("X-API-TOKEN:", _) => scheme = "api_key",
                    ("Content-Type:", _) => {}
                    _ => panic!("another header: {value}"),
                }
            }
            "-u" => {
                let (name, password) = value.split_once(':').expect("a name and a password");
                headers.push(basic(name, password));
                scheme = "basic";
            }
            "-d" => data = Some(*value),
            other => panic!("another option: {other}"),
        }
    }
    let method = if data.is_some() { "POST" } else { "GET" };
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    let request = Request::new(method, path).headers(&headers);
    let request = data.map_or(request.clone(), |data| request.body(data));
    (request, scheme, format!("{method} {path}"))
}

fn there_is_one_line_for_each_route_and_scheme_and_each_succeeds(program: &Program) {
    // Nothing is configured, so the credentials are this start's own.
    let server = program.start_with(|command| command.env("DEMO_PRINT", "1"));
    for (line, (method, path, scheme)) in lines(&server).iter().zip(EXPECTED) {
        let (request, used, target) = parse(line, &server.address);
        assert_eq!((target, used), (format!("{method} {path}"), scheme), "{line}");
        let status = if method == "POST" { 201 } else { 200 };
        assert_eq!(server.send(&request).status, status, "{line}");
    }
    assert!(!server.has_line(), "nothing after them");
}

fn the_lines_hold_the_configured_key(program: &Program) {
    let server = program.start_with(|command| command.env("DEMO_PRINT", "1").env("DEMO_API_KEY", API_KEY));
    let expected = format!("curl -H 'X-API-TOKEN: {API_KEY}' http://{}/me", server.address);
    assert!(lines(&server).contains(&expected));
}

fn curl_runs_every_line(program: &Program) {
    if Command::new("curl").arg("--version").output().is_err() {
        eprintln!("curl is missing: the lines are replayed by another test, not run by curl");
        return;
    }
    let server = program.start_with(|command| command.env("DEMO_PRINT", "1"));
    let mut lines = lines(&server);
    lines.push(format!("curl -u 'zoë:pässwörd: 日本 🙂' http://{}/me", server.address));
    for line in lines {
        // The shell reads the line as a person would paste it.
        let script = format!("{line} --silent --show-error --max-time 60 --noproxy '*' --write-out ' %{{http_code}}'");
        let output = Command::new("sh").args(["-c", &script]).output().expect("a shell");
        let text = String::from_utf8_lossy(&output.stdout);
        let status = if line.contains(" -d ") { " 201" } else { " 200" };
        assert!(text.ends_with(status), "{line}\n{text}\n{}", String::from_utf8_lossy(&output.stderr));
    }
}
