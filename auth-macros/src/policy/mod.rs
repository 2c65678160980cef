//! The list of `#[requires_auth(..)]`: which schemes, which requirements, which options.
//!
//! [`parse`] reads what was written, [`validate`] makes a [`Policy`] of it that cannot be wrong, [`expand`] writes it
//! as a constant.

mod expand;
mod parse;
mod validate;

pub(crate) use expand::expand;
pub(crate) use parse::parse;
pub(crate) use validate::{Policy, validate};

use proc_macro2::Ident;
use syn::Path;

use crate::diagnostics::Diagnostics;
use crate::grammar::{self, Slot};

/// The options of both `requires_auth` and `public`.
#[derive(Default)]
pub(crate) struct Options {
    /// `crate = path`
    pub(crate) krate: Slot<Path>,
    /// `policy = Name`
    pub(crate) policy: Slot<Ident>,
    /// `request = ident`
    pub(crate) request: Slot<Ident>,
}

/// The keys of [`Options`].
pub(crate) const OPTIONS: [&str; 3] = ["policy", "request", "crate"];

impl Options {
    /// Takes `key = value`, if it is one of these options.
    pub(crate) fn accepts(key: &Ident) -> bool {
        OPTIONS.iter().any(|known| key == known)
    }

    /// Stores an option that [`Options::accepts`].
    pub(crate) fn set(&mut self, key: Ident, value: proc_macro2::TokenStream, diagnostics: &mut Diagnostics) {
        if key == "crate" {
            if let Some(path) = diagnostics.absorb(grammar::path_to_module(&key, value)) {
                self.krate.fill(key, path, diagnostics);
            }
        } else {
            let (slot, usage) = if key == "policy" {
                (&mut self.policy, "policy = ListPolicy")
            } else {
                (&mut self.request, "request = req")
            };
            let Some(name) = diagnostics.absorb(grammar::ident(&key, value, usage)) else { return };
            slot.fill(key, name, diagnostics);
        }
    }
}

/// How a word is written correctly.
pub(crate) fn usage(word: &str) -> Option<&'static str> {
    Some(match word {
        "bearer" => "bearer",
        "basic" => "basic",
        "api_key" => "api_key",
        "any_scheme" => "any_scheme",
        "scope" => "scope = \"items:read\"",
        "role" => "role = \"admin\"",
        "any" => "any(scope = \"a\", role = \"b\")",
        "all" => "all(scope = \"a\", role = \"b\")",
        "not" => "not(role = \"b\")",
        "factor" => "factor(\"otp\", within = \"10m\")",
        "check" => "check = path::to::function",
        "optional" => "optional",
        "hide" => "hide",
        "realm" => "realm = \"main\"",
        "policy" => "policy = ListPolicy",
        "request" => "request = req",
        "crate" => "crate = path::to::adapter",
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
