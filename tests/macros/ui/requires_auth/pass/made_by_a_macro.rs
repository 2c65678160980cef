//! Handlers that declarative macros write, with every kind of fragment in the list.
#![deny(warnings)]

use auth_axum::{Auth, EndpointPolicy, MethodRouter, Principal, Scheme, get, requires_auth};

#[derive(Clone, Principal)]
struct User {
    #[principal(subject)]
    id: String,
}

mod schemes {
    #[derive(auth_axum::Scheme)]
    #[scheme(header = "X-Nebula-Key")]
    pub struct NebulaKey;
}

const ADMIN: &str = "admin";

fn is_known(user: &User, _: &auth_axum::Facts) -> bool {
    !user.id.is_empty()
}

macro_rules! handler {
    ($(#[$attribute:meta])* $vis:vis $name:ident $policy:ident: $scheme:path, $scope:literal, $role:path, $check:path, $user:ty, $answer:expr) => {
        $(#[$attribute])*
        #[requires_auth(basic, $scheme, scope = $scope, any(role = $role, role("b", $scope)), check = $check, policy = $policy)]
        $vis async fn $name(user: Auth<$user>) -> String {
            format!("{} {}", user.id, $answer)
        }
    };
}

handler! {
    /// Made by a macro.
    pub(crate) made MadePolicy: schemes::NebulaKey, "items:read", ADMIN, is_known, User, 1 + 1
}

macro_rules! any_list {
    ($name:ident: $($list:tt)*) => {
        #[requires_auth($($list)*)]
        async fn $name() {}
    };
}

any_list!(listed: bearer, scope("a", "b"), hide);

fn main() {
    let _routes: [MethodRouter; 2] = [get(made), get(listed)];
    assert_eq!(schemes::NebulaKey::NAME, "nebula_key");
    assert_eq!(
        MadePolicy::ENDPOINT.policy.to_string(),
        "basic, nebula_key, all(scope = \"items:read\", any(role = \"admin\", all(role = \"b\", role = \"items:read\")), check = is_known)"
    );
    assert_eq!(ListedAuth::ENDPOINT.policy.to_string(), "bearer, all(scope = \"a\", scope = \"b\"), hide");
}
