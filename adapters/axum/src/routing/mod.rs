//! Routers that take annotated handlers only.
//!
//! [`Router`] and [`MethodRouter`] wrap axum's. Mounting a handler that has neither `#[requires_auth(..)]` nor
//! `#[public]` does not compile; the ways round that say why, and every mounted route is on record. Closures pass if
//! their first parameter is a [`Require`](crate::Require).
//!
//! | to mount | write | the record says |
//! | --- | --- | --- |
//! | an annotated handler | `route`, `fallback`, `method_not_allowed_fallback`; `get`, `post`, .., `any`, `on`, `fallback` of [`MethodRouter`] | method, path, policy |
//! | annotated routes | `merge`, `nest` | the same, with the prefix |
//! | axum's own handlers | `route_unchecked` | the path and your reason |
//! | axum's own routes | `merge_unchecked`, `nest_unchecked` | the prefix and your reason |
//! | a service | `route_service_unchecked`, `nest_service_unchecked`, `fallback_service_unchecked`, `on_service_unchecked` | the path and your reason |
//! | anything else, unrecorded | `into_axum` | nothing |
//!
//! The proof is in the types of parameters, so it does not see what a layer answers by itself, and not what somebody
//! does on purpose: a hand-written `Handler` whose parameters are said to begin with a `Require`.
//! [`AuthLayer::deny_undecided`](crate::AuthLayer::deny_undecided) finds the first.

mod annotated;
mod checked;
mod method_router;
mod router;

pub use annotated::{Annotated, Proof};
pub use checked::{CheckedHandlers, CheckedRoutes};
pub use method_router::{MethodRouter, any, connect, delete, get, head, on, options, patch, post, put, trace};
pub use router::Router;

pub use auth_core::catalogue::Route;
