//! JSON Web Keys (RFC 7517) as they are read for verification.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};

use super::super::algorithm::{JwtAlgorithm, KeyKind};
use super::super::json::read_object;
use crate::claims::{ClaimValue, Claims};

/// The private members of public-key types (RFC 7518 §6.2.2, §6.3.2; RFC 8037 §2).
const PRIVATE: [&str; 7] = ["d", "p", "q", "dp", "dq", "qi", "oth"];

/// One key as it stands in a document.
pub(super) struct Jwk(Claims);

impl Jwk {
    pub(super) fn parse(json: &[u8]) -> Result<Self, String> {
        read_object(json).map(Self).or(Err("is not a strict JSON object".to_owned()))
    }

    pub(super) fn from_value(value: ClaimValue) -> Option<Self> {
        match value {
            ClaimValue::Object(members) => Some(Self(members)),
            _ => None,
        }
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, String> {
        match self.0.value(name) {
            None => Ok(None),
            Some(ClaimValue::String(text)) => Ok(Some(text)),
            Some(_) => Err(format!("has a `{name}` that is not text")),
        }
    }

    pub(super) fn key_type(&self) -> Result<&str, String> {
        self.text("kty")?.ok_or_else(|| "has no `kty`".to_owned())
    }

    /// Whether the document says that the key is for something else than verifying (RFC 7517 §4.2, §4.3).
    pub(super) fn check_use(&self) -> Result<(), String> {
        if let Some(other) = self.text("use")?.filter(|purpose| *purpose != "sig") {
            return Err(format!("has `use` `{}`, not `sig`", other.escape_default()));
        }
        match self.0.value("key_ops") {
            None => Ok(()),
            Some(ClaimValue::Array(operations)) => {
                let verifies = operations
                    .iter()
                    .any(|operation| matches!(operation, ClaimValue::String(name) if name == "verify"));
                if verifies { Ok(()) } else { Err("has `key_ops` without `verify`".to_owned()) }
            }
            Some(_) => Err("has `key_ops` that are not a list".to_owned()),
        }
    }

    /// The algorithm: the one wanted, which the key must not contradict, or the one that the key names.
    pub(super) fn algorithm(&self, wanted: Option<JwtAlgorithm>) -> Result<JwtAlgorithm, String> {
        let named = match self.text("alg")? {
            None => None,
            Some(name) => {
                Some(name.parse::<JwtAlgorithm>().map_err(|error| format!("has an `alg` of its own ({error})"))?)
            }
        };
        match (wanted, named) {
            (Some(wanted), Some(named)) if wanted != named => Err(format!("is for {named}, not for {wanted}")),
            (Some(algorithm), _) | (None, Some(algorithm)) => Ok(algorithm),
            (None, None) => Err("has no `alg`; say which algorithm it is for".to_owned()),
        }
    }

    /// A binary member, base64url without padding.
    pub(super) fn bytes(&self, name: &str) -> Result<Vec<u8>, String> {
        let text = self.text(name)?.ok_or_else(|| format!("has no `{name}`"))?;
        BASE64_URL_SAFE_NO_PAD.decode(text).or(Err(format!("has a `{name}` that is not base64url")))
    }

    /// Whether `kty` and `crv` are those of the algorithm, and nothing private stands beside them.
    pub(super) fn check_type(&self, algorithm: JwtAlgorithm) -> Result<(), String> {
        let (kty, crv) = match algorithm.key_kind() {
            KeyKind::Secret { .. } => ("oct", None),
            KeyKind::Rsa => ("RSA", None),
            KeyKind::P256 => ("EC", Some("P-256")),
            KeyKind::P384 => ("EC", Some("P-384")),
            KeyKind::Ed25519 => ("OKP", Some("Ed25519")),
        };
        let (is_kty, is_crv) = (self.key_type()?, self.text("crv")?);
        if is_kty != kty {
            return Err(format!("has `kty` `{}`, {algorithm} needs `{kty}`", is_kty.escape_default()));
        }
        if crv.is_some() && is_crv != crv {
            let is_crv = is_crv.unwrap_or_default().escape_default();
            return Err(format!("has `crv` `{is_crv}`, {algorithm} needs `{}`", crv.unwrap_or_default()));
        }
        match PRIVATE.into_iter().find(|name| self.0.value(name).is_some()) {
            Some(name) => Err(format!("is private (it has `{name}`), and a verifier must not have it")),
            None => Ok(()),
        }
    }
}
