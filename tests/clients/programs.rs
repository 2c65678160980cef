//! Programs of others: how they are run, and what is done where they are missing.

use std::env;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

/// Says how a program ended, and what it wrote.
async fn run(command: &mut Command, limit: Duration) -> Result<(ExitStatus, String), String> {
    command.stdin(Stdio::null()).kill_on_drop(true);
    let program = command.as_std().get_program().display().to_string();
    match timeout(limit, command.output()).await {
        Err(_) => Err(format!("{program} takes longer than {limit:?}")),
        Ok(Err(error)) => Err(format!("{program}: {error}")),
        Ok(Ok(output)) => {
            let text = [output.stdout, output.stderr].concat();
            Ok((output.status, String::from_utf8_lossy(&text).into_owned()))
        }
    }
}

pub(crate) async fn succeed(command: &mut Command, limit: Duration) -> Result<String, String> {
    match run(command, limit).await? {
        (status, text) if status.success() => Ok(text),
        (status, text) if text.trim().is_empty() => Err(format!("it wrote nothing and ended with {status}")),
        (_, text) => Err(text.trim().to_owned()),
    }
}

/// What was found of a client; `None`, and one line that says so, where it is missing and no variable asks for it.
pub(crate) fn or_skip<T>(client: &str, required_by: &str, found: Result<T, String>) -> Option<T> {
    let reason = match found {
        Ok(found) => return Some(found),
        Err(reason) => reason,
    };
    let is_required = env::var(required_by).is_ok_and(|value| value == "1");
    assert!(!is_required, "{required_by} is set, and there is no {client} client: {reason}");
    eprintln!("skipped: no {client} client ({})", reason.lines().last().unwrap_or_default());
    None
}
