//! Remote key sets and introspection, against providers that behave and providers that do not.
//!
//! `keys`, `discovery` and `introspection` use a fake client and a clock that the test moves. `provider`, `tls` and
//! the last test of `storm` speak to a real socket on the loopback.

#![cfg(test)]

mod configuration;
mod discovery;
mod introspection;
mod introspection_limits;
mod keys;
mod keys_limits;
mod keys_outage;
mod storm;
mod support;

#[cfg(feature = "http-client")]
mod mock;
#[cfg(feature = "http-client")]
mod provider;
#[cfg(feature = "http-client")]
mod tls;
