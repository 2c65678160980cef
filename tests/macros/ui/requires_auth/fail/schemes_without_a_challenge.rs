use auth_axum::{Scheme, requires_auth};

#[derive(Scheme)]
#[scheme(query = "token")]
struct LinkToken;

#[requires_auth(LinkToken)]
async fn list() {}

fn main() {}
