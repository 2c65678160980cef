//! What the three Nexudus systems have in common.

pub mod token;
