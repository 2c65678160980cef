use auth_salvo::public;
use salvo::prelude::*;

#[handler]
#[public(reason = "health check")]
async fn health() -> &'static str {
    "ok"
}

fn main() {
    let _router = Router::new().get(health);
}
