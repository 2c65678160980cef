//! The implementation of `Principal`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{DeriveInput, GenericArgument, Ident, PathArguments, Type};

use super::validate::{Principal, PrincipalField, Source};
use crate::adapter::Private;
use crate::names;

/// The implementation, field by field.
pub(super) fn expand(principal: &Principal<'_>, v1: &Private) -> TokenStream {
    let (facts, claims) = (names::local("__auth_facts"), names::local("__auth_claims"));
    let fields = principal.fields.iter().map(|field| {
        let ident = field.ident;
        let value = value(field, &facts, &claims, v1);
        quote!(#ident: #value)
    });
    let body = quote!(::core::result::Result::Ok(Self { #(#fields,)* }));
    implementation(principal.item, &facts, &claims, &body, v1)
}

/// In place of the implementation where something is wrong, so that nothing else complains.
pub(super) fn fallback(item: &DeriveInput, v1: &Private) -> TokenStream {
    implementation(item, &names::local("_facts"), &names::local("_claims"), &quote!(::core::unreachable!()), v1)
}

fn implementation(item: &DeriveInput, facts: &Ident, claims: &Ident, body: &TokenStream, v1: &Private) -> TokenStream {
    let name = &item.ident;
    let (generics, arguments, bounds) = item.generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #generics #v1::Principal for #name #arguments #bounds {
            fn from_claims(
                #facts: &#v1::Facts,
                #claims: &#v1::Claims,
            ) -> ::core::result::Result<Self, #v1::PrincipalError> {
                #body
            }
        }
    }
}

/// The value of a field. What the compiler has to say about it, it says at the field's type.
fn value(field: &PrincipalField<'_>, facts: &Ident, claims: &Ident, v1: &Private) -> TokenStream {
    let PrincipalField { ident, ty, source } = field;
    let span = names::at(ty.span());
    match source {
        Source::Fact(fact) => {
            quote_spanned!(span=> #v1::from_fact::<#ty, _>(&#facts.#fact))
        }
        Source::ParsedFact(fact) => {
            parsed(ty, &quote!(&#facts.#fact), &format!("{fact} is not a value of field `{}`", ident.unraw()), v1)
        }
        Source::Claim { name, is_parsed: false, has_default: false } => {
            quote_spanned!(span=> #claims.parse::<#ty>(#name)?)
        }
        Source::Claim { name, is_parsed: false, has_default: true } => {
            let claim = quote_spanned!(span=> #claims.parse::<::core::option::Option<#ty>>(#name)?);
            let default = quote_spanned!(span=> ::core::default::Default::default);
            quote!(::core::option::Option::unwrap_or_else(#claim, #default))
        }
        Source::Claim { name, is_parsed: true, has_default } => parsed_claim(field, name, *has_default, claims, v1),
    }
}

/// A claim through `FromStr`; where the field is an `Option`, an absent claim is `None`.
fn parsed_claim(
    field: &PrincipalField<'_>,
    name: &str,
    has_default: bool,
    claims: &Ident,
    v1: &Private,
) -> TokenStream {
    let PrincipalField { ident, ty, .. } = field;
    let text = names::local("__auth_text");
    let why = format!("claim `{name}` is not a value of field `{}`", ident.unraw());
    let inner = option(ty);
    let read = parsed(inner.unwrap_or(ty), &quote!(&#text), &why, v1);
    let absent = match (inner, has_default) {
        (None, false) => {
            return quote!({
                let #text = #claims.parse::<::std::string::String>(#name)?;
                #read
            });
        }
        (None, true) => quote_spanned!(names::at(ty.span())=> ::core::default::Default::default()),
        (Some(_), _) => quote!(::core::option::Option::None),
    };
    let present = if inner.is_some() { quote!(::core::option::Option::Some(#read)) } else { read };
    quote! {
        match #claims.parse::<::core::option::Option<::std::string::String>>(#name)? {
            ::core::option::Option::Some(#text) => #present,
            ::core::option::Option::None => #absent,
        }
    }
}

/// A text through `FromStr`. The error of the type is dropped: it may quote the text.
fn parsed(ty: &Type, text: &TokenStream, why: &str, v1: &Private) -> TokenStream {
    quote_spanned!(names::at(ty.span())=> #v1::from_text::<#ty>(#text, #why)?)
}

/// The `T` of `Option<T>`.
fn option(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == "Option")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(inner) => Some(inner),
        _ => None,
    }
}
