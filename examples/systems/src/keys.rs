//! The directory of keys: made on the first start, read on every other. Where other processes need the same keys nothing
//! is made unless it is asked for, since each would make its own.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use auth_core::jwt::JwtAlgorithm;
use auth_issuer::key_ids::{self, KeyIdStore};
use auth_issuer::keys::{KeyRing, SigningKey};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::failure::StartError;

/// The directory of keys.
///
/// | file | holds |
/// | --- | --- |
/// | `NAME.pem` | a private key, PKCS#8 |
/// | `NAME.jwk` | a shared secret (RFC 7518 §6.4) |
/// | `NAME.old.pem`, `NAME.old.jwk` | a key that still verifies, put there by whoever rotates |
///
/// What is missing is made if it may be, for its owner alone (`0600`). Of processes that start at once on one directory one
/// makes a key and all use it.
///
/// The ids of keys in use are recorded in the store. Whoever takes an old key away deletes its id there first: the start
/// that misses it says which.
#[derive(Clone, Debug)]
pub struct KeyDirectory {
    path: Arc<PathBuf>,
    may_make: bool,
    read: Arc<Mutex<Vec<ReadRing>>>,
}

/// A ring that was read, and the ids of its keys.
#[derive(Clone, Debug)]
struct ReadRing {
    name: String,
    ids: Vec<String>,
}

/// A shared secret as a JSON Web Key.
#[derive(Deserialize)]
struct SecretJwk {
    kty: String,
    k: String,
    kid: Option<String>,
}

impl KeyDirectory {
    /// Opens the directory, which is made if it is not there. `may_make` says whether missing keys are.
    ///
    /// # Errors
    ///
    /// If it cannot be made.
    pub fn open(path: &Path, may_make: bool) -> Result<Self, StartError> {
        let make = || -> io::Result<()> {
            if path.is_dir() {
                return Ok(());
            }
            let mut builder = fs::DirBuilder::new();
            builder.recursive(true);
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            builder.create(path)
        };
        make().map_err(|error| StartError::new(format!("--keys {}: it cannot be made: {error}", path.display())))?;
        Ok(Self { path: Arc::new(path.to_path_buf()), may_make, read: Arc::default() })
    }

    /// Records the keys of every ring that was read as keys in use, if this process has all that are.
    pub(crate) async fn record(&self, store: &impl KeyIdStore) -> Result<(), StartError> {
        let rings = self.read.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for ReadRing { name, ids } in rings {
            key_ids::record(store, &format!("jwt {name}"), ids)
                .await
                .map_err(|error| StartError::new(format!("--keys {}: {error}", self.path.display())))?;
        }
        Ok(())
    }

    /// The ring of that name and algorithm: its key, and the old one if there is one.
    ///
    /// # Errors
    ///
    /// If a file cannot be read, made, or is no key of that algorithm.
    pub fn ring(&self, name: &str, algorithm: JwtAlgorithm) -> Result<KeyRing, StartError> {
        let is_secret = matches!(algorithm, JwtAlgorithm::Hs256 | JwtAlgorithm::Hs384 | JwtAlgorithm::Hs512);
        let end = if is_secret { "jwk" } else { "pem" };
        let read = |path: &Path, text: &str| {
            let key = if is_secret { secret(algorithm, text) } else { private(algorithm, text) };
            key.map_err(|error| StartError::new(format!("{}: {error}", path.display())))
        };
        if !is_secret {
            self.refuse_private_jwk(name)?;
        }
        let path = self.path.join(format!("{name}.{end}"));
        let text = self.read_or_make(&path, || if is_secret { new_secret() } else { new_private(algorithm) })?;
        let key = read(&path, &text)?;
        let old = self.path.join(format!("{name}.old.{end}"));
        let ring = if old.exists() {
            // Tokens that name no key are from the time when the old one was alone.
            let mut ring = KeyRing::new(read(&old, &read_text(&old)?)?);
            ring.rotate(key)?;
            ring
        } else {
            KeyRing::new(key)
        };
        let ids = ring.ids().map(str::to_owned).collect();
        self.read.lock().unwrap_or_else(PoisonError::into_inner).push(ReadRing { name: name.to_owned(), ids });
        Ok(ring)
    }

    /// A secret of 32 bytes that is no signing key.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, made, or holds no such secret.
    pub fn secret(&self, name: &str) -> Result<Zeroizing<Vec<u8>>, StartError> {
        let path = self.path.join(format!("{name}.jwk"));
        let text = self.read_or_make(&path, new_secret)?;
        let (secret, _id) =
            parse_secret(&text).map_err(|error| StartError::new(format!("{}: {error}", path.display())))?;
        if secret.len() != 32 {
            return Err(StartError::new(format!("{}: the secret has not 32 bytes", path.display())));
        }
        Ok(secret)
    }

    /// A private key in a file where none is read would be left out, and another one made beside it.
    fn refuse_private_jwk(&self, name: &str) -> Result<(), StartError> {
        for (jwk, pem) in
            [(format!("{name}.jwk"), format!("{name}.pem")), (format!("{name}.old.jwk"), format!("{name}.old.pem"))]
        {
            let path = self.path.join(jwk);
            // A shared secret of that name is another system's.
            if path.exists() && parse_secret(&read_text(&path)?).is_err() {
                return Err(StartError::new(format!(
                    "{}: private keys are not read as JSON Web Keys; write this one as PKCS#8 \
                     (-----BEGIN PRIVATE KEY-----) into {pem}, and take the file away",
                    path.display()
                )));
            }
        }
        Ok(())
    }

    fn read_or_make(
        &self,
        path: &Path,
        make: impl FnOnce() -> Result<Zeroizing<String>, StartError>,
    ) -> Result<Zeroizing<String>, StartError> {
        if !path.exists() {
            if !self.may_make {
                return Err(StartError::new(format!(
                    "{}: the key is missing; copy it from another node, or start the first one with --make-keys",
                    path.display()
                )));
            }
            let text = make()?;
            self.put(path, &text)
                .map_err(|error| StartError::new(format!("{}: it cannot be written: {error}", path.display())))?;
        }
        read_text(path)
    }

    /// Puts a whole file there, unless another process was faster.
    fn put(&self, path: &Path, text: &str) -> io::Result<()> {
        let mut random = [0_u8; 9];
        getrandom::fill(&mut random)?;
        let part = self.path.join(format!(".{}.part", BASE64_URL_SAFE_NO_PAD.encode(random)));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&part)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        let linked = fs::hard_link(&part, path);
        fs::remove_file(&part)?;
        match linked {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
            _ => Ok(()),
        }
    }
}

fn read_text(path: &Path) -> Result<Zeroizing<String>, StartError> {
    fs::read_to_string(path)
        .map(Zeroizing::new)
        .map_err(|error| StartError::new(format!("{}: it cannot be read: {error}", path.display())))
}

fn private(algorithm: JwtAlgorithm, text: &str) -> Result<SigningKey, StartError> {
    if text.trim_start().starts_with('{') {
        return Err(StartError::new("it is a JSON Web Key; write the key as PKCS#8, -----BEGIN PRIVATE KEY-----"));
    }
    Ok(SigningKey::from_pem(algorithm, text.as_bytes())?)
}

fn secret(algorithm: JwtAlgorithm, text: &str) -> Result<SigningKey, StartError> {
    let (secret, id) = parse_secret(text)?;
    let key = SigningKey::from_secret(algorithm, &secret)?;
    match id {
        Some(id) => Ok(key.with_id(&id)?),
        None => Ok(key),
    }
}

fn parse_secret(text: &str) -> Result<(Zeroizing<Vec<u8>>, Option<String>), StartError> {
    // The parser's own message could quote the secret.
    let jwk: SecretJwk = serde_json::from_str(text)
        .map_err(|_quotes| StartError::new(r#"it is not a JSON Web Key like {"kty":"oct","k":".."}"#))?;
    if jwk.kty != "oct" {
        return Err(StartError::new(
            "the key is not a shared secret (`kty` is not `oct`); make one, like {\"kty\":\"oct\",\"k\":\"..\"}",
        ));
    }
    let secret = BASE64_URL_SAFE_NO_PAD
        .decode(Zeroizing::new(jwk.k).as_bytes())
        .map_err(|_quotes| StartError::new("the member `k` is not base64url without padding"))?;
    Ok((Zeroizing::new(secret), jwk.kid))
}

fn new_private(algorithm: JwtAlgorithm) -> Result<Zeroizing<String>, StartError> {
    SigningKey::generate(algorithm)?.reveal_pem().ok_or_else(|| StartError::new("the key has no private part"))
}

fn new_secret() -> Result<Zeroizing<String>, StartError> {
    let (mut secret, mut id) = (Zeroizing::new([0_u8; 32]), [0_u8; 12]);
    getrandom::fill(secret.as_mut_slice())?;
    getrandom::fill(&mut id)?;
    let secret = Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(secret.as_slice()));
    let id = BASE64_URL_SAFE_NO_PAD.encode(id);
    Ok(Zeroizing::new(format!("{{\"kty\":\"oct\",\"kid\":\"{id}\",\"k\":\"{}\"}}\n", *secret)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of RFC 8037, appendix A.1; `d` is 32 bytes, and so could be `k`.
    const PRIVATE: &str = r#"{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

    fn refusal(file: &str, algorithm: JwtAlgorithm) -> String {
        let directory = tempfile::tempdir().expect("a directory");
        fs::write(directory.path().join(file), PRIVATE).expect("written");
        let keys = KeyDirectory::open(directory.path(), true).expect("opened");
        let error = keys.ring("rest", algorithm).expect_err("refused").to_string();
        assert!(error.contains(&format!("{file}: ")), "names the file: {error}");
        assert!(!error.contains("nWGxne"), "quotes nothing: {error}");
        let files = fs::read_dir(directory.path()).expect("read").map(|entry| entry.expect("read").file_name());
        assert_eq!(files.collect::<Vec<_>>(), [file], "no other key is made");
        error
    }

    #[test]
    fn a_private_jwk_is_refused_with_the_fix() {
        for file in ["rest.jwk", "rest.old.jwk", "rest.pem"] {
            let error = refusal(file, JwtAlgorithm::EdDsa);
            assert!(error.contains("PKCS#8") && error.contains("-----BEGIN PRIVATE KEY-----"), "{error}");
        }
        assert!(refusal("rest.jwk", JwtAlgorithm::Hs256).contains(r#"{"kty":"oct","k":".."}"#));
    }

    #[test]
    fn a_shared_secret_of_the_same_name_is_no_matter() {
        let directory = tempfile::tempdir().expect("a directory");
        let keys = KeyDirectory::open(directory.path(), true).expect("opened");
        let secret = keys.ring("access", JwtAlgorithm::Hs256).expect("made");
        let private = keys.ring("access", JwtAlgorithm::EdDsa).expect("made");
        assert_ne!(secret.active().id(), private.active().id());
    }
}
