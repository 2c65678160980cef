//! The compact form of a token (RFC 7515 §7.1), before anything in it is believed.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use base64::decoded_len_estimate;
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use serde_core::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, Visitor};

use super::json::{Text, Value, read, read_object};
use super::source::WantedKey;
use crate::claims::Claims;
use crate::verifier::Reason;

/// A token whose three parts are decoded, one after the other in one buffer.
pub(super) struct Decoded<'t> {
    message: &'t str,
    bytes: Vec<u8>,
    header_end: usize,
    payload_end: usize,
}

/// A token in its three parts.
pub(super) struct Compact<'t> {
    /// What is signed: header and payload, as sent.
    pub(super) message: &'t str,
    pub(super) signature: &'t [u8],
    pub(super) header: Header<'t>,
    payload: &'t [u8],
}

/// What a header may say. Whatever else it says, `jwk` or `x5u` included, is not looked at.
pub(super) struct Header<'t> {
    pub(super) algorithm: Cow<'t, str>,
    pub(super) key_id: Option<Cow<'t, str>>,
    pub(super) token_type: Option<Cow<'t, str>>,
}

impl<'t> Decoded<'t> {
    pub(super) fn parse(token: &'t str) -> Result<Self, Reason> {
        let (message, signature) = token.rsplit_once('.').ok_or(Reason::MALFORMED)?;
        let (header, payload) = message.split_once('.').ok_or(Reason::MALFORMED)?;
        let mut bytes = Vec::with_capacity(decoded_len_estimate(token.len()).saturating_add(6));
        // A fourth part is no base64url either: its dot is not. Canonical forms without padding only.
        let mut decode = |part| {
            BASE64_URL_SAFE_NO_PAD.decode_vec(part, &mut bytes).or(Err(Reason::MALFORMED))?;
            Ok(bytes.len())
        };
        let (header_end, payload_end) = (decode(header)?, decode(payload)?);
        decode(signature)?;
        Ok(Self { message, bytes, header_end, payload_end })
    }

    /// The parts, with the header read.
    pub(super) fn parts(&self) -> Result<Compact<'_>, Reason> {
        let (message, signature) = self.bytes.split_at_checked(self.payload_end).ok_or(Reason::MALFORMED)?;
        let (header, payload) = message.split_at_checked(self.header_end).ok_or(Reason::MALFORMED)?;
        let header = read(header, HeaderSeed).or(Err(Reason::TOKEN_HEADER))?;
        Ok(Compact { message: self.message, signature, header, payload })
    }
}

/// Reads a token and hands it on.
pub(super) fn with_token<T>(token: &str, then: impl FnOnce(&Compact<'_>) -> T) -> Result<T, Reason> {
    let decoded = Decoded::parse(token)?;
    Ok(then(&decoded.parts()?))
}

impl Compact<'_> {
    /// Reads the payload. Whoever reads it before the signature was found good believes nothing of it.
    pub(super) fn claims(&self) -> Result<Claims, Reason> {
        read_object(self.payload).or(Err(Reason::CLAIMS))
    }
}

impl Header<'_> {
    /// What a source of keys is asked for.
    pub(super) fn wanted_key(&self) -> WantedKey {
        WantedKey { algorithm: self.algorithm.to_string(), id: self.key_id.as_deref().map(str::to_owned) }
    }
}

/// Reads a header as strictly as any object, and keeps three members of it.
struct HeaderSeed;

impl<'de> DeserializeSeed<'de> for HeaderSeed {
    type Value = Header<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Header<'de>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for HeaderSeed {
    type Value = Header<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JOSE header")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Header<'de>, A::Error> {
        let (mut algorithm, mut key_id, mut token_type) = (None, None, None);
        let mut others = BTreeSet::new();
        while let Some(name) = members.next_key_seed(Text)? {
            let member = match name.as_ref() {
                "alg" => &mut algorithm,
                "kid" => &mut key_id,
                "typ" => &mut token_type,
                // Extensions that change what is signed, or how, are not supported; an unknown `crit` must be refused.
                "crit" | "b64" | "zip" | "enc" => return Err(A::Error::custom("an extension")),
                _ => {
                    members.next_value_seed(Value { depth: 1 })?;
                    if !others.insert(name) {
                        return Err(A::Error::custom("a name stands twice"));
                    }
                    continue;
                }
            };
            if member.replace(members.next_value_seed(Text)?).is_some() {
                return Err(A::Error::custom("a name stands twice"));
            }
        }
        let algorithm = algorithm.ok_or_else(|| A::Error::custom("no algorithm"))?;
        Ok(Header { algorithm, key_id, token_type })
    }
}
