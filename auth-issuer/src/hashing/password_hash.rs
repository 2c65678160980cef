//! A stored password hash.

use std::fmt;
use std::hint;
use std::sync::Arc;

use argon2::password_hash::phc;
use argon2::{Algorithm, Argon2, Params, Version};
use base64::prelude::{BASE64_STANDARD_NO_PAD, Engine as _};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::imported::Imported;
use super::memory;
use super::params::BadParams;
use super::pepper::{Pepper, Peppers, is_id};
use super::{HashError, HashErrorKind, HashParams, MAX_PASSWORD_LEN};

const PREFIX: &str = "$argon2id$v=19$";
/// The parameter that names a pepper.
const KEY_ID: &str = "keyid";
/// Longer than any string that can be accepted.
const MAX_TEXT_LEN: usize = 256;
/// A shorter tag than this is not accepted; the C reference makes 32 bytes.
const MIN_TAG_LEN: usize = 16;
const TAG_LEN: usize = 32;
const MAX_TAG_LEN: usize = phc::Output::MAX_LENGTH;
const SALT_LEN: usize = 16;

/// The Argon2id hash of a password, as a store keeps it: a PHC string. With the features `bcrypt`, `pbkdf2` and `scrypt`
/// also a hash of those, which is verified and never made.
///
/// Cheap to clone: clones share one allocation.
///
/// # Security
///
/// `Debug` shows the parameters only. A hash lets whoever has it guess offline, so it belongs into no log.
///
/// # Examples
///
/// ```
/// use auth_issuer::hashing::{HashParams, PasswordHash};
///
/// let hash = PasswordHash::create(b"correct horse", HashParams::default())?;
/// assert!(hash.verify(b"correct horse")?);
/// assert!(!hash.verify(b"battery staple")?);
///
/// let stored = hash.as_str().to_owned();
/// assert!(PasswordHash::parse(&stored)?.verify(b"correct horse")?);
/// assert!(PasswordHash::parse("$2b$12$whatever").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct PasswordHash(Arc<Parts>);

struct Parts {
    text: String,
    kind: Kind,
}

enum Kind {
    Argon2id { params: HashParams, salt: Vec<u8>, tag: Vec<u8>, pepper: Option<String> },
    Imported(Imported),
}

impl PasswordHash {
    /// Hashes a password under a new salt from the operating system's randomness.
    ///
    /// # Errors
    ///
    /// [`HashError`] if the password is longer than [`MAX_PASSWORD_LEN`] bytes, or there is no randomness or no
    /// memory.
    pub fn create(password: &[u8], params: HashParams) -> Result<Self, HashError> {
        Self::create_with(password, params, None)
    }

    /// The same, with a [pepper](super::pepper) if there is one.
    pub(crate) fn create_with(password: &[u8], params: HashParams, pepper: Option<&Pepper>) -> Result<Self, HashError> {
        if password.len() > MAX_PASSWORD_LEN {
            return Err(HashError::new(HashErrorKind::PasswordTooLong));
        }
        let mut salt = [0; SALT_LEN];
        getrandom::fill(&mut salt).map_err(HashError::no_randomness)?;
        let mut tag = [0; TAG_LEN];
        compute(password, &salt, params, pepper, &mut tag)?;
        Self::from_parts(params, &salt, &tag, pepper.map(Pepper::id))
    }

    /// Reads what a store has kept.
    ///
    /// # Errors
    ///
    /// [`HashError`] if `text` is not a canonical `$argon2id$v=19$m=..,t=..,p=..$salt$tag` with a salt of 8 to 48 and
    /// a tag of 16 to 64 bytes (with `,keyid=..` after `p` if it was made with a pepper), or if its parameters are over the [ceilings](HashParams#ceilings); or if it is no such
    /// string of an algorithm that a feature adds, within [its ceilings](super#imported-hashes). Nothing is computed and
    /// no memory allocated for it then.
    pub fn parse(text: &str) -> Result<Self, HashError> {
        if text.len() > MAX_TEXT_LEN {
            return Err(HashError::new(HashErrorKind::Malformed));
        }
        if !text.starts_with(PREFIX) {
            let kind = Kind::Imported(Imported::parse(text)?);
            return Ok(Self(Arc::new(Parts { text: text.to_owned(), kind })));
        }
        let hash = phc::PasswordHash::new(text).ok().ok_or(HashError::new(HashErrorKind::Malformed))?;
        let params = stored_params(&hash.params)?;
        let (Some(salt), Some(tag)) = (&hash.salt, &hash.hash) else {
            return Err(HashError::new(HashErrorKind::Malformed));
        };
        let pepper = hash.params.get_str(KEY_ID).map(pepper_id).transpose()?;
        let parsed = Self::from_parts(params, salt, tag.as_bytes(), pepper.as_deref())?;
        // What is left of other spellings: leading zeros, other order, associated data.
        if parsed.as_str() != text || tag.len() < MIN_TAG_LEN {
            return Err(HashError::new(HashErrorKind::Malformed));
        }
        Ok(parsed)
    }

    fn from_parts(params: HashParams, salt: &[u8], tag: &[u8], pepper: Option<&str>) -> Result<Self, HashError> {
        let malformed = HashError::new(HashErrorKind::Malformed);
        let (salt_text, tag_text) =
            (phc::Salt::new(salt).or(Err(malformed))?, phc::Output::new(tag).or(Err(malformed))?);
        let (m, t, p) = (params.memory_kib(), params.passes(), params.lanes());
        let key_id = pepper.map(|id| format!(",{KEY_ID}={}", BASE64_STANDARD_NO_PAD.encode(id))).unwrap_or_default();
        let text = format!("{PREFIX}m={m},t={t},p={p}{key_id}${salt_text}${tag_text}");
        let pepper = pepper.map(str::to_owned);
        let kind = Kind::Argon2id { params, salt: salt.to_vec(), tag: tag.to_vec(), pepper };
        Ok(Self(Arc::new(Parts { text, kind })))
    }

    /// A hash that no password matches, with the costs of one that could: what is verified for unknown names.
    ///
    /// Its tag is all zeros, which nobody can find a password for; [`verify_nothing`](Self::verify_nothing) does not
    /// even look at it.
    pub(crate) fn dummy(params: HashParams) -> Self {
        let kind = Kind::Argon2id { params, salt: vec![0; SALT_LEN], tag: vec![0; TAG_LEN], pepper: None };
        Self(Arc::new(Parts { text: String::new(), kind }))
    }

    /// Whether this is the hash of `password`; compared byte for byte, without any normalisation.
    ///
    /// A password longer than [`MAX_PASSWORD_LEN`] never matches, and nothing is computed for it; so it is with one that an
    /// [imported](super#imported-hashes) hash cannot be of, for which a [hasher](crate::hash_pool::Hasher) computes
    /// another hash instead.
    ///
    /// # Errors
    ///
    /// [`HashError`] if there is no memory, or the hash was made with a pepper: then a
    /// [hasher](crate::hash_pool::Hasher) verifies it.
    ///
    /// # Security
    ///
    /// The comparison takes the same time wherever the tags differ.
    pub fn verify(&self, password: &[u8]) -> Result<bool, HashError> {
        Ok(self.verify_with(password, &Peppers::default())?.unwrap_or(false))
    }

    /// The same, with the pepper that the hash names. `None`, which is no match either, if nothing was computed.
    pub(crate) fn verify_with(&self, password: &[u8], peppers: &Peppers) -> Result<Option<bool>, HashError> {
        if password.len() > MAX_PASSWORD_LEN {
            return Ok(None);
        }
        let (params, salt, tag, pepper) = match &self.0.kind {
            Kind::Argon2id { params, salt, tag, pepper } => (*params, salt, tag, pepper),
            Kind::Imported(imported) => return imported.verify(password),
        };
        let mut buffer = Zeroizing::new([0; MAX_TAG_LEN]);
        let Some(computed) = buffer.get_mut(..tag.len()) else {
            return Err(HashError::new(HashErrorKind::Malformed));
        };
        let unknown = HashError::new(HashErrorKind::UnknownPepper);
        let pepper = pepper.as_ref().map(|id| peppers.find(id).ok_or(unknown)).transpose()?;
        compute(password, salt, params, pepper, computed)?;
        Ok(Some(computed.ct_eq(tag).into()))
    }

    /// Does the work of [`verify`](Self::verify) and forgets the result; says whether there was any.
    pub(crate) fn verify_nothing(&self, password: &[u8]) -> Result<bool, HashError> {
        let matches = hint::black_box(self.verify_with(password, &Peppers::default())?);
        Ok(matches.is_some())
    }

    /// The PHC string, for the store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    /// What computing it costs; `None` for a hash of another algorithm than Argon2id.
    #[must_use]
    pub fn params(&self) -> Option<HashParams> {
        match &self.0.kind {
            Kind::Argon2id { params, .. } => Some(*params),
            Kind::Imported(_) => None,
        }
    }

    /// Whether a hash made today, with the parameters `today`, would have another algorithm, other parameters, another
    /// length of tag or a longer salt. The password is known at a sign-in only, so that is when it is hashed again.
    #[must_use]
    pub fn needs_rehash(&self, today: HashParams) -> bool {
        match &self.0.kind {
            Kind::Argon2id { params, salt, tag, .. } => {
                *params != today || tag.len() != TAG_LEN || salt.len() < SALT_LEN
            }
            Kind::Imported(_) => true,
        }
    }

    /// The [pepper](super::pepper) that it was made with.
    #[must_use]
    pub fn pepper_id(&self) -> Option<&str> {
        match &self.0.kind {
            Kind::Argon2id { pepper, .. } => pepper.as_deref(),
            Kind::Imported(_) => None,
        }
    }

    /// Whether the two are the same stored string; for compare-and-set.
    #[must_use]
    pub fn is_same_as(&self, other: &Self) -> bool {
        self.0.text.as_bytes().ct_eq(other.0.text.as_bytes()).into()
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordHash").field("params", &self.params()).finish_non_exhaustive()
    }
}

fn stored_params(params: &phc::ParamsString) -> Result<HashParams, HashError> {
    let decimal = |name| params.get_decimal(name).ok_or(HashError::new(HashErrorKind::Malformed));
    HashParams::check(decimal("m")?, decimal("t")?, decimal("p")?).map_err(|bad| {
        HashError::new(match bad {
            BadParams::Impossible => HashErrorKind::Malformed,
            BadParams::TooCostly => HashErrorKind::TooCostly,
        })
    })
}

/// The id of the pepper in a PHC string: base64 (PHC string format, "Argon2 encoding").
fn pepper_id(key_id: &str) -> Result<String, HashError> {
    let id = BASE64_STANDARD_NO_PAD.decode(key_id).ok().and_then(|id| String::from_utf8(id).ok());
    id.filter(|id| is_id(id)).ok_or(HashError::new(HashErrorKind::Malformed))
}

fn compute(
    password: &[u8],
    salt: &[u8],
    params: HashParams,
    pepper: Option<&Pepper>,
    tag: &mut [u8],
) -> Result<(), HashError> {
    let params = Params::new(params.memory_kib(), params.passes(), params.lanes(), Some(tag.len()))
        .or(Err(HashError::new(HashErrorKind::Malformed)))?;
    let secret = pepper.map_or(&[][..], Pepper::secret);
    let argon2 = Argon2::new_with_secret(secret, Algorithm::Argon2id, Version::V0x13, params);
    argon2.and_then(|argon2| memory::hash_into(&argon2, password, salt, tag)).map_err(|error| {
        HashError::new(match error {
            argon2::Error::OutOfMemory => HashErrorKind::OutOfMemory,
            _ => HashErrorKind::Malformed,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

    fn tiny() -> HashParams {
        HashParams::new_insecure(8, 1, 1).expect("possible")
    }

    fn complaint(text: &str) -> HashErrorKind {
        PasswordHash::parse(text).expect_err("no good hash").kind()
    }

    #[test]
    fn stored_string_comes_back_unchanged() {
        assert_eq!(PasswordHash::parse(GOOD).expect("good").as_str(), GOOD);
        let made = PasswordHash::create(b"secret", tiny()).expect("a hash");
        assert!(made.as_str().starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
        assert!(PasswordHash::parse(made.as_str()).expect("good").is_same_as(&made));
    }

    #[test]
    fn salts_differ() {
        let [one, two] = [0; 2].map(|_| PasswordHash::create(b"secret", tiny()).expect("a hash"));
        assert!(!one.is_same_as(&two));
    }

    #[test]
    fn refuses_other_spellings_of_good_parameters() {
        for params in ["m=0256,t=2,p=1", "t=2,m=256,p=1", "m=256,t=2,p=1,keyid=AAAA", "m=256,t=2", "m=256,t=2,p=1,t=2"]
        {
            let text = GOOD.replace("m=256,t=2,p=1", params);
            assert_eq!(complaint(&text), HashErrorKind::Malformed, "{params}");
        }
        assert_eq!(complaint(&format!("{GOOD}\n")), HashErrorKind::Malformed);
        assert_eq!(complaint(&GOOD.replace("Gi/4", "Gi/5")), HashErrorKind::Malformed, "bits beyond the last byte");
    }

    #[test]
    fn refuses_other_algorithms_and_versions() {
        for prefix in
            ["$argon2i$v=19$", "$argon2d$v=19$", "$argon2id$v=16$", "$argon2id$", "$ARGON2ID$v=19$", " $argon2id$v=19$"]
        {
            assert_eq!(complaint(&GOOD.replace(PREFIX, prefix)), HashErrorKind::Unsupported, "{prefix}");
        }
    }

    #[test]
    fn refuses_costs_over_the_ceilings() {
        for params in ["m=262145,t=1,p=1", "m=256,t=65,p=1", "m=256,t=2,p=17", "m=262144,t=5,p=1"] {
            assert_eq!(complaint(&GOOD.replace("m=256,t=2,p=1", params)), HashErrorKind::TooCostly, "{params}");
        }
    }

    #[test]
    fn refuses_a_tag_under_16_bytes() {
        let cut = |characters: usize| format!("$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ${}", "A".repeat(characters));
        assert!(PasswordHash::parse(&cut(22)).is_ok(), "16 bytes");
        assert_eq!(complaint(&cut(20)), HashErrorKind::Malformed, "15 bytes");
    }

    #[test]
    fn password_ends_at_1024_bytes() {
        let longest = [b'a'; MAX_PASSWORD_LEN];
        let hash = PasswordHash::create(&longest, tiny()).expect("a hash");
        assert_eq!(hash.verify(&longest), Ok(true));
        let longer = [b'a'; MAX_PASSWORD_LEN + 1];
        assert_eq!(hash.verify(&longer), Ok(false));
        assert_eq!(PasswordHash::create(&longer, tiny()).expect_err("too long").kind(), HashErrorKind::PasswordTooLong);
    }

    #[test]
    fn needs_rehash_when_parameters_tag_or_salt_are_of_yesterday() {
        let hash = PasswordHash::create(b"secret", tiny()).expect("a hash");
        assert!(!hash.needs_rehash(tiny()));
        assert!(hash.needs_rehash(HashParams::default()));
        let short_salt = PasswordHash::parse(GOOD).expect("good");
        assert!(short_salt.needs_rehash(short_salt.params().expect("Argon2id")));
    }

    #[test]
    fn default_is_owasps() {
        let hash = PasswordHash::create(b"secret", HashParams::default()).expect("a hash");
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_eq!(hash.verify(b"secret"), Ok(true));
    }

    #[test]
    fn a_pepper_is_named_and_needed() {
        let pepper = |id: &str, byte| Pepper::new(id, &[byte; 32]).expect("good");
        let peppers = Peppers::new(pepper("b", 2)).with_old(pepper("a", 1)).expect("two ids");
        for active in [pepper("a", 1), pepper("b", 2)] {
            let hash = PasswordHash::create_with(b"secret", tiny(), Some(&active)).expect("a hash");
            let stored = PasswordHash::parse(hash.as_str()).expect("good");
            assert_eq!((stored.as_str(), stored.pepper_id()), (hash.as_str(), Some(active.id())));
            assert_eq!(stored.verify_with(b"secret", &peppers), Ok(Some(true)));
            assert_eq!(stored.verify_with(b"other", &peppers), Ok(Some(false)));
            let others = Peppers::new(pepper(active.id(), 3));
            assert_eq!(stored.verify_with(b"secret", &others), Ok(Some(false)), "another secret of that id");
            let kind = |result: Result<Option<bool>, HashError>| result.expect_err("unknown").kind();
            assert_eq!(kind(stored.verify_with(b"secret", &Peppers::default())), HashErrorKind::UnknownPepper);
            assert_eq!(
                kind(stored.verify_with(b"secret", &Peppers::new(pepper("c", 1)))),
                HashErrorKind::UnknownPepper
            );

            let unnamed =
                stored.as_str().replace(&format!(",keyid={}", BASE64_STANDARD_NO_PAD.encode(active.id())), "");
            let unnamed = PasswordHash::parse(&unnamed).expect("good");
            assert_eq!(unnamed.verify_with(b"secret", &peppers), Ok(Some(false)), "the pepper is in it");
        }
        let plain = PasswordHash::parse(GOOD).expect("good");
        assert_eq!((plain.pepper_id(), plain.verify_with(b"password", &peppers).is_ok()), (None, true));
        for key_id in ["", "!", "YQ==", "YR", "AAAA", "YWJjZGVmZ2hp"] {
            let text = GOOD.replace("p=1", &format!("p=1,keyid={key_id}"));
            assert_eq!(complaint(&text), HashErrorKind::Malformed, "{key_id}");
        }
        assert!(PasswordHash::parse(&GOOD.replace("p=1", "p=1,keyid=YQ")).is_ok(), "the control");
    }

    /// Made with argon2-cffi 25.1, the C reference: `secret` of its low-level interface is the bytes 0 to 31.
    #[test]
    fn a_pepper_is_the_secret_of_the_c_reference() {
        const HASH: &str = "$argon2id$v=19$m=64,t=2,p=1,keyid=MjAyNg$c29tZXNhbHRzb21lc2FsdA\
                            $5IVWND18V0XfqxWia+uM8jeC8Orb6NZWLnmCt7Kv8SY";
        let secret: Vec<u8> = (0..32).collect();
        let peppers = Peppers::new(Pepper::new("2026", &secret).expect("good"));
        let hash = PasswordHash::parse(HASH).expect("good");
        assert_eq!(hash.verify_with(b"correct horse battery staple", &peppers), Ok(Some(true)));
        assert_eq!(hash.verify_with(b"correct horse battery stable", &peppers), Ok(Some(false)));
    }

    #[test]
    fn prints_no_hash() {
        let shown = format!("{:?}", PasswordHash::parse(GOOD).expect("good"));
        assert!(!shown.contains("nf65") && !shown.contains("c29t"), "{shown}");
    }
}
