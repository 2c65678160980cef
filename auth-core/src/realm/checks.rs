//! What a realm is checked for before it is built.

use super::Options;
use super::builder::Draft;
use crate::cache::VerifiedCache;
use crate::challenge::{ChallengeForm, is_quotable};
use crate::config_error::{ConfigError, ConfigErrorKind};
use crate::extract::Accepted;
use crate::scheme::is_token_byte;

pub(super) fn check_cache(capacity: usize) -> Result<(), ConfigError> {
    const MAX: usize = VerifiedCache::MAX_CAPACITY;
    if capacity <= MAX {
        return Ok(());
    }
    Err(ConfigError::new(
        ConfigErrorKind::Limit,
        format!("a cache of {capacity} credentials is too large; use at most {MAX}: `.cache_capacity({MAX})`"),
    ))
}

pub(super) fn check_schemes(realm: &str, schemes: &[Draft]) -> Result<(), ConfigError> {
    if schemes.is_empty() {
        return Err(ConfigError::new(
            ConfigErrorKind::NoScheme,
            format!("realm {realm:?} has no scheme; add one, like `.bearer(verifier)`"),
        ));
    }
    if schemes.len() > Accepted::MAX {
        return Err(ConfigError::new(
            ConfigErrorKind::Limit,
            format!(
                "realm {realm:?} has {} schemes; {} is the most, split it into two realms",
                schemes.len(),
                Accepted::MAX
            ),
        ));
    }
    for (at, draft) in schemes.iter().enumerate() {
        draft.carrier.check()?;
        check_names(draft)?;
        for other in schemes.iter().skip(at.saturating_add(1)) {
            let what = if draft.id == other.id {
                "is there twice; give it one verifier"
            } else if draft.id.name() == other.id.name() {
                "has the name of another scheme; give one of them `#[scheme(name = \"..\")]`"
            } else if draft.carrier == other.carrier {
                "claims the same values as another scheme; give one of them a `prefix`"
            } else {
                continue;
            };
            return Err(ConfigError::new(
                ConfigErrorKind::SchemeClash,
                format!("realm {realm:?}: scheme `{}` {what} (beside `{}`)", other.id, draft.id),
            ));
        }
    }
    Ok(())
}

/// What a derive has checked, a scheme written by hand may have wrong.
fn check_names(draft: &Draft) -> Result<(), ConfigError> {
    let name = draft.id.name();
    let complain = |text: String| Err(ConfigError::new(ConfigErrorKind::SchemeName, text));
    let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if name.is_empty() || !name.bytes().all(is_name) {
        return complain(format!(
            "`{}` is not a valid scheme name; use lower case with underscores, like `own_key`",
            name.escape_default()
        ));
    }
    if !draft.carrier.prefix.bytes().all(|byte| byte.is_ascii_graphic()) {
        return complain(format!(
            "scheme `{name}`: `{}` is not a valid prefix; use visible ASCII characters",
            draft.carrier.prefix.escape_default()
        ));
    }
    match draft.form {
        ChallengeForm::Named(form) if ["bearer", "basic"].iter().any(|own| form.eq_ignore_ascii_case(own)) => complain(
            format!("scheme `{name}`: the challenge `{form}` has a form of its own; use `ChallengeForm::{form}`"),
        ),
        ChallengeForm::Named(form) if form.is_empty() || !form.bytes().all(is_token_byte) => complain(format!(
            "scheme `{name}`: `{}` is not a valid challenge name; use letters, like `DPoP`",
            form.escape_default()
        )),
        _ => Ok(()),
    }
}

pub(super) fn check_options(options: &Options) -> Result<(), ConfigError> {
    if ![401, 403].contains(&options.forbidden_status) {
        return Err(ConfigError::new(
            ConfigErrorKind::ForbiddenStatus,
            format!(
                "{} cannot mean \"forbidden\"; use 401 or 403, and `hide` in policies for 404",
                options.forbidden_status
            ),
        ));
    }
    for (factor, value) in &options.acr_values {
        if value.is_empty() || value.contains(' ') || !is_quotable(value) {
            return Err(ConfigError::new(
                ConfigErrorKind::Value,
                format!(
                    "`{}` is not an acr value for {factor:?}; use visible ASCII characters without spaces",
                    value.escape_default()
                ),
            ));
        }
    }
    for origin in &options.trusted_origins {
        if !is_origin(origin) {
            return Err(ConfigError::new(
                ConfigErrorKind::Value,
                format!(
                    "`{}` is not an origin; write scheme and host, like `https://app.example.com`",
                    origin.escape_default()
                ),
            ));
        }
    }
    Ok(())
}

/// RFC 9728 §3: https, and no fragment. Only `Bearer` challenges name it.
pub(super) fn check_metadata_address(realm: &str, address: &str, schemes: &[Draft]) -> Result<(), ConfigError> {
    let host = address.strip_prefix("https://").and_then(|rest| rest.split(['/', '?']).next());
    let is_byte = |byte: u8| byte.is_ascii_graphic() && !br#""\<>^`{|}#"#.contains(&byte);
    let complaint = if host.is_none_or(|host| host.is_empty() || host.contains('@')) || !address.bytes().all(is_byte) {
        "is not an address of metadata; write one like `https://api.example.com/.well-known/oauth-protected-resource`"
    } else if !schemes.iter().any(|draft| draft.form == ChallengeForm::Bearer) {
        "would be named by no challenge; add `.bearer(verifier)`, or leave `.resource_metadata(..)` out"
    } else {
        return Ok(());
    };
    Err(ConfigError::new(
        ConfigErrorKind::Address,
        format!("realm {realm:?}: `{}` {complaint}", address.escape_default()),
    ))
}

/// Whether browsers write an origin like this (RFC 6454 §6.2): lower case, no default port, no pattern.
fn is_origin(text: &str) -> bool {
    let (default_port, authority) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(authority), _) => ("443", authority),
        (_, Some(authority)) => ("80", authority),
        _ => return false,
    };
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let is_port = port.is_none_or(|port| {
        port != default_port
            && !port.starts_with('0')
            && port.bytes().all(|byte| byte.is_ascii_digit())
            && port.parse::<u16>().is_ok()
    });
    let is_v6 = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .is_some_and(|host| host.parse::<std::net::Ipv6Addr>().is_ok());
    let is_name = !host.is_empty()
        && host.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-._".contains(&byte));
    is_port && (is_v6 || is_name)
}
