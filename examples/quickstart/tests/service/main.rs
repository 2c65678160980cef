//! Drives the real program over real sockets.
//!
//! Each test has a server of its own, on a free port, which is stopped when the test ends.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod bodies;
mod catalogue_page;
mod client;
mod curl_lines;
mod process;
mod refusals;
mod routes;
mod server;
mod tokens;
