//! A policy as a constant expression.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::Policy;
use super::parse::Name;
use super::validate::{Requirement, SchemeUse, Schemes};
use crate::adapter::Private;
use crate::names;

/// The policy, written with the constant functions of the core.
pub(crate) fn expand(policy: &Policy, v1: &Private) -> TokenStream {
    let start = match &policy.schemes {
        Schemes::Any => quote!(#v1::Policy::new(#v1::Schemes::Any)),
        Schemes::Listed(schemes) => {
            let uses = schemes.iter().map(|scheme| {
                let scheme = match scheme {
                    SchemeUse::ApiKey => quote!(#v1::ApiKeyIn),
                    SchemeUse::Basic => quote!(#v1::Basic),
                    SchemeUse::Bearer => quote!(#v1::Bearer),
                    SchemeUse::Own(path) => path.to_token_stream(),
                };
                quote!(#v1::SchemeUse::of::<#scheme>())
            });
            quote!(#v1::Policy::listed(const { &[#(#uses),*] }))
        }
    };
    let require = match policy.requirements.as_slice() {
        [] => TokenStream::new(),
        [only] => {
            let only = requirement(only, v1);
            quote!(.require(#only))
        }
        several => {
            let all = list(several, v1);
            quote!(.require(#v1::Requirement::All(#all)))
        }
    };
    let optional = policy.optional.then(|| quote!(.optional()));
    let hide = policy.hide.then(|| quote!(.hide()));
    let realm = policy.realm.as_ref().map(|name| quote!(.realm(#name)));
    quote!(#start #require #optional #hide #realm)
}

fn list(parts: &[Requirement], v1: &Private) -> TokenStream {
    let parts = parts.iter().map(|part| requirement(part, v1));
    quote!(const { &[#(#parts),*] })
}

fn requirement(written: &Requirement, v1: &Private) -> TokenStream {
    match written {
        Requirement::Scope(scope) => {
            let scope = name(scope, v1);
            quote!(#v1::Requirement::Scope(#scope))
        }
        Requirement::Role(role) => {
            let role = name(role, v1);
            quote!(#v1::Requirement::Role(#role))
        }
        Requirement::Factor { method, within } => {
            let within = within.map_or_else(
                || quote!(::core::option::Option::None),
                |seconds| quote!(::core::option::Option::Some(::core::time::Duration::from_secs(#seconds))),
            );
            quote!(#v1::Requirement::Factor { method: #method, within: #within })
        }
        Requirement::Check(path) => {
            let shown = path.to_token_stream().to_string().replace(' ', "");
            let (principal, facts) = (names::local("__auth_principal"), names::local("__auth_facts"));
            // The principal's type is that of the function's first parameter.
            let call = quote_spanned!(names::at(path.span())=> #path(#principal, #facts));
            quote! {
                #v1::Requirement::Check(#v1::Check::new(#shown, |#principal, #facts| {
                    ::core::option::Option::map(#principal.downcast_ref(), |#principal| #call)
                }))
            }
        }
        Requirement::All(parts) => {
            let parts = list(parts, v1);
            quote!(#v1::Requirement::All(#parts))
        }
        Requirement::Any(parts) => {
            let parts = list(parts, v1);
            quote!(#v1::Requirement::Any(#parts))
        }
        Requirement::Not(part) => {
            let part = requirement(part, v1);
            quote!(#v1::Requirement::Not(const { &#part }))
        }
    }
}

fn name(name: &Name, v1: &Private) -> TokenStream {
    match name {
        Name::Text(text) => quote!(#v1::Name::Text(#text)),
        Name::Path(path) => {
            let value = quote_spanned!(names::at(path.span())=> ::core::convert::Into::<&'static str>::into(#path));
            quote!(#v1::Name::Path(|| #value))
        }
    }
}
