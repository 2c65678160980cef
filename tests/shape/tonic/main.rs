//! The shape of the core on tonic: one attribute protects a method there as on axum, before its first message.

mod adapter;
mod calls;
mod decision;
mod echo;
mod services;
