//! The endpoints, asked as a client asks them, by an adversary now and then.

#![cfg(test)]
#![expect(
    clippy::arithmetic_side_effects,
    clippy::duration_suboptimal_units,
    reason = "tests may count, and their times read best as seconds"
)]

mod bench;
mod clients;
mod decoders;
mod documents;
mod hooks;
mod introspection;
#[path = "../services/log.rs"]
mod log;
mod refusals;
mod revocation;
mod secrets;
#[expect(dead_code, reason = "the services' tests use the others")]
#[path = "../services/support.rs"]
mod support;
mod tokens;
