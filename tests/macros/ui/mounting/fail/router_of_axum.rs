use auth_axum::get;

#[auth_axum::requires_auth(bearer)]
async fn good() {}

fn main() {
    let _app: axum::Router = axum::Router::new().route("/", get(good));
}
