//! Any public key in DER or PEM, for every algorithm: `spki` takes what is taken, of the wanted kind and curve; and PEM
//! holds one key that is taken in DER too, or RSA's own form.
#![no_main]

use auth_core::jwt::{JwtAlgorithm, JwtKey};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use libfuzzer_sys::fuzz_target;
use spki::SubjectPublicKeyInfoRef;

const RSA: &str = "1.2.840.113549.1.1.1";
const EC: &str = "1.2.840.10045.2.1";
const ED25519: &str = "1.3.101.112";

fuzz_target!(|data: &[u8]| {
    for algorithm in JwtAlgorithm::ALL {
        let der = JwtKey::from_der(algorithm, data);
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", BASE64_STANDARD.encode(data));
        assert_eq!(JwtKey::from_pem(algorithm, pem.as_bytes()).is_ok(), der.is_ok(), "one content, one answer");
        match der {
            Ok(key) => {
                assert!(key.algorithm() == algorithm && !key.is_shared_secret());
                assert_is_of(algorithm, data);
            }
            Err(_) => assert!(!is_point_of(algorithm, data), "a good point is refused"),
        }
        if JwtKey::from_pem(algorithm, data).is_ok() {
            assert_is_pem(data);
        }
    }
});

/// What another reader makes of a key that was taken.
fn assert_is_of(algorithm: JwtAlgorithm, der: &[u8]) {
    let info = SubjectPublicKeyInfoRef::try_from(der).expect("stricter, never laxer");
    let kind = info.algorithm.oid.to_string();
    let key = info.subject_public_key.as_bytes().expect("whole bytes");
    match algorithm {
        JwtAlgorithm::EdDsa => assert_eq!((kind.as_str(), key.len()), (ED25519, 32)),
        JwtAlgorithm::Es256 | JwtAlgorithm::Es384 => assert!(kind == EC && is_point_of(algorithm, der)),
        _ => {
            assert_eq!(kind, RSA);
            let numbers = pkcs1::RsaPublicKey::try_from(key).expect("stricter, never laxer");
            assert!((256..=512).contains(&numbers.modulus.as_bytes().len()));
            assert!(numbers.public_exponent.as_bytes().last().is_some_and(|last| last & 1 == 1));
        }
    }
}

/// Whether it is an uncompressed point of the algorithm's curve.
fn is_point_of(algorithm: JwtAlgorithm, der: &[u8]) -> bool {
    use spki::DecodePublicKey as _;

    let Ok(info) = SubjectPublicKeyInfoRef::try_from(der) else { return false };
    let is_uncompressed = info.subject_public_key.as_bytes().is_some_and(|point| point.first() == Some(&4));
    is_uncompressed
        && match algorithm {
            JwtAlgorithm::Es256 => p256::PublicKey::from_public_key_der(der).is_ok(),
            JwtAlgorithm::Es384 => p384::PublicKey::from_public_key_der(der).is_ok(),
            _ => false,
        }
}

/// Whether a text that was taken has one content, and that is public.
fn assert_is_pem(text: &[u8]) {
    let text = std::str::from_utf8(text).expect("text");
    let (_, end) = text.rsplit_once("-----END ").expect("an end");
    assert!(["PUBLIC KEY-----", "RSA PUBLIC KEY-----"].contains(&end.trim_end()), "nothing follows");
    let (_, body) = text.split_once("-----BEGIN ").expect("a beginning");
    assert_eq!(body.matches("-----").count(), 3, "one content");
}
