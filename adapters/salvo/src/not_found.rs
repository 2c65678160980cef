//! The answer for unknown paths.

use auth_core::{AnyRealm, decision};
use salvo::http::StatusCode;
use salvo::{Depot, FlowCtrl, Handler, Request, Response, Scribe as _, async_trait};

use crate::auth::Refusal;
use crate::head::head;
use crate::hoop::keep_length;

/// A handler that answers "not found" in the realm's own form: the same bytes as a policy with `hide`.
///
/// Mount it as a hoop of the service. It answers where no route fits, and in place of every other 404 that has no body of
/// its own; other errors are not touched. It can also be the goal of a last route, `{**path}`, which then hides the
/// methods of known paths as well.
///
/// # Security
///
/// salvo calls no [catcher](salvo::catcher) for `HEAD`. In one, this handler would leave the 404 of a `HEAD` without
/// fields, and so tell an unknown path from what `hide` hides.
///
/// ```
/// use auth_salvo::{Realm, not_found};
/// use salvo::{Router, Service};
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
/// let service = Service::new(Router::new()).hoop(not_found(&realm));
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
    async fn handle(&self, request: &mut Request, depot: &mut Depot, response: &mut Response, flow: &mut FlowCtrl) {
        // A service's hoop comes before the route. Where none fits, and in a catcher, there is a status already; a goal
        // has neither that nor anything behind it.
        let has_answer = response.is_stamped() || flow.call_next(request, depot, response).await;
        let says_nothing = response.body.is_none() || response.body.is_error();
        if !has_answer || (says_nothing && response.status_code == Some(StatusCode::NOT_FOUND)) {
            Refusal::from(decision::not_found(&self.0, &head(request))).render(response);
            keep_length(request, response);
        }
    }
}
