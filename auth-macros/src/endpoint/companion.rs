//! Companions: the type that stands for the policy of a function, like `ListItemsAuth`.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::{Attribute, Type, Visibility};

use super::rule::Rule;
use super::target::{Function, UnitStruct};
use crate::adapter::Private;
use crate::names;

/// The type that stands for a policy.
pub(crate) struct Companion {
    pub(crate) name: Ident,
    /// The endpoint's name in the catalogue.
    shown: String,
    /// Where the catalogue says that the endpoint is.
    at: Span,
    vis: TokenStream,
    /// It exists only where the endpoint does, and is documented only where that is.
    cfgs: Vec<Attribute>,
    hidden: bool,
    principal: Option<Type>,
}

impl Companion {
    /// That of a function; functions of a trait have no visibility of their own, so theirs is the crate's.
    pub(crate) fn of_function(
        function: &Function,
        name: Ident,
        prefix: &str,
        principal: Option<Type>,
        of_trait: bool,
    ) -> Self {
        Self {
            name,
            shown: format!("{prefix}{}", function.sig.ident.unraw()),
            at: function.sig.ident.span(),
            vis: if of_trait { quote!(pub(crate)) } else { as_ours(&function.vis) },
            cfgs: cfgs(&function.attrs),
            hidden: function.attrs.iter().any(is_doc_hidden),
            principal,
        }
    }

    /// A struct that is one already.
    pub(crate) fn of_struct(item: &UnitStruct) -> Self {
        Self {
            name: item.ident.clone(),
            shown: item.ident.unraw().to_string(),
            at: item.ident.span(),
            vis: TokenStream::new(),
            cfgs: cfgs(&item.attrs),
            hidden: false,
            principal: None,
        }
    }

    /// The type and its policy.
    pub(crate) fn expand(&self, rule: &Rule, v1: &Private) -> TokenStream {
        let Self { name, vis, cfgs, .. } = self;
        let doc = format!("Authentication policy of `{}`.", self.shown);
        let hidden = self.hidden.then(|| quote!(#[doc(hidden)]));
        let implementation = self.implementation(rule, v1);
        // A name that is taken is reported at the function's name.
        quote_spanned! {names::at(self.at)=>
            #(#cfgs)*
            #[doc = #doc]
            #hidden
            #[non_exhaustive]
            #vis struct #name {}
            #implementation
        }
    }

    /// The policy of a type that is there.
    pub(crate) fn implementation(&self, rule: &Rule, v1: &Private) -> TokenStream {
        let Self { name, shown, cfgs, .. } = self;
        let policy = rule.expand(self.principal.as_ref(), v1);
        // With the span of the user's word; with ours it would be the line of the attribute.
        let line = quote_spanned!(self.at=> ::core::line!());
        let principal = self.principal.as_ref().map_or_else(
            || quote!(::core::option::Option::None),
            |principal| quote!(::core::option::Option::Some(#v1::PrincipalType::of::<#principal>())),
        );
        quote_spanned! {names::at(self.at)=>
            #(#cfgs)*
            #[automatically_derived]
            impl #v1::EndpointPolicy for #name {
                const ENDPOINT: &'static #v1::Endpoint = &const {
                    #v1::Endpoint {
                        name: #shown,
                        module: ::core::module_path!(),
                        file: ::core::file!(),
                        line: #line,
                        policy: #policy,
                        principal: #principal,
                    }
                };
            }
            #(#cfgs)*
            #v1::inventory::submit! {
                #v1::Registration(<#name as #v1::EndpointPolicy>::ENDPOINT)
            }
        }
    }
}

pub(crate) fn cfgs(attrs: &[Attribute]) -> Vec<Attribute> {
    attrs.iter().filter(|attribute| attribute.path().is_ident("cfg")).cloned().collect()
}

fn is_doc_hidden(attribute: &Attribute) -> bool {
    attribute.path().is_ident("doc")
        && attribute.meta.require_list().is_ok_and(|list| list.tokens.to_string() == "hidden")
}

/// The same visibility, as if the macro had written it: lints about the user's style then leave it alone.
fn as_ours(vis: &Visibility) -> TokenStream {
    fn ours(tokens: TokenStream) -> TokenStream {
        tokens
            .into_iter()
            .map(|mut token| {
                let span = names::at(token.span());
                if let TokenTree::Group(group) = &token {
                    token = Group::new(group.delimiter(), ours(group.stream())).into();
                }
                token.set_span(span);
                token
            })
            .collect()
    }
    ours(vis.to_token_stream())
}
