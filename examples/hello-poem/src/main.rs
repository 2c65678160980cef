//! The demo service on poem.

mod handlers;
mod json;

use std::error::Error;
use std::process::ExitCode;

use demo::{Config, Shutdown, realm};
use poem::Server;
use poem::listener::TcpAcceptor;

#[tokio::main]
async fn main() -> ExitCode {
    demo::run("hello-poem", serve).await
}

async fn serve(config: Config, shutdown: Shutdown) -> Result<(), Box<dyn Error>> {
    let realm = realm::build(&config)?;
    auth_poem::catalogue().check(&[&realm])?;
    let app = handlers::app(realm);

    let listener = config.bind()?;
    config.announce(listener.local_addr()?);

    let server = Server::new_with_acceptor(TcpAcceptor::from_std(listener)?);
    shutdown.bound(server.run_with_graceful_shutdown(app, shutdown.requested(), None)).await?;
    Ok(())
}
