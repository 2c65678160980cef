//! Request mode: the check is the first statement of the body, and reads the parameter that is the request.

use proc_macro2::{Group, Ident, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{FnArg, GenericArgument, Pat, PathArguments, ReturnType, Signature, Type, TypeParamBound};

use super::body::{self, Boxed};
use super::principal::plain;
use super::target::Function;
use crate::adapter::Private;
use crate::diagnostics::Diagnostics;
use crate::names;
use crate::suggest;

/// What request mode needs to know of a function.
pub(super) struct Request {
    ident: Ident,
    /// What a refusal has to become.
    output: Type,
    place: Place,
}

/// Where awaiting is possible.
enum Place {
    /// In the body of an `async fn`.
    Body,
    /// In the block of `Box::pin(async move { .. })`.
    Boxed(Boxed),
}

/// The parameters that are requests: `Request<B>`, under any path; without the `<B>` only where `bare_counts`.
pub(super) fn candidates(sig: &Signature, bare_counts: bool) -> Vec<&Pat> {
    sig.inputs
        .iter()
        .filter_map(|input| match input {
            FnArg::Typed(parameter) if is_request(&parameter.ty, bare_counts) => Some(&*parameter.pat),
            _ => None,
        })
        .collect()
}

fn is_request(ty: &Type, bare_counts: bool) -> bool {
    let Type::Path(path) = plain(ty) else { return false };
    path.path.segments.last().is_some_and(|last| {
        last.ident == "Request"
            && (bare_counts || matches!(&last.arguments, PathArguments::AngleBracketed(list) if !list.args.is_empty()))
    })
}

impl Request {
    /// Finds the request, the type to return, and the place; each that is not there is a mistake.
    pub(super) fn read(
        function: &Function,
        named: Option<&Ident>,
        bare_counts: bool,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let sig = &function.sig;
        let ident = match named {
            Some(name) => by_name(sig, name, diagnostics),
            None => by_type(sig, bare_counts, diagnostics),
        };
        let place = place(function, diagnostics);
        let output = match &place {
            Some(Place::Boxed(_)) => boxed_output(&sig.output),
            _ => match &sig.output {
                ReturnType::Type(_, ty) => Some(&**ty),
                ReturnType::Default => None,
            },
        };
        let output = check_output(output, sig, diagnostics);
        Some(Self { ident: ident?, output: output?.clone(), place: place? })
    }

    /// The body with the check; `items` go to its top.
    pub(super) fn insert(self, body: &Group, items: &TokenStream, policy: &Ident, v1: &Private) -> Group {
        let Self { ident, output, place } = self;
        let (refusal, answer) = (names::local("__auth_refusal"), names::local("__auth_answer"));
        // The error of a type that no refusal can become points at that type.
        let reject = quote_spanned!(names::at(output.span())=> .reject(#refusal));
        // The traits of `reject` come into scope where nothing of the user's is named.
        let check = quote! {
            if let ::core::result::Result::Err(#refusal) = #v1::authorize::<#policy, _>(&#ident).await {
                let #answer = #v1::reject::Ret::<#output>::new();
                return {
                    use #v1::reject::*;
                    (&&&&#answer) #reject
                };
            }
        };
        match place {
            Place::Body => body::insert(body, &quote!(#items #check)),
            Place::Boxed(boxed) => boxed.insert(items, &check, body.span()),
        }
    }
}

fn by_name(sig: &Signature, name: &Ident, diagnostics: &mut Diagnostics) -> Option<Ident> {
    let known: Vec<String> = sig
        .inputs
        .iter()
        .filter_map(|input| match input {
            FnArg::Typed(parameter) => binding(&parameter.pat).map(ToString::to_string),
            FnArg::Receiver(_) => None,
        })
        .collect();
    if known.iter().any(|known| name == known) {
        return Some(name.clone());
    }
    let hint = suggest::did_you_mean(&name.to_string(), known.iter().map(String::as_str));
    diagnostics.push(name, format!("no parameter is called `{name}`{hint}"));
    None
}

fn by_type(sig: &Signature, bare_counts: bool, diagnostics: &mut Diagnostics) -> Option<Ident> {
    match candidates(sig, bare_counts).as_slice() {
        [pattern] => {
            let ident = binding(pattern);
            if ident.is_none() {
                diagnostics.push(
                    pattern,
                    "the request is looked at before it is taken apart, so it needs a name here: `req: Request<B>`",
                );
            }
            ident.cloned()
        }
        [] => {
            diagnostics.push(
                &sig.ident,
                "there is no request to look at: add a parameter `req: Request<B>`, or name the one that is a request under another name, `request = req`",
            );
            None
        }
        [_, second, ..] => {
            diagnostics.push(
                second,
                "two parameters are requests; say in the attribute which one is to be looked at: `request = req`",
            );
            None
        }
    }
}

/// The name that a pattern binds to the whole value.
fn binding(pattern: &Pat) -> Option<&Ident> {
    match pattern {
        Pat::Ident(pattern) if pattern.by_ref.is_none() && pattern.subpat.is_none() => Some(&pattern.ident),
        _ => None,
    }
}

fn place(function: &Function, diagnostics: &mut Diagnostics) -> Option<Place> {
    if function.sig.asyncness.is_some() {
        return Some(Place::Body);
    }
    let boxed = Boxed::read(&function.body);
    if boxed.is_none() {
        diagnostics.push(
            function.sig.fn_token,
            "the decision has to be awaited: write `async fn`, or let the body be `Box::pin(async move { .. })` and nothing else",
        );
    }
    boxed.map(Place::Boxed)
}

fn check_output<'o>(output: Option<&'o Type>, sig: &Signature, diagnostics: &mut Diagnostics) -> Option<&'o Type> {
    match output {
        None if sig.asyncness.is_some() => {
            diagnostics.push(&sig.ident, "a refusal has to be returned, and this function returns nothing; let it return a `Response<B>` or `Result<Response<B>, E>`");
        }
        Some(ty) if ty.to_token_stream().into_iter().any(mentions_impl) => {
            diagnostics.push(ty, "a refusal has to be returned, so the type needs a name; write it out, like `Response<B>` or `Result<Response<B>, E>`, in place of `impl ..`");
            return None;
        }
        _ => {}
    }
    output
}

pub(super) fn mentions_impl(token: proc_macro2::TokenTree) -> bool {
    match token {
        proc_macro2::TokenTree::Ident(word) => word == "impl",
        proc_macro2::TokenTree::Group(group) => group.stream().into_iter().any(mentions_impl),
        _ => false,
    }
}

/// The `T` of `Pin<Box<dyn Future<Output = T> + ..>>` or `BoxFuture<'_, T>`.
fn boxed_output(output: &ReturnType) -> Option<&Type> {
    let ReturnType::Type(_, ty) = output else { return None };
    let (name, argument) = last_argument(ty)?;
    match name.to_string().as_str() {
        "BoxFuture" | "LocalBoxFuture" => return Some(argument),
        "Pin" => {}
        _ => return None,
    }
    let (_, future) = last_argument(argument)?;
    let Type::TraitObject(future) = plain(future) else { return None };
    future.bounds.iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else { return None };
        let last = bound.path.segments.last().filter(|last| last.ident == "Future")?;
        let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
        arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::AssocType(output) if output.ident == "Output" => Some(&output.ty),
            _ => None,
        })
    })
}

/// The name of a generic type and its last type argument.
fn last_argument(ty: &Type) -> Option<(&Ident, &Type)> {
    let Type::Path(path) = plain(ty) else { return None };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    arguments.args.iter().rev().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some((&last.ident, ty)),
        _ => None,
    })
}
