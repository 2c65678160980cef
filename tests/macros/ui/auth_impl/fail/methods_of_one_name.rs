use auth_axum::auth_impl;

trait Things {
    async fn get_thing();
    async fn getthing();
}

struct Api;

#[auth_impl]
impl Things for Api {
    #[requires_auth(bearer)]
    async fn get_thing() {}

    async fn getthing() {}
}

fn main() {}
