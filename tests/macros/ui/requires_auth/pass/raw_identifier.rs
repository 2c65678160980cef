//! Names that are keywords.

use auth_axum::{EndpointPolicy, Facts, Principal, Router, get, requires_auth};

#[expect(non_upper_case_globals)]
mod r#mod {
    pub const r#const: &str = "items:read";
}

#[derive(Clone, Principal)]
struct User {
    #[principal(subject)]
    r#type: String,
}

fn r#do(user: &User, _: &Facts) -> bool {
    !user.r#type.is_empty()
}

#[requires_auth(bearer, scope = r#mod::r#const, check = r#do)]
async fn r#type() {}

fn main() {
    let _app: Router = Router::new().route("/", get(r#type));
    assert_eq!(TypeAuth::ENDPOINT.name, "type");
    assert_eq!(TypeAuth::ENDPOINT.policy.to_string(), "bearer, all(scope = \"items:read\", check = r#do)");
}
