//! Diagnostics: every mistake of one use of a macro, reported together.

use std::fmt::Display;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::Error;

/// The mistakes found so far.
#[derive(Debug, Default)]
pub(crate) struct Diagnostics(Option<Error>);

impl Diagnostics {
    /// Adds a mistake at the tokens that have to change.
    pub(crate) fn push(&mut self, at: impl ToTokens, text: impl Display) {
        self.add(Error::new_spanned(at, text));
    }

    /// Adds a mistake at a place.
    pub(crate) fn push_at(&mut self, at: Span, text: impl Display) {
        self.add(Error::new(at, text));
    }

    /// Adds a mistake that was made elsewhere.
    pub(crate) fn add(&mut self, error: Error) {
        match &mut self.0 {
            Some(known) => known.combine(error),
            none => *none = Some(error),
        }
    }

    /// Takes the value out of a result, or its error in.
    pub(crate) fn absorb<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.add(error);
                None
            }
        }
    }

    /// Sees to it that what went wrong is reported: nothing may be left open in silence.
    pub(crate) fn ensure_reported(&mut self, at: impl ToTokens) {
        if self.is_empty() {
            self.push(at, "this cannot be protected as it is written");
        }
    }

    /// Whether there was no mistake so far.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// One `compile_error!` for each mistake; nothing if there was none.
    pub(crate) fn into_compile_errors(self) -> TokenStream {
        self.0.map(|error| error.to_compile_error()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::mistakes;

    #[test]
    fn reports_every_mistake() {
        let mut diagnostics = Diagnostics::default();
        diagnostics.push_at(Span::call_site(), "first");
        assert_eq!(diagnostics.absorb::<()>(Err(Error::new(Span::call_site(), "second"))), None);
        assert_eq!(diagnostics.absorb(Ok(1)), Some(1));
        assert_eq!(mistakes(diagnostics.into_compile_errors()), ["first", "second"]);
    }

    #[test]
    fn without_a_mistake_there_is_nothing_to_say() {
        assert!(Diagnostics::default().into_compile_errors().is_empty());
    }
}
