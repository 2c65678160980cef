//! What is true of the struct: each field has one source, one field is the subject.

use proc_macro2::Ident;
use quote::ToTokens as _;
use syn::ext::IdentExt as _;
use syn::{DeriveInput, LitStr, Type};

use super::parse::{Input, InputField};
use crate::diagnostics::Diagnostics;

/// A struct that can be made of facts and claims.
pub(super) struct Principal<'i> {
    pub(super) item: &'i DeriveInput,
    pub(super) fields: Vec<PrincipalField<'i>>,
}

pub(super) struct PrincipalField<'i> {
    pub(super) ident: &'i Ident,
    pub(super) ty: &'i Type,
    pub(super) source: Source,
}

/// Where a field's value comes from.
pub(super) enum Source {
    /// The fact of that name, as it is.
    Fact(Ident),
    /// The fact of that name, a text, through `FromStr`.
    ParsedFact(Ident),
    Claim {
        name: String,
        /// Through `FromStr`.
        is_parsed: bool,
        /// An absent one is the type's default.
        has_default: bool,
    },
}

/// Checks the struct; `None` if something is wrong with it.
pub(super) fn validate<'i>(input: Input<'i>, diagnostics: &mut Diagnostics) -> Option<Principal<'i>> {
    let Input { item, fields, is_whole, .. } = input;
    check_subjects(item, &fields, is_whole, diagnostics);
    let fields: Vec<_> = fields.into_iter().map(|field| check(field, diagnostics)).collect();
    let fields = fields.into_iter().collect::<Option<Vec<_>>>()?;
    is_whole.then_some(Principal { item, fields })
}

fn check_subjects(item: &DeriveInput, fields: &[InputField<'_>], is_whole: bool, diagnostics: &mut Diagnostics) {
    let mut subjects =
        fields.iter().flat_map(|field| &field.sources).map(|(key, _)| key).filter(|key| *key == "subject");
    if subjects.next().is_none() && is_whole {
        diagnostics.push(&item.ident, "no field is the subject; mark one with `#[principal(subject)]`");
    }
    for second in subjects {
        diagnostics.push(second, "there is one subject, and another field is it already; remove one of the marks");
    }
}

fn check<'i>(field: InputField<'i>, diagnostics: &mut Diagnostics) -> Option<PrincipalField<'i>> {
    let InputField { ident, field, sources, default, parse } = field;
    let ty = &field.ty;
    let mut sources = sources.into_iter();
    let first = sources.next();
    for (second, _) in sources.by_ref() {
        diagnostics.push(&second, "a field has one source; remove this key, or the one before it");
    }
    let source = match first {
        Some((fact, None)) => {
            if let Some(key) = default.key() {
                diagnostics.push(
                    key,
                    format!("`default` is for claims; `{fact}` is always there, or its type is an `Option`"),
                );
            }
            match parse.key() {
                None if fact == "subject" && is_number(ty) => {
                    let shown = ty.to_token_stream();
                    diagnostics.push(
                        ty,
                        format!("a subject is a text; to read it as `{shown}`, write `#[principal(subject, parse)]`"),
                    );
                    return None;
                }
                None => Source::Fact(fact),
                Some(_) if fact == "subject" => Source::ParsedFact(fact),
                Some(key) => {
                    diagnostics.push(
                        key,
                        format!("`parse` reads a text, and `{fact}` is not one; it goes beside `subject` or a claim"),
                    );
                    return None;
                }
            }
        }
        claim => Source::Claim {
            name: claim_name(claim.and_then(|(_, name)| name), ident, diagnostics)?,
            is_parsed: parse.is_filled(),
            has_default: default.is_filled(),
        },
    };
    Some(PrincipalField { ident, ty, source })
}

/// Whether the type is one of the numbers, which no text turns into by itself.
fn is_number(ty: &Type) -> bool {
    const NUMBERS: [&str; 12] =
        ["u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize"];
    matches!(ty, Type::Path(path) if NUMBERS.iter().any(|number| path.path.is_ident(number)))
}

fn claim_name(written: Option<LitStr>, field: &Ident, diagnostics: &mut Diagnostics) -> Option<String> {
    match written {
        None => Some(field.unraw().to_string()),
        Some(text) if text.value().is_empty() => {
            diagnostics.push(text, "a claim's name cannot be empty; write `claim = \"email\"`");
            None
        }
        Some(text) => Some(text.value()),
    }
}
