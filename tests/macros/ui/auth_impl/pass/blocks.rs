//! Functions of a block: free ones for axum, methods with a request.

use auth_axum::{Auth, EndpointPolicy, Principal, auth_impl, catalogue, get};
use axum::body::Body;
use axum::extract::Path;
use http::{Request, Response};

#[derive(Clone, Principal)]
struct User {
    #[principal(subject)]
    id: String,
}

/// A namespace.
struct Api<const VERSION: u8>;

#[auth_impl]
impl<const VERSION: u8> Api<VERSION> {
    const LIMIT: usize = 10;

    #[requires_auth(bearer, scope = "items:read")]
    async fn list(user: Auth<User>, Path(id): Path<u32>) -> String {
        format!("{} {id} {VERSION} {}", user.id, Self::LIMIT)
    }

    #[auth_axum::public(reason = "health check")]
    async fn health() {}

    #[requires_auth(bearer, policy = Open)]
    async fn r#async(&self) {}

    fn helper() -> u8 {
        VERSION
    }
}

trait Answer {
    async fn answer(&self, request: Request<Body>) -> Response<Body>;
}

#[auth_impl]
impl Answer for Api<2> {
    #[requires_auth(basic)]
    async fn answer(&self, request: Request<Body>) -> Response<Body> {
        Response::new(request.into_body())
    }
}

// A name for each block: `list` of one is not `list` of the other.
struct Admin;

#[auth_impl]
impl Admin {
    #[requires_auth(basic, role = "admin")]
    async fn list() {}
}

fn main() {
    let _routes: [auth_axum::MethodRouter; 3] = [get(Api::<1>::list), get(Api::<1>::health), get(Admin::list)];
    let _method = |proof| drop(Api::<3>.r#async(proof));
    let _answer = Api::<2>.answer(Request::default());
    assert_eq!(Api::<7>::helper(), 7);
    assert_eq!(ApiListAuth::ENDPOINT.name, "Api::list");
    assert_eq!(Open::ENDPOINT.name, "Api::async");
    assert_eq!(AdminListAuth::ENDPOINT.policy.to_string(), "basic, role = \"admin\"");
    assert_eq!(catalogue().endpoints().count(), 5);
}
