//! The compact form of a token (RFC 7515 §7.1), before anything in it is believed.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};

use super::json::read_object;
use super::source::WantedKey;
use crate::claims::{ClaimValue, Claims};
use crate::verifier::Reason;

/// A token in its three parts.
pub(super) struct Compact<'t> {
    /// What is signed: header and payload, as sent.
    pub(super) message: &'t str,
    pub(super) signature: Vec<u8>,
    pub(super) header: Header,
    payload: Vec<u8>,
}

/// What a header may say. Whatever else it says, `jwk` or `x5u` included, is not looked at.
pub(super) struct Header {
    pub(super) algorithm: String,
    pub(super) key_id: Option<String>,
    pub(super) token_type: Option<String>,
}

impl<'t> Compact<'t> {
    pub(super) fn parse(token: &'t str) -> Result<Self, Reason> {
        let (message, signature) = token.rsplit_once('.').ok_or(Reason::MALFORMED)?;
        let (header, payload) = message.split_once('.').ok_or(Reason::MALFORMED)?;
        // A fourth part is no base64url either: its dot is not.
        let decode = |part| decode(part).ok_or(Reason::MALFORMED);
        let (header, payload, signature) = (decode(header)?, decode(payload)?, decode(signature)?);
        Ok(Self { message, signature, header: Header::read(&header)?, payload })
    }

    /// Reads the payload. Whoever reads it before the signature was found good believes nothing of it.
    pub(super) fn claims(&self) -> Result<Claims, Reason> {
        read_object(&self.payload).or(Err(Reason::CLAIMS))
    }
}

impl Header {
    /// What a source of keys is asked for.
    pub(super) fn wanted_key(&self) -> WantedKey {
        WantedKey { algorithm: self.algorithm.clone(), id: self.key_id.clone() }
    }

    fn read(text: &[u8]) -> Result<Self, Reason> {
        let members = read_object(text).or(Err(Reason::TOKEN_HEADER))?;
        // Extensions that change what is signed, or how, are not supported; an unknown `crit` must be refused.
        if ["crit", "b64", "zip", "enc"].iter().any(|name| members.value(name).is_some()) {
            return Err(Reason::TOKEN_HEADER);
        }
        let text = |name| match members.value(name) {
            None => Ok(None),
            Some(ClaimValue::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(Reason::TOKEN_HEADER),
        };
        Ok(Self {
            algorithm: text("alg")?.ok_or(Reason::TOKEN_HEADER)?,
            key_id: text("kid")?,
            token_type: text("typ")?,
        })
    }
}

/// Base64url without padding, canonical forms only.
fn decode(text: &str) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(text).ok()
}
