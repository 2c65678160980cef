//! The compact form of a token (RFC 7515 §7.1), before anything in it is believed.

use std::borrow::Cow;
use std::{fmt, mem};

use base64::decoded_len_estimate;
use serde_core::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, Visitor};

use super::base64url;
use super::glance::Glancing;
use super::json::{TextSeed, refuse_reserved};
use super::memory::KnownHeader;
use super::names::Names;
use super::plain;
use super::registered::Registered;
use super::source::WantedKey;
use crate::verifier::Reason;

/// The most bytes that a token is decoded to without memory of its own.
const SHORT: usize = 1024;

/// A token in its three parts.
pub(super) struct Compact<'t> {
    /// What is signed: header and payload, as sent.
    pub(super) message: &'t [u8],
    pub(super) signature: &'t [u8],
    pub(super) header: Header<'t>,
    /// Whether the header is the one that was known, and not read.
    pub(super) has_known_header: bool,
    payload: &'t [u8],
}

/// What a header may say. Whatever else it says, `jwk` or `x5u` included, is not looked at.
#[cfg_attr(test, derive(Debug, PartialEq))]
pub(super) struct Header<'t> {
    pub(super) algorithm: Cow<'t, str>,
    pub(super) key_id: Option<Cow<'t, str>>,
    pub(super) token_type: Option<Cow<'t, str>>,
}

impl<'t> Compact<'t> {
    /// Decodes a token into the buffer, which has to have the length of [`decoded_len`], and reads its header, unless it
    /// is the known one.
    pub(super) fn parse(token: &'t [u8], buffer: &'t mut [u8], known: Option<&'t KnownHeader>) -> Result<Self, Reason> {
        let (message, signature) = split_at_dot(token, last_dot(token)).ok_or(Reason::MALFORMED)?;
        let mut rest = buffer;
        // A fourth part is no base64url either: its dot is not. Canonical forms without padding only.
        let mut decode = |part: &[u8]| {
            let length = base64url::decode(part, rest).ok_or(Reason::MALFORMED)?;
            let (decoded, unused) = mem::take(&mut rest).split_at_mut_checked(length).ok_or(Reason::MALFORMED)?;
            rest = unused;
            Ok(&*decoded)
        };
        if let Some((header, payload)) = known.and_then(|known| known.find(message)) {
            let (payload, signature) = (decode(payload)?, decode(signature)?);
            return Ok(Self { message, signature, header, has_known_header: true, payload });
        }
        let dot = message.iter().position(|byte| *byte == b'.');
        let (header, payload) = split_at_dot(message, dot).ok_or(Reason::MALFORMED)?;
        let (header, payload, signature) = (decode(header)?, decode(payload)?, decode(signature)?);
        let header = str::from_utf8(header).or(Err(Reason::TOKEN_HEADER))?;
        let header = plain::read(header, HeaderSeed).or(Err(Reason::TOKEN_HEADER))?;
        Ok(Self { message, signature, header, has_known_header: false, payload })
    }

    /// Reads the claims that facts are made of, unless they are read already. Whoever does so before the signature was
    /// found good believes nothing of them.
    pub(super) fn read(&self, registered: &mut Registered<'t>) -> Result<(), Reason> {
        if registered.is_read() {
            return Ok(());
        }
        let payload = str::from_utf8(self.payload).or(Err(Reason::CLAIMS))?;
        registered.read(payload).or(Err(Reason::CLAIMS))
    }
}

/// What stands before the dot at that place, and behind it.
fn split_at_dot(text: &[u8], dot: Option<usize>) -> Option<(&[u8], &[u8])> {
    let (before, behind) = text.split_at_checked(dot?)?;
    Some((before, behind.strip_prefix(b".")?))
}

/// Where the last dot stands. Eight bytes at a time: a signature may be long.
fn last_dot(text: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::MAX / 255;
    let has_dot = |word: &[u8; 8]| {
        let word = u64::from_ne_bytes(*word) ^ ONES.wrapping_mul(b'.'.into());
        word.wrapping_sub(ONES) & !word & ONES.wrapping_mul(0x80) != 0
    };
    let (before, words) = text.as_rchunks();
    let behind = words.iter().rposition(has_dot).map_or(0, |at| at.saturating_add(1));
    let looked_at = before.len().saturating_add(behind.saturating_mul(8));
    text.get(..looked_at)?.iter().rposition(|byte| *byte == b'.')
}

/// Reads a token and hands it on.
pub(super) fn with_token<T>(
    token: &[u8],
    known: Option<&KnownHeader>,
    then: impl FnOnce(&Compact<'_>) -> T,
) -> Result<T, Reason> {
    let (mut short, mut long) = ([0; SHORT], Vec::new());
    let length = decoded_len(token);
    let buffer = short.get_mut(..length).unwrap_or_else(|| {
        long.resize(length, 0);
        &mut long
    });
    Ok(then(&Compact::parse(token, buffer, known)?))
}

/// How long the buffer of a token has to be.
pub(super) fn decoded_len(token: &[u8]) -> usize {
    // Each part is rounded up.
    decoded_len_estimate(token.len()).saturating_add(6)
}

impl Header<'_> {
    pub(super) fn by_ref(&self) -> Header<'_> {
        Header {
            algorithm: Cow::Borrowed(&self.algorithm),
            key_id: self.key_id.as_deref().map(Cow::Borrowed),
            token_type: self.token_type.as_deref().map(Cow::Borrowed),
        }
    }

    pub(super) fn to_owned(&self) -> Header<'static> {
        let owned = |text: &Cow<'_, str>| Cow::Owned(text.clone().into_owned());
        Header {
            algorithm: owned(&self.algorithm),
            key_id: self.key_id.as_ref().map(owned),
            token_type: self.token_type.as_ref().map(owned),
        }
    }

    /// What a source of keys is asked for.
    pub(super) fn wanted_key(&self) -> WantedKey {
        WantedKey { algorithm: self.algorithm.to_string(), id: self.key_id.as_deref().map(str::to_owned) }
    }
}

/// Reads a header as strictly as any object, and keeps three members of it.
#[derive(Clone, Copy)]
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
        let mut others = Names::default();
        while let Some(name) = members.next_key_seed(TextSeed)? {
            let member = match name.as_ref() {
                "alg" => &mut algorithm,
                "kid" => &mut key_id,
                "typ" => &mut token_type,
                // Extensions that change what is signed, or how, are not supported; an unknown `crit` must be refused.
                "crit" | "b64" | "zip" | "enc" => return Err(A::Error::custom("an extension")),
                other => {
                    refuse_reserved(other.as_bytes())?;
                    members.next_value_seed(Glancing::REST)?;
                    if !others.insert(name) {
                        return Err(A::Error::custom("a name stands twice"));
                    }
                    continue;
                }
            };
            if member.replace(members.next_value_seed(TextSeed)?).is_some() {
                return Err(A::Error::custom("a name stands twice"));
            }
        }
        let algorithm = algorithm.ok_or_else(|| A::Error::custom("no algorithm"))?;
        Ok(Header { algorithm, key_id, token_type })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_dot_is_found_wherever_it_stands() {
        for length in 0..40 {
            let mut text = vec![b'a'; length];
            assert_eq!(last_dot(&text), None, "{length}");
            for at in 0..length {
                // What is next to a dot in the alphabet does not pass for one.
                text[at..].fill(b'.' + 1);
                text[at] = b'.';
                assert_eq!(last_dot(&text), Some(at), "{at} of {length}");
            }
        }
    }
}
