//! Routes that take annotated handlers only.

use std::fmt;

use actix_web::dev::Handler;
use actix_web::guard::Guard;
use actix_web::http::Method;
use actix_web::{FromRequest, Responder};
use auth_core::EndpointPolicy;

use crate::guarded::Guarded;

/// Parameters of a handler that has `#[requires_auth(..)]` or `#[public(..)]`: one, which is a [`Proof`].
#[diagnostic::on_unimplemented(
    message = "this handler has neither `#[requires_auth(..)]` nor `#[public(reason = \"..\")]`",
    label = "not annotated: its parameters are `{Self}`",
    note = "write `#[requires_auth(bearer)]` above the handler, or `#[public(reason = \"..\")]` if everybody may call it"
)]
pub trait Annotated: sealed::Parameters {}

impl<G: Proof> Annotated for (G,) {}

/// The parameter that proves a decision: [`Guarded`], and nothing else.
///
/// A trait of its own, so that a handler without it is told what it lacks, and not that its parameters differ.
#[diagnostic::on_unimplemented(
    message = "this handler has neither `#[requires_auth(..)]` nor `#[public(reason = \"..\")]`",
    label = "not annotated: its parameter is `{Self}`",
    note = "write `#[requires_auth(bearer)]` above the handler, or `#[public(reason = \"..\")]` if everybody may call it"
)]
pub trait Proof: sealed::Parameter {}

impl<E: EndpointPolicy, A> Proof for Guarded<E, A> {}

mod sealed {
    #[expect(unnameable_types, reason = "a trait that nobody else can implement")]
    pub trait Parameters {}

    impl<G> Parameters for (G,) {}

    #[expect(unnameable_types, reason = "a trait that nobody else can implement")]
    pub trait Parameter {}

    impl<E, A> Parameter for crate::Guarded<E, A> {}
}

/// A route whose handler is still to come, and has to be annotated: to mount a bare one does not compile.
///
/// ```compile_fail,E0277
/// async fn bare() -> &'static str {
///     "open by mistake"
/// }
///
/// let app = actix_web::App::new().route("/", auth_actix::get().to(bare));
/// ```
#[must_use = "a route without a handler answers nothing"]
pub struct Route(actix_web::Route);

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Route(..)")
    }
}

impl Route {
    /// Adds a guard of actix-web's, which chooses between routes.
    pub fn guard(self, guard: impl Guard + 'static) -> Self {
        Self(self.0.guard(guard))
    }

    /// Sets the handler. The result is actix-web's own route, for `App::route`, `Scope::route`, `Resource::route`.
    pub fn to<F, Args>(self, handler: F) -> actix_web::Route
    where
        F: Handler<Args>,
        Args: Annotated + FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.0.to(handler)
    }
}

/// A route for every method.
pub fn any() -> Route {
    Route(actix_web::Route::new())
}

/// A route for one method.
pub fn method(method: Method) -> Route {
    Route(actix_web::Route::new().method(method))
}

macro_rules! methods {
    ($($name:ident $method:ident)*) => {$(
        #[doc = concat!("A route for `", stringify!($method), "`.")]
        pub fn $name() -> Route {
            method(Method::$method)
        }
    )*};
}

methods! {
    delete DELETE
    get GET
    head HEAD
    patch PATCH
    post POST
    put PUT
    trace TRACE
}
