//! What authentication costs, as ratios and counts.
//!
//! | module | measures |
//! | --- | --- |
//! | [`auth_request_bench`] | one request: instructions, allocations and time over a bare axum service |
//! | [`sign_ins`] | other handlers while people sign in |
//! | [`stores`] | the operations of a store that is small and of one that is not |
//!
//! The program `report` runs them and writes the tables of `docs/performance.md`.

pub mod page;
pub mod sign_ins;
pub mod stores;

pub use auth_request_bench::Failure;
