use auth_axum::requires_auth;

enum Role {
    Admin,
}

#[requires_auth(bearer, role = Role::Admin)]
async fn list() {}

fn main() {}
