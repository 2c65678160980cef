use auth_poem::openapi::auth_impl;
use poem_openapi::OpenApi;
use poem_openapi::payload::PlainText;

struct Rooms;

#[OpenApi]
#[auth_impl]
impl Rooms {
    #[requires_auth(bearer)]
    #[oai(path = "/rooms", method = "get")]
    async fn rooms(&self) -> PlainText<&'static str> {
        PlainText("rooms")
    }
}

fn main() {}
