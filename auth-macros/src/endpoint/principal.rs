//! The principal that a signature shows: `Auth<User>`.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{FnArg, GenericArgument, GenericParam, Generics, PathArguments, Signature, Type};

use super::rule::Rule;
use crate::diagnostics::Diagnostics;

/// How a parameter asks for the principal.
enum Asked<'t> {
    /// `Auth<P>`
    Required(&'t Type),
    /// `Option<Auth<P>>`
    Optional(&'t Type),
    /// `Result<Auth<P>, E>`
    Fallible(&'t Type),
}

/// Finds the principal's type, and checks that it is asked for in a way that fits the rule.
///
/// `None` also if the type depends on the function's generics, or those `around` it: a constant cannot name it then.
pub(crate) fn find(
    sig: &Signature,
    around: Option<&Generics>,
    rule: &Rule,
    diagnostics: &mut Diagnostics,
) -> Option<Type> {
    let generics: Vec<&Ident> = [Some(&sig.generics), around]
        .into_iter()
        .flatten()
        .flat_map(|generics| generics.params.iter())
        .filter_map(name)
        .collect();
    let mut found = None;
    for input in &sig.inputs {
        let FnArg::Typed(parameter) = input else { continue };
        if let Type::Reference(reference) = plain(&parameter.ty)
            && asked(&reference.elem).is_some()
        {
            let ty = shown(&reference.elem);
            diagnostics.push(&parameter.ty, format!("parameters are taken by value; write `{ty}`"));
            continue;
        }
        let Some(asked) = asked(&parameter.ty) else { continue };
        let (Asked::Required(principal) | Asked::Optional(principal) | Asked::Fallible(principal)) = asked;
        if let Some(text) = mismatch(rule, &asked) {
            diagnostics.push(&parameter.ty, text);
        }
        if !is_constant(principal.to_token_stream(), &generics) {
            continue;
        }
        match found {
            Some(first) if shown(first) != shown(principal) => diagnostics.push(
                &parameter.ty,
                format!(
                    "a request has one principal, and here it is `{}` already; what tells callers apart goes into that type, or into the policy: `role = \"admin\"`",
                    shown(first)
                ),
            ),
            _ => found = Some(principal),
        }
    }
    found.cloned()
}

fn mismatch(rule: &Rule, asked: &Asked<'_>) -> Option<String> {
    let (Asked::Required(principal) | Asked::Optional(principal) | Asked::Fallible(principal)) = asked;
    let principal = shown(principal);
    let is_optional = match rule {
        Rule::Unreadable => return None,
        Rule::Public(_) => {
            return Some(format!(
                "a public function asks nobody who they are; to know those who say, write `#[requires_auth(bearer, optional)]` and take `Option<Auth<{principal}>>`"
            ));
        }
        Rule::Guarded(policy) => policy.optional,
    };
    match (asked, is_optional) {
        (Asked::Required(_), true) => {
            Some(format!("`optional` lets guests in, and a guest has no principal; take `Option<Auth<{principal}>>`"))
        }
        (Asked::Optional(_), false) => Some(format!(
            "without `optional` no guest comes here; take `Auth<{principal}>`, or add `optional` to the attribute"
        )),
        (Asked::Fallible(_), _) => Some(format!(
            "a refused request never comes here; take `Auth<{principal}>`, or `Option<Auth<{principal}>>` under `optional`"
        )),
        (Asked::Required(_), false) | (Asked::Optional(_), true) => None,
    }
}

/// The type as it is written.
fn shown(ty: &Type) -> String {
    ty.to_token_stream().to_string().replace(' ', "")
}

fn asked(ty: &Type) -> Option<Asked<'_>> {
    let (name, arguments) = generic(ty)?;
    let inner = *arguments.first()?;
    match (name.to_string().as_str(), arguments.len()) {
        ("Auth", 1) => Some(Asked::Required(inner)),
        ("Option", 1) => auth(inner).map(Asked::Optional),
        ("Result", _) => auth(inner).map(Asked::Fallible),
        _ => None,
    }
}

fn auth(ty: &Type) -> Option<&Type> {
    let (name, arguments) = generic(ty)?;
    match arguments.as_slice() {
        [principal] if name == "Auth" => Some(principal),
        _ => None,
    }
}

/// The last name of a path and its type arguments: `a::Auth<User>` is `Auth` and `[User]`.
fn generic(ty: &Type) -> Option<(&Ident, Vec<&Type>)> {
    let Type::Path(path) = plain(ty) else { return None };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    Some((&last.ident, types.collect()))
}

/// The type itself, without parentheses and the invisible groups of declarative macros.
pub(super) fn plain(mut ty: &Type) -> &Type {
    loop {
        ty = match ty {
            Type::Group(group) => &group.elem,
            Type::Paren(paren) => &paren.elem,
            plain => return plain,
        };
    }
}

fn name(parameter: &GenericParam) -> Option<&Ident> {
    match parameter {
        GenericParam::Type(ty) => Some(&ty.ident),
        GenericParam::Const(constant) => Some(&constant.ident),
        GenericParam::Lifetime(_) => None,
    }
}

/// Whether the type means the same outside of the function.
fn is_constant(ty: TokenStream, generics: &[&Ident]) -> bool {
    let mut after_tick = false;
    ty.into_iter().all(|token| {
        let is_good = match &token {
            TokenTree::Ident(word) if after_tick => word == "static",
            TokenTree::Ident(word) => word != "Self" && word != "impl" && word != "_" && !generics.contains(&word),
            TokenTree::Punct(punct) => punct.as_char() != '&',
            TokenTree::Group(group) => is_constant(group.stream(), generics),
            TokenTree::Literal(_) => true,
        };
        after_tick = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '\'');
        is_good
    })
}
