//! What is true of the scheme: one carrier with a good name, and all that follows from it.

use proc_macro2::Ident;
use syn::{DeriveInput, LitStr, Type};

use super::parse::{Challenge, Input};
use crate::diagnostics::Diagnostics;
use crate::grammar::{self, Slot};
use crate::names;

/// A scheme that the core can use.
pub(super) struct Scheme<'i> {
    pub(super) item: &'i DeriveInput,
    pub(super) carrier: Carrier,
    pub(super) prefix: Option<LitStr>,
    pub(super) name: String,
    pub(super) challenge: Form,
    pub(super) credential: Credential,
    pub(super) is_guessable: bool,
}

/// Where the credential travels.
pub(super) enum Carrier {
    Authorization(LitStr),
    Basic,
    Bearer,
    Cookie(LitStr),
    Header(LitStr),
    InsecureCookie(LitStr),
    Query(LitStr),
}

/// How it is asked for.
pub(super) enum Form {
    ApiKey,
    Basic,
    Bearer,
    Named(LitStr),
    None,
}

/// What travels.
pub(super) enum Credential {
    BasicCredentials,
    BearerToken,
    OpaqueToken,
    Own(Box<Type>),
}

/// Header fields that mean something else: to HTTP, or to the core, which reads them itself. `Carrier` in the core has the
/// same list.
const RESERVED: [&str; 13] = [
    "authorization",
    "connection",
    "content-length",
    "cookie",
    "forwarded",
    "host",
    "origin",
    "proxy-authorization",
    "sec-fetch-site",
    "transfer-encoding",
    "upgrade",
    "x-forwarded-for",
    "x-forwarded-proto",
];

/// Checks the scheme; `None` if something is wrong with it.
pub(super) fn validate<'i>(input: Input<'i>, diagnostics: &mut Diagnostics) -> Option<Scheme<'i>> {
    let item = input.item;
    check_item(item, diagnostics);
    let carrier = check_carrier(&input, diagnostics);
    let prefix = input.prefix.into_value();
    if let Some(text) = &prefix
        && !is_visible(&text.value())
    {
        diagnostics.push(text, "a prefix is visible ASCII characters, at least one; write `prefix = \"ak_\"`");
    }
    let name = check_name(input.name, item, diagnostics);
    let challenge = match input.challenge.into_value() {
        Some(written) => Some(check_challenge(written, diagnostics)?),
        None => None,
    };
    let carrier = carrier?;
    // What people choose can be guessed; what travels as `Basic` usually is a password.
    let is_guessable =
        input.guessable.is_filled() || (matches!(carrier, Carrier::Basic) && !input.credential.is_filled());
    Some(Scheme {
        item,
        challenge: challenge.unwrap_or_else(|| default_challenge(&carrier)),
        credential: match input.credential.into_value() {
            Some(own) => Credential::Own(Box::new(own)),
            None => default_credential(&carrier),
        },
        carrier,
        prefix,
        name: name?,
        is_guessable,
    })
}

fn check_item(item: &DeriveInput, diagnostics: &mut Diagnostics) {
    let is_struct = matches!(item.data, syn::Data::Struct(_));
    if !is_struct {
        diagnostics.push(&item.ident, format!("a scheme is a struct; write `struct {};`", item.ident));
    }
    if !item.generics.params.is_empty() {
        diagnostics.push(
            &item.generics,
            "a scheme stands for one way to travel, so it has no generics; write one struct for each",
        );
    }
}

fn check_carrier(input: &Input<'_>, diagnostics: &mut Diagnostics) -> Option<Carrier> {
    let mut carriers = input.carriers.iter();
    let Some((key, name)) = carriers.next() else {
        if input.is_whole {
            diagnostics.push(
                &input.item.ident,
                "it is not said where the credential travels; write one of `#[scheme(bearer)]`, `basic`, `authorization = \"..\"`, `header = \"..\"`, `query = \"..\"`, `cookie = \"..\"`",
            );
        }
        return None;
    };
    for (second, _) in carriers {
        diagnostics.push(
            second,
            format!("a credential travels in one place, and `{key}` is it already; write a scheme for each place"),
        );
    }
    if let (Some(insecure), true) = (input.insecure_cookie_name.key(), key != "cookie") {
        diagnostics.push(insecure, "this is about cookies; remove it");
    }
    match (key.to_string().as_str(), name) {
        ("bearer", _) => Some(Carrier::Bearer),
        ("basic", _) => Some(Carrier::Basic),
        (_, None) => None,
        (kind, Some(name)) => {
            check_field_name(key, name, diagnostics)?;
            match kind {
                "authorization" => check_authorization(name, diagnostics),
                "header" => check_header(name, diagnostics),
                "query" => Some(Carrier::Query(name.clone())),
                _ => check_cookie(name, input.insecure_cookie_name.is_filled(), diagnostics),
            }
        }
    }
}

fn check_field_name(key: &Ident, name: &LitStr, diagnostics: &mut Diagnostics) -> Option<()> {
    if grammar::is_token(&name.value()) {
        return Some(());
    }
    diagnostics.push(
        name,
        format!("this is not a valid {key} name; use letters, digits, `-` and `_` (RFC 9110 section 5.6.2)"),
    );
    None
}

fn check_authorization(name: &LitStr, diagnostics: &mut Diagnostics) -> Option<Carrier> {
    let lower = name.value().to_ascii_lowercase();
    if ["bearer", "basic"].contains(&lower.as_str()) {
        diagnostics.push(name, format!("write `{lower}` alone: its challenge has a form of its own"));
        return None;
    }
    Some(Carrier::Authorization(name.clone()))
}

fn check_header(name: &LitStr, diagnostics: &mut Diagnostics) -> Option<Carrier> {
    let lower = name.value().to_ascii_lowercase();
    if RESERVED.contains(&lower.as_str()) {
        let hint = match lower.as_str() {
            "authorization" => "write `bearer`, or `authorization = \"..\"` with the name of the auth-scheme",
            "cookie" => "write `cookie = \"__Host-..\"`",
            _ => "use a name of your own, like `X-Key`",
        };
        diagnostics.push(name, format!("this header has a meaning of its own; {hint}"));
        return None;
    }
    Some(Carrier::Header(name.clone()))
}

fn check_cookie(name: &LitStr, is_insecure: bool, diagnostics: &mut Diagnostics) -> Option<Carrier> {
    if is_insecure {
        return Some(Carrier::InsecureCookie(name.clone()));
    }
    if !name.value().starts_with("__Host-") {
        diagnostics.push(
            name,
            format!(
                "other hosts may set this cookie; write `cookie = \"__Host-{}\"`, or add `with_insecure_cookie_name`",
                name.value()
            ),
        );
        return None;
    }
    Some(Carrier::Cookie(name.clone()))
}

fn check_name(written: Slot<LitStr>, item: &DeriveInput, diagnostics: &mut Diagnostics) -> Option<String> {
    let Some(text) = written.into_value() else { return Some(names::snake(&item.ident)) };
    let name = text.value();
    let is_good = name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    if !is_good {
        diagnostics.push(
            text,
            format!("a scheme's name is lower case with underscores; write `name = \"{}\"`", names::snake(&item.ident)),
        );
        return None;
    }
    Some(name)
}

fn check_challenge(written: Challenge, diagnostics: &mut Diagnostics) -> Option<Form> {
    const WRITE: &str =
        "write `challenge = bearer`, `basic`, `api_key` or `none`, or the name of another auth-scheme in quotes";
    match written {
        Challenge::Word(word) => match word.to_string().as_str() {
            "bearer" => return Some(Form::Bearer),
            "basic" => return Some(Form::Basic),
            "api_key" => return Some(Form::ApiKey),
            "none" => return Some(Form::None),
            _ => diagnostics.push(word, WRITE),
        },
        Challenge::Named(name) => {
            let is_special = ["bearer", "basic"].contains(&name.value().to_ascii_lowercase().as_str());
            if grammar::is_token(&name.value()) && !is_special {
                return Some(Form::Named(name));
            }
            diagnostics.push(name, WRITE);
        }
    }
    None
}

fn default_challenge(carrier: &Carrier) -> Form {
    match carrier {
        Carrier::Authorization(name) => Form::Named(name.clone()),
        Carrier::Basic => Form::Basic,
        Carrier::Bearer => Form::Bearer,
        Carrier::Header(_) => Form::ApiKey,
        Carrier::Cookie(_) | Carrier::InsecureCookie(_) | Carrier::Query(_) => Form::None,
    }
}

fn default_credential(carrier: &Carrier) -> Credential {
    match carrier {
        Carrier::Basic => Credential::BasicCredentials,
        Carrier::Bearer => Credential::BearerToken,
        _ => Credential::OpaqueToken,
    }
}

fn is_visible(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}
