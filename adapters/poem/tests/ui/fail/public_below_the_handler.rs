use auth_poem::public;
use poem::handler;

#[handler]
#[public(reason = "health check")]
async fn health() -> &'static str {
    "ok"
}

fn main() {
    let _route = poem::Route::new().at("/", poem::get(health));
}
