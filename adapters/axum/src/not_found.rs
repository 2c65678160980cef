//! The answer for unknown paths.

use std::future::{Ready, ready};

use auth_core::catalogue::Endpoint;
use auth_core::decision;
use auth_core::{AnyRealm, EndpointPolicy, Policy};
use auth_tower::HttpHead;
use http::request::Parts;

use crate::auth::Refusal;
use crate::require::Require;

/// A fallback handler that answers "not found" in the realm's own form: the same bytes as a policy with `hide`.
///
/// ```
/// use auth_axum::{Realm, Router, not_found};
/// # use auth_core::credential::BearerToken;
/// # struct Tokens;
/// # impl auth_core::Verifier<BearerToken> for Tokens {
/// #     type Value = ();
/// #     async fn verify(&self, _: BearerToken, _: auth_core::Attempt) -> Result<auth_core::Verified<()>, auth_core::VerifyError> {
/// #         Err(auth_core::VerifyError::refused(auth_core::Reason::UNKNOWN_CREDENTIAL))
/// #     }
/// # }
///
/// let realm = Realm::<()>::builder("demo").bearer(Tokens).build()?;
/// let app: Router = Router::new().fallback(not_found(&realm));
/// # Ok::<(), auth_core::ConfigError>(())
/// ```
pub fn not_found(
    realm: &impl AsRef<AnyRealm>,
) -> impl Fn(Require<UnknownPath>, Parts) -> Ready<Refusal> + Clone + Send + Sync + 'static {
    let realm = realm.as_ref().clone();
    move |_, parts| ready(decision::not_found(&realm, &HttpHead::of_parts(&parts)).into())
}

/// The policy of unknown paths: everybody is told that there is nothing.
#[derive(Debug)]
#[non_exhaustive]
pub struct UnknownPath;

impl EndpointPolicy for UnknownPath {
    const ENDPOINT: &'static Endpoint = &Endpoint {
        name: "not_found",
        module: module_path!(),
        file: file!(),
        line: line!(),
        policy: Policy::public("unknown path"),
        principal: None,
    };
}
