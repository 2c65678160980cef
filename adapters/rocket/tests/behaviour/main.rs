//! What the attribute makes of a Rocket handler, and what a launch needs.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![expect(clippy::needless_pass_by_value, reason = "Rocket hands parameters over")]

mod decision;
mod handlers;
mod launch;
#[path = "../../../../tests/shared/log.rs"]
mod log;
mod rooms;
