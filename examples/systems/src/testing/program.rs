//! A server as a program of its own.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use demo::suite::{Request, Response, START, wait};
use tempfile::TempDir;

/// A server's program and a directory of its own, which is where it runs: default files lie there. Clones share it.
#[derive(Clone, Debug)]
pub struct Program {
    path: PathBuf,
    directory: Arc<TempDir>,
}

/// A program that runs. Dropping it kills it.
#[derive(Debug)]
pub struct Running {
    child: Child,
    log: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
    /// `127.0.0.1:PORT`.
    pub address: String,
}

/// A program that has ended.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Ended {
    /// The exit code.
    pub code: Option<i32>,
    /// The standard output.
    pub stdout: String,
    /// The standard error.
    pub stderr: String,
}

impl Program {
    /// The program of that path, with an empty directory.
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self { path: path.as_ref().to_owned(), directory: Arc::new(TempDir::new().expect("a directory")) }
    }

    /// The same program with another empty directory.
    #[must_use]
    pub fn elsewhere(&self) -> Self {
        Self::new(&self.path)
    }

    /// The name of the program.
    pub fn name(&self) -> &str {
        self.path.file_stem().and_then(|name| name.to_str()).expect("a name")
    }

    /// Where it runs.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Writes a file into the directory and returns its path.
    pub fn write(&self, name: &str, text: &str) -> String {
        let path = self.directory().join(name);
        std::fs::write(&path, text).expect("a file");
        path.to_str().expect("UTF-8").to_owned()
    }

    /// Starts it on a free port.
    pub fn start(&self, arguments: &[&str]) -> Running {
        self.start_with(arguments, &[])
    }

    /// Starts it on a free port, with more of an environment.
    #[track_caller]
    pub fn start_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Running {
        let mut child = self.spawn(arguments, environment);
        let (log, reader) = collect(child.stderr.take().expect("a pipe"));
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let (sender, lines) = channel();
        thread::spawn(move || {
            let mut line = String::new();
            let _failed = stdout.read_line(&mut line);
            drop(sender.send(line));
            let mut rest = String::new();
            let _failed = stdout.read_to_string(&mut rest);
            assert_eq!(rest, "", "the standard output has one line");
        });
        // At its end too, when the line is empty.
        let line = lines.recv_timeout(START).unwrap_or_default();
        let mut running = Running { child, log, reader: Some(reader), address: String::new() };
        match line.trim_end().strip_prefix("listening on http://") {
            Some(address) => address.clone_into(&mut running.address),
            None => panic!("it does not start: {line:?} {}", running.end_and_read()),
        }
        running
    }

    /// Runs it to its end.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        self.run_with(arguments, &[])
    }

    /// Runs it to its end, with more of an environment.
    pub fn run_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Ended {
        let mut child = self.spawn(arguments, environment);
        let (stderr, stderr_reader) = collect(child.stderr.take().expect("a pipe"));
        let mut stdout = child.stdout.take().expect("a pipe");
        let stdout_reader = thread::spawn(move || {
            let mut text = String::new();
            stdout.read_to_string(&mut text).expect("UTF-8");
            text
        });
        let code = wait(&mut child).code();
        stderr_reader.join().expect("read");
        let stderr = stderr.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ended { code, stdout: stdout_reader.join().expect("read"), stderr }
    }

    fn spawn(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Child {
        let mut command = Command::new(&self.path);
        for (name, _) in std::env::vars_os() {
            let name_text = name.to_string_lossy();
            if name_text.starts_with("AUTH_") && !name_text.starts_with("AUTH_TEST_") {
                command.env_remove(&name);
            }
        }
        // Each test has keys of its own. `environment` may say otherwise.
        command.env("AUTH_MAKE_KEYS", "true");
        if !arguments.contains(&"--listen") {
            command.env("AUTH_LISTEN", "127.0.0.1:0");
        }
        command
            .args(arguments)
            .envs(environment.iter().copied())
            .current_dir(self.directory())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.spawn().expect("the program starts")
    }
}

impl Running {
    /// Puts a request, on a connection of its own.
    pub fn send(&self, request: &Request) -> Response {
        request.send(&self.address)
    }

    /// `GET path` with header lines.
    pub fn get(&self, path: &str, headers: &[&str]) -> Response {
        self.send(&Request::get(path).headers(headers))
    }

    /// What it has written to its standard error so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sends the signal of that name, like `TERM`.
    pub fn signal(&self, name: &str) {
        let script = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &script]).status().expect("a shell").success());
    }

    /// Ends it by SIGTERM; returns its exit code and its whole log.
    pub fn stop(mut self) -> (Option<i32>, String) {
        self.signal("TERM");
        let code = wait(&mut self.child).code();
        (code, self.end_and_read())
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> Option<i32> {
        wait(&mut self.child).code()
    }

    /// Kills it, as a crash would.
    pub fn kill(mut self) {
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }

    fn end_and_read(&mut self) -> String {
        let _ended = self.child.kill();
        let _status = self.child.wait();
        if let Some(reader) = self.reader.take() {
            reader.join().expect("read");
        }
        self.log()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _killed = self.child.kill();
        let _status = self.child.wait();
    }
}

fn collect(stderr: ChildStderr) -> (Arc<Mutex<String>>, JoinHandle<()>) {
    let log = Arc::new(Mutex::new(String::new()));
    let writer = Arc::clone(&log);
    let reader = thread::spawn(move || {
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            let mut log = writer.lock().unwrap_or_else(PoisonError::into_inner);
            log.push_str(&line);
            log.push('\n');
        }
    });
    (log, reader)
}
