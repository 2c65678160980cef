//! A small service whose handlers say who may call them.
//!
//! Read [`handlers`] first, then the realm in `../demo/src/realm.rs`; the rest is what any service has. It starts
//! with no configuration at all and prints `curl` lines that work.

mod body;
mod catalogue_page;
mod handlers;

use std::error::Error;
use std::net::SocketAddr;
use std::process::ExitCode;

use demo::{Config, Shutdown, realm};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> ExitCode {
    demo::run("quickstart", serve).await
}

async fn serve(config: Config, shutdown: Shutdown) -> Result<(), Box<dyn Error>> {
    let realm = realm::build(&config)?;
    auth_axum::catalogue().check(&[&realm])?;
    let app = handlers::app(realm);

    let listener = TcpListener::from_std(config.bind()?)?;
    config.announce(listener.local_addr()?);

    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(shutdown.requested());
    shutdown.bound(server).await?;
    Ok(())
}
