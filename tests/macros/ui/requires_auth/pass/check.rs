//! Checks by functions of the application.

use auth_axum::{Auth, EndpointPolicy, Facts, Principal, get, requires_auth};

#[derive(Clone, Principal)]
struct User {
    #[principal(subject)]
    id: String,
    floor: u8,
}

mod rules {
    use super::{Facts, User};

    pub fn may_read(user: &User, facts: &Facts) -> bool {
        user.floor < 4 && facts.has_role("staff")
    }

    pub fn is_below<const FLOOR: u8>(user: &User, _: &Facts) -> bool {
        user.floor < FLOOR
    }
}

impl User {
    fn is_known(&self, _: &Facts) -> bool {
        !self.id.is_empty()
    }
}

#[requires_auth(bearer, check = rules::may_read, any(check = rules::is_below::<2>, check = User::is_known))]
async fn list(user: Auth<User>) -> String {
    user.id.clone()
}

fn main() {
    let _route: auth_axum::MethodRouter = get(list);
    assert_eq!(
        ListAuth::ENDPOINT.policy.to_string(),
        "bearer, all(check = rules::may_read, any(check = rules::is_below::<2>, check = User::is_known))"
    );
}
