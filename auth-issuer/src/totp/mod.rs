//! Second factors: time-based one-time passwords (RFC 6238) and recovery codes.

mod code;
mod erased;
mod recovery;
mod reseal;
mod service;
mod store;

pub use code::TotpWindow;
pub(crate) use erased::AnyTotp;
pub use recovery::RecoveryCodes;
pub use reseal::{Resealed, Resealer};
pub use service::{CodeOutcome, Enrolment, FactorChange, Totp};
pub use store::{SealedSecret, TotpRecord, TotpStore};
