//! What authentication costs, as ratios and counts.
//!
//! | module | measures |
//! | --- | --- |
//! | [`peers`] | one request beside what people would use instead, and services under load over loopback |
//! | [`auth_request_bench`] | one request: instructions, allocations and time over a bare axum service |
//! | [`signatures`] | a token seen for the first time beside its signature alone; two threads beside one |
//! | [`adoption`] | what a service's build takes |
//! | [`sign_ins`] | other handlers while people sign in |
//! | [`stores`] | the operations of a store that is small and of one that is not |
//!
//! The program `report` runs them and writes the tables of `docs/performance.md`.

pub mod adoption;
pub mod page;
pub mod peers;
pub mod sign_ins;
pub mod signatures;
pub mod stores;

pub use auth_request_bench::Failure;
