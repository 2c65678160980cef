use auth_axum::requires_auth;

mod scopes {
    pub const READ: &str = "items:read";
}

#[requires_auth(bearer, scope = scopes::REED)]
async fn list() {}

fn main() {}
