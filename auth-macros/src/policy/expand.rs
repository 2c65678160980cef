//! A policy as a constant expression.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned as _;

use super::Policy;
use super::parse::Name;
use super::validate::{Requirement, SchemeUse, Schemes};
use crate::adapter::Private;
use crate::names;

/// The policy, written with the constant functions of the core.
pub(crate) fn expand(policy: &Policy, principal: Option<&Type>, v1: &Private) -> TokenStream {
    let context = Context { principal, v1 };
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
            let only = context.requirement(only);
            quote!(.require(#only))
        }
        several => {
            let all = context.list(several);
            quote!(.require(#v1::Requirement::All(#all)))
        }
    };
    let optional = policy.optional.then(|| quote!(.optional()));
    let hide = policy.hide.then(|| quote!(.hide()));
    let realm = policy.realm.as_ref().map(|name| quote!(.realm(#name)));
    quote!(#start #require #optional #hide #realm)
}

/// What a requirement's expansion depends on.
struct Context<'c> {
    /// The principal that the handler's signature shows.
    principal: Option<&'c Type>,
    v1: &'c Private,
}

impl Context<'_> {
    fn list(&self, parts: &[Requirement]) -> TokenStream {
        let parts = parts.iter().map(|part| self.requirement(part));
        quote!(const { &[#(#parts),*] })
    }

    fn requirement(&self, written: &Requirement) -> TokenStream {
        let v1 = self.v1;
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
                // Where the handler shows no principal, its type is that of the function's first parameter.
                let ty = self.principal.map(|principal| quote!(::<#principal>));
                let call = quote_spanned!(names::at(path.span())=> #path(#principal, #facts));
                quote! {
                    #v1::Requirement::Check(#v1::Check::new(#shown, |#principal, #facts| {
                        ::core::option::Option::map(#principal.downcast_ref #ty (), |#principal| -> ::core::primitive::bool { #call })
                    }))
                }
            }
            Requirement::All(parts) => {
                let parts = self.list(parts);
                quote!(#v1::Requirement::All(#parts))
            }
            Requirement::Any(parts) => {
                let parts = self.list(parts);
                quote!(#v1::Requirement::Any(#parts))
            }
            Requirement::Not(part) => {
                let part = self.requirement(part);
                quote!(#v1::Requirement::Not(const { &#part }))
            }
        }
    }
}

fn name(name: &Name, v1: &Private) -> TokenStream {
    match name {
        Name::Text(text) => quote!(#v1::Name::Text(#text)),
        Name::Path(path) => {
            let value = quote_spanned!(names::at(path.span())=> #v1::static_name(#path));
            quote!(#v1::Name::Path(|| #value))
        }
    }
}
