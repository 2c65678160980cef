//! What the layer has put into a call.

use auth_core::RequestHead;
use auth_core::decision::Handle;
use auth_tower::KeptHead;

/// The realms around a call, and its head as it arrived: tonic adds the trailers of a unary call to its metadata, and
/// keeps no path.
pub(crate) struct Arrival<'r> {
    handle: Option<&'r Handle>,
    head: Option<&'r KeptHead>,
}

impl<'r> Arrival<'r> {
    pub(crate) fn of<M>(request: &'r tonic::Request<M>) -> Self {
        Self::in_extensions(request.extensions())
    }

    pub(crate) fn in_extensions(extensions: &'r http::Extensions) -> Self {
        Self { handle: extensions.get(), head: extensions.get() }
    }

    /// Asks the core. Without the layer's head there is no handle either, so that nobody passes.
    pub(crate) fn ask<T>(&self, ask: impl FnOnce(Option<&Handle>, &dyn RequestHead) -> T) -> T {
        match self.head {
            Some(kept) => ask(self.handle, &kept.head()),
            None => ask(None, &KeptHead::of(&http::Request::new(())).head()),
        }
    }
}
