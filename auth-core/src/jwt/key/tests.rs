use super::*;

#[test]
fn secrets_that_can_be_guessed_are_refused() {
    let random: Vec<u8> = (0..64_u8).map(|byte| byte.wrapping_mul(37)).collect();
    for (algorithm, length) in [(JwtAlgorithm::Hs256, 32), (JwtAlgorithm::Hs384, 48), (JwtAlgorithm::Hs512, 64)] {
        assert!(JwtKey::from_secret(algorithm, &random[..length]).is_ok());
        let error = JwtKey::from_secret(algorithm, &random[..length - 1]).unwrap_err();
        assert_eq!(error.kind(), ConfigErrorKind::Key);
        assert!(error.to_string().contains(&format!("{} bytes is too short", length - 1)), "{error}");
    }
    for (secret, why) in [
        (&b""[..], "too short"),
        (b"A-String-Secret-At-Least-256-Bits-Long", "well known"),
        (&[7; 64], "repeats"),
        (b"secretsecretsecretsecretsecretsecret", "repeats"),
        (b"0123456789abcdef0123456789abcdef", "repeats"),
        (b"abcabcaabbccabcabccbaabcaaabbbccaa", "hardly any"),
    ] {
        let error = JwtKey::hs256(secret).unwrap_err().to_string();
        assert!(error.contains(why), "{why}: {error}");
    }
}

#[test]
fn secrets_are_no_better_than_they_have_to_be() {
    let eight = b"abcdefghhgfedcbaaabbccddeeffgghh";
    assert!(JwtKey::hs256(eight).is_ok(), "eight different bytes");
    let seven = eight.map(|byte| if byte == b'h' { b'g' } else { byte });
    assert!(JwtKey::hs256(&seven).unwrap_err().to_string().contains("hardly any"));
    let (text, more) = (b"0123456789abcdef", b"0123456789abcdefg");
    assert!(JwtKey::hs256(&text.repeat(3)).unwrap_err().to_string().contains("repeats"));
    assert!(JwtKey::hs256(&more.repeat(3)).is_ok(), "17 bytes are no short text");
}

#[test]
fn insecure_secrets_need_their_length_all_the_same() {
    let insecure = |secret: &[u8]| JwtKey::from_insecure_secret(JwtAlgorithm::Hs256, secret);
    assert!(insecure(&[7; 32]).is_ok() && insecure(b"0123456789abcdef0123456789abcdef").is_ok());
    assert!(insecure(&[7; 31]).unwrap_err().to_string().contains("31 bytes is too short"));
    assert!(JwtKey::from_insecure_secret(JwtAlgorithm::EdDsa, &[7; 32]).is_err());
}

#[test]
fn what_is_no_public_key_is_refused_with_the_reason() {
    let cases = [
        ("", "it is not PEM"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "its DER is broken"),
        ("-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----", "its DER is broken"),
        ("-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----", "must not have"),
        ("-----BEGIN EC PRIVATE KEY-----\nMAA=\n-----END EC PRIVATE KEY-----", "must not have"),
        ("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----", "its PEM label"),
        ("-----BEGIN RSA PUBLIC KEY-----\nMAA=\n-----END RSA PUBLIC KEY-----", "no RSA numbers"),
    ];
    for (pem, why) in cases {
        let error = JwtKey::rs256_pem(pem.as_bytes()).unwrap_err();
        assert!(error.to_string().contains(why), "{pem:?}: {error}");
    }
}

/// What is beside the key in its algorithm says nothing, and has one form (RFC 3279 §2.3.1, RFC 8410 §3).
#[test]
fn keys_with_parameters_of_another_algorithm_are_refused() {
    let element = |tag: u8, content: &[u8]| {
        let [high, low] = u16::try_from(content.len()).unwrap().to_be_bytes();
        let head = match (high, low) {
            (0, ..=0x7f) => vec![tag, low],
            (0, _) => vec![tag, 0x81, low],
            _ => vec![tag, 0x82, high, low],
        };
        [head, content.to_vec()].concat()
    };
    let read = |algorithm: JwtAlgorithm, kind: &[u8], parameters: &[u8], key: &[u8]| {
        let kind = element(0x30, &[&element(6, kind)[..], parameters].concat());
        let key = element(3, &[&[0], key].concat());
        JwtKey::from_der(algorithm, &element(0x30, &[kind, key].concat()))
    };
    let edwards = |parameters: &[u8]| read(JwtAlgorithm::EdDsa, ED25519, parameters, &[7; 32]);
    let modulus = element(2, &[&[0][..], &[0xc5; 256]].concat());
    let numbers = element(0x30, &[modulus, element(2, &[1, 0, 1])].concat());
    let rsa = |parameters: &[u8]| read(JwtAlgorithm::Rs256, RSA_ENCRYPTION, parameters, &numbers);
    let (absent, null, identifier) = (&[][..], &[5, 0][..], &[6, 1, 0x2a][..]);
    assert!(edwards(absent).is_ok() && rsa(null).is_ok());
    for refused in [edwards(null), edwards(identifier), rsa(absent), rsa(identifier), rsa(&[0x0d, 0])] {
        assert!(refused.unwrap_err().to_string().contains("its DER is broken"));
    }
}

#[test]
fn keys_in_json_are_refused_with_the_reason() {
    let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    let cases = [
        ("[]".to_owned(), "not a strict JSON object"),
        (format!(r#"{{"kty":"OKP","kty":"OKP","crv":"Ed25519","alg":"EdDSA","x":"{x}"}}"#), "not a strict JSON object"),
        (format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{x}"}}"#), "no `alg`"),
        (format!(r#"{{"kty":"OKP","crv":"Ed25519","alg":"none","x":"{x}"}}"#), "`none`"),
        (format!(r#"{{"kty":"OKP","crv":"X25519","alg":"EdDSA","x":"{x}"}}"#), "needs `Ed25519`"),
        (format!(r#"{{"kty":"EC","crv":"Ed25519","alg":"EdDSA","x":"{x}"}}"#), "needs `OKP`"),
        (format!(r#"{{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","use":"enc","x":"{x}"}}"#), "not `sig`"),
        (format!(r#"{{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","key_ops":["sign"],"x":"{x}"}}"#), "without `verify`"),
        (r#"{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","x":"AAAA"}"#.to_owned(), "have 32"),
        (r#"{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","x":"A"}"#.to_owned(), "not base64url"),
        (r#"{"kty":"OKP","crv":"Ed25519","alg":"EdDSA"}"#.to_owned(), "no `x`"),
        (r#"{"kty":"RSA","alg":"RS256","n":"AQAB","e":"AQAB"}"#.to_owned(), "17 bits"),
        (r#"{"kty":"EC","crv":"P-256","alg":"ES256","x":"AAAA","y":"AAAA"}"#.to_owned(), "not an uncompressed point"),
        (r#"{"kty":"EC","crv":"P-256","alg":"ES256","x":"AAAA","y":"AAA"}"#.to_owned(), "different lengths"),
        (r#"{"kty":"oct","alg":"HS256","k":"AAAA"}"#.to_owned(), "too short"),
    ];
    for (json, why) in cases {
        let error = JwtKey::from_jwk(&json).unwrap_err();
        assert!(error.to_string().contains(why), "{json}: {error}");
    }
    let contradicted = format!(r#"{{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","x":"{x}"}}"#);
    let error = JwtKey::from_jwk_for(JwtAlgorithm::Es256, &contradicted).unwrap_err();
    assert!(error.to_string().contains("is for EdDSA, not for ES256"), "{error}");
}

#[test]
fn weak_rsa_numbers_are_refused() {
    let mut modulus = vec![0xc5; 256];
    modulus[255] = 1;
    let complaint = |modulus: &[u8], exponent: &[u8]| RsaPublicKey::new(modulus, exponent).complaint();
    assert_eq!(complaint(&modulus, &[1, 0, 1]), None);
    assert_eq!(complaint(&modulus, &[3]), None);
    assert!(complaint(&modulus, &[1]).unwrap().contains("below 3"));
    assert!(complaint(&modulus, &[1, 0, 0]).unwrap().contains("even"));
    assert!(complaint(&modulus, &[]).unwrap().contains("even"));
    assert!(complaint(&[&[0; 8], &modulus[..255]].concat(), &[3]).unwrap().contains("2040 bits"));
    assert!(complaint(&[&modulus[..255], &[2]].concat(), &[3]).unwrap().contains("even modulus"));
    assert_eq!(complaint(&[0xc5; 512], &[3]), None);
    assert!(complaint(&[0xc5; 513], &[3]).unwrap().contains("4104 bits"));
    assert_eq!(complaint(&modulus, &[1, 0, 0, 0, 1]), None);
    assert!(complaint(&modulus, &[2, 0, 0, 0, 1]).unwrap().contains("huge exponent"));
}

#[test]
fn points_of_small_order_are_no_keys() {
    let key = |first: u8, middle: u8, last: u8| {
        let mut key = [middle; 32];
        (key[0], key[31]) = (first, last);
        JwtKey::edwards(JwtAlgorithm::EdDsa, &key)
    };
    for (first, middle, last) in [(1, 0, 0), (1, 0, 0x80), (0, 0, 0), (0xec, 0xff, 0x7f), (0xee, 0xff, 0xff)] {
        let error = key(first, middle, last).unwrap_err().to_string();
        assert!(error.contains("small order"), "{error}");
    }
    assert!(key(2, 0, 0).is_ok() && key(0xeb, 0xff, 0x7f).is_ok(), "near misses");
}

#[test]
fn private_keys_in_json_are_refused() {
    let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    for private in ["d", "p", "oth"] {
        let jwk = format!(r#"{{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","x":"{x}","{private}":"AA"}}"#);
        let error = JwtKey::from_jwk(&jwk).unwrap_err().to_string();
        assert!(error.contains(&format!("is private (it has `{private}`)")), "{error}");
        assert!(JwtKeySet::from_foreign_json(format!(r#"{{"keys":[{jwk}]}}"#).as_bytes(), &JwtAlgorithm::ALL).is_err());
    }
}

#[test]
fn foreign_sets_lose_what_is_not_wanted() {
    let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    let ed = |kid: &str, more: &str| format!(r#"{{"kty":"OKP","crv":"Ed25519","kid":"{kid}","x":"{x}"{more}}}"#);
    let secret = r#"{"kty":"oct","kid":"s","alg":"HS256","k":"3q2-796tvu_erb7v3q2-796tvu_erb7v3q2-796tvu_erb7v_w"}"#;
    let document = |keys: &[String]| format!(r#"{{"keys":[{}]}}"#, keys.join(","));
    let read = |keys: &[String], wanted: &[JwtAlgorithm]| {
        JwtKeySet::from_foreign_json(document(keys).as_bytes(), wanted)
            .map(|set| set.keys().iter().map(|key| key.id().unwrap_or_default().to_owned()).collect::<Vec<_>>())
    };
    let wanted = [JwtAlgorithm::EdDsa, JwtAlgorithm::Hs256];
    let keys = [
        ed("a", ""),
        ed("b", r#","use":"enc""#),
        secret.to_owned(),
        ed("c", r#","alg":"EdDSA""#),
        r#"{"kty":"new"}"#.to_owned(),
    ];
    assert_eq!(read(&keys, &wanted).unwrap(), ["a", "c"]);
    assert!(read(&keys, &[JwtAlgorithm::Es256]).is_err(), "no usable key");
    assert!(read(&[secret.to_owned()], &wanted).is_err(), "secrets are dropped");
    assert!(read(&[ed("a", ""), ed("a", "")], &wanted).is_err(), "duplicate ids");
    let many: Vec<String> = (0..101).map(|at| ed(&at.to_string(), "")).collect();
    assert!(read(&many, &wanted).is_err() && read(&many[..100], &wanted).is_ok());
}

/// Whoever reads these has not made the keys.
#[test]
fn what_is_wrong_with_a_foreign_set_names_the_provider_and_the_fix() {
    let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    let ed = |more: &str| format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{x}"{more}}}"#);
    let rsa = |more: &str| format!(r#"{{"kty":"RSA","n":"{}","e":"AQAB"{more}}}"#, "7".repeat(341) + "w");
    let secret = r#"{"kty":"oct","alg":"HS256","k":"3q2-796tvu_erb7v3q2-796tvu_erb7v3q2-796tvu_erb7v_w"}"#;
    let (long, algorithms) = ("x\\n".repeat(1_000), "`.algorithms([..])`");
    let (rs256, ps256, ed_dsa) = (JwtAlgorithm::Rs256, JwtAlgorithm::Ps256, JwtAlgorithm::EdDsa);
    let cases: [(&[String], &[JwtAlgorithm], &[&str]); 9] = [
        (&[], &[rs256], &["publishes no key", "check the address"]),
        (&[ed(""), ed("")], &[rs256], &["no key for RS256 among 2", "`kty` `OKP`, RS256 needs `RSA`", algorithms]),
        (&[ed("")], &[rs256, JwtAlgorithm::Es256], &["no key for RS256 or ES256 among 1", algorithms]),
        (&[ed(r#","use":"enc""#)], &[ed_dsa], &["no key for EdDSA among 1", "the first one has `use` `enc`"]),
        (&[ed(&format!(r#","use":"{long}""#))], &[ed_dsa], &[r"has `use` `x\nx\n", algorithms]),
        (&[rsa("")], &[rs256, ps256], &["fits RS256 and PS256 and names no `alg`", algorithms]),
        (&[secret.to_owned()], &[JwtAlgorithm::Hs256], &["is a shared secret, which nobody may publish"]),
        (&[ed(r#","kid":"a""#), ed("")], &[ed_dsa], &["2 keys for EdDSA and one without `kid`", algorithms]),
        (
            &[ed(r#","kid":"a""#), ed(r#","kid":"a""#)],
            &[ed_dsa],
            &["two keys for EdDSA with the `kid` `a`", algorithms],
        ),
    ];
    for (keys, wanted, texts) in cases {
        let document = format!(r#"{{"keys":[{}]}}"#, keys.join(","));
        let error = JwtKeySet::from_foreign_json(document.as_bytes(), wanted).unwrap_err();
        let text = error.to_string();
        assert_eq!(error.kind(), ConfigErrorKind::KeySet, "{text}");
        assert!(texts.iter().all(|part| text.contains(part)), "{text}");
        assert!(text.len() < 300 && !text.contains("hs256") && !text.contains(".with_id("), "{text}");
    }
    let many = vec![ed(""); 101].join(",");
    let error = JwtKeySet::from_foreign_json(format!(r#"{{"keys":[{many}]}}"#).as_bytes(), &[ed_dsa]).unwrap_err();
    assert!(error.kind() == ConfigErrorKind::KeySet && error.to_string().contains("101 keys"), "{error}");
    let error = JwtKeySet::from_foreign_json(br#"{"keys":[]}"#, &[]).unwrap_err();
    assert!(error.kind() == ConfigErrorKind::Algorithm && error.to_string().contains("no algorithm"), "{error}");
}

#[test]
fn a_set_of_our_own_speaks_of_no_verifier() {
    let empty = JwtKeySet::from_json(r#"{"keys":[]}"#).unwrap_err();
    assert_eq!((empty.kind(), JwtKeySet::new(Vec::new()).unwrap_err()), (ConfigErrorKind::KeySet, empty.clone()));
    assert!(empty.to_string().contains("the key set has no key"), "{empty}");
    let key = r#"{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    let nameless = JwtKeySet::from_json(&format!(r#"{{"keys":[{key},{key}]}}"#)).unwrap_err().to_string();
    assert!(nameless.contains(".with_id(") && nameless.contains("`kid` in JSON"), "{nameless}");
}

#[test]
fn debug_shows_no_secret() {
    let key = JwtKey::hs256(b"0123456789abcdefghijklmnopqrstuv").unwrap().with_id("one");
    assert_eq!(format!("{key:?}"), "JwtKey { id: Some(\"one\"), algorithm: Hs256, .. }");
}
