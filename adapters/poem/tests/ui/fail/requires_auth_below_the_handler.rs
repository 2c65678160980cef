use auth_poem::requires_auth;
use poem::handler;

#[handler]
#[requires_auth(bearer)]
async fn rooms() -> &'static str {
    "rooms"
}

fn main() {
    let _route = poem::Route::new().at("/", poem::get(rooms));
}
