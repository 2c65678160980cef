//! The answer for unknown paths.

use auth_core::{AnyRealm, decision};
use rocket::catcher::{self, Handler};
use rocket::http::Status;
use rocket::{Catcher, Request};

use crate::head::Head;
use crate::local::slot;
use crate::render::render;

/// A catcher for 404 that answers in the realm's own form: the same bytes as a policy with `hide`.
///
/// ```
/// use auth_rocket::{Realm, not_found};
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
/// let rocket = rocket::build().register("/", vec![not_found(&realm)]);
/// # Ok::<(), auth_core::ConfigError>(())
/// ```
#[must_use]
pub fn not_found(realm: &impl AsRef<AnyRealm>) -> Catcher {
    Catcher::new(404, NotFound(realm.as_ref().clone()))
}

#[derive(Clone)]
struct NotFound(AnyRealm);

#[rocket::async_trait]
impl Handler for NotFound {
    async fn handle<'r>(&self, _: Status, request: &'r Request<'_>) -> catcher::Result<'r> {
        slot(request).is_rendered = true;
        Ok(render(decision::not_found(&self.0, &Head(request))))
    }
}
