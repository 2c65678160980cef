//! The `curl` lines of documents: each one works as it stands.

use std::path::Path;
use std::process::Command;

use super::program::{Program, Running};

/// Runs the `curl` lines of `--help` against a server with the demo accounts.
///
/// A line that is to fail ends with a comment like `# 400`; every other has to be answered with 2xx or 3xx. What a line sets (`TOKEN=..`)
/// is there for those after it.
#[track_caller]
pub fn assert_help_runs(program: &Program) {
    let help = program.run(&["--help"]);
    assert_eq!(help.code, Some(0), "{}", help.stderr);
    assert_runs(program, &help.stdout);
}

/// The same for the blocks of `sh` in a file of Markdown, usually `concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")`.
#[track_caller]
pub fn assert_readme_runs(program: &Program, readme: impl AsRef<Path>) {
    let text = std::fs::read_to_string(readme).expect("a file");
    let blocks = text.split("```sh\n").skip(1).filter_map(|block| block.split("\n```").next());
    assert_runs(program, &blocks.collect::<Vec<_>>().join("\n"));
}

#[track_caller]
fn assert_runs(program: &Program, text: &str) {
    let lines = lines(text);
    assert!(!lines.is_empty(), "there are lines: {text}");
    if Command::new("curl").arg("--version").output().is_err() {
        let is_required = std::env::var("CI").is_ok_and(|value| value == "true" || value == "1");
        assert!(!is_required, "curl is missing");
        eprintln!("skipped: curl is missing");
        return;
    }
    let server = program.elsewhere().start(&["--store", "memory:", "--throttle", "off"]);
    run(&server, &lines);
}

/// The lines that call `curl`, continued ones put together.
fn lines(text: &str) -> Vec<String> {
    let joined = text.replace("\\\n", " ");
    joined.lines().map(str::trim).filter(|line| line.contains("curl ")).map(str::to_owned).collect()
}

/// One shell runs them all, as a person who pastes them one after the other.
#[track_caller]
fn run(server: &Running, lines: &[String]) {
    let mut script = String::from(
        "curl() { command curl --max-time 60 --noproxy '*' --write-out '%{stderr}status %{http_code}\\n' \"$@\"; }\n",
    );
    for line in lines {
        let line = replace_address(line, &server.address);
        script.extend([&line, "\n"]);
    }
    let output = Command::new("sh").args(["-c", &script]).output().expect("a shell");
    let stderr = String::from_utf8_lossy(&output.stderr);
    let statuses: Vec<&str> = stderr.lines().filter_map(|line| line.strip_prefix("status ")).collect();
    assert_eq!(statuses.len(), lines.len(), "{stderr}\n{}", server.log());
    for (line, status) in lines.iter().zip(statuses) {
        match line.rsplit_once("# ").map(|(_, end)| end.trim()) {
            Some(expected) if expected.len() == 3 && expected.bytes().all(|byte| byte.is_ascii_digit()) => {
                assert_eq!(status, expected, "{line}");
            }
            _ => assert!(status.starts_with(['2', '3']), "{status}: {line}"),
        }
    }
}

/// Points a line to the server of the test.
fn replace_address(line: &str, address: &str) -> String {
    let mut rest = line;
    let mut replaced = String::new();
    while let Some((before, after)) = rest.split_once("127.0.0.1:") {
        replaced.push_str(before);
        replaced.push_str(address);
        rest = after.trim_start_matches(|digit: char| digit.is_ascii_digit());
    }
    replaced + rest
}
