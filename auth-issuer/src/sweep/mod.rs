//! Removal of what has expired.

mod store;
mod sweeper;

pub use store::SweepStore;
pub use sweeper::Sweeper;
