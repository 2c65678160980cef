//! A small service whose handlers say who may call them.
//!
//! Read [`handlers`] first, then [`realm`]; the rest is what any service has. It starts with no configuration at all
//! and prints `curl` lines that work.

mod accounts;
mod body;
mod catalogue_page;
mod config;
mod curl;
mod handlers;
mod realm;
mod shutdown;
mod token;

use std::error::Error;
use std::io::{self, IsTerminal as _, Write as _};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::SystemTime;

use tokio::net::TcpListener;

use config::{BadVariable, Config};
use shutdown::Shutdown;

/// The exit code for a variable that the operator has to change.
const EXIT_CONFIGURATION: u8 = 2;

#[tokio::main]
async fn main() -> ExitCode {
    let Err(error) = run().await else { return ExitCode::SUCCESS };
    eprintln!("quickstart: {error}");
    if error.is::<BadVariable>() { ExitCode::from(EXIT_CONFIGURATION) } else { ExitCode::FAILURE }
}

async fn run() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt()
        .with_env_filter(config::log_filter()?)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .init();
    // After the log is there: a guessable secret is warned of.
    let config = Config::from_env()?;

    let realm = realm::build(&config)?;
    auth_axum::catalogue().check(&[&realm])?;
    let app = handlers::app(realm);

    // Before anybody can know that the service is there, so that no signal is missed.
    let shutdown = Shutdown::install()?;
    let listener =
        TcpListener::bind(&config.listen).await.map_err(|error| BadVariable::listen(&config.listen, &error))?;
    if let Err(error) = announce(&config, listener.local_addr()?) {
        tracing::warn!(%error, "nobody reads the standard output");
    }

    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(shutdown.requested());
    shutdown.bound(server).await?;
    Ok(())
}

/// Says where the service listens and, where a person or a script asks for it, how to call it.
fn announce(config: &Config, address: SocketAddr) -> io::Result<()> {
    let base = format!("http://{address}");
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "listening on {base}")?;
    stdout.flush()?;
    if config.prints_curl_lines || stdout.is_terminal() {
        for line in curl::lines(&base, &config.tokens, &config.api_key, SystemTime::now()) {
            writeln!(stdout, "{line}")?;
        }
        stdout.flush()?;
    }
    Ok(())
}
