//! Rules: what an attribute says about an endpoint.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{LitStr, Type};

use crate::adapter::{Adapter, Private};
use crate::diagnostics::Diagnostics;
use crate::policy::{self, Options, Policy};

/// What an attribute says.
pub(crate) struct Arguments {
    /// The attribute's name, for texts.
    pub(crate) attribute: &'static str,
    pub(crate) rule: Rule,
    pub(crate) options: Options,
}

/// Who may pass.
pub(crate) enum Rule {
    /// Those whom the policy admits.
    Guarded(Policy),
    /// Everybody, for this reason.
    Public(LitStr),
    /// What was written is wrong. The mistake is reported; the policy that is written in its place never runs.
    Unreadable,
}

impl Arguments {
    /// What the expansion may name.
    pub(crate) fn private(&self, adapter: &Adapter) -> Private {
        Private::new(adapter, self.options.krate.value())
    }
}

impl Rule {
    /// Sees to it that a list that could not be read stops the build.
    pub(crate) fn ensure_reported(&self, at: &Ident, diagnostics: &mut Diagnostics) {
        if matches!(self, Self::Unreadable) {
            diagnostics.ensure_reported(at);
        }
    }

    /// The policy as a constant expression.
    ///
    /// `principal` is the type that the handler's signature shows, if it does.
    pub(crate) fn expand(&self, principal: Option<&Type>, v1: &Private) -> TokenStream {
        match self {
            Self::Guarded(policy) => policy::expand(policy, principal, v1),
            Self::Public(reason) => quote!(#v1::Policy::public(#reason)),
            Self::Unreadable => quote!(#v1::Policy::new(#v1::Schemes::Any)),
        }
    }
}
