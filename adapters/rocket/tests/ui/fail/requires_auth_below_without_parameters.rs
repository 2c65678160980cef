use auth_rocket::requires_auth;
use rocket::get;

#[get("/")]
#[requires_auth(bearer)]
fn rooms() -> &'static str {
    "rooms"
}

fn main() {
    let _rocket = rocket::build().mount("/", rocket::routes![rooms]);
}
