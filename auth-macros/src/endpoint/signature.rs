//! Signatures: what no framework can call, and what the adapter's own cannot.

use syn::{FnArg, ReturnType, Safety, Signature, Token, Type};

use super::principal::plain;
use crate::adapter::Handlers;
use crate::diagnostics::Diagnostics;

/// Takes away what makes a function one that no framework calls: it would be a second mistake where it is mounted.
pub(super) fn refuse_modifiers(sig: &mut Signature, diagnostics: &mut Diagnostics) {
    if let Some(constant) = sig.constness.take() {
        let text = format!("a constant function cannot be asked at run time; write `async fn {}`", sig.ident);
        diagnostics.push(constant, text);
        sig.asyncness.get_or_insert_default();
    }
    if let Safety::Unsafe(keyword) = &sig.safety {
        diagnostics.push(keyword, "frameworks call safe functions only; remove `unsafe`");
        sig.safety = Safety::Default;
    }
    if let Some(abi) = sig.abi.take() {
        diagnostics.push(abi, "frameworks call functions of Rust only; remove this");
    }
}

/// Checks what the framework asks of a handler that takes a guard; one that is not async becomes so, for the same
/// reason.
pub(super) fn check(sig: &mut Signature, handlers: Handlers, diagnostics: &mut Diagnostics) {
    let Handlers { framework, are_async, most_parameters } = handlers;
    // A method is called by a handler; it is none.
    if are_async && sig.asyncness.is_none() && sig.receiver().is_none() && is_value(&sig.output) {
        let text = format!("{framework}'s handlers are asynchronous; write `async fn {}`", sig.ident);
        diagnostics.push(sig.fn_token, text);
        sig.asyncness = Some(Token![async](sig.fn_token.span));
    }
    let first_too_many =
        sig.inputs.iter().filter(|input| matches!(input, FnArg::Typed(_))).nth(most_parameters.saturating_sub(1));
    if let Some(parameter) = first_too_many {
        diagnostics.push(
            parameter,
            format!(
                "{framework}'s handlers have at most {most_parameters} parameters, and the guard is one of them; take two as one, like `(headers, uri): (HeaderMap, Uri)`"
            ),
        );
    }
}

/// Whether it is certain that the type is no future.
///
/// A name may stand for any type, but these never stand for one in a handler.
fn is_value(output: &ReturnType) -> bool {
    const VALUES: [&str; 9] =
        ["Bytes", "Html", "Json", "Option", "Redirect", "Response", "Result", "StatusCode", "String"];
    let ReturnType::Type(_, ty) = output else { return true };
    match plain(ty) {
        Type::Array(_) | Type::Never(_) | Type::Reference(_) | Type::Slice(_) | Type::Tuple(_) => true,
        Type::Path(path) => {
            path.path.segments.last().is_some_and(|last| VALUES.iter().any(|value| last.ident == value))
        }
        _ => false,
    }
}
