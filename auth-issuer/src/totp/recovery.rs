//! Recovery codes: for owners who have lost their authenticator.

use auth_core::RandomnessError;
use std::fmt;

use totp_rs::Secret;
use zeroize::Zeroizing;

use crate::randomness;
use crate::secret::SecretDigest;

/// How many codes a batch has.
const CODES: usize = 10;
/// The random bytes of a code: 80 bits. The digest that is stored has no salt and is not slow, and so the guesses are
/// limited too.
const BYTES: usize = 10;
/// The characters of a code, without hyphens.
const LEN: usize = 16;

/// A batch of recovery codes in clear, to be shown to their owner once: `abcd-efgh-ijkl-mnop`, 80 bits each.
pub struct RecoveryCodes(Vec<Zeroizing<String>>);

impl RecoveryCodes {
    pub(super) fn generate() -> Result<Self, RandomnessError> {
        let code = |_| {
            let mut bytes = Zeroizing::new([0_u8; BYTES]);
            randomness::fill(bytes.as_mut_slice())?;
            let text = Zeroizing::new(Secret::new(bytes.as_slice().into()).to_base32());
            let mut code = Zeroizing::new(String::with_capacity(LEN + LEN / 4));
            for (at, char) in text.chars().enumerate() {
                if at > 0 && at % 4 == 0 {
                    code.push('-');
                }
                code.push(char.to_ascii_lowercase());
            }
            Ok(code)
        };
        (0..CODES).map(code).collect::<Result<_, _>>().map(Self)
    }

    /// The codes in clear.
    pub fn reveal(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|code| code.as_str())
    }

    pub(super) fn digests(&self) -> Vec<SecretDigest> {
        self.reveal().filter_map(digest_of_presented).collect()
    }
}

impl fmt::Debug for RecoveryCodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecoveryCodes").field("len", &self.0.len()).finish_non_exhaustive()
    }
}

/// The digest of what may be a recovery code, however it is written: in capitals, with spaces, without hyphens.
pub(super) fn digest_of_presented(text: &str) -> Option<SecretDigest> {
    if text.len() > 2 * LEN {
        return None;
    }
    let code = text.chars().filter(|char| !matches!(char, '-' | ' ')).map(|char| char.to_ascii_lowercase());
    let code = Zeroizing::new(code.collect::<String>());
    let is_code = code.len() == LEN && code.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'2'..=b'7'));
    is_code.then(|| SecretDigest::of(code.as_bytes()))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_batch_has_ten_different_codes_of_80_bits() {
        let codes = RecoveryCodes::generate().expect("randomness");
        let different: HashSet<&str> = codes.reveal().collect();
        assert_eq!((different.len(), codes.digests().len()), (10, 10));
        assert!(codes.reveal().all(|code| code.len() == 19 && code.matches('-').count() == 3));
    }

    #[test]
    fn a_code_may_be_written_in_several_ways() {
        let digest = digest_of_presented("abcd-efgh-ijkl-mnop");
        assert!(digest.is_some());
        for same in ["ABCD-EFGH-IJKL-MNOP", "abcdefghijklmnop", "abcd efgh ijkl mnop"] {
            assert_eq!(digest_of_presented(same), digest, "{same}");
        }
        for other in ["", "abcd-efgh-ijkl-mno", "abcd-efgh-ijkl-mnop-q", "abcd-efgh-ijkl-mno1", "123456", "---"] {
            assert_eq!(digest_of_presented(other), None, "{other}");
        }
    }

    #[test]
    fn prints_no_code() {
        let codes = RecoveryCodes::generate().expect("randomness");
        assert_eq!(format!("{codes:?}"), "RecoveryCodes { len: 10, .. }");
    }
}
