//! The `jwt-attacks` vectors.

use std::collections::{BTreeMap, BTreeSet};
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

/// A case: its name, a verifier for each algorithm that it allows, and its token.
pub struct Case {
    pub name: String,
    pub verifiers: Vec<Bench>,
    pub token: String,
    is_good: bool,
    is_must: bool,
    why: String,
    has_key: bool,
    in_pem: Vec<Bench>,
}

impl Case {
    fn read(vectors: &Vectors, case: &Value) -> Self {
        let mut verifiers = vectors.verifiers(case, Form::Jwk);
        let has_key = !verifiers.is_empty();
        if !has_key {
            verifiers.push(stranger(vectors, case));
        }
        Self {
            name: text(&case["name"]).to_owned(),
            verifiers,
            token: text(&case["token"]).to_owned(),
            is_good: case["expect"] == "accept",
            is_must: case["level"] == "must",
            why: case["why"].to_string(),
            has_key,
            in_pem: vectors.verifiers(case, Form::Pem),
        }
    }

    /// All of them.
    pub fn all() -> Vec<Self> {
        let vectors = Vectors::read();
        vectors.cases().iter().map(|case| Self::read(&vectors, case)).collect()
    }
}

/// Puts every case to the verifier and compares the verdicts with the vectors and with `docs/jwt.md`.
pub fn every_case_is_decided_as_published() {
    let (mut otherwise, mut without_key) = (BTreeMap::new(), BTreeSet::new());
    let cases = Case::all();
    for Case { name, verifiers, token, is_good, is_must, why, has_key, in_pem } in &cases {
        if !has_key {
            without_key.insert(name.clone());
        }
        let direct = verifiers.iter().any(|bench| bench.verify(token).is_ok());
        let over_http = verifiers.iter().any(|bench| bench.lets_through(token));
        for (verdict, case_name) in [(direct, name.clone()), (over_http, format!("{name} over HTTP"))] {
            if verdict != *is_good {
                assert!(!is_must, "{case_name}: {why}");
                otherwise.insert(case_name, verdict);
            }
        }
        assert!(
            in_pem.is_empty() || in_pem.iter().any(|bench| bench.verify(token).is_ok()) == direct,
            "{name}: its PEM"
        );
    }
    deviations::compare("attacks", &otherwise);
    deviations::compare_refused_keys("attacks", &without_key);
    println!("attacks: {} cases, of these decided otherwise: {otherwise:?}", cases.len());
}

#[test]
fn every_attack_is_decided_as_published() {
    assert_eq!(Vectors::read().cases().len(), 132);
    every_case_is_decided_as_published();
}

/// A verifier remembers the header of a good token, and that lets nothing else pass.
#[test]
fn what_was_believed_before_changes_no_verdict() {
    let cases = Case::all();
    let good: Vec<&str> = cases.iter().filter(|case| case.is_good).map(|case| case.token.as_str()).collect();
    let mut believed = 0;
    for Case { name, verifiers, token, .. } in &cases {
        for bench in verifiers {
            let verdict = |token: &str| bench.verify(token).map(|verified| verified.facts().clone());
            let fresh = verdict(token);
            believed += good.iter().filter(|token| verdict(token).is_ok()).count();
            assert_eq!(verdict(token), fresh, "{name}");
        }
    }
    assert!(believed > cases.len(), "{believed} tokens were believed");
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
