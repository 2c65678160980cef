//! Attacks one protected path of a server, whatever it is made of, and says what it did wrong.
//!
//! ```console
//! cargo run -p auth-test --example attack -- http://127.0.0.1:3000/items
//! cargo run -p auth-test --example attack -- http://127.0.0.1:3000/items --token eyJhbGciOi..
//! ```
//!
//! The token is one that the path accepts; with it far more can be tried. Only plain http is spoken: what is broken on
//! purpose here no client library would send, so ask a server behind TLS at its inner side, or through a tunnel that ends
//! TLS. Requests are a few dozen, one after the other. Attack only what is yours.
#![expect(clippy::print_stdout, reason = "a program for the shell")]

use std::net::{SocketAddr, ToSocketAddrs as _};
use std::process::ExitCode;

use auth_test::conformance::{RawRequest, RawResponse, SocketTarget, Target, black_box};

const USAGE: &str = "usage: attack http://HOST[:PORT]/PATH [--token TOKEN]";

/// A server that several may share an address with.
struct Named {
    server: SocketTarget,
    host: String,
}

impl Target for Named {
    fn exchange(&self, request: &RawRequest) -> RawResponse {
        self.server.exchange(&request.clone().header("Host", &self.host))
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (address, token) = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [address] => (address.to_string(), None),
        [address, "--token", token] => (address.to_string(), Some(token.to_string())),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    let Some((target, path)) = find(&address) else {
        eprintln!("`{}` cannot be asked; {USAGE}", address.escape_default());
        return ExitCode::from(2);
    };
    let report = black_box(&target, &path, token.as_deref());
    println!("{report}");
    if report.is_success() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn find(address: &str) -> Option<(Named, String)> {
    let rest = address.strip_prefix("http://")?;
    let (host, path) = rest.split_at_checked(rest.find('/').unwrap_or(rest.len()))?;
    let path = if path.is_empty() { "/" } else { path };
    let has_port = host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    let with_port = if has_port { host.to_owned() } else { format!("{host}:80") };
    let socket: SocketAddr = with_port.to_socket_addrs().ok()?.next()?;
    Some((Named { server: SocketTarget::new(socket), host: host.to_owned() }, path.to_owned()))
}
