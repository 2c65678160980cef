//! The answer for unknown paths.

use std::future::ready;

use actix_web::{HttpRequest, Route, web};
use auth_core::AnyRealm;
use auth_core::decision;

use crate::auth::Refusal;
use crate::head::Head;

/// A default service that answers "not found" in the realm's own form: the same bytes as a policy with `hide`.
///
/// ```
/// use actix_web::App;
/// use auth_actix::{Realm, not_found};
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
/// let app = App::new().default_service(not_found(&realm));
/// # Ok::<(), auth_core::ConfigError>(())
/// ```
pub fn not_found(realm: &impl AsRef<AnyRealm>) -> Route {
    let realm = realm.as_ref().clone();
    web::to(move |request: HttpRequest| ready(Refusal::from(decision::not_found(&realm, &Head(&request)))))
}
