//! Driven by Node: `oauth4webapi` and `jose`, in a directory of their own below the target directory.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::process::Command;
use tokio::sync::OnceCell;

use super::programs::{or_skip, succeed};
use super::server::{AUDIENCE, ODD_SECRET, PASSWORD, Server};

const LOCK: &str = include_str!("node/package-lock.json");
const FILES: [(&str, &str); 5] = [
    ("package.json", include_str!("node/package.json")),
    ("steps.js", include_str!("node/steps.js")),
    ("standard.js", include_str!("node/standard.js")),
    ("grants.js", include_str!("node/grants.js")),
    ("tokens.js", include_str!("node/tokens.js")),
];

/// A directory with the programs and their libraries, which are installed once for each list of them.
async fn directory() -> Result<PathBuf, String> {
    let minute = Duration::from_mins(1);
    succeed(Command::new("node").arg("--version"), minute).await?;
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("node");
    std::fs::create_dir_all(&directory).map_err(|error| error.to_string())?;
    let write = |name: &str, text: &str| std::fs::write(directory.join(name), text).map_err(|error| error.to_string());
    for (name, text) in FILES {
        write(name, text)?;
    }
    let made_for = std::fs::read_to_string(directory.join("made-for.json"));
    if !made_for.is_ok_and(|text| text == LOCK) {
        write("package-lock.json", LOCK)?;
        let mut npm = Command::new("npm");
        npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]);
        npm.args(["--fetch-retries", "1", "--fetch-timeout", "20000"]).current_dir(&directory);
        succeed(&mut npm, 5 * minute).await?;
        write("made-for.json", LOCK)?;
    }
    Ok(directory)
}

/// A program of them, to be started; `None`, and one line that says so, where there is no Node.
pub(crate) async fn program(script: &str) -> Option<Command> {
    static MADE: OnceCell<Option<PathBuf>> = OnceCell::const_new();
    let made = MADE.get_or_init(|| async { or_skip("Node", "AUTH_TEST_REQUIRE_NODE", directory().await) });
    let mut command = Command::new("node");
    command.arg(made.await.as_ref()?.join(script)).env("NO_PROXY", "127.0.0.1");
    Some(command)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn node_signs_in_verifies_refreshes_and_revokes() {
    let Some(mut client) = program("standard.js").await else { return };
    let server = Server::start().await;
    client
        .env("AUTH_ISSUER", server.url(""))
        .env("AUTH_AUDIENCE", AUDIENCE)
        .env("AUTH_PASSWORD", PASSWORD)
        .env("AUTH_CLIENT_SECRET", ODD_SECRET);
    let text = succeed(&mut client, Duration::from_mins(1)).await.expect("every step holds");
    assert_eq!(text.lines().last(), Some("20 steps"), "{text}");
}
