//! The demo service on plain hyper.

mod answer;
mod handlers;

use std::error::Error;
use std::pin::pin;
use std::process::ExitCode;

use auth_tower::{AuthLayer, Peer};
use demo::{Config, Shutdown, accept, realm};
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tower::{Layer as _, Service as _};

#[tokio::main]
async fn main() -> ExitCode {
    demo::run("hello-hyper", serve).await
}

async fn serve(config: Config, shutdown: Shutdown) -> Result<(), Box<dyn Error>> {
    let realm = realm::build(&config)?;
    auth_tower::catalogue().check(&[&realm])?;
    let unknown = realm.clone();
    let router = tower::service_fn(move |request| handlers::route(request, unknown.clone()));
    let app = AuthLayer::new(realm).layer(router);

    let listener = TcpListener::from_std(config.bind()?)?;
    config.announce(listener.local_addr()?);

    let connections = GracefulShutdown::new();
    let mut end = pin!(shutdown.requested());
    while let Some((stream, address)) = accept(&listener, end.as_mut()).await {
        let app = app.clone();
        let service = service_fn(move |mut request: Request<Incoming>| {
            // Guesses of passwords are counted by where they come from.
            request.extensions_mut().insert(Peer(address));
            app.clone().call(request)
        });
        let connection = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(cause = %error, "a connection ended early");
            }
        });
    }
    drop(listener);
    let rest = async {
        connections.shutdown().await;
        Ok(())
    };
    shutdown.bound(rest).await
}
