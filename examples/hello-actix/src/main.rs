//! The demo service on actix-web. Read [`handlers`]: each says who may call it.

mod body;
mod handlers;

use std::error::Error;
use std::process::ExitCode;

use actix_web::{App, HttpServer};
use auth_actix::{AuthMiddleware, not_found};
use demo::{Config, Shutdown, realm};

#[actix_web::main]
async fn main() -> ExitCode {
    demo::run("hello-actix", serve).await
}

async fn serve(config: Config, shutdown: Shutdown) -> Result<(), Box<dyn Error>> {
    let realm = realm::build(&config)?;
    auth_actix::catalogue().check(&[&realm])?;

    let listener = config.bind()?;
    let address = listener.local_addr()?;
    let app = move || {
        App::new()
            .configure(handlers::routes)
            .default_service(not_found(&realm))
            .wrap(AuthMiddleware::new(realm.clone()).deny_undecided())
    };
    let server = HttpServer::new(app).listen(listener)?.shutdown_signal(shutdown.requested()).run();
    config.announce(address);
    shutdown.bound(server).await?;
    Ok(())
}
