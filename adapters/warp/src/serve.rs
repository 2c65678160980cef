//! A server for filters with layers around them; warp's own takes filters only.

use std::convert::Infallible;
use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::time::Duration;

use auth_tower::Peer;
use http::header::CONTENT_LENGTH;
use http::{Method, Request, Version};
use hyper::body::{Body as _, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tower_service::Service;
use warp::reply::Response;

/// How long to wait where no connection can be accepted, because there are too many.
const PAUSE: Duration = Duration::from_secs(1);

/// Serves `service` until `shutdown`, and what has begun until it is done.
///
/// It is what `warp::serve` does for a filter: HTTP/1.1 and HTTP/2, with upgrades. The other end of each connection
/// is known to the realm ([`Peer`]), but not to `warp::addr::remote`. A client of HTTP/1.1 that has begun a request has the
/// 30 seconds of hyper to send the whole of its head. No body is sent to a `HEAD`, in HTTP/2 too, where hyper would send one.
pub async fn serve<S, F>(listener: TcpListener, service: S, shutdown: F)
where
    S: Service<Request<Incoming>, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
    F: Future<Output = ()>,
{
    let graceful = GracefulShutdown::new();
    let mut shutdown = pin!(shutdown);
    while let Some((stream, address)) = next(|| listener.accept(), shutdown.as_mut()).await {
        let service = service.clone();
        let service = service_fn(move |request| answer(service.clone(), Peer(address), request));
        let watcher = graceful.watcher();
        tokio::spawn(async move {
            let mut builder = Builder::new(TokioExecutor::new());
            // Without a clock hyper's limits of time do nothing.
            builder.http1().timer(TokioTimer::new());
            builder.http2().timer(TokioTimer::new());
            let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
            if let Err(error) = watcher.watch(connection).await {
                tracing::debug!(cause = error, "a connection ended early");
            }
        });
    }
    drop(listener);
    graceful.shutdown().await;
}

/// The next connection; `None` at the `shutdown`, also where nothing can be accepted for a while.
async fn next<T, A>(mut accept: impl FnMut() -> A, mut shutdown: Pin<&mut impl Future<Output = ()>>) -> Option<T>
where
    A: Future<Output = io::Result<T>>,
{
    loop {
        let accepted = tokio::select! {
            accepted = accept() => accepted,
            () = shutdown.as_mut() => return None,
        };
        let error = match accepted {
            Ok(connection) => return Some(connection),
            Err(error) => error,
        };
        if is_of_one_connection(&error) {
            tracing::debug!(cause = %error, "a connection ended before it was accepted");
            continue;
        }
        tracing::warn!(cause = %error, "no connection can be accepted; trying again in a moment");
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = shutdown.as_mut() => return None,
        }
    }
}

/// Whether an error says something of one connection only, whose client has gone: the next may be good.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};

    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Asks a service, which is told where the request came from.
async fn answer<S>(mut service: S, peer: Peer, mut request: Request<Incoming>) -> Result<Response, Infallible>
where
    S: Service<Request<Incoming>, Response = Response, Error = Infallible>,
{
    // In HTTP/1.1 hyper leaves the body out by itself.
    let lacks_body = request.method() == Method::HEAD && request.version() == Version::HTTP_2;
    request.extensions_mut().insert(peer);
    poll_fn(|cx| service.poll_ready(cx)).await?;
    let response = service.call(request).await?;
    Ok(if lacks_body { without_body(response) } else { response })
}

/// The answer to a `HEAD`: the fields of the other, its length among them, and nothing after them (RFC 9110 §9.3.2).
fn without_body(response: Response) -> Response {
    let (mut head, body) = response.into_parts();
    if let Some(length) = body.size_hint().exact() {
        head.headers.entry(CONTENT_LENGTH).or_insert_with(|| length.into());
    }
    Response::from_parts(head, Response::default().into_body())
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;
    use tokio::time::{Instant, timeout};

    use super::*;

    /// A listener that says this, and then waits.
    fn accepting(answers: impl IntoIterator<Item = io::Result<u8>>) -> impl FnMut() -> Answer {
        let mut answers = answers.into_iter().collect::<Vec<_>>().into_iter();
        move || match answers.next() {
            Some(answer) => Box::pin(ready(answer)),
            None => Box::pin(pending()),
        }
    }

    type Answer = Pin<Box<dyn Future<Output = io::Result<u8>>>>;

    fn too_many_files() -> io::Result<u8> {
        Err(io::Error::other("too many open files"))
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_ended_early_delays_no_other() {
        use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};

        let begun = Instant::now();
        let gone = [ConnectionAborted, ConnectionRefused, ConnectionReset].map(|kind| Err(kind.into()));
        let accepted = next(accepting(gone.into_iter().chain([Ok(7)])), pin!(pending())).await;
        assert_eq!((accepted, begun.elapsed()), (Some(7), Duration::ZERO));
    }

    #[tokio::test(start_paused = true)]
    async fn too_many_connections_make_a_pause() {
        let begun = Instant::now();
        let accepted = next(accepting([too_many_files(), Ok(7)]), pin!(pending())).await;
        assert_eq!((accepted, begun.elapsed()), (Some(7), PAUSE));
    }

    #[tokio::test(start_paused = true)]
    async fn a_shutdown_ends_the_pause_too() {
        let begun = Instant::now();
        let soon = Duration::from_millis(10);
        let accepted = next(accepting([too_many_files(), Ok(7)]), pin!(tokio::time::sleep(soon))).await;
        assert!(accepted.is_none() && begun.elapsed() < PAUSE, "{accepted:?} after {:?}", begun.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_does_not_end_ends_the_connection() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let service = tower::service_fn(|_: Request<Incoming>| ready(Ok(warp::Reply::into_response(warp::reply()))));
        let server = tokio::spawn(serve(listener, service, pending()));
        let mut client = TcpStream::connect(address).await.expect("a connection");
        client.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.expect("sent");
        let mut start = [0; 15];
        client.read_exact(&mut start).await.expect("an answer");
        assert_eq!(&start, b"HTTP/1.1 200 OK");
        client.write_all(b"GET / HTTP/1.1\r\nhost:").await.expect("sent");
        let mut rest = Vec::new();
        let ended = timeout(Duration::from_hours(1), client.read_to_end(&mut rest)).await;
        assert!(ended.is_ok(), "it is open still");
        server.abort();
    }
}
