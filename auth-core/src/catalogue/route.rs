//! Routes: which requests reach which endpoint, as a framework's router has it on record.

use super::Endpoint;
use crate::config_error::{ConfigError, ConfigErrorKind};

/// One route on record.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Route {
    /// The method; `*` for all.
    pub method: &'static str,
    /// The path, as written, with the prefixes of the routers around; `*` for a fallback.
    pub path: String,
    /// Who decides about its requests.
    pub guard: Guard,
}

/// Who decides about the requests of a route.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_enums, reason = "a route is guarded or not, and whoever reads a record has to see which")]
pub enum Guard {
    /// The policy of an annotated handler.
    Endpoint(&'static Endpoint),
    /// Nobody, for this reason.
    Unchecked(&'static str),
}

impl Route {
    /// A route that an annotated handler answers.
    #[must_use]
    pub fn new(method: &'static str, path: impl Into<String>, endpoint: &'static Endpoint) -> Self {
        Self { method, path: path.into(), guard: Guard::Endpoint(endpoint) }
    }

    /// A route that no policy guards, and why. Whoever mounts it sees to [`report_unchecked`](Self::report_unchecked).
    #[must_use]
    pub fn unchecked(method: &'static str, path: impl Into<String>, reason: &'static str) -> Self {
        Self { method, path: path.into(), guard: Guard::Unchecked(reason) }
    }

    /// The endpoint that the route leads to; `None` if it is unchecked.
    #[must_use]
    pub fn endpoint(&self) -> Option<&'static Endpoint> {
        match self.guard {
            Guard::Endpoint(endpoint) => Some(endpoint),
            Guard::Unchecked(_) => None,
        }
    }

    /// Whether the route leads to this endpoint.
    #[must_use]
    pub fn leads_to(&self, endpoint: &Endpoint) -> bool {
        self.endpoint().is_some_and(|known| known.is_same(endpoint))
    }

    /// Tells the operator, as an event, that the route is unchecked, if it is, and why. Adapters call it once, before the
    /// first request; [`Catalogue::check`](super::Catalogue::check) does for the routes that it was given.
    ///
    /// # Errors
    ///
    /// Without a reason that says something: what to tell the operator in place of mounting the route.
    pub fn report_unchecked(&self) -> Result<(), ConfigError> {
        match self.reported() {
            Some(complaint) => Err(ConfigError::new(ConfigErrorKind::Catalogue, complaint)),
            None => Ok(()),
        }
    }

    /// What is wrong with an unchecked route; if nothing is, the operator is told why it is one.
    pub(super) fn reported(&self) -> Option<String> {
        let Self { method, path, guard: Guard::Unchecked(reason) } = self else { return None };
        if reason.trim().is_empty() {
            return Some(format!("{method} {path} is unchecked without a reason; say why everybody may call it"));
        }
        tracing::info!(method, path, why = reason, "a route is unchecked");
        None
    }
}
