use auth_axum::auth_impl;

struct Api;

#[auth_impl]
#[allow(non_snake_case)]
impl Api {
    #[requires_auth(bearer)]
    async fn get_a() {}

    #[requires_auth(bearer)]
    async fn getA() {}
}

fn main() {}
