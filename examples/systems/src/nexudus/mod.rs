//! What the three Nexudus systems have in common.

mod no_body;
pub mod token;
mod unique_id;

pub use no_body::NoBody;
pub use unique_id::unique_id;
