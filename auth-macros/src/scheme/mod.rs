//! `#[derive(Scheme)]`: how a credential of the application's own travels.

mod expand;
mod parse;
mod validate;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::adapter::Adapter;
use crate::diagnostics::Diagnostics;
use crate::fallback;

/// The attribute's name.
const NAME: &str = "scheme";

pub(crate) fn derive(adapter: &Adapter, item: TokenStream) -> TokenStream {
    let item: DeriveInput = match syn::parse2(item) {
        Ok(item) => item,
        Err(error) => return error.to_compile_error(),
    };
    let mut diagnostics = Diagnostics::default();
    let input = parse::parse(&item, &mut diagnostics);
    let v1 = input.private(adapter);
    let expansion = match validate::validate(input, &mut diagnostics) {
        Some(scheme) if diagnostics.is_empty() => expand::expand(&scheme, &v1),
        _ => expand::fallback(&fallback::bounded(&item), &v1),
    };
    let errors = diagnostics.into_compile_errors();
    quote!(#errors #expansion)
}

#[cfg(test)]
mod tests;
