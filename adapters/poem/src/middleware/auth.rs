//! The middleware that puts a realm into each request.

use auth_core::decision::{Handle, Watch};
use poem::error::{MethodNotAllowedError, NotFoundError};
use poem::{Endpoint, Error, IntoResponse, Middleware, Request, Response, Result};

use crate::auth::Refusal;
use crate::head::{handle, head};

auth_core::__adapter_installer! {
    /// Puts a realm into each request, for the policies of the handlers inside.
    ///
    /// It decides nothing. One inside another adds its realm and replaces none: policies name theirs with
    /// `realm = ".."`, or mean the innermost. Mount it inside of trace and CORS middleware.
    ///
    /// On the way back it adds what caches have to know: `Cache-Control: private` where a credential came outside of
    /// `Authorization` and the handler said nothing, `Vary` for optional endpoints.
    AuthMiddleware,

    /// Withholds what a handler answers that has neither `#[requires_auth(..)]` nor `#[public(..)]`: 500, and an error
    /// in the log.
    ///
    /// # Security
    ///
    /// It detects and does not prevent: the handler has run. Errors of poem's own router, for unknown paths and
    /// methods, pass. What is not a function and is everybody's, such as a page of documentation, stands outside of this
    /// middleware.
    deny_undecided
}

impl<E: Endpoint> Middleware<E> for AuthMiddleware {
    type Output = AuthEndpoint<E>;

    fn transform(&self, inner: E) -> AuthEndpoint<E> {
        AuthEndpoint { inner, layer: self.clone() }
    }
}

/// The endpoint that [`AuthMiddleware`] makes.
#[derive(Debug)]
pub struct AuthEndpoint<E> {
    inner: E,
    layer: AuthMiddleware,
}

impl<E: Endpoint> Endpoint for AuthEndpoint<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let outer = handle(&request);
        let is_outermost = outer.is_none();
        let handle = Handle::within(outer, self.layer.realm.clone());
        request.extensions_mut().insert(handle.clone());
        // The request does not come back.
        let watch = self.layer.denies_undecided.then(|| Watch::new(&handle, &head(&request)));
        let answer = self.inner.call(request).await.map(IntoResponse::into_response);
        if let Some(refusal) = handle.withheld() {
            return Err(Refusal::from(refusal).into());
        }
        if let Some(watch) = watch.filter(|watch| !watch.is_decided() && !is_decided(&answer)) {
            return Err(Refusal::from(watch.withhold()).into());
        }
        if is_outermost { inform_caches(&handle, answer) } else { answer }
    }
}

/// Whether no handler has answered: it was refused before, or there is none.
fn is_decided(answer: &Result<Response>) -> bool {
    match answer {
        Ok(response) => auth_tower::is_refusal(response.extensions()),
        Err(error) => error.is::<Refusal>() || error.is::<NotFoundError>() || error.is::<MethodNotAllowedError>(),
    }
}

/// Adds what caches have to know to an answer, and to an error that the handler has made: it is an answer too.
fn inform_caches(handle: &Handle, answer: Result<Response>) -> Result<Response> {
    match answer {
        Ok(mut response) if !auth_tower::is_refusal(response.extensions()) => {
            auth_tower::inform_caches(handle, response.headers_mut());
            Ok(response)
        }
        // Of the handler's own errors, only those that have something to add lose their type.
        Err(error) if !error.is::<Refusal>() && handle.success_headers().fields(false).next().is_some() => {
            let mut response = error.into_response();
            auth_tower::inform_caches(handle, response.headers_mut());
            Err(Error::from_response(response))
        }
        refused => refused,
    }
}
