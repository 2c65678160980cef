//! The documented account API, from top to bottom. Each test names the row that it checks.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may end at a surprise")]
#![expect(clippy::indexing_slicing, reason = "JSON is looked into by index")]

mod credentials;
mod failures;
mod login;
mod others;
mod server;
mod tokens;
