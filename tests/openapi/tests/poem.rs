//! The document of poem-openapi, before outside tools.

use auth_poem::openapi::{auth_impl, spec};
use auth_poem::{Auth, AuthMiddleware};
use auth_tests_openapi::{Parties, Tools, User, serve};
use poem::listener::TcpAcceptor;
use poem::{EndpointExt as _, Route, Server};
use poem_openapi::param::Path;
use poem_openapi::payload::{Json, PlainText};
use poem_openapi::{ApiResponse, Object, OpenApi, OpenApiService};

#[derive(Object)]
struct Me {
    id: Option<String>,
}

#[derive(Object)]
struct Item {
    name: String,
}

#[derive(ApiResponse)]
#[oai(bad_request_handler = "no_item")]
enum Creation {
    #[oai(status = 201)]
    Created(Json<Item>),
    #[oai(status = 400)]
    NoItem(PlainText<String>),
    #[oai(status = 415)]
    NotJson(PlainText<String>),
}

fn no_item(error: poem::Error) -> Creation {
    let text = PlainText(error.to_string());
    if error.status().as_u16() == 415 { Creation::NotJson(text) } else { Creation::NoItem(text) }
}

#[derive(ApiResponse)]
#[oai(bad_request_handler = "no_number")]
enum Found {
    #[oai(status = 200)]
    Item(Json<Item>),
    #[oai(status = 400)]
    NoNumber(PlainText<String>),
}

fn no_number(error: poem::Error) -> Found {
    Found::NoNumber(PlainText(error.to_string()))
}

struct Api;

#[auth_impl]
#[OpenApi]
impl Api {
    #[public(reason = "health check")]
    #[oai(path = "/health", method = "get")]
    async fn health(&self) -> PlainText<&'static str> {
        PlainText("ok")
    }

    #[requires_auth(bearer, api_key)]
    #[oai(path = "/me", method = "get")]
    async fn me(&self, user: Auth<User>) -> Json<Me> {
        Json(Me { id: Some(user.id.clone()) })
    }

    #[requires_auth(bearer, api_key, scope = "items:read")]
    #[oai(path = "/items", method = "get")]
    async fn items(&self) -> Json<Vec<Item>> {
        Json(vec![Item { name: "lamp".to_owned() }])
    }

    #[requires_auth(bearer, scope = "items:write")]
    #[oai(path = "/items", method = "post")]
    async fn create(&self, item: Json<Item>) -> Creation {
        Creation::Created(item)
    }

    #[requires_auth(bearer, any(role = "admin", scope = "items:read"))]
    #[oai(path = "/items/:id", method = "get")]
    async fn item(&self, id: Path<u32>) -> Found {
        Found::Item(Json(Item { name: format!("lamp {}", id.0) }))
    }

    #[requires_auth(bearer, optional)]
    #[oai(path = "/maybe", method = "get")]
    async fn maybe(&self, user: Option<Auth<User>>) -> Json<Me> {
        Json(Me { id: user.map(|user| user.id.clone()) })
    }

    #[requires_auth(bearer, role = "admin", hide)]
    #[oai(path = "/hidden", method = "get")]
    async fn hidden(&self, user: Auth<User>) -> Json<Me> {
        Json(Me { id: Some(user.id.clone()) })
    }
}

#[test]
fn outside_tools_find_the_service_as_documented() {
    let Some(tools) = Tools::below(env!("CARGO_TARGET_TMPDIR")) else { return };
    let parties = Parties::new();
    let service = OpenApiService::new(Api, "demo", "1");
    let document = spec(&service, &[&parties.realm]);
    let app = Route::new().nest("/", service).with(AuthMiddleware::new(parties.realm).deny_undecided());
    let (_runtime, address) =
        serve(|listener| Server::new_with_acceptor(TcpAcceptor::from_tokio(listener).expect("an acceptor")).run(app));
    tools.agree("poem", &document, address, &parties.token);
}
