//! The services over a store in memory: one file for each, and tests named after the rules that they keep.

#![cfg(test)]
#![expect(
    clippy::arithmetic_side_effects,
    clippy::duration_suboptimal_units,
    reason = "times of tests are small numbers of seconds, and read best as such"
)]

mod api_keys;
mod caching;
#[cfg(feature = "aws-lc-rs")]
mod caching_tokens;
mod hash_pool;
mod held;
mod key_ids;
mod log;
mod mail;
mod nodes;
mod one_time;
mod passwords;
mod planted_secrets;
mod refresh;
mod sessions;
mod sign_in;
mod support;
mod throttle;
#[cfg(feature = "aws-lc-rs")]
mod tokens;
mod totp;
