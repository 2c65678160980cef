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

    /// A route that no policy guards, and why.
    #[must_use]
    pub fn unchecked(method: &'static str, path: impl Into<String>, reason: &'static str) -> Self {
        Self { method, path: path.into(), endpoint: Err(reason) }
    }

    /// Whether the route leads to this endpoint.
    #[must_use]
    pub fn leads_to(&self, endpoint: &Endpoint) -> bool {
        self.endpoint.is_ok_and(|known| known.is_same(endpoint))
    }
}
