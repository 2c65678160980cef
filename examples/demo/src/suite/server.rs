//! The program under test, as a child process.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::client::{Request, Response, connect, read_response};

/// The secret of the tokens that the suite makes, and how the variable holds it.
pub(super) const SECRET: &[u8] = b"\x01quickstart tests, 36 bytes of text.";
const SECRET_BASE64URL: &str = "AXF1aWNrc3RhcnQgdGVzdHMsIDM2IGJ5dGVzIG9mIHRleHQu";
/// The key of `alice` on a server that knows the suite's credentials.
pub const API_KEY: &str = "demo_7mt2nXtOBQX0UzOo9fEeFouiF2KuVYEs6ZMWqwIMMLYNPdsWn0sRr2syi0ssk4V7x1crGEn";

/// The longest wait for an answer, or for the end of a program; only what fails waits so long.
pub(super) const PATIENCE: Duration = Duration::from_mins(1);

/// The same where nothing is expected.
pub(super) const LITTLE_PATIENCE: Duration = Duration::from_secs(5);

/// The longest wait for a server that starts; only a test that fails waits so long. It hashes passwords before it says its
/// address, and hashes yield to everything else: beside a build a start has taken minutes.
pub const START: Duration = Duration::from_mins(15);

/// An example's program.
#[derive(Debug)]
pub struct Program {
    path: PathBuf,
    patience: Duration,
    shared: OnceLock<Server>,
}

/// A running server. Dropping it ends it.
#[derive(Debug)]
pub struct Server {
    child: Child,
    lines: Lines,
    patience: Duration,
    /// `127.0.0.1:PORT`.
    pub address: String,
    /// The fields that the framework adds to every answer, whatever it is.
    constant: Vec<(String, String)>,
}

/// The lines of the standard output. One reader at a time.
#[derive(Debug)]
struct Lines(std::sync::Mutex<Receiver<String>>);

/// What the program leaves behind when it does not start.
#[derive(Debug)]
#[non_exhaustive]
pub struct RefusedStart {
    /// The exit code.
    pub code: Option<i32>,
    /// The standard output.
    pub stdout: String,
    /// The standard error.
    pub stderr: String,
}

impl Program {
    /// The program of that path; tests have it as `env!("CARGO_BIN_EXE_name")`.
    #[must_use]
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self::of(path.as_ref(), PATIENCE)
    }

    /// The same program, whose servers are not waited for longer than that.
    pub(super) fn with_patience(&self, patience: Duration) -> Self {
        Self::of(&self.path, patience)
    }

    fn of(path: &Path, patience: Duration) -> Self {
        Self { path: path.to_owned(), patience, shared: OnceLock::new() }
    }

    /// Its name, which its errors begin with.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.file_stem().and_then(OsStr::to_str).expect("a name")
    }

    /// The server that the cases of a suite share.
    #[must_use]
    pub fn server(&self) -> &Server {
        self.shared.get_or_init(|| self.start())
    }

    /// A server that knows the suite's secret and key.
    #[must_use]
    pub fn start(&self) -> Server {
        self.start_with(|command| command.env("DEMO_JWT_SECRET", SECRET_BASE64URL).env("DEMO_API_KEY", API_KEY))
    }

    /// The same without a look at its answers: for a service that does not speak HTTP/1.1.
    #[must_use]
    pub fn spawn(&self) -> Server {
        self.spawn_with(|command| command.env("DEMO_JWT_SECRET", SECRET_BASE64URL).env("DEMO_API_KEY", API_KEY))
    }

    /// A server with an environment of the test's choice. Its standard error goes to the test's own, unless the
    /// test has asked for a pipe.
    pub fn start_with(&self, configure: impl FnOnce(&mut Command) -> &mut Command) -> Server {
        let mut server = self.spawn_with(configure);
        server.learn_constant_fields();
        server
    }

    /// The same without a look at its answers.
    pub fn spawn_with(&self, configure: impl FnOnce(&mut Command) -> &mut Command) -> Server {
        let mut command = self.command();
        configure(&mut command);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the program starts");
        let stdout = child.stdout.take().expect("a pipe");
        let (sender, lines) = channel();
        thread::spawn(move || {
            BufReader::new(stdout).lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        let lines = Lines(lines.into());
        let mut server = Server { child, lines, patience: self.patience, address: String::new(), constant: Vec::new() };
        let first = server.next_line().expect("a first line");
        let address = first.strip_prefix("listening on http://").expect("the address");
        address.clone_into(&mut server.address);
        server
    }

    /// Runs the program with a variable that it does not accept.
    pub fn refused_start(&self, name: &str, value: impl AsRef<OsStr>) -> RefusedStart {
        let mut command = self.command();
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
        RefusedStart { code, stdout, stderr }
    }

    /// The program with an environment in which nothing is set but a free port and a quiet log.
    fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        for variable in ["DEMO_JWT_SECRET", "DEMO_API_KEY", "DEMO_PRINT"] {
            command.env_remove(variable);
        }
        command.env("LISTEN", "127.0.0.1:0").env("RUST_LOG", "error").stdin(Stdio::null());
        command
    }
}

/// Waits for the end of a program, and ends one that goes on.
pub fn wait(child: &mut Child) -> ExitStatus {
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
    /// Some frameworks sign every answer (`server`, `x-content-type-options`); such fields tell nothing apart.
    fn learn_constant_fields(&mut self) {
        let mut fields = Request::get("/public").send(&self.address).headers;
        fields.retain(|(name, _)| !matches!(name.as_str(), "connection" | "content-length" | "content-type"));
        for name in ["cache-control", "vary", "www-authenticate"] {
            assert!(fields.iter().all(|(other, _)| other != name), "{name} on an answer to everybody");
        }
        self.constant = fields;
    }

    /// The next line of the standard output; `None` once the program has ended.
    pub fn next_line(&self) -> Option<String> {
        use std::sync::mpsc::RecvTimeoutError;

        let lines = self.lines.0.lock().expect("one reader");
        match lines.recv_timeout(START) {
            Ok(line) => Some(line),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("no line, and no end"),
        }
    }

    /// Whether a line is there already.
    pub fn has_line(&self) -> bool {
        self.lines.0.lock().expect("one reader").try_recv().is_ok()
    }

    /// Puts a request, on a connection of its own.
    pub fn send(&self, request: &Request) -> Response {
        self.without_constant_fields(request.finish(self.open(request)))
    }

    /// Sends the head of a request, on a connection of its own.
    pub fn open(&self, request: &Request) -> TcpStream {
        request.begin(self.connect(), &self.address)
    }

    /// A connection.
    pub fn connect(&self) -> TcpStream {
        connect(&self.address, self.patience)
    }

    /// `GET path` with the header lines.
    pub fn get(&self, path: &str, headers: &[&str]) -> Response {
        self.send(&Request::get(path).headers(headers))
    }

    /// Reads one answer to a request of that method.
    pub fn read(&self, stream: TcpStream, method: &str) -> Response {
        self.without_constant_fields(read_response(stream, method))
    }

    /// Sends the signal of that name, like `TERM`.
    pub fn signal(&self, name: &str) {
        let script = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &script]).status().expect("a shell").success());
    }

    /// Waits for the end.
    pub fn wait(&mut self) -> ExitStatus {
        wait(&mut self.child)
    }

    /// Ends the server and returns what it has written to its standard error, if that is a pipe.
    #[must_use]
    pub fn into_stderr(mut self) -> String {
        self.signal("TERM");
        let mut text = String::new();
        self.child.stderr.take().expect("a pipe").read_to_string(&mut text).expect("UTF-8");
        text
    }

    fn without_constant_fields(&self, mut response: Response) -> Response {
        response.headers.retain(|field| !self.constant.contains(field));
        response
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _killed = self.child.kill();
        let _status = self.child.wait();
    }
}
