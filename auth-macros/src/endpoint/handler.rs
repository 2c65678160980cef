//! Functions: where the check goes, and the function with it.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};
use syn::ext::IdentExt as _;
use syn::punctuated::Punctuated;
use syn::{Attribute, FnArg, Generics, Pat, PatType, Signature, Token, parse_quote};

use super::body;
use super::companion::Companion;
use super::principal;
use super::request::{self, Request};
use super::rule::Arguments;
use super::signature::{self, refuse_modifiers};
use super::target::Function;
use crate::adapter::{Adapter, Mode, Private};
use crate::diagnostics::Diagnostics;
use crate::names;

/// Where a function stands.
pub(crate) enum Home<'h> {
    /// In a module or a function; or in an `impl` block that we cannot see.
    Free,
    /// In an `impl` block with `#[auth_impl]`.
    Impl {
        /// The last name of the block's type; policies begin with it.
        prefix: Option<&'h Ident>,
        generics: &'h Generics,
        /// Whether the block implements a trait, which then fixes the parameters.
        of_trait: bool,
    },
}

/// A function with its check, and what goes beside it.
pub(crate) struct Expansion {
    pub(crate) function: TokenStream,
    /// The policy's name.
    pub(crate) policy: Ident,
    pub(crate) companion: TokenStream,
}

/// How the check gets into the function.
enum Injection {
    /// A first parameter.
    Guard,
    /// One parameter in place of all.
    Fold(Vec<PatType>),
    /// A first statement.
    Request(Box<Request>),
}

/// The name of the hidden parameter. Frameworks want a plain identifier; the underscore keeps it from being unused.
const GUARD: &str = "__auth_guard";

const NAMELESS_FUNCTION: &str = "the policy cannot be named after this function; name it: `policy = Name`";
const NAMELESS_TYPE: &str =
    "the policy cannot be named after this block's type; name it in the attribute: `policy = Name`";

/// Puts the check into a function.
pub(crate) fn expand_function(
    adapter: &Adapter,
    arguments: &Arguments,
    mut function: Function,
    home: &Home<'_>,
    diagnostics: &mut Diagnostics,
) -> Expansion {
    arguments.rule.ensure_reported(&function.sig.ident, diagnostics);
    refuse_modifiers(&mut function.sig, diagnostics);
    refuse_others(&mut function.attrs, arguments.attribute, diagnostics);
    let around = match home {
        Home::Free => None,
        Home::Impl { generics, .. } => Some(*generics),
    };
    let v1 = arguments.private(adapter);
    let principal = principal::find(&function.sig, around, &arguments.rule, diagnostics);
    let (name, prefix) = policy_name(arguments, &function, home, diagnostics);
    if is_guarded(&function.sig) {
        diagnostics.push(&function.sig.ident, "this function has a policy already; keep one of its attributes");
        return Expansion { function: function.into_token_stream(), policy: name, companion: TokenStream::new() };
    }
    let companion =
        Companion::of_function(&function, name, &prefix, principal, matches!(home, Home::Impl { of_trait: true, .. }));
    let is_lost_method = matches!(home, Home::Free) && is_method(&function.sig);
    let injection = decide(adapter, arguments, &function, home, diagnostics);

    let items = companion.expand(&arguments.rule, &v1);
    let inner_items = if is_lost_method { items.clone() } else { TokenStream::new() };
    match injection {
        Some(Injection::Guard) => {
            signature::check(&mut function.sig, adapter.handlers, diagnostics);
            insert_guard(&mut function.sig, &companion.name, &v1);
        }
        Some(Injection::Fold(parameters)) => fold(&mut function, &parameters, &companion.name, &v1),
        Some(Injection::Request(request)) => {
            function.body = request.insert(&function.body, &inner_items, &companion.name, &v1);
        }
        None => {
            // The mistake is reported; the function stays as it was. Were it not reported, it would stay open.
            diagnostics.ensure_reported(&function.sig.ident);
        }
    }
    Expansion {
        function: function.into_token_stream(),
        policy: companion.name,
        companion: if is_lost_method { TokenStream::new() } else { items },
    }
}

/// Takes away a second attribute of ours: one of them has to say everything.
fn refuse_others(attrs: &mut Vec<Attribute>, this: &str, diagnostics: &mut Diagnostics) {
    attrs.retain(|attribute| {
        let Some(other) = super::attribute_of_ours(attribute) else { return true };
        let text = if other == this && this == crate::public::NAME {
            "two `public` on one function; remove one".to_owned()
        } else if other == this {
            format!("two `{this}` on one function; write one list: schemes in it are alternatives, requirements have to hold together")
        } else {
            "a function is either public or requires authentication; remove one of the two attributes".to_owned()
        };
        diagnostics.push(attribute.path(), text);
        false
    });
}

/// Whether the check of another attribute is there already; under an alias it could not be seen before.
fn is_guarded(sig: &Signature) -> bool {
    typed(sig).any(|parameter| matches!(&*parameter.pat, Pat::Ident(pattern) if pattern.ident == GUARD))
}

/// The policy's name, and what goes before the function's name in the catalogue.
fn policy_name(
    arguments: &Arguments,
    function: &Function,
    home: &Home<'_>,
    diagnostics: &mut Diagnostics,
) -> (Ident, String) {
    let ident = &function.sig.ident;
    let prefix = match home {
        Home::Free => None,
        Home::Impl { prefix, .. } => *prefix,
    };
    let shown = prefix.map(|prefix| format!("{prefix}::")).unwrap_or_default();
    if let Some(name) = arguments.options.policy.value() {
        return (name.clone(), shown);
    }
    let function_name = names::upper_camel(ident);
    let (name, mistake) = match (home, prefix.map(names::upper_camel)) {
        (Home::Free, _) => (names::policy(&function_name), NAMELESS_FUNCTION),
        (Home::Impl { .. }, Some(prefix)) if names::policy(&prefix).is_some() => {
            let name = format!("{prefix}{function_name}");
            (names::policy(&name).filter(|_| !function_name.is_empty()), NAMELESS_FUNCTION)
        }
        (Home::Impl { .. }, _) => (None, NAMELESS_TYPE),
    };
    let name = name.unwrap_or_else(|| {
        diagnostics.push(ident, mistake);
        // A name that nothing else has stands in until then.
        format!("_{}Auth", ident.unraw())
    });
    (names::item(&name, ident.span()), shown)
}

/// Decides where the check goes; `None` if it has no place, which is reported.
fn decide(
    adapter: &Adapter,
    arguments: &Arguments,
    function: &Function,
    home: &Home<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Injection> {
    let sig = &function.sig;
    let mut named = arguments.options.request.value();
    let is_request_adapter = adapter.mode == Mode::Request;
    // Where a guard cannot go, or would be no parameter that the framework fills.
    let has_no_place_for_a_guard = match home {
        Home::Free => is_method(sig),
        Home::Impl { of_trait, .. } => *of_trait || sig.receiver().is_some(),
    };
    if !is_request_adapter && !has_no_place_for_a_guard && typed(sig).nth(1).is_some() && named.take().is_some() {
        diagnostics.push(
            arguments.options.request.key(),
            "leave out `request`: the guard goes first, before the other parameters are looked at",
        );
    }
    let falls_back_to_request = has_no_place_for_a_guard && !request::candidates(sig, false).is_empty();
    if is_request_adapter || named.is_some() || falls_back_to_request {
        return Request::read(function, named, is_request_adapter, diagnostics)
            .map(|request| Injection::Request(Box::new(request)));
    }
    if matches!(home, Home::Free) && is_method(sig) {
        let text = "the policy of a method needs a place beside its `impl` block; write `#[auth_impl]` on the block, and leave this attribute here (in a trait, write both where it is implemented)";
        match sig.receiver() {
            Some(receiver) => diagnostics.push(receiver, text),
            None => diagnostics.push(&sig.ident, text),
        }
        return None;
    }
    if matches!(home, Home::Impl { of_trait: true, .. }) {
        diagnostics.push(
            &sig.ident,
            "the trait fixes the parameters of this function, so it can take no guard; it can be checked where it takes a `Request<B>`",
        );
        return None;
    }
    match adapter.mode {
        Mode::Fold => foldable(sig, diagnostics).map(Injection::Fold),
        Mode::Guard | Mode::Request => Some(Injection::Guard),
    }
}

/// Whether the function stands in an `impl` block, as far as it shows.
fn is_method(sig: &Signature) -> bool {
    fn mentions_self(token: TokenTree) -> bool {
        match token {
            TokenTree::Ident(word) => word == "Self",
            TokenTree::Group(group) => group.stream().into_iter().any(mentions_self),
            _ => false,
        }
    }
    sig.receiver().is_some() || sig.to_token_stream().into_iter().any(mentions_self)
}

fn typed(sig: &Signature) -> impl Iterator<Item = &PatType> {
    sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(parameter) => Some(parameter),
        FnArg::Receiver(_) => None,
    })
}

fn insert_guard(sig: &mut Signature, policy: &Ident, v1: &Private) {
    // With the span of the user's code: `#[salvo::endpoint]` binds a name of its own making for each parameter.
    let guard = names::item(GUARD, sig.ident.span());
    let at = usize::from(sig.receiver().is_some());
    sig.inputs.insert(at, parse_quote!(#guard: #v1::Require<#policy>));
}

/// The parameters, if they can be folded into one.
fn foldable(sig: &Signature, diagnostics: &mut Diagnostics) -> Option<Vec<PatType>> {
    let mut is_good = true;
    for parameter in typed(sig) {
        if let Some(attribute) = parameter.attrs.first() {
            diagnostics.push(attribute, "the parameters are folded into one here, so none of them can have an attribute; put it on the function");
            is_good = false;
        }
        if parameter.ty.to_token_stream().into_iter().any(request::mentions_impl) {
            diagnostics.push(
                &parameter.ty,
                "the parameters are folded into one here, so each needs a type with a name; write a generic parameter in place of `impl ..`",
            );
            is_good = false;
        }
    }
    is_good.then(|| typed(sig).cloned().collect())
}

fn fold(function: &mut Function, parameters: &[PatType], policy: &Ident, v1: &Private) {
    let guard = names::local(GUARD);
    let types = parameters.iter().map(|parameter| &parameter.ty);
    let folded: FnArg = parse_quote!(#guard: #v1::Guarded<#policy, (#(#types,)*)>);
    let receiver = function.sig.inputs.first().filter(|input| matches!(input, FnArg::Receiver(_))).cloned();
    function.sig.inputs = receiver.into_iter().chain([folded]).collect::<Punctuated<_, Token![,]>>();
    if !parameters.is_empty() {
        let patterns = parameters.iter().map(|parameter| &parameter.pat);
        let unfold = quote!(let (#(#patterns,)*) = #guard.into_args(););
        function.body = body::insert(&function.body, &unfold);
    }
}
