//! The rights of the demo service on a gRPC service.

mod grpcurl;
mod shop;

use std::error::Error;
use std::process::ExitCode;

use auth_tonic::AuthLayer;
use demo::{Config, Shutdown, realm};
use tokio::net::TcpListener;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

use shop::pb::shop_server::ShopServer;
use shop::{DemoShop, DemoShopShopAuth};

#[tokio::main]
async fn main() -> ExitCode {
    demo::run("hello-tonic", serve).await
}

async fn serve(config: Config, shutdown: Shutdown) -> Result<(), Box<dyn Error>> {
    let realm = realm::build(&config)?;
    auth_tonic::catalogue().check(&[&realm])?;
    let auth = AuthLayer::new(realm).service::<ShopServer<DemoShop>, DemoShopShopAuth>();
    let server = Server::builder().layer(auth).add_service(ShopServer::new(DemoShop));

    let listener = TcpListener::from_std(config.bind()?)?;
    let address = listener.local_addr()?;
    config.announce_with(address, || grpcurl::lines(&config, address));

    let server = server.serve_with_incoming_shutdown(TcpIncoming::from(listener), shutdown.requested());
    shutdown.bound(server).await?;
    Ok(())
}
