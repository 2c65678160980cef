//! The right order. There is no hoop, so nobody gets in.
#![deny(warnings)]

use auth_salvo::{auth_impl, public, requires_auth};
use salvo::extract::PathParam;
use salvo::prelude::*;
use salvo::test::TestClient;

#[requires_auth(bearer)]
#[handler]
async fn room(id: PathParam<u32>) -> String {
    id.to_string()
}

struct Rooms(&'static str);

#[auth_impl]
#[handler]
impl Rooms {
    #[requires_auth(bearer)]
    fn handle(&self, response: &mut Response) {
        response.render(self.0);
    }
}

#[public(reason = "health check")]
#[handler]
fn health() -> &'static str {
    "ok"
}

#[tokio::test]
async fn the_right_order_guards() {
    let router = Router::new()
        .push(Router::with_path("rooms").get(Rooms("rooms")))
        .push(Router::with_path("rooms/{id}").get(room))
        .push(Router::with_path("health").get(health));
    let service = Service::new(router);
    for (path, status) in [("rooms", 500), ("rooms/7", 500), ("health", 200)] {
        let answer = TestClient::get(format!("http://localhost/{path}")).send(&service).await;
        assert_eq!(answer.status_code.map(|status| status.as_u16()), Some(status), "{path}");
    }
}
