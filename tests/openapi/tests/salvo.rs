//! The document of salvo-oapi, before outside tools.

use auth_salvo::oapi::{OptionalAuth, describe};
use auth_salvo::{Auth, AuthHoop, check_routes, public, requires_auth};
use auth_tests_openapi::{Parties, Tools, User, serve};
use salvo::conn::tcp::TcpAcceptor;
use salvo::http::StatusCode;
use salvo::oapi::extract::{JsonBody, PathParam};
use salvo::oapi::{OpenApi, ToSchema, endpoint};
use salvo::prelude::Json;
use salvo::{Response, Router, Server, Service, Writer as _};
use serde::{Deserialize, Serialize};

#[derive(Serialize, ToSchema)]
struct Me {
    id: Option<String>,
}

#[derive(Serialize, Deserialize, ToSchema)]
struct Item {
    name: String,
}

#[public(reason = "health check")]
#[endpoint]
async fn health() -> &'static str {
    "ok"
}

#[requires_auth(bearer, api_key)]
#[endpoint]
async fn me(user: Auth<User>) -> Json<Me> {
    Json(Me { id: Some(user.id.clone()) })
}

#[requires_auth(bearer, api_key, scope = "items:read")]
#[endpoint]
async fn items() -> Json<Vec<Item>> {
    Json(vec![Item { name: "lamp".to_owned() }])
}

#[requires_auth(bearer, scope = "items:write")]
#[endpoint(responses(
    (status_code = 201, body = Item),
    (status_code = 400, description = "no item"),
    (status_code = 415, description = "not said to be JSON"),
))]
async fn create(item: JsonBody<Item>, response: &mut Response) -> Json<Item> {
    response.status_code(StatusCode::CREATED);
    Json(item.into_inner())
}

#[requires_auth(bearer, any(role = "admin", scope = "items:read"))]
#[endpoint(responses((status_code = 200, body = Item), (status_code = 400, description = "no number")))]
async fn one(id: PathParam<u32>) -> Json<Item> {
    Json(Item { name: format!("lamp {}", id.into_inner()) })
}

#[requires_auth(bearer, optional)]
#[endpoint]
async fn maybe(user: OptionalAuth<User>) -> Json<Me> {
    Json(Me { id: user.0.map(|user| user.id.clone()) })
}

#[requires_auth(bearer, role = "admin", hide)]
#[endpoint]
async fn hidden(user: Auth<User>) -> Json<Me> {
    Json(Me { id: Some(user.id.clone()) })
}

#[test]
fn outside_tools_find_the_service_as_documented() {
    let Some(tools) = Tools::below(env!("CARGO_TARGET_TMPDIR")) else { return };
    let parties = Parties::new();
    let router = Router::with_hoop(AuthHoop::new(parties.realm.clone()))
        .push(Router::with_path("health").get(health))
        .push(Router::with_path("me").get(me))
        .push(Router::with_path("items").get(items).post(create).push(Router::with_path("{id}").get(one)))
        .push(Router::with_path("maybe").get(maybe))
        .push(Router::with_path("hidden").get(hidden));
    check_routes(&router).run().expect("each handler has an attribute");
    let document = describe(OpenApi::new("demo", "1").merge_router(&router), &[&parties.realm]);
    let document = document.to_json().expect("JSON");
    let (_runtime, address) = serve(|listener| {
        let acceptor = TcpAcceptor::try_from(listener).expect("an acceptor");
        async move { Server::new(acceptor).serve(Service::new(router)).await }
    });
    tools.agree("salvo", &document, address, &parties.token);
}
