//! A token sealed under the raw text of its predecessor.
//!
//! Within a grace period the same successor is handed out again, so it has to be kept readable, but only for whoever
//! has the predecessor. Its 256 bits are added to a pad of 256 bits that HMAC makes of the predecessor, whose raw text
//! is in no store; no pad is used twice, since no token has two successors. The digest of the successor, which stands
//! in the same row, proves what was opened.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use zeroize::Zeroizing;

use super::chain::SealedToken;
use crate::digest_key::hmac_sha256;
use crate::secret::{Secret, SecretDigest};

/// Seals `successor`; `None` if it is no secret of ours.
pub(super) fn seal(successor: &Secret, predecessor: &str) -> Option<SealedToken> {
    let raw = Zeroizing::new(BASE64_URL_SAFE_NO_PAD.decode(successor.reveal()).ok()?);
    let raw = Zeroizing::new(<[u8; 32]>::try_from(raw.as_slice()).ok()?);
    Some(SealedToken::from_bytes(*padded(&raw, predecessor)))
}

/// Opens a sealed token; `None` if it is not the one with that digest.
pub(super) fn open(sealed: &SealedToken, predecessor: &str, digest: &SecretDigest) -> Option<Secret> {
    let opened = Secret::from_bytes(&padded(sealed.as_bytes(), predecessor));
    (opened.digest() == *digest).then_some(opened)
}

fn padded(bytes: &[u8; 32], predecessor: &str) -> Zeroizing<[u8; 32]> {
    let mut pad = Zeroizing::new(hmac_sha256(predecessor.as_bytes(), &[b"refresh token: pad of the successor"]));
    for (byte, other) in pad.iter_mut().zip(bytes) {
        *byte ^= other;
    }
    pad
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_predecessor_opens_and_only_what_the_digest_proves() {
        let [predecessor, successor, other] = [0; 3].map(|_| Secret::generate().expect("randomness"));
        let sealed = seal(&successor, predecessor.reveal()).expect("sealed");
        let opened = open(&sealed, predecessor.reveal(), &successor.digest()).expect("its own");
        assert_eq!(opened.reveal(), successor.reveal());
        assert!(open(&sealed, other.reveal(), &successor.digest()).is_none(), "another predecessor");
        assert!(open(&sealed, predecessor.reveal(), &other.digest()).is_none(), "another digest");
        let raw = BASE64_URL_SAFE_NO_PAD.decode(successor.reveal()).expect("base64url");
        assert_ne!(sealed.as_bytes().as_slice(), raw);
    }
}
