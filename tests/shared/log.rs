//! What a test program tells its operator.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// Keeps what is logged.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Listens to all threads of the program from now on: a place that another test makes known while nobody listens
    /// there would stay silent for this one.
    pub(crate) fn of_the_program() -> Self {
        let log = Self::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
        tracing::subscriber::set_global_default(subscriber).expect("no other test listens");
        log
    }

    /// All of it.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }

    /// How often the operator was told that nobody has decided this route.
    pub(crate) fn withheld(&self, method: &str, path: &str) -> usize {
        let told = ["ERROR", "auth.reason=\"undecided\"", "`#[requires_auth(..)]`"];
        let route = format!("method={method} path={path}");
        let text = self.text();
        text.lines().filter(|line| line.ends_with(&route) && told.iter().all(|part| line.contains(part))).count()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
