//! Routes: which requests reach which endpoint, as a framework's router has it on record.

use super::Endpoint;

/// One route on record.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Route {
    /// The method; `*` for all.
    pub method: &'static str,
    /// The path, as written, with the prefixes of the routers around; `*` for a fallback.
    pub path: String,
    /// The endpoint, or why there is none.
    pub endpoint: Result<&'static Endpoint, &'static str>,
}

impl Route {
    /// A route that an annotated handler answers.
    #[must_use]
    pub fn new(method: &'static str, path: impl Into<String>, endpoint: &'static Endpoint) -> Self {
        Self { method, path: path.into(), endpoint: Ok(endpoint) }
    }

    /// A route that no policy guards, and why. Whoever mounts it sees to [`report_unchecked`](Self::report_unchecked).
    #[must_use]
    pub fn unchecked(method: &'static str, path: impl Into<String>, reason: &'static str) -> Self {
        Self { method, path: path.into(), endpoint: Err(reason) }
    }

    /// Tells the operator, as an event, that the route is unchecked, if it is, and why. Adapters call it once, before the
    /// first request; [`Catalogue::check`](super::Catalogue::check) does for the routes that it was given.
    ///
    /// # Errors
    ///
    /// Without a reason that says something: what to tell the operator in place of mounting the route.
    pub fn report_unchecked(&self) -> Result<(), String> {
        let Self { method, path, endpoint: Err(reason) } = self else { return Ok(()) };
        if reason.trim().is_empty() {
            return Err(format!("{method} {path} is unchecked without a reason; say why everybody may call it"));
        }
        tracing::info!(method, path, why = reason, "a route is unchecked");
        Ok(())
    }

    /// Whether the route leads to this endpoint.
    #[must_use]
    pub fn leads_to(&self, endpoint: &Endpoint) -> bool {
        self.endpoint.is_ok_and(|known| known.is_same(endpoint))
    }
}
