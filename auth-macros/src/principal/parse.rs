//! What was written on a struct and its fields.

use proc_macro2::{Ident, TokenStream};
use syn::{Attribute, Data, DataStruct, DeriveInput, Error, Field, Fields, Lit, LitStr, Meta, Path};

use super::NAME;
use crate::adapter::{Adapter, Private};
use crate::diagnostics::Diagnostics;
use crate::grammar::{self, Shape, Slot};
use crate::suggest;

/// The struct as it was written.
pub(super) struct Input<'i> {
    pub(super) item: &'i DeriveInput,
    krate: Slot<Path>,
    pub(super) fields: Vec<InputField<'i>>,
    /// Whether each attribute could be read; if not, nothing can be said to be missing.
    pub(super) is_whole: bool,
}

/// A field and the keys on it.
pub(super) struct InputField<'i> {
    pub(super) ident: &'i Ident,
    pub(super) field: &'i Field,
    /// Keys that say where the value comes from.
    pub(super) sources: Vec<(Ident, Option<LitStr>)>,
    pub(super) default: Slot<()>,
    pub(super) parse: Slot<()>,
}

/// The facts that a field can be.
pub(super) const FACTS: [&str; 7] =
    ["subject", "issuer", "scopes", "roles", "expires_at", "auth_time", "credential_id"];
const OTHERS: [&str; 3] = ["claim", "default", "parse"];

impl Input<'_> {
    /// What the expansion may name.
    pub(super) fn private(&self, adapter: &Adapter) -> Private {
        Private::new(adapter, self.krate.value())
    }
}

/// Reads the struct.
pub(super) fn parse<'i>(item: &'i DeriveInput, diagnostics: &mut Diagnostics) -> Input<'i> {
    let mut input = Input { item, krate: Slot::default(), fields: Vec::new(), is_whole: true };
    for attribute in ours(&item.attrs) {
        let Some(list) = list(attribute, diagnostics) else { continue };
        for piece in grammar::cut(list, diagnostics) {
            let read = piece.shape().and_then(|shape| match shape {
                Shape::Assign { key, value } if key == "crate" => {
                    let path = grammar::path_to_module(&key, value)?;
                    input.krate.fill(key, path, diagnostics);
                    Ok(())
                }
                shape => Err(Error::new(
                    shape.span(),
                    "on the struct stands nothing but `#[principal(crate = path)]`; the other keys go on its fields",
                )),
            });
            input.is_whole &= diagnostics.absorb(read).is_some();
        }
    }
    match &item.data {
        Data::Struct(DataStruct { fields: Fields::Named(fields), .. }) => {
            for field in &fields.named {
                read_field(field, &mut input, diagnostics);
            }
        }
        Data::Struct(_) | Data::Enum(_) | Data::Union(_) => {
            let text = format!(
                "a principal is a struct with named fields; write `struct {} {{ #[principal(subject)] id: String }}`, or implement `Principal` by hand",
                item.ident
            );
            diagnostics.push(&item.ident, text);
            input.is_whole = false;
        }
    }
    input
}

fn read_field<'i>(field: &'i Field, input: &mut Input<'i>, diagnostics: &mut Diagnostics) {
    let Some(ident) = &field.ident else { return };
    diagnostics.absorb(field.modifiers.require_empty());
    if let Some((equals, _)) = &field.default {
        diagnostics.push(
            equals,
            "a default value is not used here; write `#[principal(default)]`, which takes that of the type",
        );
    }
    let mut read = InputField { ident, field, sources: Vec::new(), default: Slot::default(), parse: Slot::default() };
    for attribute in ours(&field.attrs) {
        let Some(list) = list(attribute, diagnostics) else {
            input.is_whole = false;
            continue;
        };
        let pieces = grammar::cut(list, diagnostics);
        if pieces.is_empty() {
            diagnostics.push(attribute.path(), "this says nothing; write a key, like `#[principal(subject)]`");
        }
        for piece in pieces {
            let key = piece.shape().and_then(|shape| read.set(shape, diagnostics));
            input.is_whole &= diagnostics.absorb(key).is_some();
        }
    }
    input.fields.push(read);
}

impl InputField<'_> {
    fn set(&mut self, shape: Shape, diagnostics: &mut Diagnostics) -> syn::Result<()> {
        let span = shape.span();
        match shape {
            Shape::Word(key) if key == "default" => self.default.fill(key, (), diagnostics),
            Shape::Word(key) if key == "parse" => self.parse.fill(key, (), diagnostics),
            Shape::Word(key) if FACTS.iter().any(|fact| key == fact) => self.sources.push((key, None)),
            Shape::Assign { key, value } if key == "claim" => {
                let name = grammar::text(&key, value, "claim = \"email\"")?;
                self.sources.push((key, Some(name)));
            }
            Shape::Word(key) | Shape::Assign { key, .. } | Shape::Call { key, .. } => return Err(unknown(&key)),
            Shape::Literal(Lit::Str(text)) => {
                let text = text.value();
                let usage = if FACTS.contains(&text.as_str()) { text } else { format!("claim = {text:?}") };
                return Err(Error::new(span, format!("a text needs its key, or a key no quotes; write `{usage}`")));
            }
            _ => return Err(Error::new(span, "expected a key, like `subject` or `claim = \"email\"`")),
        }
        Ok(())
    }
}

fn unknown(key: &Ident) -> Error {
    let known = FACTS.into_iter().chain(OTHERS);
    let text = match key.to_string().as_str() {
        "claim" => "`claim` is written `claim = \"email\"`".to_owned(),
        "crate" => "`crate = path` goes on the struct".to_owned(),
        word if known.clone().any(|known| known == word) => {
            format!("`{word}` takes no value; write `#[principal({word})]`")
        }
        "sub" | "id" => format!("unknown key `{key}`; the field that says who it is, is `subject`"),
        "iss" => format!("unknown key `{key}`; who made the token is `issuer`"),
        "exp" => format!("unknown key `{key}`; when the token ends is `expires_at`"),
        "rename" | "name" | "key" => format!("unknown key `{key}`; the claim's name is written `claim = \"email\"`"),
        "skip" | "optional" => {
            format!(
                "unknown key `{key}`; `default` takes the type's default where the claim is absent, and so does an `Option`"
            )
        }
        "from_str" | "with" => format!("unknown key `{key}`; `parse` reads a text through `FromStr`"),
        word => match suggest::closest(word, known) {
            Some(known) => format!("unknown key `{word}`; did you mean `{known}`?"),
            None => format!("unknown key `{word}`; a field is {}, or it is `claim = \"{word}\"`", join(&FACTS)),
        },
    };
    Error::new(key.span(), text)
}

fn join(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

fn ours(attrs: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attrs.iter().filter(|attribute| attribute.path().is_ident(NAME))
}

/// What stands in an attribute's parentheses; `None` if it has another form.
fn list(attribute: &Attribute, diagnostics: &mut Diagnostics) -> Option<TokenStream> {
    match &attribute.meta {
        Meta::List(list) => Some(list.tokens.clone()),
        Meta::Path(_) => Some(TokenStream::new()),
        Meta::NameValue(pair) => {
            diagnostics.push(pair.eq_token, "write `#[principal(subject)]` or `#[principal(claim = \"email\")]`");
            None
        }
    }
}
