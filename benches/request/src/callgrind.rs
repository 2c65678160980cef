//! Instructions, counted by callgrind.
//!
//! Callgrind runs a program that does nothing but one case, and collects only inside of [`measured`]. What it counts is
//! the same from run to run but for addresses and random keys, which move it by some instructions.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::{env, fs};

use axum::body::Body;
use http::Request;

use crate::{Bench, Case, Failure, Token};

/// What the name of the program that callgrind runs adds to that of the program that measures.
const PROGRAM: &str = "-one-request";

/// What callgrind collects in; the name of the module and this one are what it looks for, here and in other benchmarks.
#[inline(never)]
pub fn measured(bench: &Bench, requests: Vec<Request<Body>>) {
    bench.serve(requests);
}

/// Whether there is a `valgrind` to run.
#[must_use]
pub fn is_there() -> bool {
    let version = Command::new("valgrind").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    version.is_ok_and(|status| status.success())
}

/// How many instructions one request of a case takes, or the same request by the bare service.
///
/// # Errors
///
/// If the program cannot be run, or callgrind has counted nothing.
pub fn instructions(case: Case, token: &Token, is_bare: bool, requests: usize) -> Result<u64, Failure> {
    let service = if is_bare { "bare" } else { "own" };
    let [name, count] = [case.name(), requests.to_string()];
    let arguments = [&[name.as_str(), service, &count][..], &token.parts()].concat();
    Ok(total(&format!("{service}.{name}"), &arguments)? / u64::try_from(requests)?)
}

/// How many instructions the program beside this one spends in its functions `callgrind::measured`.
///
/// # Errors
///
/// If the program cannot be run, or callgrind has counted nothing.
pub fn total(name: &str, arguments: &[&str]) -> Result<u64, Failure> {
    let mut program = env::current_exe()?.into_os_string();
    program.push(PROGRAM);
    let program = PathBuf::from(program);
    // The profiles of the last run are kept, for `callgrind_annotate`.
    let profile = program.with_file_name(format!("callgrind.{}", name.replace([' ', ':', ',', '/'], "-")));
    let run = Command::new("valgrind")
        .args(["--tool=callgrind", "--dump-line=yes", "--collect-atstart=no", "--toggle-collect=*callgrind::measured*"])
        .arg(format!("--callgrind-out-file={}", profile.display()))
        .arg(&program)
        .args(arguments)
        .stdout(Stdio::null())
        .output()
        .map_err(|error| format!("valgrind cannot be run: {error}"))?;
    if !run.status.success() {
        return Err(format!("{name}: {}", String::from_utf8_lossy(&run.stderr).trim()).into());
    }
    let text = fs::read_to_string(&profile)?;
    let total = text.lines().find_map(|line| line.strip_prefix("totals: ")?.trim().parse::<u64>().ok());
    Ok(total.filter(|total| *total > 0).ok_or("callgrind has counted nothing")?)
}
