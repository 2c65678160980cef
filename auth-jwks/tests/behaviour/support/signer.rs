//! Keys that are made for one test, and tokens that they sign.

use std::sync::{Arc, Mutex};

use auth_core::StoreError;
use auth_core::Verifier as _;
use auth_core::credential::{BearerToken, Credential as _};
use auth_core::jwt::{JwtKey, JwtKeySource, JwtVerifier, KeyLookup, WantedKey};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use serde_json::{Value, json};

pub(crate) const ISSUER: &str = "https://issuer.example";
pub(crate) const AUDIENCE: &str = "api.example";
/// The time of every request, unless the test says another.
pub(crate) const NOW: u64 = 1_800_000_000;

/// A key pair and the id under which it is published.
pub(crate) struct Signer {
    id: String,
    pair: Ed25519KeyPair,
}

impl Signer {
    pub(crate) fn new(id: &str) -> Self {
        Self { id: id.to_owned(), pair: Ed25519KeyPair::generate().unwrap() }
    }

    /// The public key, as providers publish it: without `alg`.
    pub(crate) fn jwk(&self) -> Value {
        let x = BASE64_URL_SAFE_NO_PAD.encode(self.pair.public_key());
        json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": self.id, "x": x})
    }

    /// The public key under another id.
    pub(crate) fn jwk_as(&self, id: Option<&str>) -> Value {
        let mut jwk = self.jwk();
        match id {
            Some(id) => jwk["kid"] = id.into(),
            None => drop(jwk.as_object_mut().unwrap().remove("kid")),
        }
        jwk
    }

    /// A good token.
    pub(crate) fn token(&self) -> String {
        self.token_as(Some(&self.id))
    }

    /// A good token that names another key, or none.
    pub(crate) fn token_as(&self, id: Option<&str>) -> String {
        let header = id.map_or_else(|| json!({"alg": "EdDSA"}), |id| json!({"alg": "EdDSA", "kid": id}));
        self.sign(&header, ISSUER)
    }

    pub(crate) fn token_of(&self, issuer: &str) -> String {
        self.sign(&json!({"alg": "EdDSA", "kid": self.id}), issuer)
    }

    fn sign(&self, header: &Value, issuer: &str) -> String {
        let claims = json!({"iss": issuer, "aud": AUDIENCE, "sub": "alice", "exp": NOW + 3_600});
        let encode = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", encode(header), encode(&claims));
        let signature = self.pair.sign(message.as_bytes());
        format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }
}

/// The document of a set.
pub(crate) fn jwks<'k>(signers: impl IntoIterator<Item = &'k Signer>) -> String {
    json!({"keys": signers.into_iter().map(Signer::jwk).collect::<Vec<_>>()}).to_string()
}

/// Asks a verifier with a source that writes down what it is asked for.
pub(super) fn overhear(algorithm: &str, id: Option<&str>) -> WantedKey {
    struct Listener(Arc<Mutex<Option<WantedKey>>>);

    impl JwtKeySource for Listener {
        fn find_now(&self, wanted: &WantedKey) -> KeyLookup {
            *self.0.lock().unwrap() = Some(wanted.clone());
            KeyLookup::Unknown
        }

        async fn find(&self, _: WantedKey) -> Result<Option<JwtKey>, StoreError> {
            Ok(None)
        }
    }

    let heard = Arc::default();
    let verifier = JwtVerifier::builder().issuer(ISSUER).audience(AUDIENCE).key_source(Listener(Arc::clone(&heard)));
    let header = id.map_or_else(|| json!({"alg": algorithm}), |id| json!({"alg": algorithm, "kid": id}));
    let token = format!("{}.e30.AAAA", BASE64_URL_SAFE_NO_PAD.encode(header.to_string()));
    let parsed = BearerToken::parse(token.as_bytes()).unwrap();
    drop(verifier.build().unwrap().try_verify(&parsed, &super::attempt()));
    let wanted = heard.lock().unwrap().take();
    wanted.expect("the verifier asks its source")
}
