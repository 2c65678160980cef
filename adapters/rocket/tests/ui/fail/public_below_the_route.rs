use auth_rocket::public;
use rocket::get;

#[get("/")]
#[public(reason = "health check")]
fn health() -> &'static str {
    "ok"
}

fn main() {
    let _rocket = rocket::build().mount("/", rocket::routes![health]);
}
