//! The answer for unknown paths.

use auth_core::{AnyRealm, decision};
use salvo::http::StatusCode;
use salvo::{Depot, FlowCtrl, Handler, Request, Response, Scribe as _, async_trait};

use crate::auth::Refusal;
use crate::head::head;

/// A handler that answers "not found" in the realm's own form: the same bytes as a policy with `hide`.
///
/// Mount it in the service's catcher. Every 404 without a body of its own is answered by it; other errors are not.
/// It can also be the goal of a last route, `{**path}`, which then hides the methods of known paths as well.
///
/// # Security
///
/// salvo calls no catcher for `HEAD`, whose 404 for an unknown path has no fields then, while that of a policy with `hide`
/// has. Where a `HEAD` route hides, mount the last route.
///
/// ```
/// use auth_salvo::{Realm, not_found};
/// use salvo::{Router, Service};
/// use salvo::catcher::Catcher;
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
/// let service = Service::new(Router::new()).catcher(Catcher::default().hoop(not_found(&realm)));
/// # Ok::<(), auth_core::ConfigError>(())
/// ```
#[must_use]
pub fn not_found(realm: &impl AsRef<AnyRealm>) -> NotFound {
    NotFound(realm.as_ref().clone())
}

/// The handler that [`not_found`] makes.
#[derive(Clone, Debug)]
pub struct NotFound(AnyRealm);

#[async_trait]
impl Handler for NotFound {
    async fn handle(&self, request: &mut Request, _: &mut Depot, response: &mut Response, _: &mut FlowCtrl) {
        // In a catcher other errors come by too. A goal sees no status yet.
        if !response.is_stamped() || response.status_code == Some(StatusCode::NOT_FOUND) {
            Refusal::from(decision::not_found(&self.0, &head(request))).render(response);
        }
    }
}
