//! Connections, one after another, for services that serve them one by one.

use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::time;

/// How long to wait where no connection can be accepted.
const PAUSE: Duration = Duration::from_millis(100);

/// The next connection; `None` at the `shutdown`, also where nothing can be accepted for a while.
pub async fn accept(
    listener: &TcpListener,
    mut shutdown: Pin<&mut impl Future<Output = ()>>,
) -> Option<(TcpStream, SocketAddr)> {
    loop {
        let error = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(connection) => return Some(connection),
                Err(error) => error,
            },
            () = shutdown.as_mut() => return None,
        };
        // A client that has gone already, or too many files for a moment: neither ends the service.
        tracing::warn!(cause = %error, "no connection can be accepted; trying again in a moment");
        tokio::select! {
            () = time::sleep(PAUSE) => {}
            () = shutdown.as_mut() => return None,
        }
    }
}
