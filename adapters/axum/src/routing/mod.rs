//! Routers that take annotated handlers only.
//!
//! [`Router`] and [`MethodRouter`] wrap axum's. Mounting a handler that has neither `#[requires_auth(..)]` nor
//! `#[public]` does not compile; the ways round that say why, and every mounted route is on record. Closures pass if
//! their first parameter is a [`Require`](crate::Require).

mod annotated;
mod method_router;
mod router;

pub use annotated::{Annotated, Proof};
pub use method_router::{MethodRouter, any, delete, get, head, on, options, patch, post, put, trace};
pub use router::{Route, Router};
