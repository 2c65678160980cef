//! Where decisions are counted and timed: at [`crate::metrics`] if the feature is on, nowhere otherwise.
//!
//! Both sides have the same face, so that the decision reads the same with and without the feature.

#[cfg(not(feature = "metrics"))]
mod off;
#[cfg(feature = "metrics")]
mod on;

#[cfg(not(feature = "metrics"))]
pub(crate) use off::{Meter, Started};
#[cfg(feature = "metrics")]
pub(crate) use on::{Meter, Started};
