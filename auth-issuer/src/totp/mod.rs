//! Second factors: time-based one-time passwords (RFC 6238) and recovery codes.

mod store;

pub use store::{SealedSecret, TotpRecord, TotpStore};
