//! What was written in `#[scheme(..)]`.

use proc_macro2::{Ident, TokenStream};
use syn::{DeriveInput, Error, Lit, LitStr, Meta, Path, Type};

use super::NAME;
use crate::adapter::{Adapter, Private};
use crate::diagnostics::Diagnostics;
use crate::grammar::{self, Shape, Slot};
use crate::suggest;

/// The attribute as it was written.
pub(super) struct Input<'i> {
    pub(super) item: &'i DeriveInput,
    krate: Slot<Path>,
    /// Keys that say where the credential travels, with the name of the field.
    pub(super) carriers: Vec<(Ident, Option<LitStr>)>,
    pub(super) prefix: Slot<LitStr>,
    pub(super) name: Slot<LitStr>,
    pub(super) challenge: Slot<Challenge>,
    pub(super) credential: Slot<Type>,
    pub(super) guessable: Slot<()>,
    pub(super) insecure_cookie_name: Slot<()>,
    /// Whether each key could be read; if not, nothing can be said to be missing.
    pub(super) is_whole: bool,
}

/// What follows `challenge =`.
pub(super) enum Challenge {
    Word(Ident),
    Named(LitStr),
}

/// The last part of a carrier's syntax: the word alone, or the word with a name.
const PLAIN_CARRIERS: [&str; 2] = ["bearer", "basic"];
const NAMED_CARRIERS: [&str; 4] = ["authorization", "header", "query", "cookie"];
const OTHERS: [&str; 7] =
    ["prefix", "name", "challenge", "credential", "guessable", "with_insecure_cookie_name", "crate"];

impl Input<'_> {
    /// What the expansion may name.
    pub(super) fn private(&self, adapter: &Adapter) -> Private {
        Private::new(adapter, self.krate.value())
    }

    fn set(&mut self, shape: Shape, diagnostics: &mut Diagnostics) -> syn::Result<()> {
        match shape {
            Shape::Word(key) if PLAIN_CARRIERS.iter().any(|carrier| key == carrier) => self.carriers.push((key, None)),
            Shape::Word(key) if key == "guessable" => self.guessable.fill(key, (), diagnostics),
            Shape::Word(key) if key == "with_insecure_cookie_name" => {
                self.insecure_cookie_name.fill(key, (), diagnostics);
            }
            Shape::Assign { key, value } => return self.assign(key, value, diagnostics),
            Shape::Word(key) | Shape::Call { key, .. } => return Err(unknown(&key)),
            Shape::Literal(Lit::Str(text)) if usage(&text.value()).is_some() => {
                return Err(Error::new(text.span(), format!("write `{}` without quotes", text.value())));
            }
            other => return Err(Error::new(other.span(), "expected a key, like `bearer` or `header = \"X-Key\"`")),
        }
        Ok(())
    }

    fn assign(&mut self, key: Ident, value: TokenStream, diagnostics: &mut Diagnostics) -> syn::Result<()> {
        let word = key.to_string();
        let usage = usage(&word).unwrap_or_default();
        match word.as_str() {
            carrier if NAMED_CARRIERS.contains(&carrier) => {
                let name = grammar::text(&key, value, usage)?;
                self.carriers.push((key, Some(name)));
            }
            "prefix" => {
                let text = grammar::text(&key, value, usage)?;
                self.prefix.fill(key, text, diagnostics);
            }
            "name" => {
                let text = grammar::text(&key, value, usage)?;
                self.name.fill(key, text, diagnostics);
            }
            "challenge" => {
                let is_text = matches!(value.clone().into_iter().next(), Some(proc_macro2::TokenTree::Literal(_)));
                let challenge = if is_text {
                    Challenge::Named(grammar::text(&key, value, usage)?)
                } else {
                    Challenge::Word(grammar::ident(&key, value, usage)?)
                };
                self.challenge.fill(key, challenge, diagnostics);
            }
            "credential" => {
                let path = grammar::path_to_type(&key, value)?;
                self.credential.fill(key, Type::Path(path), diagnostics);
            }
            "crate" => {
                let path = grammar::path_to_module(&key, value)?;
                self.krate.fill(key, path, diagnostics);
            }
            _ => return Err(unknown(&key)),
        }
        Ok(())
    }
}

/// Reads the attributes.
pub(super) fn parse<'i>(item: &'i DeriveInput, diagnostics: &mut Diagnostics) -> Input<'i> {
    let mut input = Input {
        item,
        krate: Slot::default(),
        carriers: Vec::new(),
        prefix: Slot::default(),
        name: Slot::default(),
        challenge: Slot::default(),
        credential: Slot::default(),
        guessable: Slot::default(),
        insecure_cookie_name: Slot::default(),
        is_whole: true,
    };
    for attribute in item.attrs.iter().filter(|attribute| attribute.path().is_ident(NAME)) {
        let list = match &attribute.meta {
            Meta::List(list) => list.tokens.clone(),
            Meta::Path(_) => TokenStream::new(),
            Meta::NameValue(pair) => {
                diagnostics.push(pair.eq_token, "write `#[scheme(bearer)]` or `#[scheme(header = \"X-Key\")]`");
                input.is_whole = false;
                continue;
            }
        };
        for piece in grammar::cut(list, diagnostics) {
            let key = piece.shape().and_then(|shape| input.set(shape, diagnostics));
            input.is_whole &= diagnostics.absorb(key).is_some();
        }
    }
    input
}

/// How a key is written correctly.
fn usage(key: &str) -> Option<&'static str> {
    Some(match key {
        "bearer" => "bearer",
        "basic" => "basic",
        "guessable" => "guessable",
        "with_insecure_cookie_name" => "with_insecure_cookie_name",
        "authorization" => "authorization = \"DPoP\"",
        "header" => "header = \"X-Key\"",
        "query" => "query = \"token\"",
        "cookie" => "cookie = \"__Host-session\"",
        "prefix" => "prefix = \"ak_\"",
        "name" => "name = \"nebula_key\"",
        "challenge" => "challenge = none",
        "credential" => "credential = path::Type",
        "crate" => "crate = path::to::adapter",
        _ => return None,
    })
}

/// What to write in place of a word that people bring from elsewhere.
fn foreign(word: &str) -> Option<&'static str> {
    Some(match word {
        "token" | "jwt" | "oauth2" => "tokens travel as `bearer`",
        "api_key" => "say where the key travels: `header = \"X-Key\"`, or `bearer, prefix = \"ak_\"`",
        "realm" => "the realm takes the scheme where it is built: `Realm::builder(\"main\").scheme(Name, verifier)`",
        "param" | "parameter" => "a parameter of the query is written `query = \"token\"`",
        _ => return None,
    })
}

fn unknown(key: &Ident) -> Error {
    let word = key.to_string();
    let known = PLAIN_CARRIERS.into_iter().chain(NAMED_CARRIERS).chain(OTHERS);
    let text = if usage(&word) == Some(&word) {
        format!("`{word}` takes no value; write it alone")
    } else if let Some(usage) = usage(&word) {
        format!("`{word}` is written `{usage}`")
    } else if let Some(advice) = foreign(&word) {
        format!("unknown key `{word}`; {advice}")
    } else if let Some(known) = suggest::closest(&word, known) {
        format!("unknown key `{word}`; did you mean `{}`?", usage(known).unwrap_or(known))
    } else {
        format!(
            "unknown key `{word}`; a credential travels as `bearer`, `basic`, `authorization`, `header`, `query` or `cookie`, and the others are `prefix`, `name`, `challenge`, `credential` and `guessable`"
        )
    };
    Error::new(key.span(), text)
}
