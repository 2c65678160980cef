use auth_rocket::requires_auth;
use rocket::get;

#[get("/rooms/<id>")]
#[requires_auth(bearer)]
fn room(id: u32) -> String {
    id.to_string()
}

fn main() {
    let _rocket = rocket::build().mount("/", rocket::routes![room]);
}
