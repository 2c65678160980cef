//! A server in the process of the test: passwords are cheap and the clock stands still until the test moves it.

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread::JoinHandle;

use auth_issuer::HashParams;
use auth_test::FakeClock;
use demo::suite::{Request, Response};
use tempfile::TempDir;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::connections::{self, HEAD_WITHIN};
use crate::context::Context;
use crate::options::{Mode, Options};
use crate::serve::assemble;
use crate::system::System;

/// A server on a socket of its own, with a store in memory. Dropping it ends it.
#[derive(Debug)]
pub struct InProcess {
    /// `127.0.0.1:PORT`.
    pub address: String,
    /// The time that the server sees.
    pub clock: FakeClock,
    /// What the server is made of.
    pub context: Context,
    /// The keys and mails of the server.
    pub directory: TempDir,
    runtime: Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl InProcess {
    /// Starts a server with its demo accounts and the settings of `--set`.
    pub fn start<S: System>(system: S, settings: &[&str]) -> Self {
        Self::start_with(system, settings, |_options| {})
    }

    /// The same with other options.
    pub fn start_with<S: System>(system: S, settings: &[&str], change: impl FnOnce(&mut Options)) -> Self {
        let directory = TempDir::new().expect("a directory");
        let mut options = Options::for_test::<S>(directory.path(), settings, Mode::Multi).expect("good settings");
        change(&mut options);
        let (clock, (stop, stopped), (ready, started)) = (FakeClock::stopped(), oneshot::channel::<()>(), channel());
        let servers_clock = clock.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a socket");
                let address = listener.local_addr().expect("an address");
                let params = HashParams::new_insecure(8, 1, 1).expect("possible");
                let server = assemble(&system, options, address, Arc::new(servers_clock), params).await;
                let server = server.expect("the server starts");
                let started = (address, server.context.clone(), Handle::current());
                ready.send(started).expect("the test waits");
                let serving = connections::serve(listener, server.router, HEAD_WITHIN, std::future::pending());
                tokio::select! {
                    () = serving => {}
                    _ = stopped => {}
                }
            });
            runtime.shutdown_background();
        });
        let (address, context, runtime) = started.recv().expect("the server starts");
        let (address, stop, thread) = (address.to_string(), Some(stop), Some(thread));
        Self { address, clock, context, directory, runtime, stop, thread }
    }

    /// Puts a request, on a connection of its own.
    pub fn send(&self, request: &Request) -> Response {
        request.send(&self.address)
    }

    /// `GET path` with header lines.
    pub fn get(&self, path: &str, headers: &[&str]) -> Response {
        self.send(&Request::get(path).headers(headers))
    }

    /// Runs a future on the server's runtime: to look into the store, or to wait until mails are written.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }
}

impl Drop for InProcess {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // What went wrong in it has failed the test already.
            let _panicked = thread.join();
        }
    }
}
