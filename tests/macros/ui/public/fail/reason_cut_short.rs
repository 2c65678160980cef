use auth_axum::public;

#[public(reason = )]
async fn health() {}

fn main() {
    let _route: auth_axum::MethodRouter = auth_axum::get(health);
    let _policy = <HealthAuth as auth_axum::EndpointPolicy>::ENDPOINT;
}
