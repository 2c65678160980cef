//! Fallbacks: what a derive writes where something is wrong, so that nothing else complains.

use syn::{DeriveInput, parse_quote};

/// The item with bounds on its generics that an implementation of our traits needs.
///
/// Without them the compiler would ask for bounds beside the mistake that was made.
pub(crate) fn bounded(item: &DeriveInput) -> DeriveInput {
    let mut item = item.clone();
    if !item.generics.params.is_empty() {
        item.generics
            .make_where_clause()
            .predicates
            .push(parse_quote!(Self: ::core::marker::Send + ::core::marker::Sync + 'static));
    }
    item
}
