//! What the five servers of documented systems have in common, so that each of them is only what its vendor documents.
//!
//! A server is a [`System`]: its name, port, settings and accounts, and [`System::build`], which makes a router of a
//! [`Context`]. [`run`] does the rest of a `main`: options, store, accounts, keys, mail, signals.
//!
//! # Features
//!
//! | feature | adds | default |
//! | --- | --- | --- |
//! | `testing` | `testing`: starts servers as programs and in the process of a test | no |

pub mod accounts;
mod connections;
mod context;
mod extract;
mod failure;
mod failure_head;
pub mod keys;
pub mod nexudus;
mod options;
mod run;
mod serve;
mod settings;
mod site;
mod system;
#[cfg(feature = "testing")]
pub mod testing;
mod turn;
mod unix_time;

pub use context::Context;
pub use extract::{PathId, has_two_authorizations, one_authorization};
pub use failure::StartError;
pub use failure_head::FailureHead;
pub use options::{Mode, Options, Throttling};
pub use run::run;
pub use settings::{Setting, SettingValue, Settings};
pub use site::Site;
pub use system::System;
pub use unix_time::unix_time;
