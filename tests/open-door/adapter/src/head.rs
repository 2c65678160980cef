//! The framework's request, as the core sees it.

use std::net::IpAddr;

use auth_core::RequestHead;
use tiny_web::Request;

pub(crate) struct Head<'r>(pub(crate) &'r Request);

impl RequestHead for Head<'_> {
    fn method(&self) -> &str {
        &self.0.method
    }

    fn path(&self) -> &str {
        &self.0.path
    }

    fn query(&self) -> Option<&str> {
        self.0.query.as_deref()
    }

    fn for_each_header<'h>(&'h self, name: &str, each: &mut dyn FnMut(&'h [u8])) {
        self.0.headers.iter().filter(|(known, _)| known == name).for_each(|(_, value)| each(value));
    }

    fn peer(&self) -> Option<IpAddr> {
        Some(self.0.peer.ip())
    }

    fn is_multiplexed(&self) -> bool {
        false
    }
}
