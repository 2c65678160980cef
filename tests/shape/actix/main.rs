//! The shape of the core on actix-web: one attribute protects a handler there as on axum, with the same bytes.

mod adapter;
mod app;
mod conformance;
mod decision;
mod handlers;
mod rooms;
