//! Methods by hand, as `tonic-build` would write them: one attribute protects each, before its first message.

#![expect(clippy::expect_used, unreachable_pub, reason = "a test")]

mod calls;
#[path = "../shared/codec.rs"]
mod codec;
mod decision;
mod echo;
mod services;
#[cfg(feature = "tls-connect-info")]
mod tls;
