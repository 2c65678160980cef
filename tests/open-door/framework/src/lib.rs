//! A made-up web framework: requests and answers of its own, extractors, wrappers around routes, HTTP/1.1.
//!
//! It shares no type with anybody, so an adapter for it shows what one has to do for a framework that nobody has
//! heard of. It is as small as a framework can be that has all of that, and no more.

mod extract;
mod message;
mod router;
mod server;

pub use extract::{Bytes, Extract, Handler, IntoResponse, Rest};
pub use message::{Extras, Request, Response};
pub use router::{Router, Wrap};
pub use server::serve;
