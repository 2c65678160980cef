use auth_salvo::auth_impl;
use salvo::prelude::*;

struct Rooms;

#[handler]
#[auth_impl]
impl Rooms {
    #[requires_auth(bearer)]
    async fn handle(&self, response: &mut Response) {
        response.render("rooms");
    }
}

fn main() {
    let _router = Router::new().get(Rooms);
}
