//! The implementation of `Scheme`.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote, quote_spanned};
use syn::DeriveInput;
use syn::spanned::Spanned as _;

use super::validate::{Carrier, Credential, Form, Scheme};
use crate::adapter::Private;
use crate::names;

/// The implementation.
pub(super) fn expand(scheme: &Scheme<'_>, v1: &Private) -> TokenStream {
    let name = &scheme.name;
    let challenge = match &scheme.challenge {
        Form::ApiKey => quote!(ApiKey),
        Form::Basic => quote!(Basic),
        Form::Bearer => quote!(Bearer),
        Form::Named(name) => quote!(Named(#name)),
        Form::None => quote!(None),
    };
    let guessable = scheme.is_guessable.then(|| {
        quote!(
            const GUESSABLE: bool = true;
        )
    });
    let credential = match &scheme.credential {
        Credential::BasicCredentials => quote!(#v1::BasicCredentials),
        Credential::BearerToken => quote!(#v1::BearerToken),
        Credential::OpaqueToken => quote!(#v1::OpaqueToken),
        Credential::Own(ty) => ty.to_token_stream(),
    };
    let carrier = match &scheme.carrier {
        Carrier::Authorization(name) => quote!(authorization(#name)),
        Carrier::Basic => quote!(basic()),
        Carrier::Bearer => quote!(bearer()),
        Carrier::Cookie(name) => quote!(cookie(#name)),
        Carrier::Header(name) => quote!(header(#name)),
        Carrier::InsecureCookie(name) => quote!(cookie(#name).with_insecure_cookie_name()),
        Carrier::Query(name) => quote!(query(#name)),
    };
    let prefix = scheme.prefix.as_ref().map(|prefix| quote!(.with_prefix(#prefix)));
    implementation(
        scheme.item,
        name,
        &quote!(#v1::ChallengeForm::#challenge),
        guessable.as_ref(),
        &credential,
        &quote!(#v1::Carrier::#carrier #prefix),
        v1,
    )
}

/// In place of the implementation where something is wrong, so that nothing else complains.
pub(super) fn fallback(item: &DeriveInput, v1: &Private) -> TokenStream {
    implementation(
        item,
        "",
        &quote!(#v1::ChallengeForm::Bearer),
        None,
        &quote!(#v1::OpaqueToken),
        &quote!(::core::unreachable!()),
        v1,
    )
}

fn implementation(
    item: &DeriveInput,
    name: &str,
    challenge: &TokenStream,
    guessable: Option<&TokenStream>,
    credential: &TokenStream,
    carrier: &TokenStream,
    v1: &Private,
) -> TokenStream {
    let ident = &item.ident;
    let (generics, arguments, bounds) = item.generics.split_for_impl();
    let credential = quote_spanned!(names::at(credential.span())=> type Credential = #credential;);
    quote! {
        #[automatically_derived]
        impl #generics #v1::Scheme for #ident #arguments #bounds {
            const NAME: &'static str = #name;
            const CHALLENGE: #v1::ChallengeForm = #challenge;
            #guessable
            #credential
            fn carrier(&self) -> #v1::Carrier {
                #carrier
            }
        }
    }
}
