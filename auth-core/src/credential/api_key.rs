//! API keys in this project's own format.
//!
//! `<prefix>_<id><secret><checksum>`: a prefix that scanners can look for, a public id of 128 bits to find the
//! record by, a secret of 256 bits, and a CRC-32 over everything before it, so that typing errors and other
//! software's keys are refused before a store is asked. Numbers are base62 (`0-9A-Za-z`, most significant first)
//! of fixed width: 22, 43 and 6 characters.

use std::fmt;
use std::str::{self, FromStr};

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize as _, Zeroizing};

use super::{Credential, Malformed};
use crate::config_error::{ConfigError, ConfigErrorKind};
use crate::randomness::{RandomnessError, fill};

const ID_LEN: usize = 22;
const SECRET_LEN: usize = 43;
const CHECKSUM_LEN: usize = 6;
const BODY_LEN: usize = ID_LEN + SECRET_LEN + CHECKSUM_LEN;
const MAX_PREFIX_LEN: usize = 16;

/// The prefix of an application's API keys: `[a-z][a-z0-9]{1,15}`.
///
/// # Examples
///
/// ```
/// use auth_core::credential::ApiKeyPrefix;
///
/// assert_eq!(ApiKeyPrefix::new("demo")?.as_str(), "demo");
/// assert!(ApiKeyPrefix::new("Demo-Key").is_err());
/// # Ok::<(), auth_core::ConfigError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ApiKeyPrefix(String);

/// The public part of an API key, by which its record is found. Not a secret.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ApiKeyId(String);

/// An API key, in clear. It exists when it is made and when it is presented, never in a store.
///
/// # Security
///
/// `Debug` shows the prefix and the id only; the text is wiped on drop. Stores keep the [digest](ApiKeyRef::digest).
///
/// # Examples
///
/// ```
/// use auth_core::credential::{ApiKey, ApiKeyPrefix, Credential};
///
/// let key = ApiKey::generate(&ApiKeyPrefix::new("demo")?)?;
/// let again = ApiKey::parse(key.reveal().as_bytes())?;
/// assert_eq!(again.id(), key.as_ref().id());
///
/// let mut mistyped = key.reveal().to_owned();
/// mistyped.pop();
/// assert!(ApiKey::parse(mistyped.as_bytes()).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ApiKey {
    text: Zeroizing<String>,
    prefix_len: usize,
}

/// An [`ApiKey`] that still lies in the request.
#[derive(Clone, Copy)]
pub struct ApiKeyRef<'r> {
    text: &'r str,
    prefix: &'r str,
    id: &'r str,
}

impl ApiKeyPrefix {
    /// Checks a prefix.
    ///
    /// # Errors
    ///
    /// If `text` is not 2 to 16 characters long, of lower-case letters and digits, beginning with a letter.
    pub fn new(text: &str) -> Result<Self, ConfigError> {
        if is_prefix(text) {
            return Ok(Self(text.to_owned()));
        }
        Err(ConfigError::new(
            ConfigErrorKind::ApiKeyPrefix,
            format!(
                "`{}` is not an API key prefix; use 2 to 16 of a-z and 0-9, a letter first, like `acme`",
                text.escape_default()
            ),
        ))
    }

    /// The prefix as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ApiKeyId {
    /// Checks an id that comes from a store.
    ///
    /// # Errors
    ///
    /// [`Malformed`] if `text` is not a number of 128 bits in 22 characters of base62.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        if decode_base62::<16>(text.as_bytes(), ID_LEN) {
            return Ok(Self(text.to_owned()));
        }
        Err(Malformed)
    }

    /// The id as text: 22 characters of base62.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ApiKey {
    /// Makes a new key from the operating system's randomness.
    ///
    /// # Errors
    ///
    /// If the operating system has no randomness to give.
    pub fn generate(prefix: &ApiKeyPrefix) -> Result<Self, RandomnessError> {
        let mut id = [0_u8; 16];
        let mut secret = Zeroizing::new([0_u8; 32]);
        fill(&mut id)?;
        fill(secret.as_mut_slice())?;
        Ok(Self::from_parts(prefix, id, &secret))
    }

    /// Puts a key together from its id and secret.
    #[must_use]
    pub fn from_parts(prefix: &ApiKeyPrefix, id: [u8; 16], secret: &[u8; 32]) -> Self {
        let mut text = Zeroizing::new(String::with_capacity(MAX_PREFIX_LEN + 1 + BODY_LEN));
        text.push_str(prefix.as_str());
        text.push('_');
        encode_base62(&id, ID_LEN, &mut text);
        encode_base62(secret, SECRET_LEN, &mut text);
        let checksum = crc32fast::hash(text.as_bytes());
        encode_base62(&checksum.to_be_bytes(), CHECKSUM_LEN, &mut text);
        Self { text, prefix_len: prefix.as_str().len() }
    }

    /// The key in clear, to show to its owner once.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// The same key, borrowed.
    #[must_use]
    pub fn as_ref(&self) -> ApiKeyRef<'_> {
        let prefix = self.text.get(..self.prefix_len).unwrap_or_default();
        let body = self.text.get(self.prefix_len.saturating_add(1)..).unwrap_or_default();
        ApiKeyRef { text: &self.text, prefix, id: body.get(..ID_LEN).unwrap_or_default() }
    }
}

impl ApiKeyRef<'_> {
    /// The prefix.
    #[must_use]
    pub fn prefix(&self) -> &str {
        self.prefix
    }

    /// The public id.
    #[must_use]
    pub fn id(&self) -> ApiKeyId {
        ApiKeyId(self.id.to_owned())
    }

    /// The SHA-256 of the whole key: what a store keeps. 256 random bits need no slow hash.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.text.as_bytes()).into()
    }

    /// Whether this is the key that `digest` was made of; takes the same time wherever they differ.
    #[must_use]
    pub fn matches(&self, digest: &[u8; 32]) -> bool {
        self.digest().ct_eq(digest).into()
    }
}

impl Credential for ApiKey {
    type Parsed<'r> = ApiKeyRef<'r>;

    /// Refuses every form that is not canonical: wrong alphabet, wrong width, a number that does not fit its
    /// bits, a wrong checksum.
    fn parse(raw: &[u8]) -> Result<ApiKeyRef<'_>, Malformed> {
        if raw.len() > MAX_PREFIX_LEN + 1 + BODY_LEN {
            return Err(Malformed);
        }
        let text = str::from_utf8(raw).or(Err(Malformed))?;
        let (prefix, body) = text.split_once('_').ok_or(Malformed)?;
        if !is_prefix(prefix) || body.len() != BODY_LEN {
            return Err(Malformed);
        }
        let (id, rest) = body.split_at_checked(ID_LEN).ok_or(Malformed)?;
        let (secret, checksum) = rest.split_at_checked(SECRET_LEN).ok_or(Malformed)?;
        if !decode_base62::<16>(id.as_bytes(), ID_LEN) || !decode_base62::<32>(secret.as_bytes(), SECRET_LEN) {
            return Err(Malformed);
        }
        let covered = text.get(..text.len().saturating_sub(CHECKSUM_LEN)).ok_or(Malformed)?;
        let mut expected = String::with_capacity(CHECKSUM_LEN);
        encode_base62(&crc32fast::hash(covered.as_bytes()).to_be_bytes(), CHECKSUM_LEN, &mut expected);
        if expected != checksum {
            return Err(Malformed);
        }
        Ok(ApiKeyRef { text, prefix, id })
    }

    fn into_owned(parsed: ApiKeyRef<'_>) -> Self {
        Self { text: Zeroizing::new(parsed.text.to_owned()), prefix_len: parsed.prefix.len() }
    }
}

impl FromStr for ApiKeyPrefix {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        Self::new(text)
    }
}

impl FromStr for ApiKeyId {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        Self::parse(text)
    }
}

impl FromStr for ApiKey {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        Self::parse(text.as_bytes()).map(Self::into_owned)
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.as_ref(), f)
    }
}

impl fmt::Debug for ApiKeyRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKey({}_{}..)", self.prefix, self.id)
    }
}

impl fmt::Display for ApiKeyPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ApiKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKeyId({})", self.0)
    }
}

impl fmt::Display for ApiKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_prefix(text: &str) -> bool {
    let bytes = text.as_bytes();
    matches!(bytes, [first, _, ..] if first.is_ascii_lowercase())
        && bytes.len() <= MAX_PREFIX_LEN
        && bytes.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// Appends the big-endian number `bytes`, as `width` digits.
fn encode_base62(bytes: &[u8], width: usize, text: &mut String) {
    let mut number = Zeroizing::new([0_u8; 32]);
    let number = number.get_mut(..bytes.len()).unwrap_or_default();
    number.copy_from_slice(bytes);
    let mut digits = Zeroizing::new([b'0'; SECRET_LEN]);
    for digit in digits.iter_mut().take(width).rev() {
        *digit = base62_digit(divide_by_62(number));
    }
    text.extend(digits.iter().take(width).copied().map(char::from));
}

/// Divides the big-endian `number` in place and returns the remainder.
fn divide_by_62(number: &mut [u8]) -> u8 {
    let mut remainder = 0_u16;
    for byte in number {
        let dividend = (remainder << 8) | u16::from(*byte);
        *byte = u8::try_from(dividend / 62).unwrap_or(u8::MAX);
        remainder = dividend % 62;
    }
    u8::try_from(remainder).unwrap_or(u8::MAX)
}

fn base62_digit(value: u8) -> u8 {
    match value {
        0..=9 => b'0'.saturating_add(value),
        10..=35 => b'A'.saturating_add(value.saturating_sub(10)),
        _ => b'a'.saturating_add(value.saturating_sub(36)),
    }
}

fn base62_value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit.saturating_sub(b'0')),
        b'A'..=b'Z' => Some(digit.saturating_sub(b'A').saturating_add(10)),
        b'a'..=b'z' => Some(digit.saturating_sub(b'a').saturating_add(36)),
        _ => None,
    }
}

/// Whether `digits` is a number of `width` digits that fits `N` bytes.
fn decode_base62<const N: usize>(digits: &[u8], width: usize) -> bool {
    if digits.len() != width {
        return false;
    }
    let mut number = [0_u8; N];
    let fits = digits.iter().all(|digit| {
        base62_value(*digit).is_some_and(|value| {
            let mut carry = u16::from(value);
            for byte in number.iter_mut().rev() {
                let product = u16::from(*byte).saturating_mul(62).saturating_add(carry);
                *byte = u8::try_from(product & 0xff).unwrap_or(u8::MAX);
                carry = product >> 8;
            }
            carry == 0
        })
    });
    number.zeroize();
    fits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn demo() -> ApiKeyPrefix {
        ApiKeyPrefix::new("demo").expect("a good prefix")
    }

    /// Computed independently: big integers in base 62 and zlib's CRC-32.
    #[test]
    fn format_is_fixed() {
        let key = ApiKey::from_parts(&demo(), [0; 16], &[0; 32]);
        let zeros = "0".repeat(ID_LEN + SECRET_LEN);
        assert!(key.reveal().starts_with(&format!("demo_{zeros}")));
        let key = ApiKey::from_parts(&demo(), [0xff; 16], &[0xff; 32]);
        assert!(key.reveal().starts_with("demo_7n42DGM5Tflk9n8mt7Fhc7"), "2^128 - 1");
    }

    #[test]
    fn round_trips() {
        let key = ApiKey::generate(&demo()).expect("randomness");
        let parsed = ApiKey::parse(key.reveal().as_bytes()).expect("its own key");
        assert_eq!(parsed.id(), key.as_ref().id());
        assert_eq!(parsed.prefix(), "demo");
        assert!(parsed.matches(&key.as_ref().digest()));
        assert!(!parsed.matches(&[0; 32]));
        assert!(ApiKeyId::parse(parsed.id().as_str()).is_ok());
    }

    #[test]
    fn refuses_every_changed_character() {
        let key = ApiKey::generate(&demo()).expect("randomness");
        for at in 0..key.reveal().len() {
            let mut changed = key.reveal().as_bytes().to_vec();
            changed[at] = if changed[at] == b'x' { b'y' } else { b'x' };
            assert!(ApiKey::parse(&changed).is_err(), "character {at}");
        }
    }

    #[test]
    fn refuses_numbers_that_do_not_fit_their_bits() {
        let prefix = "demo_";
        for body in ["z".repeat(ID_LEN + SECRET_LEN), format!("{}{}", "0".repeat(ID_LEN), "z".repeat(SECRET_LEN))] {
            let mut text = format!("{prefix}{body}");
            let checksum = crc32fast::hash(text.as_bytes());
            encode_base62(&checksum.to_be_bytes(), CHECKSUM_LEN, &mut text);
            assert!(ApiKey::parse(text.as_bytes()).is_err(), "{body}");
        }
    }

    #[test]
    fn public_parts_are_read_back_from_what_they_print() {
        let key = ApiKey::from_parts(&demo(), [7; 16], &[9; 32]);
        let (prefix, id) = (demo(), key.as_ref().id());
        assert_eq!(prefix.to_string().parse::<ApiKeyPrefix>().expect("a prefix"), prefix);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!("0".parse::<ApiKeyId>(), Err(Malformed));
        let refused = "Demo".parse::<ApiKeyPrefix>().expect_err("a capital letter");
        assert_eq!(refused.kind(), ConfigErrorKind::ApiKeyPrefix);
    }

    #[test]
    fn prints_no_secret() {
        let key = ApiKey::from_parts(&demo(), [0; 16], &[7; 32]);
        let shown = format!("{key:?}");
        assert_eq!(shown, format!("ApiKey(demo_{}..)", "0".repeat(ID_LEN)));
    }
}
