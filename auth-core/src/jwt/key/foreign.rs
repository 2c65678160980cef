//! Key sets of somebody else's making (RFC 7517 §5), read for the algorithms that are wanted.
//!
//! Whoever reads these errors has not made the keys: they say what the provider publishes, and what to ask of it.

use super::super::algorithm::JwtAlgorithm;
use super::jwk::Jwk;
use super::set::{IdFlaw, MAX_KEYS, check_ids, parse_set};
use super::{JwtKey, jwk_error};
use crate::config_error::{ConfigError, ConfigErrorKind};

/// The most characters of a text that quotes somebody else's key.
const MAX_SHOWN: usize = 120;

/// The keys that can be used, at least one and every id once.
pub(super) fn read(json: &[u8], wanted: &[JwtAlgorithm]) -> Result<Vec<JwtKey>, ConfigError> {
    if wanted.is_empty() {
        let text = "no algorithm is wanted of the provider's keys; name one, like `JwtAlgorithm::Rs256`";
        return Err(ConfigError::new(ConfigErrorKind::Algorithm, text));
    }
    let published = parse_set(json).map_err(jwk_error)?;
    if published.len() > MAX_KEYS {
        return Err(complain(format!("the provider publishes {} keys; at most {MAX_KEYS} are read", published.len())));
    }
    let read = published.iter().map(|jwk| usable(jwk, wanted));
    let (keys, left_out): (Vec<_>, Vec<_>) = read.partition(Result::is_ok);
    let keys: Vec<JwtKey> = keys.into_iter().flatten().collect();
    if keys.is_empty() {
        return Err(complain(none_of(wanted, published.len(), left_out.into_iter().find_map(Result::err))));
    }
    let count = keys.len();
    match check_ids(&keys) {
        Ok(()) => Ok(keys),
        Err(IdFlaw::Missing) => Err(complain(format!(
            "the provider publishes {count} keys for {} and one without `kid`; have it name each key, or name fewer algorithms by `.algorithms([..])`",
            names(wanted)
        ))),
        Err(IdFlaw::Twice(id)) => Err(complain(format!(
            "the provider publishes two keys for {} with the `kid` `{}`; have it name each key, or name fewer algorithms by `.algorithms([..])`",
            names(wanted),
            shortened(&id.escape_default().to_string())
        ))),
    }
}

/// The key for the one wanted algorithm that it fits, or why it is left out.
fn usable(jwk: &Jwk, wanted: &[JwtAlgorithm]) -> Result<JwtKey, String> {
    if jwk.key_type()? == "oct" {
        return Err("is a shared secret, which nobody may publish".to_owned());
    }
    let mut fitting: Option<JwtKey> = None;
    let mut complaint = None;
    for algorithm in wanted {
        match JwtKey::from_parsed_jwk(jwk, Some(*algorithm)) {
            Ok(key) => match &fitting {
                None => fitting = Some(key),
                // A key that fits two wanted algorithms and names none is nobody's: one key, one algorithm.
                Some(first) => {
                    return Err(format!(
                        "fits {} and {algorithm} and names no `alg`; name one of the two",
                        first.algorithm()
                    ));
                }
            },
            Err(why) => complaint = complaint.or(Some(why)),
        }
    }
    fitting.ok_or_else(|| complaint.unwrap_or_default())
}

/// Why no key is left of so many; `why` is the complaint about the first one.
fn none_of(wanted: &[JwtAlgorithm], published: usize, why: Option<String>) -> String {
    match why {
        None => "the provider publishes no key; check the address of its key set".to_owned(),
        Some(why) => format!(
            "no key for {} among {published} of the provider's (the first one {}); name the provider's algorithm by `.algorithms([..])`",
            names(wanted),
            shortened(&why)
        ),
    }
}

fn names(algorithms: &[JwtAlgorithm]) -> String {
    let names: Vec<_> = algorithms.iter().map(|algorithm| algorithm.as_str()).collect();
    names.join(" or ")
}

/// A text that was escaped, and may quote something long.
fn shortened(text: &str) -> String {
    text.chars().take(MAX_SHOWN).collect()
}

fn complain(text: String) -> ConfigError {
    ConfigError::new(ConfigErrorKind::KeySet, text)
}
