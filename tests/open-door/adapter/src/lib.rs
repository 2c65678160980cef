//! An adapter as somebody else would write it, for a framework that this project does not know.
//!
//! `docs/adapters.md` goes through it part by part. Its users name it in the attribute:
//! `#[requires_auth(bearer, crate = auth_tiny_web)]`.

mod auth;
mod head;
mod install;
mod require;

#[doc(hidden)]
pub mod __private {
    //! What macro output names. Not for people.

    pub mod v1 {
        //! The contract of the attribute macros, version 1, in guard mode.

        pub use crate::require::Require;
        pub use auth_core::__private::v1::*;
    }
}

pub use auth::{Auth, Refusal};
pub use auth_core::__adapter::guard::{auth_impl, public, requires_auth};
pub use auth_core::{Principal, Realm, Scheme};
pub use install::{Install, NotFound, not_found};
pub use require::Require;
