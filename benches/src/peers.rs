//! The benchmarks of the crate `peers`. It is built only when they run: others should not compile six frameworks.

use std::env;
use std::process::{Command, Stdio};

use crate::Failure;

/// Runs one of them; the answer is the text for the page.
///
/// # Errors
///
/// If it does not build, or fails.
pub fn run(benchmark: &str) -> Result<String, Failure> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    // Both programs first: `run` builds only the one.
    let cargo = |arguments: &[&str]| {
        let mut command = Command::new(&cargo);
        command.args(arguments).args(["--release", "--quiet", "--locked", "--manifest-path", manifest]);
        command.args(["-p", "auth-peers-bench"]).stderr(Stdio::inherit());
        command
    };
    if !cargo(&["build"]).status()?.success() {
        return Err("the peers do not build; see above".into());
    }
    let run = cargo(&["run"]).args(["--", benchmark]).output()?;
    if !run.status.success() {
        return Err(format!("the benchmark {benchmark:?} failed; see above").into());
    }
    Ok(String::from_utf8(run.stdout)?)
}
