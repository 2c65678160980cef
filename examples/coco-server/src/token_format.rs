//! How API tokens look: `<uuid>_<64 of 0-9a-z>`.

use auth_issuer::RandomnessError;
use auth_issuer::api_keys::{KeyFormat, NewKey};
use uuid::{Builder, Uuid};
use zeroize::Zeroizing;

const ALPHABET: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// How many random characters follow the UUID.
const RANDOM_LEN: usize = 64;

/// The largest multiple of 36 that a byte can be below: what is above would prefer some characters.
const FAIR: u8 = 252;

/// A UUID of version 4, which names the token, and 64 random characters, about 330 bits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CocoToken;

impl KeyFormat for CocoToken {
    fn generate(&self) -> Result<NewKey, RandomnessError> {
        let mut bytes = [0_u8; 16];
        getrandom::fill(&mut bytes).map_err(RandomnessError::new)?;
        let id = Builder::from_random_bytes(bytes).into_uuid().hyphenated().to_string();
        let mut text = Zeroizing::new(String::with_capacity(id.len().saturating_add(RANDOM_LEN).saturating_add(1)));
        text.push_str(&id);
        text.push('_');
        push_random(&mut text, RANDOM_LEN)?;
        Ok(NewKey { id, text })
    }

    fn recognise(&self, text: &str) -> bool {
        text.split_once('_').is_some_and(|(id, random)| is_id(id) && is_random(random))
    }
}

/// Eight characters of the same kind, for tokens that nobody has named.
pub(crate) fn random_suffix() -> Result<String, RandomnessError> {
    let mut text = String::with_capacity(8);
    push_random(&mut text, 8)?;
    Ok(text)
}

/// Whether a text is the id of such a token, as it was written: lower case, hyphenated.
fn is_id(text: &str) -> bool {
    Uuid::try_parse(text).is_ok_and(|id| id.get_version_num() == 4 && id.hyphenated().to_string() == text)
}

fn is_random(text: &str) -> bool {
    text.len() == RANDOM_LEN && text.bytes().all(|byte| ALPHABET.contains(&byte))
}

fn push_random(text: &mut String, characters: usize) -> Result<(), RandomnessError> {
    let wanted = text.len().saturating_add(characters);
    while text.len() < wanted {
        let mut bytes = Zeroizing::new([0_u8; RANDOM_LEN]);
        getrandom::fill(bytes.as_mut_slice()).map_err(RandomnessError::new)?;
        let fair = bytes.iter().filter(|byte| **byte < FAIR).filter_map(|byte| ALPHABET.get(usize::from(byte % 36)));
        for character in fair.take(wanted.saturating_sub(text.len())) {
            text.push(char::from(*character));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_have_the_documented_shape_and_are_recognised() {
        for _ in 0..50 {
            let token = CocoToken.generate().expect("randomness");
            assert!(CocoToken.recognise(&token.text), "{:?}", token.id);
            let start = format!("{}_", token.id);
            assert!(
                token.text.len() == 101 && token.id.len() == 36 && token.text.starts_with(&start),
                "{:?}",
                token.id
            );
        }
    }

    #[test]
    fn every_near_miss_is_refused() {
        let good = "a1b2c3d4-5678-40ab-8def-1234567890ab";
        let random = "0".repeat(64);
        assert!(CocoToken.recognise(&format!("{good}_{random}")));
        let misses = [
            String::new(),
            good.to_owned(),
            format!("{good}_"),
            format!("{good}-{random}"),
            format!("{good}_{random}0"),
            format!("{good}_{}", "0".repeat(63)),
            format!("{good}_{}A", "0".repeat(63)),
            format!("{}_{random}", good.to_uppercase()),
            format!("{}_{random}", good.replace('-', "")),
            format!("{{{good}}}_{random}"),
            format!("a1b2c3d4-5678-90ab-8def-1234567890ab_{random}"),
            "0".repeat(84),
        ];
        for miss in misses {
            assert!(!CocoToken.recognise(&miss), "{miss}");
        }
    }

    #[test]
    fn all_characters_occur_and_none_is_preferred() {
        let mut text = String::new();
        push_random(&mut text, 36 * 1_000).expect("randomness");
        for character in ALPHABET {
            // A fair count is 1,000 with a deviation of 31: ten of them away is a broken generator.
            let count = text.bytes().filter(|byte| byte == character).count();
            assert!((690..=1_310).contains(&count), "{}: {count}", char::from(*character));
        }
    }
}
