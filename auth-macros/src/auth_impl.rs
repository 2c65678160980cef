//! `#[auth_impl]`: a place for the policies of an `impl` block's functions.

use proc_macro2::{Delimiter, Group, Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::spanned::Spanned as _;
use syn::{Attribute, Error, ImplItem, ImplItemFn, ItemImpl, Meta, Path, Token, Type, Visibility};

use crate::adapter::{Adapter, Private};
use crate::diagnostics::Diagnostics;
use crate::endpoint::{self, Arguments, Expansion, Function, Home, Rule};
use crate::grammar::{self, Shape, Slot};
use crate::policy::Options;
use crate::{names, public, requires_auth};

/// The attribute's name.
const NAME: &str = "auth_impl";

pub(crate) fn expand(adapter: &Adapter, arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let krate = read(arguments, &mut diagnostics);
    let expansion = match parse(item.clone()) {
        Ok(block) => expand_block(adapter, &krate, block, &mut diagnostics),
        Err(error) => {
            diagnostics.add(error);
            item
        }
    };
    let errors = diagnostics.into_compile_errors();
    quote!(#errors #expansion)
}

/// The one option: `crate = path`.
fn read(arguments: TokenStream, diagnostics: &mut Diagnostics) -> Slot<Path> {
    let mut krate = Slot::default();
    for piece in grammar::cut(arguments, diagnostics) {
        let read = piece.shape().and_then(|shape| match shape {
            Shape::Assign { key, value } if key == "crate" => {
                let path = grammar::path_to_module(&key, value)?;
                krate.fill(key, path, diagnostics);
                Ok(())
            }
            shape => Err(Error::new(
                shape.span(),
                "`#[auth_impl]` takes nothing but `crate = path`; policies stand on the functions inside",
            )),
        });
        diagnostics.absorb(read);
    }
    krate
}

fn parse(item: TokenStream) -> syn::Result<ItemImpl> {
    let parser = |input: ParseStream<'_>| {
        let ahead = input.fork();
        ahead.call(Attribute::parse_outer)?;
        ahead.parse::<Visibility>()?;
        if ahead.peek(Token![impl]) || (ahead.peek(Token![unsafe]) && ahead.peek2(Token![impl])) {
            return input.parse::<ItemImpl>();
        }
        let error = Error::new(
            ahead.span(),
            if ahead.peek(Token![trait]) {
                "a trait decides nothing; write `#[auth_impl]` on the `impl` block of the type that implements it"
            } else {
                "`#[auth_impl]` goes on an `impl` block; on a function write `#[requires_auth(..)]` or `#[public(..)]`"
            },
        );
        input.parse::<TokenStream>()?;
        Err(error)
    };
    parser.parse2(item)
}

fn expand_block(
    adapter: &Adapter,
    krate: &Slot<Path>,
    mut block: ItemImpl,
    diagnostics: &mut Diagnostics,
) -> TokenStream {
    block.attrs.retain(|attribute| {
        let is_second = attribute.path().segments.last().is_some_and(|last| last.ident == NAME);
        if is_second {
            diagnostics.push(attribute.path(), "two `auth_impl` on one block; remove one");
        }
        !is_second
    });
    let prefix = type_name(&block.self_ty).cloned();
    check_methods(&block, diagnostics);
    let home = Home::Impl { prefix: prefix.as_ref(), generics: &block.generics, of_trait: block.trait_.is_some() };
    let mut companions: Vec<Companion> = Vec::new();
    for item in &mut block.items {
        let ImplItem::Fn(function) = item else { continue };
        let Some(expansion) = expand_function(adapter, krate, function, &home, diagnostics) else { continue };
        let mut companion = Companion {
            function: function.sig.ident.clone(),
            policy: expansion.policy,
            cfgs: endpoint::cfgs(&function.attrs),
            items: expansion.companion,
        };
        companion.check_name(&companions, diagnostics);
        companions.push(companion);
        *item = ImplItem::Verbatim(expansion.function);
    }
    if companions.is_empty() {
        diagnostics.push(
            block.impl_token,
            "no function of this block has `#[requires_auth(..)]` or `#[public(..)]`; add one, or remove `#[auth_impl]`",
        );
    }
    let table = trait_name(&block)
        .zip(prefix)
        .and_then(|(of_trait, ty)| table(&ty, of_trait, &companions, &Private::new(adapter, krate.value())));
    let companions = companions.iter().map(|companion| &companion.items);
    quote!(#block #(#companions)* #table)
}

/// Refuses functions of a trait that the [table] cannot tell apart: frameworks look them up by the name of a method,
/// which may have other letters and no underscores (`GetThing` is `get_thing`), so one would get the other's policy.
fn check_methods(block: &ItemImpl, diagnostics: &mut Diagnostics) {
    if block.trait_.is_none() {
        return;
    }
    let letters = |name: &Ident| name.unraw().to_string().replace('_', "").to_ascii_lowercase();
    let mut seen: Vec<&Ident> = Vec::new();
    for item in &block.items {
        let ImplItem::Fn(function) = item else { continue };
        let name = &function.sig.ident;
        if let Some(other) = seen.iter().find(|other| **other != name && letters(other) == letters(name)) {
            diagnostics.push(
                name,
                format!(
                    "`{name}` and `{other}` are one method to a policy, which knows no case and no underscores; rename one of them"
                ),
            );
        }
        seen.push(name);
    }
}

/// The list of a trait's functions with their policies: frameworks that decide before they call a function, by its
/// name, read it. `None` if it has no name.
///
/// A function may be called like its trait; then its policy is the list too.
fn table(ty: &Ident, of_trait: &Ident, companions: &[Companion], v1: &Private) -> Option<TokenStream> {
    let (prefix, suffix) = (names::upper_camel(ty), names::upper_camel(of_trait));
    let name = names::policy(&format!("{prefix}{suffix}")).filter(|_| !prefix.is_empty() && !suffix.is_empty())?;
    let name = names::item(&name, of_trait.span());
    // A policy without items is a mistake that is reported already.
    let companions = || companions.iter().filter(|companion| !companion.items.is_empty());
    let rows: Vec<TokenStream> = companions()
        .map(|Companion { function, policy, cfgs, .. }| {
            let function = function.unraw().to_string();
            quote!(#(#cfgs)* (#function, <#policy as #v1::EndpointPolicy>::ENDPOINT))
        })
        .collect();
    let list = |cfgs: &[Attribute]| {
        quote! {
            #(#cfgs)*
            #[automatically_derived]
            impl #v1::EndpointTable for #name {
                const ENDPOINTS: &'static [(&'static str, &'static #v1::Endpoint)] = &const { [#(#rows),*] };
            }
            #(#cfgs)*
            const _: &[(&str, &#v1::Endpoint)] = <#name as #v1::EndpointTable>::ENDPOINTS;
        }
    };
    let mut namesakes = companions().filter(|companion| companion.policy == name).peekable();
    if namesakes.peek().is_some() {
        return Some(namesakes.map(|companion| list(&companion.cfgs)).collect());
    }
    let doc = format!("Authentication policies of `{ty}` as `{of_trait}`, by function.");
    let list = list(&[]);
    Some(quote! {
        #[doc = #doc]
        #[non_exhaustive]
        pub(crate) struct #name {}
        #list
    })
}

/// The last name of the trait that the block implements.
fn trait_name(block: &ItemImpl) -> Option<&Ident> {
    let (path, _) = block.trait_.as_ref()?;
    path.segments.last().map(|last| &last.ident)
}

/// The policy of one function of the block.
struct Companion {
    function: Ident,
    policy: Ident,
    cfgs: Vec<Attribute>,
    items: TokenStream,
}

impl Companion {
    /// Refuses a name that is taken. Functions of one name are alternatives of which `#[cfg]` leaves one.
    fn check_name(&mut self, others: &[Self], diagnostics: &mut Diagnostics) {
        let taken = others.iter().find(|other| other.policy == self.policy && other.function != self.function);
        if let Some(taken) = taken {
            diagnostics.push(
                &self.function,
                format!(
                    "`{}` is the policy of `{}` already; name this one: `policy = Name`",
                    self.policy, taken.function
                ),
            );
            // That of the other function stands for both until then.
            self.items = TokenStream::new();
        }
    }
}

/// Puts the check into a function of the block; `None` if it has no attribute of ours.
fn expand_function(
    adapter: &Adapter,
    krate: &Slot<Path>,
    function: &ImplItemFn,
    home: &Home<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Expansion> {
    let at = function.attrs.iter().position(|attribute| endpoint::attribute_of_ours(attribute).is_some())?;
    let mut attrs = function.attrs.clone();
    let attribute = attrs.remove(at);
    let name = endpoint::attribute_of_ours(&attribute)?;
    let at = attribute.path().span();
    let mut arguments = match (&attribute.meta, name) {
        (Meta::NameValue(pair), _) => {
            diagnostics.push(pair.eq_token, format!("the list stands in parentheses: `#[{name}(..)]`"));
            Arguments { attribute: name, rule: Rule::Unreadable, options: Options::default() }
        }
        (meta, public::NAME) => public::read(list(meta), at, diagnostics),
        (meta, _) => requires_auth::read(list(meta), at, diagnostics),
    };
    if !arguments.options.krate.is_filled() {
        arguments.options.krate = krate.clone();
    }
    diagnostics.absorb(function.modifiers.require_empty());
    let function =
        Function { attrs, vis: function.vis.clone(), sig: function.sig.clone(), body: body(&function.block) };
    Some(endpoint::expand_function(adapter, &arguments, function, home, diagnostics))
}

/// What stands in the attribute's parentheses; nothing where it has none.
fn list(meta: &Meta) -> TokenStream {
    match meta {
        Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    }
}

fn body(block: &syn::Block) -> Group {
    let mut body = Group::new(Delimiter::Brace, block.stmts.iter().map(ToTokens::to_token_stream).collect());
    body.set_span(block.brace_token.span.join());
    body
}

/// The last name of a type, if it is a path.
fn type_name(ty: &Type) -> Option<&Ident> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|last| &last.ident),
        Type::Group(group) => type_name(&group.elem),
        Type::Paren(paren) => type_name(&paren.elem),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
