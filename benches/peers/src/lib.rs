//! One request beside what people would use instead: in process, on one thread, each over its own bare framework, all
//! with the same request and the same token.
//!
//! Versions are exact, so that a table can be made again. Where a peer leaves the check to its user, it is the `decode`
//! of jsonwebtoken with aws-lc, with a key and rules that are made once.

pub mod callgrind;
pub mod loopback;
mod on_actix;
mod on_axum;
mod on_axum_07;
mod on_poem;
mod on_salvo;
pub mod peers;
pub mod service;
pub mod table;
pub mod tokens;

/// Requests before those that are measured.
const WARM_UP: usize = 64;
