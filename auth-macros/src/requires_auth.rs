//! `#[requires_auth(..)]`: a policy for a function or unit struct.

use proc_macro2::{Span, TokenStream};

use crate::adapter::Adapter;
use crate::diagnostics::Diagnostics;
use crate::endpoint::{self, Arguments, Rule};
use crate::policy;

/// The attribute's name.
pub(crate) const NAME: &str = "requires_auth";

pub(crate) fn expand(adapter: &Adapter, arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let arguments = read(arguments, Span::call_site(), &mut diagnostics);
    endpoint::expand(adapter, &arguments, item, diagnostics)
}

/// Reads and checks the list of the attribute that stands `at` a place.
pub(crate) fn read(arguments: TokenStream, at: Span, diagnostics: &mut Diagnostics) -> Arguments {
    let (items, options) = policy::parse(arguments, diagnostics);
    let rule = policy::validate(items, at, diagnostics).map_or(Rule::Unreadable, Rule::Guarded);
    Arguments { attribute: NAME, rule, options }
}
