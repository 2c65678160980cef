//! What is true of the list: a policy that the core can evaluate.

use proc_macro2::{Ident, Span};
use quote::ToTokens as _;
use syn::{ExprPath, LitStr, TypePath};

use super::parse::{self, Input, Item, Name};
use crate::diagnostics::Diagnostics;
use crate::grammar::{self, Slot};

/// A policy, checked. There is nothing left that could be wrong with it, but the types and paths that it names.
pub(crate) struct Policy {
    pub(crate) schemes: Schemes,
    /// All of them have to hold.
    pub(crate) requirements: Vec<Requirement>,
    pub(crate) optional: bool,
    pub(crate) hide: bool,
    pub(crate) realm: Option<LitStr>,
}

pub(crate) enum Schemes {
    Any,
    /// At least one, none twice.
    Listed(Vec<SchemeUse>),
}

pub(crate) enum SchemeUse {
    ApiKey,
    Basic,
    Bearer,
    Own(TypePath),
}

pub(crate) enum Requirement {
    /// A scope-token, or a path that nothing is known of.
    Scope(Name),
    /// A text that is not empty, or a path.
    Role(Name),
    Factor {
        method: LitStr,
        /// In seconds.
        within: Option<u64>,
    },
    Check(ExprPath),
    All(Vec<Requirement>),
    /// At least one.
    Any(Vec<Requirement>),
    Not(Box<Requirement>),
}

/// Checks the list of the attribute that stands `at` a place; `None` if something is wrong with it.
pub(crate) fn validate(input: Input, at: Span, diagnostics: &mut Diagnostics) -> Option<Policy> {
    let Input { items, is_whole } = input;
    if items.is_empty() && is_whole {
        diagnostics.push_at(
            at,
            "an empty list protects nothing: name the schemes that are accepted, `#[requires_auth(bearer)]`, or open the function on purpose, `#[public(reason = \"..\")]`",
        );
        return None;
    }

    let mut schemes = Vec::new();
    let mut written = Vec::new();
    let (mut optional, mut hide, mut realm) = (Slot::default(), Slot::default(), Slot::default());
    for item in items {
        match item {
            Item::Scheme(scheme) => schemes.push(scheme),
            Item::Requirement(requirement) => written.push(requirement),
            Item::Optional(key) => optional.fill(key, (), diagnostics),
            Item::Hide(key) => hide.fill(key, (), diagnostics),
            Item::Realm(key, text) => realm.fill(key, text, diagnostics),
        }
    }

    let first_requirement = written.first().map(parse::Requirement::span);
    if let (Some(key), Some(_)) = (optional.key(), first_requirement) {
        diagnostics.push(
            key,
            "a guest holds no scopes, roles or factors, so `optional` cannot stand beside a requirement; leave one of them out, or ask inside the function: `user.ensure_scope(\"..\")?`",
        );
    }
    check_repeated(&written, diagnostics);
    if let Some(text) = realm.value() {
        check_realm(text, diagnostics);
    }

    let schemes = check_schemes(schemes, is_whole, at, diagnostics);
    let requirements: Vec<_> = written.into_iter().map(|written| requirement(written, diagnostics)).collect();
    Some(Policy {
        schemes: schemes?,
        requirements: requirements.into_iter().collect::<Option<_>>()?,
        // Refused above; the policy that stands in until then says the stricter of the two.
        optional: optional.is_filled() && first_requirement.is_none(),
        hide: hide.is_filled(),
        realm: realm.into_value(),
    })
}

/// One scope or role, asked for twice side by side.
fn check_repeated(parts: &[parse::Requirement], diagnostics: &mut Diagnostics) {
    let mut known: Vec<(&Ident, String)> = Vec::new();
    for part in parts {
        let parse::Requirement::Names { keyword, names } = part else { continue };
        for name in names {
            let Name::Text(text) = name else { continue };
            if known.iter().any(|(of, before)| *of == keyword && *before == text.value()) {
                diagnostics.push(text, format!("the {keyword} {:?} stands here twice; remove one", text.value()));
            }
            known.push((keyword, text.value()));
        }
    }
}

fn check_realm(text: &LitStr, diagnostics: &mut Diagnostics) {
    let name = text.value();
    if name.is_empty() || !name.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        diagnostics.push(
            text,
            "a realm's name is visible ASCII characters and spaces, as it was given to `Realm::builder(..)`",
        );
    }
}

fn check_schemes(
    written: Vec<parse::Scheme>,
    is_whole: bool,
    at: Span,
    diagnostics: &mut Diagnostics,
) -> Option<Schemes> {
    let mut known: Vec<String> = Vec::new();
    let mut listed = Vec::new();
    let mut any: Slot<()> = Slot::default();
    let mut is_good = true;
    for scheme in written {
        let span = scheme.span();
        match scheme {
            parse::Scheme::Any(word) => {
                any.fill(word, (), diagnostics);
                continue;
            }
            parse::Scheme::BuiltIn(word) => {
                known.push(word.to_string());
                listed.push(built_in(&word));
            }
            parse::Scheme::Own(path) => {
                known.push(path.to_token_stream().to_string());
                listed.push(SchemeUse::Own(path));
            }
        }
        if let Some((last, before)) = known.split_last()
            && before.contains(last)
        {
            diagnostics.push_at(span, format!("`{}` stands here twice; remove one", last.replace(' ', "")));
            is_good = false;
        }
    }
    match (any.key(), listed.is_empty()) {
        (Some(word), false) => {
            diagnostics.push(
                word,
                "`any_scheme` accepts every scheme of the realm already; remove it, or the schemes beside it",
            );
            None
        }
        (Some(_), true) => Some(Schemes::Any),
        (None, true) if is_whole => {
            diagnostics.push_at(
                at,
                "no scheme is named, so nobody could come in; add those that are accepted, like `bearer`, or `any_scheme` for all of the realm's",
            );
            None
        }
        (None, true) => None,
        (None, false) => is_good.then_some(Schemes::Listed(listed)),
    }
}

fn built_in(word: &Ident) -> SchemeUse {
    match word.to_string().as_str() {
        "basic" => SchemeUse::Basic,
        "api_key" => SchemeUse::ApiKey,
        _ => SchemeUse::Bearer,
    }
}

fn requirement(written: parse::Requirement, diagnostics: &mut Diagnostics) -> Option<Requirement> {
    match written {
        parse::Requirement::Names { keyword, names } => {
            let leaf = if keyword == "scope" { scope } else { role };
            // Each is looked at, also after a bad one.
            let leaves: Vec<_> = names.into_iter().map(|name| leaf(name, diagnostics)).collect();
            let leaves: Vec<_> = leaves.into_iter().collect::<Option<_>>()?;
            Some(one_or(leaves, Requirement::All))
        }
        parse::Requirement::Factor { keyword, method, within } => {
            let method = method.filter(|method| {
                let is_good = grammar::is_scope_token(&method.value());
                if !is_good {
                    diagnostics
                        .push(method, format!("a `{keyword}` is one word, as in RFC 8176: `{keyword}(\"otp\")`"));
                }
                is_good
            });
            let within = match within {
                Some(text) => Some(diagnostics.absorb(grammar::seconds(&text))?),
                None => None,
            };
            Some(Requirement::Factor { method: method?, within })
        }
        parse::Requirement::Check(path) => Some(Requirement::Check(path)),
        parse::Requirement::Group { keyword, parts, is_whole } => group(&keyword, parts, is_whole, diagnostics),
    }
}

fn group(
    keyword: &Ident,
    parts: Vec<parse::Requirement>,
    is_whole: bool,
    diagnostics: &mut Diagnostics,
) -> Option<Requirement> {
    let count = parts.len();
    if count == 0 && is_whole {
        let meaning = match keyword.to_string().as_str() {
            "any" => "`any()` of nothing never holds; write `any(scope = \"a\", role = \"b\")`",
            "all" => "`all()` of nothing always holds; write `all(scope = \"a\", role = \"b\")`",
            _ => "`not()` of nothing says nothing; write `not(role = \"b\")`",
        };
        diagnostics.push(keyword, meaning);
    }
    if let (true, Some(second)) = (keyword == "not", parts.get(1)) {
        diagnostics.push_at(second.span(), "`not` takes one requirement; write `not(any(..))` or `not(all(..))`");
    }
    check_repeated(&parts, diagnostics);
    let parts: Vec<_> = parts.into_iter().map(|part| requirement(part, diagnostics)).collect();
    let mut parts: Vec<_> = parts.into_iter().collect::<Option<_>>()?;
    match keyword.to_string().as_str() {
        _ if !is_whole || count == 0 => None,
        "any" => Some(Requirement::Any(parts)),
        "all" => Some(Requirement::All(parts)),
        _ => parts.pop().filter(|_| count == 1).map(Box::new).map(Requirement::Not),
    }
}

fn scope(name: Name, diagnostics: &mut Diagnostics) -> Option<Requirement> {
    if let Name::Text(text) = &name
        && !grammar::is_scope_token(&text.value())
    {
        let words: Vec<_> = text.value().split_whitespace().map(|word| format!("{word:?}")).collect();
        let text_of_error = if words.is_empty() {
            "a scope cannot be empty; write `scope = \"items:read\"`".to_owned()
        } else if words.len() > 1 {
            format!(
                "a scope cannot hold spaces; write `scope({})` for all of them, `any(scope = .., scope = ..)` for one of them",
                words.join(", ")
            )
        } else {
            "a scope holds visible ASCII characters without `\"` and `\\` (RFC 6749 section 3.3)".to_owned()
        };
        diagnostics.push(text, text_of_error);
        return None;
    }
    Some(Requirement::Scope(name))
}

fn role(name: Name, diagnostics: &mut Diagnostics) -> Option<Requirement> {
    if let Name::Text(text) = &name
        && text.value().is_empty()
    {
        diagnostics.push(text, "a role cannot be empty; write `role = \"admin\"`");
        return None;
    }
    Some(Requirement::Role(name))
}

/// The only one, or the whole list made one.
fn one_or(mut parts: Vec<Requirement>, whole: impl FnOnce(Vec<Requirement>) -> Requirement) -> Requirement {
    match (parts.pop(), parts.is_empty()) {
        (Some(only), true) => only,
        (last, _) => {
            parts.extend(last);
            whole(parts)
        }
    }
}
