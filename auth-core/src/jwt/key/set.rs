//! Sets of keys (RFC 7517 §5).

use super::super::algorithm::JwtAlgorithm;
use super::super::json::read_object;
use super::jwk::Jwk;
use super::{JwtKey, foreign, jwk_error};
use crate::claims::ClaimValue;
use crate::config_error::{ConfigError, ConfigErrorKind};

/// The most keys that a set may hold.
pub(super) const MAX_KEYS: usize = 100;

/// Keys that are chosen by the `kid` of a token. Every id stands once.
///
/// # Examples
///
/// ```
/// use auth_core::jwt::JwtKeySet;
///
/// let set = JwtKeySet::from_json(r#"{"keys":[{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","kid":"2026-01",
///     "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#)?;
/// assert_eq!(set.keys().len(), 1);
/// assert!(JwtKeySet::from_json(r#"{"keys":[]}"#).is_err());
/// # Ok::<(), auth_core::ConfigError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct JwtKeySet {
    keys: Vec<JwtKey>,
}

impl JwtKeySet {
    /// Joins keys to a set.
    ///
    /// # Errors
    ///
    /// If there is none or more than 100, one of several has no id, two share one, or shared secrets stand beside public
    /// keys: such a set is a key confusion waiting to happen.
    pub fn new(keys: Vec<JwtKey>) -> Result<Self, ConfigError> {
        let complain = |text: String| Err(ConfigError::new(ConfigErrorKind::KeySet, text));
        if keys.is_empty() {
            return complain("the key set has no key; give it one or more".to_owned());
        }
        if keys.len() > MAX_KEYS {
            return complain(format!("{} keys are too many; use at most {MAX_KEYS}", keys.len()));
        }
        let secrets = keys.iter().filter(|key| key.is_shared_secret()).count();
        if secrets != 0 && secrets != keys.len() {
            return complain(
                "shared secrets stand beside public keys; give each issuer a verifier of its own".to_owned(),
            );
        }
        match check_ids(&keys) {
            Ok(()) => Ok(Self { keys }),
            Err(IdFlaw::Missing) => complain(
                "one of several keys has no id; give each one: `.with_id(\"2026-01\")`, or `kid` in JSON".to_owned(),
            ),
            Err(IdFlaw::Twice(id)) => {
                complain(format!("two keys have the id `{}`; give each its own", id.escape_default()))
            }
        }
    }

    /// Reads a document of our own making. Every key in it has to be good.
    ///
    /// # Errors
    ///
    /// If it cannot be read, or as [`JwtKey::from_jwk`] and [`new`](Self::new).
    pub fn from_json(json: &str) -> Result<Self, ConfigError> {
        let keys = parse_set(json.as_bytes()).map_err(jwk_error)?;
        let keys = keys.iter().map(|key| JwtKey::from_parsed_jwk(key, None)).collect::<Result<Vec<_>, _>>();
        Self::new(keys.map_err(jwk_error)?)
    }

    /// Reads a document of somebody else's making, for the algorithms that are wanted. Keys for other purposes
    /// and algorithms are left out, and so is every shared secret; a key without `alg` counts for the one wanted
    /// algorithm that it fits.
    ///
    /// # Errors
    ///
    /// If no algorithm is wanted; if the document cannot be read, or holds more than 100 keys; if no key is left, or of
    /// several that are left one has no id or two share one. The text says why the first key was left out.
    pub fn from_foreign_json(json: &[u8], wanted: &[JwtAlgorithm]) -> Result<Self, ConfigError> {
        foreign::read(json, wanted).map(|keys| Self { keys })
    }

    /// The keys.
    #[must_use]
    pub fn keys(&self) -> &[JwtKey] {
        &self.keys
    }

    /// The key that a token names, or the only one of its algorithm; `None` if there is none, or no only one.
    #[must_use]
    pub fn find(&self, algorithm: &str, id: Option<&str>) -> Option<JwtKey> {
        let mut fitting = self.keys.iter().filter(|key| {
            key.algorithm().as_str() == algorithm && id.is_none_or(|id| key.id().is_none_or(|own| own == id))
        });
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => Some(key.clone()),
            _ => None,
        }
    }

    /// Whether any key is for the algorithm.
    pub(in crate::jwt) fn has_algorithm(&self, algorithm: &str) -> bool {
        self.keys.iter().any(|key| key.algorithm().as_str() == algorithm)
    }
}

/// What is wrong with the ids of a set.
pub(super) enum IdFlaw<'k> {
    /// One of several keys has none.
    Missing,
    /// Two keys share it.
    Twice(&'k str),
}

/// Several keys have ids, and every id stands once.
pub(super) fn check_ids(keys: &[JwtKey]) -> Result<(), IdFlaw<'_>> {
    let mut seen = Vec::with_capacity(keys.len());
    for key in keys {
        match key.id() {
            None if keys.len() > 1 => return Err(IdFlaw::Missing),
            Some(id) if seen.contains(&id) => return Err(IdFlaw::Twice(id)),
            id => seen.extend(id),
        }
    }
    Ok(())
}

pub(super) fn parse_set(json: &[u8]) -> Result<Vec<Jwk>, String> {
    let document = read_object(json).or(Err("set is not a strict JSON object".to_owned()))?;
    let Some(ClaimValue::Array(keys)) = document.value("keys") else {
        return Err("set has no list `keys`".to_owned());
    };
    keys.iter()
        .cloned()
        .map(|key| Jwk::from_value(key).ok_or_else(|| "set holds something else than keys".to_owned()))
        .collect()
}
