//! A server that speaks the Nexudus user token API: tokens for members, sign-in to the portal by a link that works once,
//! reset of passwords by mail.
//!
//! Read `routes.rs` first, then the handlers: each says who may call it. What the vendor's answers look like stands in
//! `answer.rs`, the pages in `pages.rs` and `templates`; tokens, sessions, mails and passwords are the framework's.

mod accept;
mod answer;
mod body;
mod credentials;
mod humane;
mod language;
mod login;
mod pages;
mod profile;
mod reset;
mod routes;
mod service;
mod system;
mod tokens;

pub use system::NexudusUsers;
