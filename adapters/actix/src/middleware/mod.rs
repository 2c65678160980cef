//! Middleware: what puts a realm into each request, and what enforces a policy on whatever is inside.

mod auth;
mod require;

pub use auth::{AuthFuture, AuthMiddleware, AuthService};
pub use require::{RequireMiddleware, RequireService};
