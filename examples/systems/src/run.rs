//! The frame of a `main`.

use std::convert::Infallible;
use std::io::{self, IsTerminal as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use auth_core::{Clock, SystemClock};
use auth_issuer::HashParams;
use auth_issuer::mail::MailQueue;
use demo::Shutdown;
use tokio::time::timeout;
use tracing_subscriber::EnvFilter;

use crate::connections::{self, HEAD_WITHIN};
use crate::failure::StartError;
use crate::options::{NoOptions, Options, Throttling};
use crate::serve::{Server, assemble};
use crate::system::System;

/// The exit code of a start that the operator has to mend.
const EXIT_START: u8 = 2;

/// How long mails may take to be sent at the end, after requests have had their time.
const MAIL_GRACE: Duration = Duration::from_secs(5);

/// The whole of a server's `main`: reads the options, starts, says so in one line on the standard output, serves until
/// SIGINT or SIGTERM, and finishes what is under way.
///
/// A start that fails is one line on the standard error, and exit code 2.
pub fn run<S: System>(system: &S) -> ExitCode {
    let options = match arguments().and_then(|arguments| Options::parse(system, &arguments)) {
        Ok(options) => options,
        Err(NoOptions::Help(text)) => {
            // Whoever does not read the help to its end has no use for an error.
            drop(io::stdout().write_all(text.as_bytes()));
            return ExitCode::SUCCESS;
        }
        Err(NoOptions::Wrong(error)) => return refuse::<S>(&error),
    };
    match serve(system, options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => refuse::<S>(&error),
    }
}

fn refuse<S: System>(error: &StartError) -> ExitCode {
    eprintln!("{}: {error}", S::NAME);
    ExitCode::from(EXIT_START)
}

fn arguments() -> Result<Vec<String>, NoOptions> {
    let wrong = |_not_unicode| NoOptions::Wrong(StartError::new("an argument is not UTF-8; write it anew"));
    std::env::args_os().skip(1).map(|argument| argument.into_string().map_err(wrong)).collect()
}

fn serve<S: System>(system: &S, options: Options) -> Result<(), StartError> {
    begin_to_log()?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        // Before anybody can know that the service is there, so that no signal is missed.
        let shutdown = Shutdown::install()?;
        let (listener, server) = start(system, options).await?;
        announce(listener.local_addr()?);
        let serving = async {
            connections::serve(listener, server.router, HEAD_WITHIN, shutdown.requested()).await;
            Ok::<(), Infallible>(())
        };
        let Ok(()) = shutdown.bound(serving).await;
        flush(&server.context.mail).await;
        Ok(())
    })
}

/// Sends what waits, for a while: a mail server that does not answer must not keep the program alive.
async fn flush(mail: &MailQueue) {
    if timeout(MAIL_GRACE, mail.flush()).await.is_err() {
        tracing::error!(lost = mail.waiting(), after = ?MAIL_GRACE, "ended with mails unsent");
    }
}

async fn start<S: System>(system: &S, options: Options) -> Result<(tokio::net::TcpListener, Server), StartError> {
    let listen = options.listen;
    let bind = || -> io::Result<TcpListener> {
        let listener = TcpListener::bind(listen)?;
        listener.set_nonblocking(true)?;
        Ok(listener)
    };
    let listener = bind().map_err(|error| {
        StartError::new(format!("--listen {listen}: {error}; use a free address and port, like 127.0.0.1:0"))
    })?;
    let address = listener.local_addr()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let server = assemble(system, options, address, clock, HashParams::default()).await?;
    // Not before: a start that fails says one line.
    let options = &server.context.options;
    let is_limited = options.throttle == Throttling::On;
    tracing::info!(source = options.source_text, is_limited, "callers are told apart by this source");
    Ok((tokio::net::TcpListener::from_std(listener)?, server))
}

fn announce(address: SocketAddr) {
    let mut stdout = io::stdout().lock();
    if let Err(error) = writeln!(stdout, "listening on http://{address}").and_then(|()| stdout.flush()) {
        tracing::warn!(cause = %error, "nobody reads the standard output");
    }
}

fn begin_to_log() -> Result<(), StartError> {
    let text = match std::env::var("RUST_LOG") {
        Ok(text) if !text.is_empty() => text,
        // PostgreSQL notices that tables are there already, at each start.
        _ => "info,sqlx::postgres::notice=warn".to_owned(),
    };
    let filter = EnvFilter::builder().parse(&text).map_err(|error| {
        StartError::new(format!(
            "RUST_LOG: {text:?} is not a log filter ({error}); use one like info or auth_core=debug"
        ))
    })?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .init();
    Ok(())
}

#[cfg(test)]
mod tests {
    use auth_issuer::mail::{Mail, MailError, Mailer, MemoryMailer};
    use tokio::time::Instant;

    use super::*;

    /// A mail server that is down.
    struct Down;

    impl Mailer for Down {
        async fn send(&self, _: &Mail) -> Result<(), MailError> {
            std::future::pending().await
        }
    }

    fn put(queue: &MailQueue) {
        queue.place().expect("a place").put(async { Some(Mail::new("alice@example.com", "Hello", "..")) });
    }

    #[tokio::test(start_paused = true)]
    async fn a_mail_server_that_is_down_delays_the_end_for_a_while_only() {
        let (queue, begun) = (MailQueue::start(Down), Instant::now());
        put(&queue);
        put(&queue);
        flush(&queue).await;
        assert_eq!((queue.waiting(), begun.elapsed()), (2, MAIL_GRACE));
    }

    #[tokio::test(start_paused = true)]
    async fn what_can_be_sent_is_sent_at_the_end() {
        let (outbox, begun) = (MemoryMailer::new(), Instant::now());
        let queue = MailQueue::start(outbox.clone());
        put(&queue);
        flush(&queue).await;
        assert_eq!((outbox.take().len(), begun.elapsed()), (1, Duration::ZERO));
    }
}
