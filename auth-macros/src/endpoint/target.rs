//! Targets: what an attribute stands on.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt as _};
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Error, Generics, Signature, Token, Visibility, token};

/// What an attribute stands on.
pub(crate) enum Target {
    Function(Box<Function>),
    Unit(UnitStruct),
}

/// A function. Its body is kept as it was written; most expansions never look into it.
pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    pub(crate) body: Group,
}

/// A struct without fields and generics.
pub(crate) struct UnitStruct {
    tokens: TokenStream,
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) ident: Ident,
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append_all(&self.attrs);
        self.vis.to_tokens(tokens);
        self.sig.to_tokens(tokens);
        self.body.to_tokens(tokens);
    }
}

impl ToTokens for UnitStruct {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.tokens.to_tokens(tokens);
    }
}

/// Reads the item.
///
/// # Errors
///
/// If the attribute has no meaning on it.
pub(crate) fn parse(item: TokenStream, attribute: &str) -> syn::Result<Target> {
    let whole = item.clone();
    let parser = |input: ParseStream<'_>| {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis: Visibility = input.parse()?;
        if input.peek(Token![struct]) {
            return unit_struct(input, attrs, whole, attribute).map(Target::Unit);
        }
        if !begins_function(input) {
            let error = misplaced(input, attribute);
            input.parse::<TokenStream>()?;
            return Err(error);
        }
        let sig: Signature = input.parse()?;
        match input.parse::<TokenTree>() {
            Ok(TokenTree::Group(body)) if body.delimiter() == Delimiter::Brace => {
                Ok(Target::Function(Box::new(Function { attrs, vis, sig, body })))
            }
            _ => Err(Error::new(
                sig.ident.span(),
                format!("`{}` has no body here; `#[{attribute}(..)]` goes where it is implemented", sig.ident),
            )),
        }
    };
    parser.parse2(item)
}

fn begins_function(input: ParseStream<'_>) -> bool {
    let is_const_function = input.peek(Token![const])
        && (input.peek2(Token![fn])
            || input.peek2(Token![async])
            || input.peek2(Token![unsafe])
            || input.peek2(Token![extern]));
    let is_unsafe_function = input.peek(Token![unsafe]) && (input.peek2(Token![fn]) || input.peek2(Token![extern]));
    let is_extern_function = input.peek(Token![extern]) && (input.peek2(Token![fn]) || input.peek3(Token![fn]));
    is_const_function || is_unsafe_function || is_extern_function || input.peek(Token![async]) || input.peek(Token![fn])
}

fn unit_struct(
    input: ParseStream<'_>,
    attrs: Vec<Attribute>,
    tokens: TokenStream,
    attribute: &str,
) -> syn::Result<UnitStruct> {
    input.parse::<Token![struct]>()?;
    let ident: Ident = input.parse()?;
    let generics: Generics = input.parse()?;
    let is_unit = input.peek(Token![;]);
    let is_braced = input.peek(token::Brace);
    input.parse::<TokenStream>()?;
    if is_unit && generics.params.is_empty() {
        return Ok(UnitStruct { tokens, attrs, ident });
    }
    let text = if is_braced {
        format!("a struct that stands for a policy has no fields; write `struct {ident};`")
    } else {
        format!(
            "a struct that stands for a policy has no fields and no generics; write `#[{attribute}(..)] struct {ident};`"
        )
    };
    Err(Error::new(ident.span(), text))
}

/// Says where the attribute belongs, at what it stands on.
fn misplaced(input: ParseStream<'_>, attribute: &str) -> Error {
    let (span, word) = match input.cursor().ident() {
        Some((word, _)) => (word.span(), word.to_string()),
        None => (Span::call_site(), String::new()),
    };
    let text = match word.as_str() {
        "impl" => format!("on an `impl` block write `#[auth_impl]`, and `#[{attribute}(..)]` on the functions inside"),
        "trait" => format!(
            "a trait decides nothing; write `#[{attribute}(..)]` on the functions where they are implemented, under `#[auth_impl]` on the block"
        ),
        "mod" => format!("`#[{attribute}(..)]` guards one function; write it on each inside of the module"),
        _ => format!("`#[{attribute}(..)]` goes on a function, or on a struct without fields"),
    };
    Error::new(span, text)
}
