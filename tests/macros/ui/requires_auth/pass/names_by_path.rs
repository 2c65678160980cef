//! Scopes and roles that the compiler has seen: a misspelt one does not compile.

use auth_axum::{EndpointPolicy, get, requires_auth};

mod scopes {
    pub const READ: &str = "items:read";
    pub static WRITE: &str = "items:write";
}

enum Role {
    Admin,
    Auditor,
}

impl From<Role> for &'static str {
    fn from(role: Role) -> Self {
        match role {
            Role::Admin => "admin",
            Role::Auditor => "auditor",
        }
    }
}

impl Role {
    const BOSS: Self = Self::Admin;
}

#[requires_auth(bearer, scope(scopes::READ, scopes::WRITE, "items:list"), any(role = Role::Auditor, role = Role::BOSS))]
async fn list() {}

fn main() {
    let _route: auth_axum::MethodRouter = get(list);
    assert_eq!(
        ListAuth::ENDPOINT.policy.to_string(),
        "bearer, all(all(scope = \"items:read\", scope = \"items:write\", scope = \"items:list\"), any(role = \"auditor\", role = \"admin\"))"
    );
}
