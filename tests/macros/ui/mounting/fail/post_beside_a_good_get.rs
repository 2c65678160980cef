use auth_axum::{Router, get};

#[auth_axum::requires_auth(bearer)]
async fn good() {}

async fn bare() {}

fn main() {
    let _app: Router = Router::new().route("/", get(good).post(bare));
}
