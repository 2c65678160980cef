//! The stores in databases.
//!
//! Tests of PostgreSQL run on a server that is started for them; where there is none they say so and pass.

mod alike;
mod counters;
mod feed;
mod open;
mod outages;
mod plans;
mod processes;
mod races;
mod secrets;
mod suite;
mod temporary;
mod texts;
