//! What macro output names. Not for people: nothing here keeps its shape but [`v1`], and that for macros only.

/// The contract between the attribute macros and an adapter, version 1.
///
/// An adapter re-exports all of it from its own `__private::v1`, beside its `Require` (guard mode), `Guarded`
/// (fold mode) or `authorize` and `reject` (request mode).
pub mod v1 {
    pub use crate::catalogue::{Endpoint, PrincipalType, Registration};
    pub use crate::challenge::ChallengeForm;
    pub use crate::claims::Claims;
    pub use crate::credential::{BasicCredentials, BearerToken, OpaqueToken};
    pub use crate::facts::Facts;
    pub use crate::policy::{
        Check, EndpointPolicy, EndpointTable, Name, Policy, Requirement, SchemeUse, Schemes, StaticName, static_name,
    };
    pub use crate::principal::{FromFact, Principal, PrincipalError, from_fact, from_text};
    pub use crate::scheme::{ApiKeyIn, Basic, Bearer, Carrier, Scheme};
    pub use inventory;
}

/// The right to make things up, which only the test kit has.
#[derive(Clone, Copy, Debug)]
pub struct TestKit(());

#[cfg(feature = "test-util")]
impl TestKit {
    /// Takes the right.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "the right is taken, not defaulted")]
    pub const fn new() -> Self {
        Self(())
    }
}

/// A type that the test kit can make out of thin air.
pub trait Assumable<Parts>: Sized {
    /// Makes the value.
    fn assumed(parts: Parts, kit: TestKit) -> Self;
}
