//! Slots: keys that may stand once.

use proc_macro2::Ident;

use crate::diagnostics::Diagnostics;

/// A key that may stand once, and what it was given.
#[derive(Clone)]
pub(crate) struct Slot<T>(Option<(Ident, T)>);

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Slot<T> {
    /// Fills the slot; a second time is a mistake at the second key.
    pub(crate) fn fill(&mut self, key: Ident, value: T, diagnostics: &mut Diagnostics) {
        if self.0.is_some() {
            diagnostics.push(&key, format!("`{key}` stands here twice; remove one"));
        } else {
            self.0 = Some((key, value));
        }
    }

    /// The key as it was written.
    pub(crate) fn key(&self) -> Option<&Ident> {
        self.0.as_ref().map(|(key, _)| key)
    }

    pub(crate) fn value(&self) -> Option<&T> {
        self.0.as_ref().map(|(_, value)| value)
    }

    pub(crate) fn into_value(self) -> Option<T> {
        self.0.map(|(_, value)| value)
    }

    pub(crate) fn is_filled(&self) -> bool {
        self.0.is_some()
    }
}
