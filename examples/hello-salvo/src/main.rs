//! The demo service on salvo.

mod handlers;
mod json;

use std::error::Error;
use std::process::ExitCode;

use demo::{Config, Shutdown, realm};
use salvo::Server;
use salvo::conn::tcp::TcpAcceptor;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> ExitCode {
    demo::run("hello-salvo", serve).await
}

async fn serve(config: Config, shutdown: Shutdown) -> Result<(), Box<dyn Error>> {
    let realm = realm::build(&config)?;
    auth_salvo::catalogue().check(&[&realm])?;
    let service = handlers::service(realm)?;

    let listener = TcpListener::from_std(config.bind()?)?;
    config.announce(listener.local_addr()?);

    let server = Server::new(TcpAcceptor::try_from(listener)?);
    let (handle, requested) = (server.handle(), shutdown.requested());
    tokio::spawn(async move {
        requested.await;
        handle.stop_graceful(None);
    });
    shutdown.bound(server.try_serve(service)).await?;
    Ok(())
}
