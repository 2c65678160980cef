//! The answer for unknown paths.

use auth_core::{AnyRealm, decision};
use poem::{Endpoint, Request, Result};

use crate::auth::Refusal;
use crate::head::head;

/// An endpoint that answers "not found" in the realm's own form: the same bytes as a policy with `hide`.
///
/// Mount it for the paths that no other route has.
///
/// ```
/// use auth_poem::{Realm, not_found};
/// use poem::Route;
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
/// let app = Route::new().at("/*path", not_found(&realm));
/// # Ok::<(), auth_core::ConfigError>(())
/// ```
#[must_use]
pub fn not_found(realm: &impl AsRef<AnyRealm>) -> NotFound {
    NotFound(realm.as_ref().clone())
}

/// The endpoint that [`not_found`] makes.
#[derive(Clone, Debug)]
pub struct NotFound(AnyRealm);

impl Endpoint for NotFound {
    type Output = Refusal;

    async fn call(&self, request: Request) -> Result<Refusal> {
        Err(Refusal::from(decision::not_found(&self.0, &head(&request))).into())
    }
}
