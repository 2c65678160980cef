//! The documented API, from top to bottom. Each test names the row that it checks.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may end at a surprise")]
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may end at a surprise"
)]

mod bearer;
mod login;
mod mail;
mod member_tokens;
mod new_password;
mod program;
mod refresh;
mod reset;
mod support;
