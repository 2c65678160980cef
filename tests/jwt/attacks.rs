//! The `jwt-attacks` vectors.

use std::collections::BTreeMap;
use std::time::Duration;

use auth_core::jwt::{JwtAlgorithm, JwtKey, JwtVerifier, JwtVerifierBuilder};
use serde_json::Value;

use crate::bearer::Bench;
use crate::deviations;

/// Where a key is read from.
#[derive(Clone, Copy, Debug)]
enum Form {
    Jwk,
    Pem,
}

struct Vectors(Value);

impl Vectors {
    fn read() -> Self {
        Self(serde_json::from_str(include_str!("../vectors/jwt-attacks/cases.json")).expect("the vectors are JSON"))
    }

    fn cases(&self) -> &[Value] {
        self.0["cases"].as_array().expect("a list")
    }

    /// A case's policy: the default one, in which the case's own members are replaced.
    fn policy<'v>(&'v self, case: &'v Value, member: &str) -> &'v Value {
        case["policy"].get(member).unwrap_or(&self.0["default_policy"][member])
    }

    /// The key, unless it cannot be loaded for the algorithm, or does not exist in that form.
    fn key(&self, name: &str, algorithm: JwtAlgorithm, form: Form) -> Option<JwtKey> {
        let key = &self.0["keys"][name];
        let loaded = match form {
            Form::Jwk => JwtKey::from_jwk_for(algorithm, &key["jwk"].to_string()),
            Form::Pem => JwtKey::from_pem(algorithm, key["pem"].as_str()?.as_bytes()),
        };
        loaded.ok().map(|key| key.with_id(name))
    }

    /// A verifier for each algorithm that the case allows: one key has one algorithm.
    fn verifiers(&self, case: &Value, form: Form) -> Vec<Bench> {
        let names: Vec<&str> = match &case["key"] {
            Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
            name => vec![text(name)],
        };
        let algorithms = case["algs"].as_array().expect("a list").iter().filter_map(|name| text(name).parse().ok());
        algorithms
            .filter_map(|algorithm| {
                let keys: Vec<_> = names.iter().filter_map(|name| self.key(name, algorithm, form)).collect();
                (!keys.is_empty()).then(|| self.bench(case, keys))
            })
            .collect()
    }

    fn bench(&self, case: &Value, keys: Vec<JwtKey>) -> Bench {
        let require = self.policy(case, "require").as_array().expect("a list");
        assert!(require.iter().all(|claim| claim == "exp" || claim == "sub"), "both are always required");
        let leeway = Duration::from_secs(self.policy(case, "leeway").as_u64().expect("seconds"));
        let mut builder = keys.into_iter().fold(JwtVerifier::builder().leeway(leeway), JwtVerifierBuilder::key);
        builder = match self.policy(case, "iss").as_str() {
            Some(issuer) => builder.issuer(issuer),
            None => builder.with_insecure_any_issuer(),
        };
        builder = match self.policy(case, "aud").as_str() {
            Some(audience) => builder.audience(audience),
            None => builder.with_insecure_any_audience(),
        };
        if let Some(token_type) = self.policy(case, "typ").as_str() {
            builder = builder.require_typ(token_type);
        }
        Bench::new(builder.build().expect("a good verifier"), self.0["now"].as_u64().expect("seconds"))
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// A verifier that has none of the vectors' keys, for cases whose own key is refused.
fn stranger(vectors: &Vectors, case: &Value) -> Bench {
    vectors.bench(case, vec![JwtKey::hs256(b"a secret that signs none of the vectors").expect("a good secret")])
}

/// Puts every case to the verifier and compares the verdicts with the vectors and with `docs/jwt.md`.
pub fn every_case_is_decided_as_published() {
    let vectors = Vectors::read();
    let (mut otherwise, mut without_key) = (BTreeMap::new(), Vec::new());
    for case in vectors.cases() {
        let (name, token, is_good) = (text(&case["name"]), text(&case["token"]), case["expect"] == "accept");
        let mut verifiers = vectors.verifiers(case, Form::Jwk);
        if verifiers.is_empty() {
            without_key.push(name);
            verifiers.push(stranger(&vectors, case));
        }
        let direct = verifiers.iter().any(|bench| bench.verify(token).is_ok());
        let over_http = verifiers.iter().any(|bench| bench.lets_through(token));
        for (verdict, case_name) in [(direct, name.to_owned()), (over_http, format!("{name} over HTTP"))] {
            if verdict != is_good {
                assert_ne!(case["level"], "must", "{case_name}: {}", case["why"]);
                otherwise.insert(case_name, verdict);
            }
        }
        let pem = vectors.verifiers(case, Form::Pem);
        assert!(pem.is_empty() || pem.iter().any(|bench| bench.verify(token).is_ok()) == direct, "{name}: its PEM");
    }
    assert_eq!(without_key, ["hs256-short-key"], "cases that prove nothing, because their key is refused");
    deviations::compare("attacks", &otherwise);
    println!("attacks: {} cases, of these decided otherwise: {otherwise:?}", vectors.cases().len());
}

#[test]
fn every_attack_is_decided_as_published() {
    assert_eq!(Vectors::read().cases().len(), 132);
    every_case_is_decided_as_published();
}

/// The set of the case `mixed-set-hs-with-rsa-kid`, which mixes secrets and public keys, cannot even be made.
#[test]
fn secrets_and_public_keys_make_no_set() {
    let vectors = Vectors::read();
    let key = |name, algorithm| vectors.key(name, algorithm, Form::Jwk).expect("a good key");
    let builder = JwtVerifier::builder().issuer("https://issuer.example").audience("api.example");
    let mixed = builder.key(key("rsa-a", JwtAlgorithm::Rs256)).key(key("hs-a", JwtAlgorithm::Hs256)).build();
    assert!(mixed.unwrap_err().to_string().contains("beside public keys"));
}
