use auth_axum::requires_auth;

#[requires_auth(bea)]
async fn list() {}

fn main() {
    let _route: auth_axum::MethodRouter = auth_axum::get(list);
    let _policy = <ListAuth as auth_axum::EndpointPolicy>::ENDPOINT;
}
