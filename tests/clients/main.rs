//! The standard endpoints over a socket, driven by clients that others wrote: Rust's `oauth2`, Python's
//! `requests-oauthlib`, `PyJWT` and `pyotp`.

#![cfg(test)]

mod plain_hyper;
mod python;
mod rust_oauth2;
mod server;
