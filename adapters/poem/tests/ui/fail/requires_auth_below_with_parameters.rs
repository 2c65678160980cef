use auth_poem::requires_auth;
use poem::handler;
use poem::web::Path;

#[handler]
#[requires_auth(bearer)]
async fn room(Path(id): Path<u32>) -> String {
    id.to_string()
}

fn main() {
    let _route = poem::Route::new().at("/:id", poem::get(room));
}
