//! For the unit tests: expansions as formatted source, mistakes as texts.

use proc_macro2::TokenStream;

/// The expansion as source. Panics if it is no list of items.
pub(crate) fn pretty(expansion: TokenStream) -> String {
    let text = expansion.to_string();
    let file = syn::parse2(expansion).unwrap_or_else(|error| panic!("{error} in {text}"));
    prettyplease::unparse(&file)
}

/// The texts of the `compile_error!`s in an expansion.
pub(crate) fn mistakes(expansion: TokenStream) -> Vec<String> {
    let file: syn::File = syn::parse2(expansion).expect("items");
    file.items
        .into_iter()
        .filter_map(|item| match item {
            syn::Item::Macro(call) if call.mac.path.segments.last()?.ident == "compile_error" => {
                Some(syn::parse2::<syn::LitStr>(call.mac.tokens).expect("a text").value())
            }
            _ => None,
        })
        .collect()
}

/// Source as tokens.
pub(crate) fn tokens(source: &str) -> TokenStream {
    source.parse().expect("tokens")
}
