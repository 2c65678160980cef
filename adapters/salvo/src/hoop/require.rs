//! The hoop that enforces a policy on everything behind it.

use auth_core::EndpointPolicy;
use auth_core::decision::begin_layer;
use salvo::{Depot, FlowCtrl, Handler, Request, Response, Scribe as _, async_trait};

use crate::auth::Refusal;
use crate::head::{handle, head};

auth_core::__adapter_enforcer! {
    /// Enforces the policy `E` on what is behind it and is not a function: static files, sockets, proxies.
    ///
    /// It goes behind an [`AuthHoop`](crate::AuthHoop). Handlers behind it that have policies of their own are decided by
    /// those as well; who was authenticated is not asked twice.
    ///
    /// ```
    /// use auth_salvo::{RequireHoop, requires_auth};
    /// use salvo::Router;
    ///
    /// /// The files that members may see.
    /// #[requires_auth(bearer, role = "member")]
    /// struct MembersOnly;
    ///
    /// let router = Router::with_path("files").hoop(RequireHoop::<MembersOnly>::new());
    /// ```
    RequireHoop
}

#[async_trait]
impl<E: EndpointPolicy> Handler for RequireHoop<E> {
    async fn handle(&self, request: &mut Request, depot: &mut Depot, response: &mut Response, flow: &mut FlowCtrl) {
        let check = begin_layer(handle(depot), &head(request), E::ENDPOINT);
        if let Err(refusal) = check.await {
            Refusal::from(refusal).render(response);
            flow.skip_rest();
        }
    }
}
