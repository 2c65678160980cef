//! Keys that are refused when they are loaded, alike on both backends.

use auth_core::ConfigErrorKind;
use auth_core::jwt::{JwtAlgorithm, JwtKey, JwtKeySet};
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine as _};
use p256::elliptic_curve::sec1::ToEncodedPoint as _;
use rsa::pkcs8::{DecodePublicKey as _, EncodePublicKey as _};
use rsa::rand_core::OsRng;
use serde_json::{Value, json};

/// Lists of secrets that attackers try, one a line.
const WEAK: &str = include_str!("../vectors/jwt-secrets/weak-secrets.txt");

fn refusal(algorithm: JwtAlgorithm, jwk: &Value) -> String {
    let error = JwtKey::from_jwk_for(algorithm, &jwk.to_string()).unwrap_err();
    assert_eq!(error.kind(), ConfigErrorKind::Key);
    error.to_string()
}

fn base64(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

#[test]
fn no_secret_of_a_list_for_guessing_makes_a_key() {
    let mut long = 0;
    for secret in WEAK.lines() {
        for text in [secret.to_owned(), secret.to_ascii_uppercase()] {
            let error = JwtKey::hs256(text.as_bytes()).expect_err(secret);
            assert_eq!(error.kind(), ConfigErrorKind::Key, "{secret}");
        }
        if secret.len() >= 32 {
            long += 1;
            for text in [secret.to_owned(), format!("{secret}\r\n")] {
                let error = JwtKey::hs256(text.as_bytes()).unwrap_err().to_string();
                assert!(error.contains("well known") && !error.contains(secret), "{error}");
            }
            let in_json = refusal(JwtAlgorithm::Hs256, &json!({"kty": "oct", "k": base64(secret)}));
            assert!(in_json.contains("well known"), "{in_json}");
        }
    }
    assert_eq!((WEAK.lines().count(), long), (1_729, 17));
}

#[test]
fn secrets_are_as_long_as_the_hash() {
    let random: Vec<u8> = (0..64_u8).map(|byte| byte.wrapping_mul(37)).collect();
    for (algorithm, length) in [(JwtAlgorithm::Hs256, 32), (JwtAlgorithm::Hs384, 48), (JwtAlgorithm::Hs512, 64)] {
        assert!(JwtKey::from_secret(algorithm, &random[..length]).is_ok());
        let error = JwtKey::from_secret(algorithm, &random[..length - 1]).unwrap_err().to_string();
        assert!(error.contains("too short"), "{error}");
    }
}

#[test]
fn rsa_keys_have_at_least_2048_bits_in_every_form() {
    use rsa::traits::PublicKeyParts as _;

    let short = rsa::RsaPublicKey::from_public_key_pem(include_str!("../core/keys/rsa_1024.pem")).unwrap();
    let jwk = json!({"kty": "RSA", "n": base64(short.n().to_bytes_be()), "e": "AQAB"});
    assert!(refusal(JwtAlgorithm::Ps256, &jwk).contains("1024 bits"));
    let der = short.to_public_key_der().unwrap();
    let pem = short.to_public_key_pem(rsa::pkcs8::LineEnding::LF).unwrap();
    for loaded in
        [JwtKey::from_der(JwtAlgorithm::Rs256, der.as_bytes()), JwtKey::from_pem(JwtAlgorithm::Rs256, pem.as_bytes())]
    {
        assert!(loaded.unwrap_err().to_string().contains("1024 bits"));
    }
    let good = rsa::RsaPublicKey::from_public_key_pem(include_str!("../core/keys/rs256.pem")).unwrap();
    for (exponent, why) in [
        ([1].as_slice(), "below 3"),
        (&[0], "below 3"),
        (&[2], "even"),
        (&[1, 0, 0], "even"),
        (&[1, 0, 0, 0, 0, 1], "huge"),
    ] {
        let jwk = json!({"kty": "RSA", "n": base64(good.n().to_bytes_be()), "e": base64(exponent)});
        let text = refusal(JwtAlgorithm::Rs256, &jwk);
        assert!(text.contains(why), "{exponent:?}: {text}");
    }
}

/// A point of one curve under the name of another, and points that are on no curve at all.
#[test]
fn points_lie_on_the_curve_of_their_algorithm() {
    let p256 = p256::SecretKey::random(&mut OsRng).public_key().to_encoded_point(false);
    let p384 = p384::SecretKey::random(&mut OsRng).public_key().to_encoded_point(false);
    let point = |curve: &str, x: &[u8], y: &[u8]| json!({"kty": "EC", "crv": curve, "x": base64(x), "y": base64(y)});
    let (x, y) = (p256.x().unwrap(), p256.y().unwrap());
    let (x384, y384) = (p384.x().unwrap(), p384.y().unwrap());
    let load = |algorithm, jwk: Value| JwtKey::from_jwk_for(algorithm, &jwk.to_string());
    assert!(load(JwtAlgorithm::Es256, point("P-256", x, y)).is_ok());
    assert!(load(JwtAlgorithm::Es384, point("P-384", x384, y384)).is_ok());
    // The generator of secp256k1 (SEC 2 §2.4.1): as long as a point of P-256.
    let koblitz = [
        "79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798",
        "483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8",
    ];
    let [gx, gy] = koblitz
        .map(|hex| (0..32).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect::<Vec<_>>());
    let mut moved = y.to_vec();
    moved[31] ^= 1;
    for jwk in [
        point("P-256", &gx, &gy),
        point("P-256", x, &moved),
        point("P-256", y, x),
        point("P-256", &[0; 32], &[0; 32]),
        point("P-256", &[0xff; 32], y),
    ] {
        assert!(refusal(JwtAlgorithm::Es256, &jwk).contains("not a point of the algorithm's curve"), "{jwk}");
    }
    assert!(refusal(JwtAlgorithm::Es384, &point("P-384", y384, x384)).contains("not a point"));
    // The curves' names and lengths do not match.
    assert!(refusal(JwtAlgorithm::Es256, &point("P-384", x384, y384)).contains("needs `P-256`"));
    assert!(refusal(JwtAlgorithm::Es256, &point("P-256", x384, y384)).contains("uncompressed point of 65 bytes"));
    assert!(refusal(JwtAlgorithm::Es384, &point("P-384", x, y)).contains("uncompressed point of 97 bytes"));
    let der = p256::PublicKey::from_sec1_bytes(p256.as_bytes()).unwrap().to_public_key_der().unwrap();
    assert!(JwtKey::from_der(JwtAlgorithm::Es256, der.as_bytes()).is_ok());
    assert!(JwtKey::from_der(JwtAlgorithm::Es384, der.as_bytes()).is_err());
    let mut broken = der.as_bytes().to_vec();
    *broken.last_mut().unwrap() ^= 1;
    let error = JwtKey::from_der(JwtAlgorithm::Es256, &broken).unwrap_err().to_string();
    assert!(error.contains("not a point of the algorithm's curve"), "{error}");
}

#[test]
fn each_algorithm_takes_its_own_kind_of_key_in_der_and_pem() {
    let edwards = ed25519_dalek::SigningKey::generate(&mut OsRng).verifying_key();
    // RFC 8410 §4: what stands before the 32 bytes.
    let head = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
    let der = [&head[..], edwards.as_bytes()].concat();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", BASE64_STANDARD.encode(&der));
    let rsa = include_bytes!("../core/keys/rs256.pem");
    let p256 = include_bytes!("../core/keys/p256.pem");
    for algorithm in JwtAlgorithm::ALL {
        let name = algorithm.as_str();
        assert_eq!(JwtKey::from_der(algorithm, &der).is_ok(), name == "EdDSA", "{name}");
        assert_eq!(JwtKey::from_pem(algorithm, pem.as_bytes()).is_ok(), name == "EdDSA", "{name}");
        assert_eq!(JwtKey::from_pem(algorithm, rsa).is_ok(), ["RS", "PS"].contains(&&name[..2]), "{name}");
        assert_eq!(JwtKey::from_pem(algorithm, p256).is_ok(), name == "ES256", "{name}");
        if name.starts_with("HS") {
            let error = JwtKey::from_der(algorithm, &der).unwrap_err().to_string();
            assert!(error.contains("takes a secret, not a public key"), "{error}");
        }
    }
}

#[test]
fn keys_say_what_they_are_for_and_ids_stand_once() {
    let x = base64(ed25519_dalek::SigningKey::generate(&mut OsRng).verifying_key().as_bytes());
    let with = |more: Value| {
        let mut jwk = json!({"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "kid": "one", "x": x});
        jwk.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        jwk
    };
    for good in
        [json!({}), json!({"use": "sig"}), json!({"key_ops": ["verify"]}), json!({"key_ops": ["sign", "verify"]})]
    {
        assert!(JwtKey::from_jwk(&with(good.clone()).to_string()).is_ok(), "{good}");
    }
    for (bad, why) in [
        (json!({"use": "enc"}), "not `sig`"),
        (json!({"use": "SIG"}), "not `sig`"),
        (json!({"use": ["sig"]}), "not text"),
        (json!({"key_ops": ["sign"]}), "without `verify`"),
        (json!({"key_ops": []}), "without `verify`"),
        (json!({"key_ops": "verify"}), "not a list"),
        (json!({"alg": "ES256"}), "is for ES256, not for EdDSA"),
        (json!({"alg": null}), "not text"),
        (json!({"kid": 1}), "not text"),
        (json!({"d": "AA"}), "is private"),
    ] {
        let text = refusal(JwtAlgorithm::EdDsa, &with(bad.clone()));
        assert!(text.contains(why), "{bad}: {text}");
    }
    let set = |keys: &[Value]| JwtKeySet::from_json(&json!({"keys": keys}).to_string());
    assert!(set(&[with(json!({})), with(json!({"kid": "two"}))]).is_ok());
    let error = set(&[with(json!({})), with(json!({}))]).unwrap_err().to_string();
    assert!(error.contains("two keys have the id `one`"), "{error}");
    assert!(set(&[with(json!({})), with(json!({"kid": "two", "use": "enc"}))]).is_err(), "ours are all good");
}
