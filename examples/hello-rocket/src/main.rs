//! The demo service on Rocket. Read [`handlers`]: each says who may call it.

mod body;
mod handlers;

use std::error::Error;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::process::ExitCode;

use auth_rocket::{AuthFairing, not_found};
use demo::{BadVariable, Config, Shutdown, realm};
use rocket::config::LogLevel;
use rocket::error::ErrorKind;
use rocket::fairing::AdHoc;

#[rocket::main]
async fn main() -> ExitCode {
    demo::run("hello-rocket", serve).await
}

async fn serve(config: Config, shutdown: Shutdown) -> Result<(), Box<dyn Error>> {
    let realm = realm::build(&config)?;
    auth_rocket::catalogue().check(&[&realm])?;

    let listen = config.listen().to_owned();
    let rocket = rocket::custom(rocket_config(&listen)?)
        .mount("/", handlers::routes())
        .register("/", vec![not_found(&realm)])
        .attach(AuthFairing::new(realm))
        .attach(AdHoc::on_liftoff("Announcement", move |rocket| {
            let address = SocketAddr::new(rocket.config().address, rocket.config().port);
            Box::pin(async move { config.announce(address) })
        }));
    let rocket = Box::pin(rocket.ignite()).await?;

    let end = rocket.shutdown();
    let requested = shutdown.requested();
    rocket::tokio::spawn(async move {
        requested.await;
        end.notify();
    });
    let flight = async {
        let Err(error) = Box::pin(rocket.launch()).await else { return Ok(()) };
        match error.kind() {
            ErrorKind::Bind(cause) => Err(BadVariable::listen(&listen, cause).into()),
            // Somebody never sends the rest of a request, and has had the time for it.
            ErrorKind::Shutdown(_, None) => Ok(()),
            _ => Err(error.into()),
        }
    };
    shutdown.bound(flight).await
}

/// Where to listen, and nothing on the standard output but what the service says itself.
fn rocket_config(listen: &str) -> Result<rocket::Config, BadVariable> {
    let address = listen
        .to_socket_addrs()
        .and_then(|mut addresses| addresses.next().ok_or_else(|| std::io::ErrorKind::AddrNotAvailable.into()))
        .map_err(|error| BadVariable::listen(listen, &error))?;
    Ok(rocket::Config {
        address: address.ip(),
        port: address.port(),
        log_level: LogLevel::Off,
        shutdown: rocket::config::Shutdown { ctrlc: false, signals: [].into(), ..Default::default() },
        ..rocket::Config::default()
    })
}
