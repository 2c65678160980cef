//! The program under test, as a child process.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::client::{Request, Response};

/// The secret of the tokens that the tests make, and how the variable holds it.
pub(crate) const SECRET: &[u8] = b"\x01quickstart tests, 36 bytes of text.";
const SECRET_BASE64URL: &str = "AXF1aWNrc3RhcnQgdGVzdHMsIDM2IGJ5dGVzIG9mIHRleHQu";
/// The key of `alice`.
pub(crate) const API_KEY: &str = "demo_7mt2nXtOBQX0UzOo9fEeFouiF2KuVYEs6ZMWqwIMMLYNPdsWn0sRr2syi0ssk4V7x1crGEn";

/// The longest wait for anything; only a test that fails waits so long.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// A running server. Dropping it ends it.
pub(crate) struct Server {
    child: Child,
    lines: Receiver<String>,
    /// `127.0.0.1:PORT`.
    pub(crate) address: String,
}

/// The program with an environment in which nothing is set but a free port and a quiet log.
fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quickstart"));
    for variable in ["DEMO_JWT_SECRET", "DEMO_API_KEY", "DEMO_PRINT"] {
        command.env_remove(variable);
    }
    command.env("LISTEN", "127.0.0.1:0").env("RUST_LOG", "error").stdin(Stdio::null());
    command
}

/// What the program leaves behind when it does not start.
pub(crate) struct RefusedStart {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl RefusedStart {
    /// Runs the program with a variable that it does not accept.
    pub(crate) fn with(name: &str, value: impl AsRef<OsStr>) -> Self {
        let mut command = program();
        let mut child =
            command.env(name, value).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        // A few lines at most, so they fit into the pipes until the program has ended.
        let code = wait(&mut child).code();
        let read = |pipe: Option<&mut dyn Read>| {
            let mut text = String::new();
            pipe.expect("a pipe").read_to_string(&mut text).expect("UTF-8");
            text
        };
        let stdout = read(child.stdout.as_mut().map(|pipe| -> &mut dyn Read { pipe }));
        let stderr = read(child.stderr.as_mut().map(|pipe| -> &mut dyn Read { pipe }));
        Self { code, stdout, stderr }
    }
}

/// Waits for the end of a program, and ends one that goes on.
fn wait(child: &mut Child) -> ExitStatus {
    let begin = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("a status") {
            return status;
        }
        if begin.elapsed() >= PATIENCE {
            let _killed = child.kill();
            panic!("the program does not end");
        }
        thread::sleep(Duration::from_millis(5));
    }
}

impl Server {
    /// A server that knows the secret and the key of the tests.
    pub(crate) fn start() -> Self {
        Self::start_with(|command| command.env("DEMO_JWT_SECRET", SECRET_BASE64URL).env("DEMO_API_KEY", API_KEY))
    }

    /// A server with an environment of the test's choice. Its standard error goes to the test's own, unless the
    /// test has asked for a pipe.
    pub(crate) fn start_with(configure: impl FnOnce(&mut Command) -> &mut Command) -> Self {
        let mut command = program();
        configure(&mut command);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the program starts");
        let stdout = child.stdout.take().expect("a pipe");
        let (sender, lines) = channel();
        thread::spawn(move || {
            BufReader::new(stdout).lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        let mut server = Self { child, lines, address: String::new() };
        let first = server.next_line().expect("a first line");
        let address = first.strip_prefix("listening on http://").expect("the address");
        address.clone_into(&mut server.address);
        server
    }

    /// The next line of the standard output; `None` once the program has ended.
    pub(crate) fn next_line(&self) -> Option<String> {
        use std::sync::mpsc::RecvTimeoutError;

        match self.lines.recv_timeout(PATIENCE) {
            Ok(line) => Some(line),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("no line, and no end"),
        }
    }

    /// Whether a line is there already.
    pub(crate) fn has_line(&self) -> bool {
        self.lines.try_recv().is_ok()
    }

    /// Puts a request, on a connection of its own.
    pub(crate) fn send(&self, request: &Request) -> Response {
        request.send(&self.address)
    }

    /// `GET path` with the header lines.
    pub(crate) fn get(&self, path: &str, headers: &[&str]) -> Response {
        self.send(&Request::get(path).headers(headers))
    }

    pub(crate) fn signal(&self, name: &str) {
        let script = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &script]).status().expect("a shell").success());
    }

    /// Waits for the end.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        wait(&mut self.child)
    }

    /// Ends the server and returns what it has written to its standard error, if that is a pipe.
    pub(crate) fn into_stderr(mut self) -> String {
        self.signal("TERM");
        let mut text = String::new();
        self.child.stderr.take().expect("a pipe").read_to_string(&mut text).expect("UTF-8");
        text
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _killed = self.child.kill();
        let _status = self.child.wait();
    }
}
