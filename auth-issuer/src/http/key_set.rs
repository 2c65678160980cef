//! The keys that verify tokens, as a document (RFC 7517 §5).

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};

use super::document::document;
use crate::keys::KeyRing;
use crate::tokens::TokenKeys;

/// Publishes the public keys of one or more kinds of token. Shared secrets and private parts are never among them.
///
/// Caches keep the document for five minutes: announce a key that long before it signs.
#[derive(Clone, Debug)]
pub struct KeySetEndpoint {
    keys: Vec<TokenKeys>,
    max_age: Duration,
}

impl KeySetEndpoint {
    /// Publishes these keys.
    #[must_use]
    pub fn new(keys: impl IntoIterator<Item = TokenKeys>) -> Self {
        Self { keys: keys.into_iter().collect(), max_age: Duration::from_mins(5) }
    }

    /// Lets caches keep the document for another time, in whole seconds.
    #[must_use]
    pub fn with_max_age(mut self, max_age: Duration) -> Self {
        self.max_age = max_age;
        self
    }

    /// Answers a request: `GET` and `HEAD`.
    #[must_use]
    pub fn respond(&self, request: &Request<Bytes>) -> Response<Bytes> {
        document(request, "application/jwk-set+json", self.max_age, || {
            let mut keys: Vec<String> = Vec::new();
            for key in self.keys.iter().flat_map(|keys| keys.read(KeyRing::public_jwks)) {
                // Kinds of token may share a ring; a document with one `kid` twice is refused.
                if !keys.contains(&key) {
                    keys.push(key);
                }
            }
            format!("{{\"keys\":[{}]}}", keys.join(","))
        })
    }
}
