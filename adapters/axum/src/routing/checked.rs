//! What a router takes: handlers and routes that are all annotated.

use super::method_router::MethodRouter;
use super::router::Router;

/// The handlers of one path, each annotated: a [`MethodRouter`], and nothing else.
///
/// A trait, so that whoever mounts axum's own is told what to write.
#[diagnostic::on_unimplemented(
    message = "nothing shows that these handlers have a policy",
    label = "not made by `auth_axum`",
    note = "write `get(handler)`, `post(handler)` and so on with the functions of `auth_axum` in place of `axum::routing`",
    note = "or say why it needs no policy: `route_unchecked(path, handlers, \"why\")`, `route_service_unchecked(path, service, \"why\")`"
)]
pub trait CheckedHandlers<S>: sealed::Sealed {
    /// The handlers themselves.
    fn into_checked(self) -> MethodRouter<S>;
}

impl<S> CheckedHandlers<S> for MethodRouter<S> {
    fn into_checked(self) -> Self {
        self
    }
}

/// Routes whose handlers are all annotated: a [`Router`], and nothing else.
#[diagnostic::on_unimplemented(
    message = "nothing shows that the handlers of these routes have policies",
    label = "not made by `auth_axum`",
    note = "build it with `auth_axum::Router` in place of `axum::Router`",
    note = "or say why it needs no policy: `merge_unchecked(router, \"why\")`, `nest_unchecked(path, router, \"why\")`, `nest_service_unchecked(path, service, \"why\")`"
)]
pub trait CheckedRoutes<S>: sealed::Sealed {
    /// The routes themselves.
    fn into_checked(self) -> Router<S>;
}

impl<S> CheckedRoutes<S> for Router<S> {
    fn into_checked(self) -> Self {
        self
    }
}

mod sealed {
    #[expect(unnameable_types, reason = "a trait that nobody else can implement")]
    pub trait Sealed {}

    impl<S> Sealed for super::MethodRouter<S> {}

    impl<S> Sealed for super::Router<S> {}
}
