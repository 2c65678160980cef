//! Hashes of other systems: verified, never made. A sign-in replaces them by Argon2id.

#[cfg(any(feature = "scrypt", feature = "pbkdf2"))]
use argon2::password_hash::phc;

use super::{HashError, HashErrorKind};

/// A stored hash of another algorithm. Without a feature there is none.
pub(super) enum Imported {
    #[cfg(feature = "bcrypt")]
    Bcrypt(String),
    #[cfg(feature = "pbkdf2")]
    Pbkdf2 { is_sha512: bool, rounds: u32, salt: Vec<u8>, tag: Vec<u8> },
    #[cfg(feature = "scrypt")]
    Scrypt { params: scrypt::Params, salt: Vec<u8>, tag: Vec<u8> },
}

impl Imported {
    /// Reads a stored string; nothing is computed and no memory allocated for it.
    pub(super) fn parse(text: &str) -> Result<Self, HashError> {
        #[cfg(feature = "bcrypt")]
        if ["$2a$", "$2b$", "$2y$"].iter().any(|prefix| text.starts_with(prefix)) {
            return bcrypt_hash(text);
        }
        #[cfg(feature = "pbkdf2")]
        if text.starts_with("$pbkdf2-sha256$") || text.starts_with("$pbkdf2-sha512$") {
            return pbkdf2_hash(text);
        }
        #[cfg(feature = "scrypt")]
        if text.starts_with("$scrypt$") {
            return scrypt_hash(text);
        }
        let _ = text;
        Err(HashError::new(HashErrorKind::Unsupported))
    }

    /// Whether this is the hash of `password`; `None`, and nothing is computed, if it can be of no such password.
    #[cfg_attr(
        not(any(feature = "bcrypt", feature = "scrypt")),
        expect(clippy::unnecessary_wraps, reason = "the others can fail")
    )]
    pub(super) fn verify(&self, password: &[u8]) -> Result<Option<bool>, HashError> {
        // HMAC fills short keys up with zeros, so to PBKDF2 and scrypt they would be the same password without them.
        if password.ends_with(&[0]) {
            return Ok(None);
        }
        match *self {
            #[cfg(feature = "bcrypt")]
            Self::Bcrypt(ref text) => {
                // Others hash the first 72 bytes of a longer one; two such passwords are one to them and not to us.
                if password.len() > 72 {
                    return Ok(None);
                }
                bcrypt::verify(password, text).map(Some).or(Err(HashError::new(HashErrorKind::Malformed)))
            }
            #[cfg(feature = "pbkdf2")]
            Self::Pbkdf2 { is_sha512, rounds, ref salt, ref tag } => {
                let mut computed = zeroize::Zeroizing::new(vec![0; tag.len()]);
                if is_sha512 {
                    pbkdf2::pbkdf2_hmac::<sha2::Sha512>(password, salt, rounds, &mut computed);
                } else {
                    pbkdf2::pbkdf2_hmac::<sha2::Sha256>(password, salt, rounds, &mut computed);
                }
                Ok(Some(is_equal(&computed, tag)))
            }
            #[cfg(feature = "scrypt")]
            Self::Scrypt { ref params, ref salt, ref tag } => {
                let mut computed = zeroize::Zeroizing::new(vec![0; tag.len()]);
                scrypt::scrypt(password, salt, params, &mut computed)
                    .or(Err(HashError::new(HashErrorKind::Malformed)))?;
                Ok(Some(is_equal(&computed, tag)))
            }
        }
    }
}

#[cfg(any(feature = "pbkdf2", feature = "scrypt"))]
fn is_equal(one: &[u8], other: &[u8]) -> bool {
    subtle::ConstantTimeEq::ct_eq(one, other).into()
}

#[cfg(feature = "bcrypt")]
fn bcrypt_hash(text: &str) -> Result<Imported, HashError> {
    let malformed = HashError::new(HashErrorKind::Malformed);
    let parts: bcrypt::HashParts = match text.parse() {
        Ok(parts) if text.len() == 60 && text.is_ascii() => parts,
        _ => return Err(malformed),
    };
    if parts.get_cost() > 14 {
        return Err(HashError::new(HashErrorKind::TooCostly));
    }
    // What is left of other spellings, in the bits beyond the last byte.
    let canonical = parts.format_for_version(bcrypt::Version::TwoB);
    if canonical.get(4..) != text.get(4..) {
        return Err(malformed);
    }
    Ok(Imported::Bcrypt(text.to_owned()))
}

/// A PHC string in its one spelling, with salt and tag.
#[cfg(any(feature = "pbkdf2", feature = "scrypt"))]
fn phc_parts(text: &str) -> Result<(phc::PasswordHash, Vec<u8>, Vec<u8>), HashError> {
    let malformed = HashError::new(HashErrorKind::Malformed);
    let hash = phc::PasswordHash::new(text).or(Err(malformed))?;
    let (Some(salt), Some(tag)) = (&hash.salt, &hash.hash) else { return Err(malformed) };
    if hash.to_string() != text || tag.len() < 16 {
        return Err(malformed);
    }
    let (salt, tag) = (salt.to_vec(), tag.as_bytes().to_vec());
    Ok((hash, salt, tag))
}

#[cfg(feature = "pbkdf2")]
fn pbkdf2_hash(text: &str) -> Result<Imported, HashError> {
    let (hash, salt, tag) = phc_parts(text)?;
    let malformed = HashError::new(HashErrorKind::Malformed);
    let rounds = hash.params.get_decimal("i").filter(|rounds| *rounds > 0).ok_or(malformed)?;
    if hash.params.get_decimal("l").is_some_and(|length| usize::try_from(length) != Ok(tag.len())) {
        return Err(malformed);
    }
    if rounds > 2_000_000 {
        return Err(HashError::new(HashErrorKind::TooCostly));
    }
    Ok(Imported::Pbkdf2 { is_sha512: text.starts_with("$pbkdf2-sha512$"), rounds, salt, tag })
}

#[cfg(feature = "scrypt")]
fn scrypt_hash(text: &str) -> Result<Imported, HashError> {
    let (hash, salt, tag) = phc_parts(text)?;
    let malformed = HashError::new(HashErrorKind::Malformed);
    let decimal = |name| hash.params.get_decimal(name).ok_or(malformed);
    let (log_n, r, p) = (decimal("ln")?, decimal("r")?, decimal("p")?);
    let memory = 128_u64.checked_mul(r.into()).and_then(|block| block.checked_shl(log_n).filter(|_| log_n < 32));
    if memory.is_none_or(|memory| memory > 256 * 1024 * 1024) || p > 16 {
        return Err(HashError::new(HashErrorKind::TooCostly));
    }
    let log_n = u8::try_from(log_n).or(Err(malformed))?;
    let params = scrypt::Params::new(log_n, r, p).or(Err(malformed))?;
    Ok(Imported::Scrypt { params, salt, tag })
}

#[cfg(test)]
#[cfg(all(feature = "bcrypt", feature = "pbkdf2", feature = "scrypt"))]
mod tests {
    use super::*;
    use crate::hashing::{HashParams, PasswordHash};

    // Made by libxcrypt and OpenSSL, of `password`.
    const BCRYPT: &str = "$2b$04$abcdefghijklmnopqrstuughE8Ev8uGFaUgY2cNEySvxngrb/Jzdm";
    const SCRYPT: &str = "$scrypt$ln=4,r=8,p=1$c29tZXNhbHRzb21lc2FsdA$rjCGpPW8r+9XVz9RqXtAszWzNTGPgzIyDDbKAQjn6LU";
    const SHA256: &str =
        "$pbkdf2-sha256$i=1000,l=32$c29tZXNhbHRzb21lc2FsdA$s5LQUeAEZUMuFVrnmF3OMNPXs3QWnF8SO/5BXmCj6QQ";
    const SHA512: &str = "$pbkdf2-sha512$i=1000,l=64$c29tZXNhbHRzb21lc2FsdA$a5wgoWFIPKuJOEszqMEKfpxJMYmocERsHXaC6CvdkdaTNCkO6JxcKuDoNYXi3iPDLnjgJCAVtWtsfscGAZC0PQ";

    fn complaint(text: &str) -> HashErrorKind {
        PasswordHash::parse(text).expect_err(text).kind()
    }

    #[test]
    fn verifies_what_other_systems_have_made_and_wants_it_renewed() {
        for text in [BCRYPT, &BCRYPT.replace("$2b$", "$2y$"), &BCRYPT.replace("$2b$", "$2a$"), SCRYPT, SHA256, SHA512] {
            let hash = PasswordHash::parse(text).expect(text);
            assert_eq!(hash.as_str(), text);
            assert!(hash.params().is_none() && hash.needs_rehash(HashParams::default()));
            assert_eq!(hash.verify(b"password"), Ok(true), "{text}");
            for wrong in ["", "Password", "password\0", "passwor"] {
                assert_eq!(hash.verify(wrong.as_bytes()), Ok(false), "{text} {wrong:?}");
            }
        }
    }

    #[test]
    fn bcrypt_over_72_bytes_is_refused_and_never_cut() {
        let of_72 = "$2b$04$abcdefghijklmnopqrstuuBzzIgyKkz7xMWYSzkIjUSnxEQFQ0WNe";
        let hash = PasswordHash::parse(of_72).expect("good");
        assert_eq!(hash.verify(&[b'a'; 72]), Ok(true));
        assert_eq!(hash.verify(&[b'a'; 73]), Ok(false), "cut, it would match");
        assert_eq!(hash.verify(&[b'a'; 71]), Ok(false));
    }

    #[test]
    fn costs_over_the_ceilings_are_refused() {
        for text in [
            &BCRYPT.replace("$04$", "$15$"),
            &SCRYPT.replace("ln=4", "ln=19"),
            &SCRYPT.replace("ln=4", "ln=63"),
            &SCRYPT.replace("p=1", "p=17"),
            &SHA256.replace("i=1000", "i=2000001"),
        ] {
            assert_eq!(complaint(text), HashErrorKind::TooCostly, "{text}");
        }
    }

    #[test]
    fn other_spellings_and_algorithms_are_refused() {
        for text in [
            &BCRYPT.replace("Jzdm", "Jzd"),
            &BCRYPT.replace("Jzdm", "Jzdn"),
            &BCRYPT.replace("$04$", "$4$"),
            &BCRYPT.replace("ghE8", "gh\u{e9}"),
            &SCRYPT.replace("ln=4", "ln=04"),
            &SCRYPT.replace(",p=1", ""),
            &SHA256.replace("l=32", "l=31"),
            &SHA256.replace("i=1000", "i=0"),
        ] {
            assert_eq!(complaint(text), HashErrorKind::Malformed, "{text}");
        }
        for text in [&BCRYPT.replace("$2b$", "$2x$"), &SHA256.replace("sha256", "sha1"), "$1$salt$hash"] {
            assert_eq!(complaint(text), HashErrorKind::Unsupported, "{text}");
        }
    }
}
