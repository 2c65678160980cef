//! The demo service on warp.

mod body;
mod handlers;
mod routes;

use std::error::Error;
use std::process::ExitCode;

use auth_warp::AuthLayer;
use demo::{Config, Shutdown, realm};
use tokio::net::TcpListener;
use tower::Layer as _;

#[tokio::main]
async fn main() -> ExitCode {
    demo::run("hello-warp", serve).await
}

async fn serve(config: Config, shutdown: Shutdown) -> Result<(), Box<dyn Error>> {
    let realm = realm::build(&config)?;
    auth_warp::catalogue().check(&[&realm])?;
    let routes = routes::routes(&realm);
    let app = AuthLayer::new(realm).layer(warp::service(routes));

    let listener = TcpListener::from_std(config.bind()?)?;
    config.announce(listener.local_addr()?);

    let server = async {
        auth_warp::serve(listener, app, shutdown.requested()).await;
        Ok(())
    };
    shutdown.bound(server).await
}
