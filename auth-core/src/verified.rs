//! What a verifier hands over when it believes a credential.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use crate::facts::Facts;

/// A value, usually a principal, together with the facts that prove it.
///
/// Cheap to clone: clones share one allocation.
///
/// # Examples
///
/// ```
/// use auth_core::{Facts, Verified};
///
/// let verified = Verified::new(Facts::new("alice"), 42);
/// assert_eq!(*verified.value(), 42);
/// assert_eq!(verified.facts().subject, "alice");
/// ```
pub struct Verified<T>(Arc<Inner<T>>);

struct Inner<T> {
    facts: Facts,
    value: T,
}

impl<T> Verified<T> {
    /// Joins a value to the facts that prove it.
    #[must_use]
    #[inline]
    pub fn new(facts: Facts, value: T) -> Self {
        Self(Arc::new(Inner { facts, value }))
    }

    /// What is known of the party.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.0.facts
    }

    /// The value itself.
    #[must_use]
    pub fn value(&self) -> &T {
        &self.0.value
    }
}

impl<T> Verified<T> {
    /// The same facts with another value; copies them only where the allocation is shared.
    pub(crate) fn with_value<U>(self, value: U) -> Verified<U> {
        // Two calls, so that the facts, which are large, go straight to where they stay.
        match Arc::try_unwrap(self.0) {
            Ok(Inner { facts, .. }) => Verified::new(facts, value),
            Err(shared) => Verified::new(shared.facts.clone(), value),
        }
    }
}

impl<T: Clone> Verified<T> {
    /// Takes the parts out; copies them only where the allocation is shared.
    #[must_use]
    pub fn into_parts(self) -> (Facts, T) {
        match Arc::try_unwrap(self.0) {
            Ok(inner) => (inner.facts, inner.value),
            Err(shared) => (shared.facts.clone(), shared.value.clone()),
        }
    }
}

impl<T> Clone for Verified<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: fmt::Debug> fmt::Debug for Verified<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified").field("facts", self.facts()).field("value", self.value()).finish()
    }
}

/// A [`Verified`] whose value type only its reader knows.
pub(crate) type ErasedVerified = Arc<dyn AnyVerified>;

pub(crate) trait AnyVerified: Any + Send + Sync {
    fn facts(&self) -> &Facts;
    fn value(&self) -> &dyn Any;
}

impl<T: Send + Sync + 'static> AnyVerified for Inner<T> {
    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn value(&self) -> &dyn Any {
        &self.value
    }
}

impl<T: Send + Sync + 'static> Verified<T> {
    pub(crate) fn erase(self) -> ErasedVerified {
        self.0
    }

    /// The value again, if it is of type `T`.
    pub(crate) fn restore(erased: ErasedVerified) -> Option<Self> {
        let any: Arc<dyn Any + Send + Sync> = erased;
        any.downcast::<Inner<T>>().ok().map(Self)
    }
}
