//! Connections, and how long the head of a request may take on them.

use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::extract::ConnectInfo;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tower_service::Service as _;

/// How long a client may take for the head of a request, and leave a connection idle.
pub(crate) const HEAD_WITHIN: Duration = Duration::from_mins(1);

/// Serves HTTP/1.1 until `shutdown`, and what has begun until it is done.
///
/// `axum::serve` waits for a head for ever, so that a few thousand clients that send a byte now and then take all file
/// descriptors (CWE-400). Here whoever has not sent a whole head in time is let go.
pub(crate) async fn serve(
    listener: TcpListener,
    router: axum::Router,
    head_within: Duration,
    shutdown: impl Future<Output = ()>,
) {
    let graceful = GracefulShutdown::new();
    let mut shutdown = pin!(shutdown);
    while let Some((stream, address)) = demo::accept(&listener, shutdown.as_mut()).await {
        let router = router.clone();
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo::<SocketAddr>(address));
            router.clone().call(request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(head_within)
            .serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(cause = %error, "a connection ended early");
            }
        });
    }
    drop(listener);
    graceful.shutdown().await;
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;
    use tokio::sync::oneshot;
    use tokio::time::timeout;

    use super::*;

    /// So that a server that never lets go fails the test and does not hang it.
    const PATIENCE: Duration = Duration::from_mins(1);

    async fn talk(address: SocketAddr, sent: &str) -> String {
        let mut stream = TcpStream::connect(address).await.expect("connected");
        stream.write_all(sent.as_bytes()).await.expect("sent");
        let mut answer = Vec::new();
        timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("the server lets go").expect("read");
        String::from_utf8(answer).expect("text")
    }

    #[tokio::test]
    async fn a_client_that_sends_half_a_head_is_let_go() {
        for (head_within, sent, is_answered) in [
            (Duration::from_millis(50), "", false),
            (Duration::from_millis(50), "G", false),
            (Duration::from_millis(50), "GET / HTTP/1.1\r\nHost: x\r\n", false),
            (Duration::from_millis(50), "GET / HTTP/1.1\r\nHost: x\r\nA: ", false),
            // Whoever is in time: a bound that no busy machine misses.
            (PATIENCE, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", true),
        ] {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
            let address = listener.local_addr().expect("an address");
            let whole = |ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.ip().to_string() };
            let router = axum::Router::new().route("/", get(whole));
            let (stop, stopped) = oneshot::channel::<()>();
            let server = tokio::spawn(serve(listener, router, head_within, async move {
                let _dropped = stopped.await;
            }));
            assert_eq!(talk(address, sent).await.ends_with("\r\n\r\n127.0.0.1"), is_answered, "{sent}");
            drop(stop);
            timeout(PATIENCE, server).await.expect("ends").expect("ends well");
        }
    }
}
