//! The standard endpoints and the documented systems over a socket, driven by clients that others wrote: Rust's
//! `oauth2`, Python's `requests-oauthlib`, `PyJWT` and `pyotp`, Node's `oauth4webapi` and `jose`.

#![cfg(test)]

#[path = "documented/mod.rs"]
mod documented;
mod node;
mod plain_hyper;
mod programs;
mod python;
mod rust_oauth2;
mod server;
