//! Where the endpoints are: RFC 8414 for the server that issues tokens, RFC 9728 for the one that accepts them.

mod members;
mod resource;
mod server;

pub use resource::ResourceMetadata;
pub use server::ServerMetadata;
