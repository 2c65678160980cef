//! The documented API, from top to bottom. Each test names the row that it checks.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test may end at a surprise")]
#![expect(clippy::indexing_slicing, reason = "JSON is looked into by index")]
#![expect(clippy::tests_outside_test_module, reason = "all of it is tests")]

mod bearer;
mod login;
mod mail;
mod member_tokens;
mod new_password;
mod program;
mod refresh;
mod reset;
mod smtp;
mod support;
