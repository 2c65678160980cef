use auth_salvo::requires_auth;
use salvo::extract::PathParam;
use salvo::prelude::*;

#[handler]
#[requires_auth(bearer)]
async fn room(id: PathParam<u32>) -> String {
    id.to_string()
}

fn main() {
    let _router = Router::with_path("{id}").get(room);
}
