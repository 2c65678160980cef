//! Hoops: what puts a realm into each request, and what enforces a policy on everything behind it.

mod auth;
mod require;

pub use auth::AuthHoop;
pub(crate) use auth::keep_length;
pub use require::RequireHoop;
