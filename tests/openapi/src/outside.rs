//! `openapi-spec-validator` and `schemathesis`, in a Python environment that is made for them.

use std::env;
use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

const REQUIREMENTS: &str = include_str!("../requirements.txt");
/// How long pip may take.
const INSTALLATION: Duration = Duration::from_mins(4);
/// How long a tool may take.
const RUN: Duration = Duration::from_mins(1);
/// The checks that `schemathesis` makes of each answer.
const CHECKS: &str = "ignored_auth,not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance,missing_required_header";

/// One test installs, the others wait for it.
static INSTALLING: Mutex<()> = Mutex::new(());

/// The installed tools.
pub struct Tools {
    directory: PathBuf,
}

/// What a tool said.
#[derive(Debug)]
pub struct Outcome {
    pub is_success: bool,
    /// What it wrote; how it ended, where it failed and wrote nothing.
    pub text: String,
}

impl Tools {
    /// Installs the tools below a directory, once for each list of versions.
    ///
    /// `None`, and one line on the standard error, if there is no Python or its registry is not to be had. Under
    /// `AUTH_TEST_REQUIRE_PYTHON=1` that is a failure.
    pub fn below(directory: &str) -> Option<Self> {
        let directory = Path::new(directory).join("openapi-tools");
        let _alone = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
        match install(&directory) {
            Ok(()) => Some(Self { directory }),
            Err(reason) => {
                let is_required = env::var("AUTH_TEST_REQUIRE_PYTHON").is_ok_and(|value| value == "1");
                assert!(!is_required, "AUTH_TEST_REQUIRE_PYTHON is set, and there are no Python tools: {reason}");
                eprintln!("skipped: no Python tools ({})", reason.lines().last().unwrap_or_default());
                None
            }
        }
    }

    /// Whether a document is one of OpenAPI.
    #[must_use]
    pub fn validate(&self, name: &str, document: &str) -> Outcome {
        let mut command = self.tool("openapi-spec-validator");
        run(command.arg(self.written(name, document)), &self.log(name, "validator"), RUN).expect("a validator")
    }

    /// Whether the service at `address` does as its document says, for a caller with a token and for one without.
    #[must_use]
    pub fn drive(&self, name: &str, document: &str, address: SocketAddr, token: &str) -> Outcome {
        let mut command = self.tool("schemathesis");
        command.arg("run").arg(self.written(name, document));
        command.args(["--url", &format!("http://{address}"), "--header", &format!("Authorization: Bearer {token}")]);
        command.args(["--checks", CHECKS, "--phases", "examples,coverage,fuzzing", "--max-examples", "10"]);
        command.args(["--generation-deterministic", "--no-color"]);
        command.args(["--continue-on-failure", "--warnings", "off"]);
        run(&mut command, &self.log(name, "schemathesis"), RUN).expect("a client")
    }

    /// Checks that both tools find nothing, and that the client has called all of the seven operations.
    #[track_caller]
    pub fn agree(&self, name: &str, document: &str, address: SocketAddr, token: &str) {
        let valid = self.validate(name, document);
        assert!(valid.is_success, "{}\n{document}", valid.text);
        let driven = self.drive(name, document, address, token);
        assert!(driven.is_success, "{}\n{document}", driven.text);
        assert!(driven.text.contains("7 selected / 7 total"), "{}", driven.text);
    }

    fn tool(&self, name: &str) -> Command {
        let mut command = Command::new(self.directory.join("bin").join(name));
        command.current_dir(&self.directory).env("NO_PROXY", "127.0.0.1");
        command
    }

    fn written(&self, name: &str, document: &str) -> PathBuf {
        let path = self.directory.join(format!("{name}.json"));
        fs::write(&path, document).expect("a file");
        path
    }

    fn log(&self, name: &str, tool: &str) -> PathBuf {
        self.directory.join(format!("{name}-{tool}.log"))
    }
}

fn install(directory: &Path) -> Result<(), String> {
    let made_for = directory.join("made-for.txt");
    if fs::read_to_string(&made_for).is_ok_and(|text| text == REQUIREMENTS) {
        return Ok(());
    }
    let parent = directory.parent().ok_or("no directory")?;
    let log = parent.join("openapi-tools.log");
    let mut venv = Command::new("python3");
    succeed(venv.args(["-m", "venv", "--clear"]).arg(directory), &log, RUN)?;
    let list = directory.join("requirements.txt");
    fs::write(&list, REQUIREMENTS).map_err(|error| error.to_string())?;
    let mut pip = Command::new(directory.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]);
    pip.args(["--retries", "1", "--timeout", "20", "--only-binary", ":all:", "--requirement"]).arg(&list);
    succeed(&mut pip, &log, INSTALLATION)?;
    fs::write(&made_for, REQUIREMENTS).map_err(|error| error.to_string())
}

fn succeed(command: &mut Command, log: &Path, limit: Duration) -> Result<(), String> {
    let Outcome { is_success, text } = run(command, log, limit)?;
    if is_success { Ok(()) } else { Err(text.trim().to_owned()) }
}

/// Runs a program to its end, or to the limit, with a file for what it says.
fn run(command: &mut Command, log: &Path, limit: Duration) -> Result<Outcome, String> {
    let program = command.get_program().display().to_string();
    let told = |error: std::io::Error| format!("{program}: {error}");
    let file = File::create(log).map_err(told)?;
    command.stdin(Stdio::null()).stdout(file.try_clone().map_err(told)?).stderr(file);
    let mut child = command.spawn().map_err(told)?;
    let begin = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().map_err(told)? {
            break status;
        }
        if begin.elapsed() >= limit {
            let _killed = child.kill();
            let _status = child.wait();
            return Err(format!("{program} takes longer than {limit:?}"));
        }
        thread::sleep(Duration::from_millis(20));
    };
    let written = fs::read(log).map_err(told)?;
    let mut text = String::from_utf8_lossy(&written).into_owned();
    if !status.success() && text.trim().is_empty() {
        text = format!("{program} wrote nothing and ended with {status}; is the disk full?");
    }
    Ok(Outcome { is_success: status.success(), text })
}
