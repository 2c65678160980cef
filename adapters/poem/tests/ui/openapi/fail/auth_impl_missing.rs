use auth_poem::requires_auth;
use poem_openapi::OpenApi;
use poem_openapi::payload::PlainText;

struct Rooms;

#[OpenApi]
impl Rooms {
    #[requires_auth(bearer)]
    #[oai(path = "/rooms", method = "get")]
    async fn rooms(&self) -> PlainText<&'static str> {
        PlainText("rooms")
    }
}

fn main() {}
