//! What the fuzz targets share: a realm of every scheme, and a way to put a request to it.

use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime};

use auth_core::api_keys::{ApiKeyRecord, ApiKeyStore, ApiKeyVerifier, StoreError};
use auth_core::catalogue::Endpoint;
use auth_core::credential::{ApiKeyId, ApiKeyPrefix, BasicCredentials};
use auth_core::decision::{Handle, begin};
use auth_core::jwt::{JwtKey, JwtVerifier};
use auth_core::policy::{Name, Requirement, SchemeUse};
use auth_core::{
    AnyRealm, ApiKeyIn, Attempt, Basic, Bearer, Claims, ClientSource, Clock, Policy, Realm, Reason, Refusal, Verified,
    Verifier, VerifyError,
};
use auth_tower::HttpHead;
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use jsonwebtoken::crypto::rust_crypto::DEFAULT_PROVIDER;
use jsonwebtoken::{Algorithm, EncodingKey};

/// The secret of every token key here.
pub const SECRET: &[u8] = b"0sF3kzP9qLm2XwT7yBnD5vRj8GhC1aEu";
/// The time, in seconds since 1970.
pub const NOW: u64 = 1_800_000_000;

/// Stands still.
#[derive(Debug)]
pub struct Still;

impl Clock for Still {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(NOW)
    }
}

/// A verifier of tokens under [`SECRET`].
pub fn tokens() -> JwtVerifier {
    let key = JwtKey::hs256(SECRET).expect("a good secret");
    JwtVerifier::builder().issuer("us").audience("api").key(key).build().expect("complete")
}

/// A token of any header and payload, well signed under [`SECRET`].
pub fn signed(header: &[u8], payload: &[u8]) -> String {
    let message = format!("{}.{}", BASE64_URL_SAFE_NO_PAD.encode(header), BASE64_URL_SAFE_NO_PAD.encode(payload));
    let signer =
        (DEFAULT_PROVIDER.signer_factory)(&Algorithm::HS256, &EncodingKey::from_secret(SECRET)).expect("a key");
    let signature = signer.try_sign(message.as_bytes()).expect("signs");
    format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

/// Knows no password.
struct NoPasswords;

impl Verifier<BasicCredentials> for NoPasswords {
    type Value = Claims;

    fn try_verify(&self, _: &BasicCredentials, _: &Attempt) -> Option<Result<Verified<Claims>, VerifyError>> {
        Some(Err(VerifyError::refused(Reason::WRONG_PASSWORD)))
    }

    async fn verify(&self, _: BasicCredentials, _: Attempt) -> Result<Verified<Claims>, VerifyError> {
        unreachable!("answers at once")
    }
}

/// Knows no key.
struct NoKeys;

impl ApiKeyStore for NoKeys {
    fn find_now(&self, _: &ApiKeyId) -> Option<Option<ApiKeyRecord>> {
        Some(None)
    }

    async fn find(&self, _: ApiKeyId) -> Result<Option<ApiKeyRecord>, StoreError> {
        unreachable!("answers at once")
    }
}

/// A realm of every scheme.
pub fn realm(name: &str) -> Option<AnyRealm> {
    let keys = ApiKeyVerifier::new(ApiKeyPrefix::new("demo").expect("a good prefix"), NoKeys);
    let realm = Realm::<Claims>::builder(name)
        .bearer(tokens())
        .basic(NoPasswords)
        .api_key(ApiKeyIn::header("X-Key"), keys)
        .source(ClientSource::peer())
        .clock(std::sync::Arc::new(Still))
        .build();
    realm.ok().map(|realm| realm.erase())
}

/// The policy that every target uses: any of three schemes, and the given scope.
pub fn endpoint(scope: &'static str) -> Endpoint {
    const SCHEMES: &[SchemeUse] = &[SchemeUse::of::<Bearer>(), SchemeUse::of::<Basic>(), SchemeUse::of::<ApiKeyIn>()];
    let policy = Policy::listed(SCHEMES).require(Requirement::Scope(Name::Text(scope)));
    Endpoint { name: "fuzzed", module: "fuzz", file: file!(), line: line!(), policy, principal: None }
}

/// Decides a request; the verifiers here all answer at once.
pub fn decide<B>(realm: &AnyRealm, endpoint: &'static Endpoint, request: &http::Request<B>) -> Result<(), Refusal> {
    let handle = Handle::new(realm.clone());
    now(begin(Some(&handle), &HttpHead::of_request(request), endpoint)).map(drop)
}

/// What a future that waits for nothing comes to.
pub fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("waits for nothing"),
    }
}

/// A value of a header without the white space around it, SP and HTAB.
pub fn trim(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}
