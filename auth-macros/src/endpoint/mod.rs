//! Endpoints: what an attribute stands on, and how its policy gets there.
//!
//! [`target`] reads the item, [`handler`] decides where the check goes (the modes are [`guard`], [`fold`] and
//! [`request`]), [`companion`] writes the type that stands for the policy.

mod body;
mod companion;
mod handler;
mod principal;
mod request;
mod rule;
mod signature;
mod target;

pub(crate) use companion::cfgs;
pub(crate) use handler::{Expansion, Home, expand_function};
pub(crate) use rule::{Arguments, Rule};
pub(crate) use target::Function;

use proc_macro2::TokenStream;
use quote::quote;
use syn::Attribute;

use crate::adapter::Adapter;
use crate::diagnostics::Diagnostics;
use companion::Companion;
use target::{Target, UnitStruct};

/// Puts a policy on an item.
///
/// Whatever is wrong, the item comes back with all that other code may refer to, so that mistakes do not multiply.
pub(crate) fn expand(
    adapter: &Adapter,
    arguments: &Arguments,
    item: TokenStream,
    mut diagnostics: Diagnostics,
) -> TokenStream {
    let expansion = match target::parse(item.clone(), arguments.attribute) {
        Ok(Target::Function(function)) => {
            let Expansion { function, companion, .. } =
                expand_function(adapter, arguments, *function, &Home::Free, &mut diagnostics);
            quote!(#function #companion)
        }
        Ok(Target::Unit(item)) => expand_unit(adapter, arguments, &item, &mut diagnostics),
        Err(error) => {
            diagnostics.add(error);
            item
        }
    };
    let errors = diagnostics.into_compile_errors();
    quote!(#errors #expansion)
}

/// The name of an attribute of ours, under any path.
pub(crate) fn attribute_of_ours(attribute: &Attribute) -> Option<&'static str> {
    let last = &attribute.path().segments.last()?.ident;
    ["requires_auth", "public"].into_iter().find(|ours| last == ours)
}

/// Gives a unit struct its policy.
fn expand_unit(
    adapter: &Adapter,
    arguments: &Arguments,
    item: &UnitStruct,
    diagnostics: &mut Diagnostics,
) -> TokenStream {
    for key in [arguments.options.policy.key(), arguments.options.request.key()].into_iter().flatten() {
        diagnostics.push(key, format!("`{key}` is for functions; the struct itself is the policy's name"));
    }
    arguments.rule.ensure_reported(&item.ident, diagnostics);
    let v1 = arguments.private(adapter);
    let companion = Companion::of_struct(item);
    let implementation = companion.implementation(&arguments.rule, &v1);
    quote!(#item #implementation)
}

#[cfg(test)]
mod tests;
