//! `#[public(reason = "..")]`: a function that is open on purpose.

use proc_macro2::{Span, TokenStream};
use syn::{Error, Lit, LitStr};

use crate::adapter::Adapter;
use crate::diagnostics::Diagnostics;
use crate::endpoint::{self, Arguments, Rule};
use crate::grammar::{self, Shape, Slot};
use crate::policy::{self, OPTIONS, Options};
use crate::suggest;

/// The attribute's name.
pub(crate) const NAME: &str = "public";

/// How a reason is written.
const REASON: &str = "reason = \"health check\"";

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
                let text = grammar::text(&key, value, REASON)?;
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
        Shape::Literal(Lit::Str(text)) => {
            format!("a reason needs its key; write `reason = {:?}`", text.value())
        }
        Shape::Word(key) | Shape::Call { key, .. } if key == "reason" => format!("`reason` is written `{REASON}`"),
        Shape::Word(word) if word == "optional" => {
            "a public function asks nobody who they are; to know those who say, write `#[requires_auth(bearer, optional)]` in place of `#[public(..)]`".to_owned()
        }
        Shape::Assign { key, .. } | Shape::Word(key) | Shape::Call { key, .. } if policy::usage(&key.to_string()).is_some() && !OPTIONS.iter().any(|option| key == option) => {
            format!("`{key}` belongs into `#[requires_auth(..)]`, and this function is public; keep one of the two")
        }
        Shape::Assign { key, .. } | Shape::Word(key) | Shape::Call { key, .. } => {
            match suggest::closest(&key.to_string(), ["reason"].into_iter().chain(OPTIONS)) {
                Some("reason") => format!("unknown key `{key}`; did you mean `{REASON}`?"),
                Some(known) => format!("unknown key `{key}`; did you mean `{known}`?"),
                None => {
                    format!("unknown key `{key}`; a public function takes `{REASON}` and nothing that restricts it")
                }
            }
        }
        _ => format!("a public function takes `{REASON}` and nothing that restricts it"),
    };
    Error::new(shape.span(), text)
}
