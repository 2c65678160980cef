//! The head of a Rocket request, as the core sees it.

use std::net::{IpAddr, SocketAddr};

use auth_core::RequestHead;
use rocket::Request;

pub(crate) struct Head<'r, 'q>(pub(crate) &'r Request<'q>);

impl RequestHead for Head<'_, '_> {
    fn method(&self) -> &str {
        self.0.method().as_str()
    }

    fn path(&self) -> &str {
        self.0.uri().path().as_str()
    }

    fn query(&self) -> Option<&str> {
        self.0.uri().query().map(|query| query.as_str())
    }

    fn for_each_header<'h>(&'h self, name: &str, each: &mut dyn FnMut(&'h [u8])) {
        for value in self.0.headers().get(name) {
            each(value.as_bytes());
        }
    }

    /// Of the connection itself. Rocket's `client_ip` believes a header that everybody may send; what proxies say is
    /// the realm's business.
    fn peer(&self) -> Option<IpAddr> {
        self.0.remote().as_ref().map(SocketAddr::ip)
    }

    fn is_secure(&self) -> bool {
        self.0.rocket().config().tls_enabled()
    }

    /// Rocket does not tell. In HTTP/2 the server leaves `Connection: close` out.
    fn is_multiplexed(&self) -> bool {
        false
    }
}
