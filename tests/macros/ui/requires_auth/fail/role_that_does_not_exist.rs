use auth_axum::requires_auth;

enum Role {
    Admin,
}

impl From<Role> for &'static str {
    fn from(_: Role) -> Self {
        "admin"
    }
}

#[requires_auth(bearer, role = Role::Amdin)]
async fn list() {}

fn main() {
    let _known = Role::Admin;
}
