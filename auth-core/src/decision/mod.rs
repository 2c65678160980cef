//! The decision: from a request and a policy to a verdict.
//!
//! [`begin`] is synchronous and borrows the request; the [`Check`] that it returns owns what it needs. Where a
//! verifier answers at once, the check is done before it is first polled.

mod admit;
mod answer;
mod authenticated;
mod browser;
mod check;
mod guard;
mod handle;
mod report;
mod slot;
mod success;
mod undecided;

pub use answer::{not_found, not_found_later};
pub use authenticated::{Authenticated, Guest, current, current_party};
pub use check::{Check, begin, begin_layer};
pub use guard::{Guard, guard};
pub use handle::{FindPeer, Handle, Verdict};
pub use slot::Verdicts;
pub(crate) use success::Said;
pub use success::{SuccessField, SuccessHeaders};
pub use undecided::Watch;
