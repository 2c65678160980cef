//! Every algorithm with keys that are made on the fly and signatures by an independent implementation.

use std::sync::LazyLock;
use std::time::Duration;

use auth_core::Reason;
use auth_core::jwt::{JwtAlgorithm, JwtKey, JwtVerifier};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use hmac::{Hmac, KeyInit, Mac};
use proptest::prelude::*;
use proptest::sample::Index;
use rsa::rand_core::{OsRng, RngCore as _};
use rsa::sha2::{Sha256, Sha384, Sha512};
use rsa::signature::{RandomizedSigner as _, SignatureEncoding as _, Signer as _};
use rsa::traits::PublicKeyParts as _;
use rsa::{pkcs1v15, pss};
use serde_json::{Value, json};

use crate::bearer::Bench;

const NOW: u64 = 1_800_000_000;
/// The alphabet of base64url, and the dot.
const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";

/// One key of each kind: algorithms of one kind share it, so that nothing but the algorithm tells them apart.
struct Keys {
    secret: [u8; 64],
    rsa: rsa::RsaPrivateKey,
    p256: p256::ecdsa::SigningKey,
    p384: p384::ecdsa::SigningKey,
    ed25519: ed25519_dalek::SigningKey,
}

static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let mut secret = [0; 64];
    OsRng.fill_bytes(&mut secret);
    Keys {
        secret,
        rsa: rsa::RsaPrivateKey::new(&mut OsRng, 2048).expect("an RSA key"),
        p256: p256::ecdsa::SigningKey::random(&mut OsRng),
        p384: p384::ecdsa::SigningKey::random(&mut OsRng),
        ed25519: ed25519_dalek::SigningKey::generate(&mut OsRng),
    }
});

impl Keys {
    fn sign(&self, algorithm: JwtAlgorithm, message: &[u8]) -> Vec<u8> {
        match algorithm {
            JwtAlgorithm::Hs256 => mac::<Hmac<sha2::Sha256>>(&self.secret, message),
            JwtAlgorithm::Hs384 => mac::<Hmac<sha2::Sha384>>(&self.secret, message),
            JwtAlgorithm::Hs512 => mac::<Hmac<sha2::Sha512>>(&self.secret, message),
            JwtAlgorithm::Rs256 => pkcs1v15::SigningKey::<Sha256>::new(self.rsa.clone()).sign(message).to_vec(),
            JwtAlgorithm::Rs384 => pkcs1v15::SigningKey::<Sha384>::new(self.rsa.clone()).sign(message).to_vec(),
            JwtAlgorithm::Rs512 => pkcs1v15::SigningKey::<Sha512>::new(self.rsa.clone()).sign(message).to_vec(),
            JwtAlgorithm::Ps256 => {
                pss::SigningKey::<Sha256>::new(self.rsa.clone()).sign_with_rng(&mut OsRng, message).to_vec()
            }
            JwtAlgorithm::Ps384 => {
                pss::SigningKey::<Sha384>::new(self.rsa.clone()).sign_with_rng(&mut OsRng, message).to_vec()
            }
            JwtAlgorithm::Ps512 => {
                pss::SigningKey::<Sha512>::new(self.rsa.clone()).sign_with_rng(&mut OsRng, message).to_vec()
            }
            JwtAlgorithm::Es256 => {
                let signature: p256::ecdsa::Signature = self.p256.sign(message);
                signature.to_vec()
            }
            JwtAlgorithm::Es384 => {
                let signature: p384::ecdsa::Signature = self.p384.sign(message);
                signature.to_vec()
            }
            JwtAlgorithm::EdDsa => self.ed25519.sign(message).to_vec(),
            other => panic!("no key for {other}"),
        }
    }

    fn jwk(&self, algorithm: JwtAlgorithm) -> Value {
        let mut jwk = match algorithm {
            JwtAlgorithm::Hs256 | JwtAlgorithm::Hs384 | JwtAlgorithm::Hs512 => {
                json!({"kty": "oct", "k": base64(self.secret)})
            }
            JwtAlgorithm::Es256 => {
                let point = self.p256.verifying_key().to_encoded_point(false);
                json!({"kty": "EC", "crv": "P-256", "x": base64(point.x().unwrap()), "y": base64(point.y().unwrap())})
            }
            JwtAlgorithm::Es384 => {
                let point = self.p384.verifying_key().to_encoded_point(false);
                json!({"kty": "EC", "crv": "P-384", "x": base64(point.x().unwrap()), "y": base64(point.y().unwrap())})
            }
            JwtAlgorithm::EdDsa => {
                json!({"kty": "OKP", "crv": "Ed25519", "x": base64(self.ed25519.verifying_key().as_bytes())})
            }
            _ => {
                json!({"kty": "RSA", "n": base64(self.rsa.n().to_bytes_be()), "e": base64(self.rsa.e().to_bytes_be())})
            }
        };
        jwk["alg"] = json!(algorithm.as_str());
        jwk
    }
}

fn mac<M: Mac + KeyInit>(secret: &[u8], message: &[u8]) -> Vec<u8> {
    M::new_from_slice(secret).expect("any length").chain_update(message).finalize().into_bytes().to_vec()
}

fn base64(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// A token whose header names one algorithm and whose signature is by another, or the same.
fn token(named: JwtAlgorithm, signed: JwtAlgorithm, subject: &str) -> String {
    let payload = json!({"iss": "https://issuer.example", "aud": "api.example", "sub": subject, "exp": NOW + 100});
    let message = format!("{}.{}", base64(json!({"alg": named.as_str()}).to_string()), base64(payload.to_string()));
    format!("{message}.{}", base64(KEYS.sign(signed, message.as_bytes())))
}

fn bench(algorithm: JwtAlgorithm) -> Bench {
    let key = JwtKey::from_jwk(&KEYS.jwk(algorithm).to_string()).expect("a good key");
    let builder = JwtVerifier::builder().issuer("https://issuer.example").audience("api.example").key(key);
    Bench::new(builder.leeway(Duration::ZERO).build().expect("a good verifier"), NOW)
}

/// One change of a token's text.
#[derive(Clone, Debug)]
enum Change {
    FlipBit(Index, u8),
    Replace(Index, Index),
    Insert(Index, Index),
    Remove(Index),
    Truncate(Index),
    SwapNeighbours(Index),
    /// A part of another good token of the same key.
    Graft(Index),
}

impl Change {
    fn any() -> impl Strategy<Value = Self> {
        let index = any::<Index>;
        prop_oneof![
            (index(), 0..7_u8).prop_map(|(at, bit)| Self::FlipBit(at, bit)),
            (index(), index()).prop_map(|(at, with)| Self::Replace(at, with)),
            (index(), index()).prop_map(|(at, what)| Self::Insert(at, what)),
            index().prop_map(Self::Remove),
            index().prop_map(Self::Truncate),
            index().prop_map(Self::SwapNeighbours),
            index().prop_map(Self::Graft),
        ]
    }

    fn apply(&self, token: &str, other: &str) -> String {
        let mut bytes = token.as_bytes().to_vec();
        let length = bytes.len();
        match self {
            Self::FlipBit(at, bit) => bytes[at.index(length)] ^= 1 << bit,
            Self::Replace(at, with) => bytes[at.index(length)] = *with.get(ALPHABET),
            Self::Insert(at, what) => bytes.insert(at.index(length + 1), *what.get(ALPHABET)),
            Self::Remove(at) => drop(bytes.remove(at.index(length))),
            Self::Truncate(at) => bytes.truncate(at.index(length)),
            Self::SwapNeighbours(at) => {
                let at = at.index(length - 1);
                bytes.swap(at, at + 1);
            }
            Self::Graft(part) => {
                let (part, graft) = other.split('.').enumerate().nth(part.index(3)).expect("three parts");
                let mut parts: Vec<&str> = token.split('.').collect();
                if let Some(part) = parts.get_mut(part) {
                    *part = graft;
                }
                bytes = parts.join(".").into_bytes();
            }
        }
        String::from_utf8(bytes).expect("changes keep to ASCII")
    }
}

fn good_tokens_are_accepted(algorithm: JwtAlgorithm) {
    let bench = bench(algorithm);
    proptest!(ProptestConfig::with_cases(16), |(subject in "\\PC{1,24}")| {
        let token = token(algorithm, algorithm, &subject);
        prop_assert_eq!(bench.verify(&token).map(|verified| verified.facts().subject.to_string()), Ok(subject));
        prop_assert!(bench.lets_through(&token));
    });
}

fn changed_tokens_are_refused(algorithm: JwtAlgorithm) {
    let (bench, good, other) =
        (bench(algorithm), token(algorithm, algorithm, "alice"), token(algorithm, algorithm, "mallory"));
    assert!(bench.verify(&good).is_ok() && bench.verify(&other).is_ok());
    proptest!(ProptestConfig::with_cases(128), |(changes in prop::collection::vec(Change::any(), 1..4))| {
        let changed = changes.iter().fold(good.clone(), |token, change| if token.len() > 1 { change.apply(&token, &other) } else { token });
        prop_assume!(changed != good && changed != other);
        prop_assert!(bench.verify(&changed).is_err(), "{}", changed);
        prop_assert!(!bench.lets_through(&changed), "{}", changed);
    });
}

/// The algorithm's key against the tokens of all others: labelled truly, and labelled as its own.
fn tokens_of_other_algorithms_are_refused(algorithm: JwtAlgorithm) {
    let bench = bench(algorithm);
    for other in JwtAlgorithm::ALL.into_iter().filter(|other| *other != algorithm) {
        let refused = |token: &str| bench.verify(token).map(|verified| verified.facts().subject.to_string()).err();
        assert_eq!(refused(&token(other, other, "alice")), Some(Reason::ALGORITHM), "{other}");
        assert_eq!(refused(&token(other, algorithm, "alice")), Some(Reason::ALGORITHM), "{other} in the header");
        assert_eq!(refused(&token(algorithm, other, "alice")), Some(Reason::SIGNATURE), "{other} in the signature");
        let key = JwtKey::from_jwk_for(other, &KEYS.jwk(algorithm).to_string());
        assert!(key.is_err(), "a key that names {algorithm} is no key for {other}");
    }
}

macro_rules! for_each_algorithm {
    ($($name:ident: $algorithm:ident;)*) => {
        $(mod $name {
            use auth_core::jwt::JwtAlgorithm::$algorithm as ALGORITHM;

            #[test]
            fn good_tokens_are_accepted() {
                super::good_tokens_are_accepted(ALGORITHM);
            }

            #[test]
            fn changed_tokens_are_refused() {
                super::changed_tokens_are_refused(ALGORITHM);
            }

            #[test]
            fn tokens_of_other_algorithms_are_refused() {
                super::tokens_of_other_algorithms_are_refused(ALGORITHM);
            }
        })*

        #[test]
        fn no_algorithm_is_left_out() {
            let tested = [$(JwtAlgorithm::$algorithm),*];
            assert!(JwtAlgorithm::ALL.iter().all(|algorithm| tested.contains(algorithm)));
        }
    };
}

for_each_algorithm! {
    hs256: Hs256;
    hs384: Hs384;
    hs512: Hs512;
    rs256: Rs256;
    rs384: Rs384;
    rs512: Rs512;
    es256: Es256;
    es384: Es384;
    ps256: Ps256;
    ps384: Ps384;
    ps512: Ps512;
    eddsa: EdDsa;
}
