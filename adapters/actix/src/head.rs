//! The head of an actix-web request, as the core sees it.

use std::net::{IpAddr, SocketAddr};

use actix_web::HttpRequest;
use actix_web::http::Version;
use auth_core::RequestHead;

pub(crate) struct Head<'r>(pub(crate) &'r HttpRequest);

impl RequestHead for Head<'_> {
    fn method(&self) -> &str {
        self.0.method().as_str()
    }

    fn path(&self) -> &str {
        self.0.uri().path()
    }

    fn query(&self) -> Option<&str> {
        self.0.uri().query()
    }

    fn for_each_header<'h>(&'h self, name: &str, each: &mut dyn FnMut(&'h [u8])) {
        for value in self.0.headers().get_all(name) {
            each(value.as_bytes());
        }
    }

    /// Of the connection itself. What proxies say is the realm's business.
    fn peer(&self) -> Option<IpAddr> {
        self.0.peer_addr().as_ref().map(SocketAddr::ip)
    }

    /// Of the connection itself too: actix-web's `connection_info` believes headers.
    fn is_secure(&self) -> bool {
        self.0.app_config().secure()
    }

    fn is_multiplexed(&self) -> bool {
        self.0.version() >= Version::HTTP_2
    }
}
