//! A provider on the loopback: a socket, and as much HTTP/1.1 as a client needs.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time;

/// What the provider does with a request.
#[derive(Clone, Debug)]
pub(crate) enum Serve {
    /// Sends these bytes, as they are.
    Raw(String),
    /// Sends a head that promises nothing about the length, then bytes without end.
    Endless,
    /// Sends one byte now and then.
    Drip,
    /// Says nothing.
    Silent,
    /// Hangs up.
    HangUp,
}

/// The provider. Stops when it is dropped.
pub(crate) struct Mock {
    pub(crate) origin: String,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
    /// The requests, whole.
    pub(crate) requests: mpsc::UnboundedReceiver<String>,
}

struct Shared {
    pages: Mutex<HashMap<String, Serve>>,
    hits: AtomicUsize,
    /// How many bytes of an endless answer were taken before the client hung up.
    taken: mpsc::UnboundedSender<usize>,
    requests: mpsc::UnboundedSender<String>,
}

/// An answer with a body.
pub(crate) fn answer(status: &str, body: &str) -> Serve {
    let length = body.len();
    Serve::Raw(format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    ))
}

pub(crate) fn json(body: impl AsRef<str>) -> Serve {
    answer("200 OK", body.as_ref())
}

pub(crate) fn redirect(status: &str, to: &str) -> Serve {
    Serve::Raw(format!("HTTP/1.1 {status}\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"))
}

impl Mock {
    pub(crate) async fn start() -> Self {
        Self::start_with_taken().await.0
    }

    /// The provider, and how much it got rid of.
    pub(crate) async fn start_with_taken() -> (Self, mpsc::UnboundedReceiver<usize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let ((taken, taken_by), (requests, seen)) = (mpsc::unbounded_channel(), mpsc::unbounded_channel());
        let shared = Arc::new(Shared { pages: Mutex::default(), hits: AtomicUsize::new(0), taken, requests });
        let accepting = tokio::spawn({
            let shared = Arc::clone(&shared);
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(Arc::clone(&shared).serve(stream));
                }
            }
        });
        (Self { origin, shared, accepting, requests: seen }, taken_by)
    }

    /// Says what to do with requests for a path.
    pub(crate) fn serve(&self, path: &str, serve: Serve) {
        self.shared.pages.lock().unwrap().insert(path.to_owned(), serve);
    }

    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    pub(crate) fn hits(&self) -> usize {
        self.shared.hits.load(Ordering::SeqCst)
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Shared {
    async fn serve(self: Arc<Self>, mut stream: impl AsyncRead + AsyncWrite + Unpin) {
        let Some(request) = read_request(&mut stream).await else { return };
        self.hits.fetch_add(1, Ordering::SeqCst);
        let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
        let serve = self.pages.lock().unwrap().get(&path).cloned();
        drop(self.requests.send(request));
        match serve.unwrap_or_else(|| answer("404 Not Found", "{}")) {
            Serve::Raw(bytes) => drop(stream.write_all(bytes.as_bytes()).await),
            Serve::Endless => {
                let taken = write_without_end(&mut stream).await;
                let _ = self.taken.send(taken);
            }
            Serve::Drip => {
                let head = "HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n";
                let mut is_open = stream.write_all(head.as_bytes()).await.is_ok();
                while is_open {
                    is_open = stream.write_all(b" ").await.is_ok();
                    time::sleep(Duration::from_millis(100)).await;
                }
            }
            Serve::Silent => {
                // Until the client hangs up.
                drop(stream.read(&mut [0]).await);
            }
            Serve::HangUp => {}
        }
    }
}

/// A head and as many bytes as it promises.
pub(crate) async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut read = Vec::new();
    let mut buffer = [0; 4_096];
    loop {
        let text = String::from_utf8_lossy(&read).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = |line: &str| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse::<usize>().ok();
            if body.len() >= head.lines().find_map(length).unwrap_or(0) {
                return Some(text);
            }
        }
        match stream.read(&mut buffer).await {
            Ok(count) if count > 0 => read.extend_from_slice(&buffer[..count]),
            _ => return None,
        }
    }
}

async fn write_without_end(stream: &mut (impl AsyncWrite + Unpin)) -> usize {
    let piece = [b' '; 8 * 1_024];
    let mut taken = 0;
    if stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n").await.is_err() {
        return taken;
    }
    while stream.write_all(&piece).await.is_ok() {
        taken = taken.saturating_add(piece.len());
    }
    taken
}
