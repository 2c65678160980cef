//! What the attribute makes of an actix-web handler.

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

mod coverage;
mod decision;
mod extractors;
mod handlers;
#[path = "../../../../tests/shared/log.rs"]
mod log;
mod order;
mod rooms;
