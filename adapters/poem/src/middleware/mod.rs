//! Middleware: what puts a realm into each request, and what enforces a policy on a whole endpoint.

mod auth;
mod require;

pub use auth::{AuthEndpoint, AuthMiddleware};
pub use require::{RequireEndpoint, RequireMiddleware};
