//! What was written, spans kept; only its form is decided.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use syn::spanned::Spanned as _;
use syn::{Error, ExprPath, Lit, LitStr, TypePath};

use super::{Options, usage};
use crate::diagnostics::Diagnostics;
use crate::grammar::{self, Shape};
use crate::suggest;

/// The list as it was written.
pub(crate) struct Input {
    pub(crate) items: Vec<Item>,
    /// Whether each piece could be read; if not, nothing can be said to be missing.
    pub(crate) is_whole: bool,
}

pub(crate) enum Item {
    Scheme(Scheme),
    Requirement(Requirement),
    Optional(Ident),
    Hide(Ident),
    Realm(Ident, LitStr),
}

pub(crate) enum Scheme {
    Any(Ident),
    /// `bearer`, `basic` or `api_key`.
    BuiltIn(Ident),
    Own(TypePath),
}

pub(crate) enum Requirement {
    /// `scope = ..`, `scope(..)`, `role = ..`, `role(..)`
    Names {
        keyword: Ident,
        names: Vec<Name>,
    },
    Factor {
        keyword: Ident,
        method: Option<LitStr>,
        within: Option<LitStr>,
    },
    Check(ExprPath),
    /// `any(..)`, `all(..)`, `not(..)`
    Group {
        keyword: Ident,
        parts: Vec<Requirement>,
        is_whole: bool,
    },
}

pub(crate) enum Name {
    Text(LitStr),
    Path(ExprPath),
}

impl Scheme {
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Any(word) | Self::BuiltIn(word) => word.span(),
            Self::Own(path) => path.span(),
        }
    }
}

impl Item {
    fn is_whole(&self) -> bool {
        match self {
            Self::Requirement(requirement) => requirement.is_whole(),
            _ => true,
        }
    }
}

impl Requirement {
    /// Whether each part of it could be read.
    fn is_whole(&self) -> bool {
        match self {
            Self::Group { parts, is_whole, .. } => *is_whole && parts.iter().all(Self::is_whole),
            _ => true,
        }
    }

    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Names { keyword, .. } | Self::Factor { keyword, .. } | Self::Group { keyword, .. } => keyword.span(),
            Self::Check(path) => path.span(),
        }
    }
}

const SCHEMES: [&str; 4] = ["bearer", "basic", "api_key", "any_scheme"];
const REQUIREMENTS: [&str; 7] = ["scope", "role", "any", "all", "not", "factor", "check"];
const SWITCHES: [&str; 2] = ["optional", "hide"];

/// Reads the list.
pub(crate) fn parse(arguments: TokenStream, diagnostics: &mut Diagnostics) -> (Input, Options) {
    let mut input = Input { items: Vec::new(), is_whole: true };
    let mut options = Options::default();
    for piece in grammar::cut(arguments, diagnostics) {
        let item = piece.shape().and_then(|shape| match shape {
            Shape::Assign { key, value } if Options::accepts(&key) => {
                options.set(key, value, diagnostics);
                Ok(None)
            }
            shape => item(shape, diagnostics).map(Some),
        });
        match item {
            Ok(item) => {
                input.is_whole &= item.as_ref().is_none_or(Item::is_whole);
                input.items.extend(item);
            }
            Err(error) => {
                diagnostics.add(error);
                input.is_whole = false;
            }
        }
    }
    (input, options)
}

fn item(shape: Shape, diagnostics: &mut Diagnostics) -> syn::Result<Item> {
    match shape {
        Shape::Word(word) if word == "any_scheme" => Ok(Item::Scheme(Scheme::Any(word))),
        Shape::Word(word) if is_one_of(&word, &SCHEMES) => Ok(Item::Scheme(Scheme::BuiltIn(word))),
        Shape::Word(word) if word == "optional" => Ok(Item::Optional(word)),
        Shape::Word(word) if word == "hide" => Ok(Item::Hide(word)),
        Shape::Word(word) if usage(&word.to_string()).is_some() => Err(misused(&word)),
        Shape::Word(word) if !is_lower_case(&word) => Ok(Item::Scheme(Scheme::Own(own_scheme(word)))),
        Shape::Word(word) => Err(unknown_word(&word)),
        Shape::Path(path) => Ok(Item::Scheme(Scheme::Own(path))),
        Shape::Assign { key, value } => match key.to_string().as_str() {
            "scope" | "role" => {
                let names = vec![name(&key, value)?];
                Ok(Item::Requirement(Requirement::Names { keyword: key, names }))
            }
            "check" => check(&key, value).map(Requirement::Check).map(Item::Requirement),
            "realm" => {
                grammar::text(&key, value, usage("realm").unwrap_or_default()).map(|text| Item::Realm(key, text))
            }
            known if usage(known).is_some() => Err(misused(&key)),
            _ => Err(unknown_key(&key)),
        },
        Shape::Call { key, arguments } => match key.to_string().as_str() {
            "scope" | "role" => names(key, &arguments, diagnostics).map(Item::Requirement),
            "factor" => factor(key, &arguments, diagnostics).map(Item::Requirement),
            "any" | "all" | "not" => Ok(Item::Requirement(group(key, &arguments, diagnostics))),
            known if SCHEMES.contains(&known) => Err(Error::new(
                arguments.span(),
                format!("`{key}` takes no arguments: where a credential travels is said where the realm is built"),
            )),
            known if usage(known).is_some() => Err(misused(&key)),
            _ => Err(unknown_key(&key)),
        },
        Shape::Literal(Lit::Str(text)) if usage(&text.value()).is_some() => {
            Err(Error::new(text.span(), format!("write `{}` without quotes", text.value())))
        }
        Shape::Literal(literal) => {
            Err(Error::new(literal.span(), "a value needs its key, like `scope = \"items:read\"`"))
        }
    }
}

/// `"text"`, or the path of a constant or variant.
fn name(keyword: &Ident, value: TokenStream) -> syn::Result<Name> {
    let (text, path) = if keyword == "scope" {
        ("scope = \"items:read\"", "scope = scopes::READ")
    } else {
        ("role = \"admin\"", "role = Role::Admin")
    };
    match value.clone().into_iter().next() {
        Some(TokenTree::Literal(_)) => grammar::text(keyword, value, text).map(Name::Text),
        Some(TokenTree::Group(list)) if list.delimiter() == Delimiter::Bracket => Err(Error::new(
            list.span(),
            format!(
                "several are written `{keyword}(\"a\", \"b\")` for all of them, `any({keyword} = \"a\", {keyword} = \"b\")` for one of them"
            ),
        )),
        _ => {
            let wanted = format!("`{keyword}` takes a text or the path of a constant: `{text}`, `{path}`");
            grammar::path_expression(keyword, value, &wanted).map(Name::Path)
        }
    }
}

/// `("a", path::B)`
fn names(keyword: Ident, arguments: &Group, diagnostics: &mut Diagnostics) -> syn::Result<Requirement> {
    let mut names = Vec::new();
    for piece in grammar::cut(arguments.stream(), diagnostics) {
        names.push(name(&keyword, piece.into_tokens())?);
    }
    if names.is_empty() {
        return Err(Error::new(
            arguments.span(),
            format!("`{keyword}()` names nothing; write `{keyword}(\"a\", \"b\")`"),
        ));
    }
    Ok(Requirement::Names { keyword, names })
}

/// `("otp", within = "10m")`
fn factor(keyword: Ident, arguments: &Group, diagnostics: &mut Diagnostics) -> syn::Result<Requirement> {
    let (mut method, mut within) = (None, grammar::Slot::default());
    for piece in grammar::cut(arguments.stream(), diagnostics) {
        match piece.shape()? {
            Shape::Literal(Lit::Str(text)) if method.is_none() => method = Some(text),
            Shape::Assign { key, value } if key == "within" => {
                let text = grammar::text(&key, value, "within = \"10m\"")?;
                within.fill(key, text, diagnostics);
            }
            Shape::Assign { key, .. } => {
                let hint = suggest::did_you_mean(&key.to_string(), ["within"]);
                return Err(Error::new(key.span(), format!("unknown key `{key}` in `factor(..)`{hint}")));
            }
            Shape::Word(word) if method.is_none() => {
                return Err(Error::new(word.span(), format!("a method stands in quotes: `factor(\"{word}\")`")));
            }
            Shape::Literal(Lit::Str(second)) => {
                return Err(Error::new(
                    second.span(),
                    "a factor is one method; write `factor(\"otp\"), factor(\"pwd\")` for both, `any(factor(\"otp\"), factor(\"pwd\"))` for one of them",
                ));
            }
            other => {
                return Err(Error::new(
                    other.span(),
                    "a factor is written `factor(\"otp\")` or `factor(\"otp\", within = \"10m\")`",
                ));
            }
        }
    }
    if method.is_none() {
        return Err(Error::new(arguments.span(), "no method is named; write `factor(\"otp\", within = \"10m\")`"));
    }
    Ok(Requirement::Factor { keyword, method, within: within.into_value() })
}

/// The path of a function.
fn check(key: &Ident, value: TokenStream) -> syn::Result<ExprPath> {
    grammar::path_expression(
        key,
        value,
        "`check` takes the path of a function: `check = may_read`, with `fn may_read(principal: &P, facts: &Facts) -> bool`",
    )
}

/// `(requirement, ..)`
fn group(keyword: Ident, arguments: &Group, diagnostics: &mut Diagnostics) -> Requirement {
    let mut parts = Vec::new();
    let mut is_whole = true;
    for piece in grammar::cut(arguments.stream(), diagnostics) {
        let read = piece.shape().and_then(|shape| match shape {
            Shape::Assign { key, .. } if key == "realm" || Options::accepts(&key) => Err(misplaced(&key, &keyword)),
            shape => item(shape, diagnostics),
        });
        let read = read.and_then(|item| match item {
            Item::Requirement(requirement) => Ok(requirement),
            Item::Scheme(scheme) => Err(Error::new(
                scheme.span(),
                format!("only requirements stand inside `{keyword}(..)`; schemes are listed outside and are alternatives anyway"),
            )),
            Item::Optional(word) | Item::Hide(word) | Item::Realm(word, _) => Err(misplaced(&word, &keyword)),
        });
        match read {
            Ok(requirement) => parts.push(requirement),
            Err(error) => {
                diagnostics.add(error);
                is_whole = false;
            }
        }
    }
    Requirement::Group { keyword, parts, is_whole }
}

/// An option among requirements.
fn misplaced(option: &Ident, keyword: &Ident) -> Error {
    Error::new(option.span(), format!("`{option}` is an option; move it out of `{keyword}(..)`"))
}

/// A word that means something else than it was used for.
fn misused(word: &Ident) -> Error {
    let usage = usage(&word.to_string()).unwrap_or_default();
    let text = if word == usage {
        format!("`{word}` takes no value; write it alone")
    } else {
        format!("`{word}` is written `{usage}`")
    };
    Error::new(word.span(), text)
}

fn unknown_word(word: &Ident) -> Error {
    if let Some(error) = foreign(word) {
        return error;
    }
    let text = word.to_string();
    let known = SCHEMES.iter().chain(&SWITCHES).chain(&REQUIREMENTS).chain(&super::OPTIONS).copied();
    if let Some(known) = suggest::closest(&text, known) {
        return Error::new(
            word.span(),
            format!("unknown word `{word}`; did you mean `{}`?", usage(known).unwrap_or(known)),
        );
    }
    let text = format!(
        "unknown scheme `{word}`; built in are `bearer`, `basic`, `api_key` and `any_scheme`, own schemes are written as a type path, like `{}`",
        crate::names::upper_camel(word)
    );
    Error::new(word.span(), text)
}

/// A word that people bring from elsewhere, and what is written in its place.
fn foreign(word: &Ident) -> Option<Error> {
    let advice = match word.to_string().as_str() {
        "jwt" | "token" | "oauth" | "oauth2" | "oidc" => "tokens travel by the scheme `bearer`",
        "password" | "login" | "user" => "a name and a password travel by the scheme `basic`",
        "key" => "keys travel by the scheme `api_key`",
        "session" | "cookie" | "header" | "query" => {
            "name a scheme that says how the credential travels, like `Session` with `#[derive(Scheme)] #[scheme(cookie = \"__Host-session\")] struct Session;`"
        }
        "public" | "anonymous" | "none" | "open" => {
            "to open a function on purpose, write `#[public(reason = \"health check\")]` in place of `#[requires_auth(..)]`"
        }
        "guest" | "guests" | "maybe" => "`optional` lets requests without credentials in",
        "permission" | "permissions" | "authority" | "claim" | "claims" => {
            "what a caller may do is asked by `scope = \"items:read\"`, `role = \"admin\"` or `check = path::to::function`"
        }
        "group" | "groups" => "what a caller belongs to is asked by `role = \"admin\"`",
        "or" | "any_of" | "one_of" => "one of several is written `any(role = \"a\", role = \"b\")`",
        "and" | "all_of" => {
            "requirements side by side have to hold together; inside of another group write `all(role = \"a\", role = \"b\")`"
        }
        "except" | "none_of" => "what must not hold is written `not(role = \"guest\")`",
        "mfa" | "otp" | "totp" | "two_factor" => "a second factor is asked by `factor(\"otp\", within = \"10m\")`",
        "within" | "max_age" => "how fresh a factor has to be is written `factor(\"otp\", within = \"10m\")`",
        "reason" => "only a public function needs a reason, `#[public(reason = \"health check\")]`; remove it here",
        _ => return None,
    };
    Some(Error::new(word.span(), format!("unknown word `{word}`; {advice}")))
}

fn unknown_key(key: &Ident) -> Error {
    if let Some(error) = foreign(key) {
        return error;
    }
    let known = REQUIREMENTS.iter().chain(&["realm"]).chain(&super::OPTIONS).chain(&SCHEMES).chain(&SWITCHES).copied();
    let text = match suggest::closest(&key.to_string(), known) {
        Some(known) => format!("unknown key `{key}`; did you mean `{known}`?"),
        None => format!(
            "unknown key `{key}`; requirements are `scope`, `role`, `any`, `all`, `not`, `factor` and `check`, options are `optional`, `hide`, `realm`, `policy`, `request` and `crate`"
        ),
    };
    Error::new(key.span(), text)
}

fn is_one_of(word: &Ident, known: &[&str]) -> bool {
    known.iter().any(|known| word == known)
}

fn is_lower_case(word: &Ident) -> bool {
    let text = word.to_string();
    !text.starts_with("r#") && !text.starts_with(char::is_uppercase)
}

fn own_scheme(word: Ident) -> TypePath {
    TypePath { attrs: Vec::new(), qself: None, path: word.into() }
}
