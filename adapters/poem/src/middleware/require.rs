//! The middleware that enforces a policy on a whole endpoint.

use std::marker::PhantomData;

use auth_core::EndpointPolicy;
use auth_core::decision::begin_layer;
use poem::{Endpoint, Middleware, Request, Result};

use crate::auth::Refusal;
use crate::head::{handle, head};

auth_core::__adapter_enforcer! {
    /// Enforces the policy `E` on endpoints that are not functions: static files, sockets, proxies.
    ///
    /// It goes inside an [`AuthMiddleware`](crate::AuthMiddleware). Handlers inside that have policies of their own are
    /// decided by those as well; who was authenticated is not asked twice.
    ///
    /// ```
    /// use auth_poem::{RequireMiddleware, requires_auth};
    /// use poem::{EndpointExt as _, Route};
    ///
    /// /// The files that members may see.
    /// #[requires_auth(bearer, role = "member")]
    /// struct MembersOnly;
    ///
    /// # let files = poem::endpoint::make_sync(|_| "a file");
    /// let app = Route::new().nest("/files", files.with(RequireMiddleware::<MembersOnly>::new()));
    /// ```
    RequireMiddleware
}

impl<E: EndpointPolicy, I: Endpoint> Middleware<I> for RequireMiddleware<E> {
    type Output = RequireEndpoint<E, I>;

    fn transform(&self, inner: I) -> RequireEndpoint<E, I> {
        RequireEndpoint { inner, policy: PhantomData }
    }
}

/// The endpoint that [`RequireMiddleware`] makes.
#[derive(Debug)]
pub struct RequireEndpoint<E, I> {
    inner: I,
    policy: PhantomData<fn() -> E>,
}

impl<E: EndpointPolicy, I: Endpoint> Endpoint for RequireEndpoint<E, I> {
    type Output = I::Output;

    async fn call(&self, request: Request) -> Result<I::Output> {
        let check = begin_layer(handle(&request), &head(&request), E::ENDPOINT);
        check.await.map_err(Refusal::from)?;
        self.inner.call(request).await
    }
}
