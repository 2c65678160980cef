use auth_salvo::requires_auth;
use salvo::prelude::*;

#[handler]
#[requires_auth(bearer)]
async fn rooms() -> &'static str {
    "rooms"
}

fn main() {
    let _router = Router::new().get(rooms);
}
