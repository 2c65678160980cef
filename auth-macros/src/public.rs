//! `#[public(reason = "..")]`: a function that is open on purpose.

use proc_macro2::{Span, TokenStream};
use syn::{Error, Lit, LitStr};

use crate::adapter::Adapter;
use crate::diagnostics::Diagnostics;
use crate::endpoint::{self, Arguments, Rule};
use crate::grammar::{self, Shape, Slot};
use crate::policy::{OPTIONS, Options};
use crate::suggest;

/// The attribute's name.
pub(crate) const NAME: &str = "public";

pub(crate) fn expand(adapter: &Adapter, arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let arguments = read(arguments, Span::call_site(), &mut diagnostics);
    endpoint::expand(adapter, &arguments, item, diagnostics)
}

/// Reads and checks the list of the attribute that stands `at` a place.
pub(crate) fn read(arguments: TokenStream, at: Span, diagnostics: &mut Diagnostics) -> Arguments {
    let mut options = Options::default();
    let input = parse(arguments, &mut options, diagnostics);
    let rule = validate(input, at, diagnostics).map_or(Rule::Unreadable, Rule::Public);
    Arguments { attribute: NAME, rule, options }
}

/// The list as it was written.
struct Input {
    reason: Slot<LitStr>,
    /// Whether each piece could be read; if not, nothing can be said to be missing.
    is_whole: bool,
}

fn parse(arguments: TokenStream, options: &mut Options, diagnostics: &mut Diagnostics) -> Input {
    let mut reason = Slot::default();
    let mut is_whole = true;
    for piece in grammar::cut(arguments, diagnostics) {
        let read = piece.shape().and_then(|shape| match shape {
            Shape::Assign { key, value } if key == "reason" => {
                let text = grammar::text(&key, value)?;
                reason.fill(key, text, diagnostics);
                Ok(())
            }
            Shape::Assign { key, value } if Options::accepts(&key) => {
                options.set(key, value, diagnostics);
                Ok(())
            }
            shape => Err(unknown(&shape)),
        });
        is_whole &= diagnostics.absorb(read).is_some();
    }
    Input { reason, is_whole }
}

/// A reason that says something.
fn validate(input: Input, at: Span, diagnostics: &mut Diagnostics) -> Option<LitStr> {
    const WRITE: &str = "say why everybody may come in: `#[public(reason = \"health check\")]`";
    match input.reason.into_value() {
        Some(text) if text.value().trim().is_empty() => diagnostics.push(text, WRITE),
        Some(text) => return Some(text),
        None if input.is_whole => diagnostics.push_at(at, WRITE),
        None => {}
    }
    None
}

fn unknown(shape: &Shape) -> Error {
    let text = match shape {
        Shape::Literal(Lit::Str(_)) => "a reason needs its key: `reason = \"..\"`".to_owned(),
        Shape::Assign { key, .. } | Shape::Word(key) | Shape::Call { key, .. } => {
            let hint = suggest::did_you_mean(&key.to_string(), ["reason"].into_iter().chain(OPTIONS));
            format!(
                "unknown key `{key}`{hint}; a public function takes `reason = \"..\"` and nothing that restricts it"
            )
        }
        _ => "a public function takes `reason = \"..\"` and nothing that restricts it".to_owned(),
    };
    Error::new(shape.span(), text)
}
