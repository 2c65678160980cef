//! The frame of an example's `main`.

use std::error::Error;
use std::io::{self, IsTerminal as _};
use std::process::ExitCode;

use crate::config::{BadVariable, Config, log_filter};
use crate::shutdown::Shutdown;

/// The exit code for a variable that the operator has to change.
const EXIT_CONFIGURATION: u8 = 2;

/// Reads the environment, begins to log and to listen to signals, and serves until the end.
///
/// What goes wrong is written to the standard error in one line. The exit code is 2 for a [`BadVariable`], which
/// the operator can mend, and 1 for everything else. Call it on a tokio runtime.
pub async fn run<S, F>(program: &str, serve: S) -> ExitCode
where
    S: FnOnce(Config, Shutdown) -> F,
    F: Future<Output = Result<(), Box<dyn Error>>>,
{
    let Err(error) = start(serve).await else { return ExitCode::SUCCESS };
    eprintln!("{program}: {error}");
    if error.is::<BadVariable>() { ExitCode::from(EXIT_CONFIGURATION) } else { ExitCode::FAILURE }
}

async fn start<S, F>(serve: S) -> Result<(), Box<dyn Error>>
where
    S: FnOnce(Config, Shutdown) -> F,
    F: Future<Output = Result<(), Box<dyn Error>>>,
{
    tracing_subscriber::fmt()
        .with_env_filter(log_filter()?)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .init();
    // After the log is there: a guessable secret is warned of.
    let config = Config::from_env()?;
    // Before anybody can know that the service is there, so that no signal is missed.
    let shutdown = Shutdown::install()?;
    serve(config, shutdown).await
}
