//! When and from where a request arrives.

use std::sync::Arc;

use auth_core::{Attempt, ClientSource, Clock, SystemClock};
use auth_tower::HttpHead;
use http::Request;
use http::request::Parts;

/// Reads the clock once for a request, and finds where it comes from.
///
/// # Examples
///
/// ```
/// use auth_core::{ClientSource, Source};
/// use auth_issuer::http::Arrival;
///
/// let arrival = Arrival::new(ClientSource::peer());
/// let attempt = arrival.of(&http::Request::new(()));
/// assert_eq!(attempt.source, Source::Unknown, "nobody has said who the peer is");
/// ```
#[derive(Clone, Debug)]
pub struct Arrival {
    clock: Arc<dyn Clock>,
    source: ClientSource,
}

impl Arrival {
    /// By the system's clock.
    #[must_use]
    pub fn new(source: ClientSource) -> Self {
        Self { clock: Arc::new(SystemClock::default()), source }
    }

    /// By another clock; an `Arc` of one shares it.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// The attempt that a request is. The other end of its connection is a [`Peer`](auth_tower::Peer) among its
    /// extensions, or what the adapter's layer around finds there.
    #[must_use]
    pub fn of<B>(&self, request: &Request<B>) -> Attempt {
        self.at(&HttpHead::of_request(request))
    }

    /// The same, of the head alone: for extractors that leave the body to others.
    #[must_use]
    pub fn of_parts(&self, parts: &Parts) -> Attempt {
        self.at(&HttpHead::of_parts(parts))
    }

    fn at(&self, head: &HttpHead<'_>) -> Attempt {
        Attempt::new(self.clock.now(), self.source.locate(head))
    }
}
