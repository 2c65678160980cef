//! The hoop that puts a realm into each request.

use auth_core::decision::{Handle, Watch};
use salvo::http::header::CONTENT_LENGTH;
use salvo::http::{HeaderValue, Method, ResBody};
use salvo::{Depot, FlowCtrl, Handler, Request, Response, Scribe as _, async_trait};

use crate::auth::Refusal;
use crate::head::{handle, head};

auth_core::__adapter_installer! {
    /// Puts a realm into the depot of each request, for the policies of the handlers behind it.
    ///
    /// It decides nothing. One behind another adds its realm and replaces none: policies name theirs with
    /// `realm = ".."`, or mean the innermost. Mount it behind hoops for tracing and CORS.
    ///
    /// On the way back it adds what caches have to know: `Cache-Control: private` where a credential came outside of
    /// `Authorization` and the handler said nothing, `Vary` for optional endpoints.
    AuthHoop,

    /// Withholds what a handler answers that has neither `#[requires_auth(..)]` nor `#[public(..)]`: 500, and an error
    /// in the log.
    ///
    /// # Security
    ///
    /// It detects and does not prevent: the handler has run. [`check_routes`](crate::check_routes) prevents.
    deny_undecided
}

#[async_trait]
impl Handler for AuthHoop {
    async fn handle(&self, request: &mut Request, depot: &mut Depot, response: &mut Response, flow: &mut FlowCtrl) {
        let outer = handle(depot).cloned();
        let handle = Handle::within(outer.as_ref(), self.realm.clone());
        depot.insert_typed(handle.clone());
        // As a service's hoop it is called for paths and methods that no route has, and then no handler is.
        let has_route = !response.is_stamped();
        flow.call_next(request, depot, response).await;
        if let Some(refusal) = handle.withheld() {
            Refusal::from(refusal).render(response);
        } else if self.denies_undecided
            && has_route
            && !handle.has_verdict()
            && !auth_tower::is_refusal(&response.extensions)
        {
            Refusal::from(Watch::new(&handle, &head(request)).withhold()).render(response);
        }
        if auth_tower::is_refusal(&response.extensions) {
            keep_length(request, response);
        } else if outer.is_none() {
            auth_tower::inform_caches(&handle, response.headers_mut());
        }
    }
}

/// Says how long the body of a refused `HEAD` would be, as for `GET` (RFC 9110 §9.3.2): salvo takes the body away.
pub(crate) fn keep_length(request: &Request, response: &mut Response) {
    if let (&Method::HEAD, ResBody::Once(body)) = (request.method(), &response.body) {
        let length = HeaderValue::from(body.len());
        response.headers_mut().insert(CONTENT_LENGTH, length);
    }
}
