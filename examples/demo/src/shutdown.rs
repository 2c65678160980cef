//! The end: SIGINT and SIGTERM let running requests finish, for a while.

use std::future::{Future, IntoFuture};
use std::io;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time;

/// How long running requests may take to finish.
const GRACE: Duration = Duration::from_secs(5);

/// Knows whether somebody has asked the service to end.
#[derive(Debug)]
pub struct Shutdown(watch::Receiver<bool>);

impl Shutdown {
    /// Begins to listen to signals; none is missed from now on.
    ///
    /// # Errors
    ///
    /// If the operating system refuses.
    pub fn install() -> io::Result<Self> {
        let signals = signals()?;
        let (announce, requested) = watch::channel(false);
        tokio::spawn(async move {
            let signal = signals.await;
            tracing::info!(signal, "ending");
            announce.send_replace(true);
        });
        Ok(Self(requested))
    }

    /// Ends when somebody asks for the end.
    pub fn requested(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut requested = self.0.clone();
        async move {
            // An error means that nobody listens to signals any more, which is an end as well.
            let _error = requested.wait_for(|requested| *requested).await.err();
        }
    }

    /// Runs the server to its end, or until requests have had their time to finish: a client that never sends
    /// the rest of its request must not keep the service alive.
    ///
    /// # Errors
    ///
    /// The server's own.
    pub async fn bound<E>(&self, server: impl IntoFuture<Output = Result<(), E>>) -> Result<(), E> {
        let deadline = async {
            self.requested().await;
            time::sleep(GRACE).await;
        };
        tokio::select! {
            result = server.into_future() => result,
            () = deadline => {
                tracing::warn!(after = ?GRACE, "ended with requests unfinished");
                Ok(())
            }
        }
    }
}

/// The name of the first signal to arrive.
#[cfg(unix)]
fn signals() -> io::Result<impl Future<Output = &'static str> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};

    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => "SIGINT",
            _ = terminate.recv() => "SIGTERM",
        }
    })
}

#[cfg(not(unix))]
fn signals() -> io::Result<impl Future<Output = &'static str> + Send + 'static> {
    Ok(async {
        match tokio::signal::ctrl_c().await {
            Ok(()) => "Ctrl-C",
            Err(_) => "none can be received",
        }
    })
}
