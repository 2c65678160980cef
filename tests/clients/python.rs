//! Driven by Python: `requests-oauthlib`, `PyJWT`, `pyotp`, in an environment of its own below the target directory.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::process::Command;
use tokio::sync::OnceCell;

use super::programs::{or_skip, succeed};
use super::server::{AUDIENCE, PASSWORD, PLAIN_SECRET, Server};

const REQUIREMENTS: &str = include_str!("python/requirements.txt");
const CLIENT: &str = include_str!("python/client.py");

/// The interpreter of an environment with the libraries, which is made once for each list of them.
async fn interpreter() -> Result<PathBuf, String> {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python");
    let (python, made_for) = (directory.join("bin/python"), directory.join("made-for.txt"));
    if std::fs::read_to_string(&made_for).is_ok_and(|text| text == REQUIREMENTS) && python.exists() {
        return Ok(python);
    }
    let minute = Duration::from_mins(1);
    succeed(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&directory), minute).await?;
    let list = directory.join("requirements.txt");
    std::fs::write(&list, REQUIREMENTS).map_err(|error| error.to_string())?;
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]);
    pip.args(["--retries", "1", "--timeout", "20", "--only-binary", ":all:", "--requirement"]).arg(&list);
    succeed(&mut pip, 5 * minute).await?;
    std::fs::write(&made_for, REQUIREMENTS).map_err(|error| error.to_string())?;
    Ok(python)
}

/// The interpreter; `None`, and one line that says so, where there is none.
pub(crate) async fn client() -> Option<PathBuf> {
    static MADE: OnceCell<Option<PathBuf>> = OnceCell::const_new();
    let made = MADE.get_or_init(|| async { or_skip("Python", "AUTH_TEST_REQUIRE_PYTHON", interpreter().await) });
    made.await.clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn python_signs_in_verifies_refreshes_and_revokes() {
    let Some(python) = client().await else { return };
    let server = Server::start().await;
    let mut client = Command::new(python);
    client
        .args(["-I", "-c", CLIENT])
        .env("OAUTHLIB_INSECURE_TRANSPORT", "1")
        .env("NO_PROXY", "127.0.0.1")
        .env("AUTH_ISSUER", server.url(""))
        .env("AUTH_AUDIENCE", AUDIENCE)
        .env("AUTH_PASSWORD", PASSWORD)
        .env("AUTH_CLIENT_SECRET", PLAIN_SECRET)
        .env("AUTH_TOTP_SECRET", &server.totp_secret);
    let text = succeed(&mut client, Duration::from_mins(1)).await.expect("every step holds");
    assert_eq!(text.lines().last(), Some("14 steps"), "{text}");
}
