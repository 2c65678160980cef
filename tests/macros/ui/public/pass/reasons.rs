//! Functions that are open on purpose, in either mode.

use auth_axum::{EndpointPolicy, get, public};
use axum::body::Body;
use http::{Request, Response};

#[public(reason = "health check")]
async fn health() -> &'static str {
    "ok"
}

#[public(reason = "sign-in", policy = SignIn)]
async fn sign_in(body: String) -> String {
    body
}

#[public(reason = "web hook; the body is signed", request = call)]
async fn hook(call: Request<Body>) -> Response<Body> {
    Response::new(call.into_body())
}

fn main() {
    let _routes: [auth_axum::MethodRouter; 2] = [get(health), get(sign_in)];
    let _hook = hook(Request::default());
    assert_eq!(SignIn::ENDPOINT.policy.public, Some("sign-in"));
    assert_eq!(auth_axum::catalogue().endpoints().filter(|endpoint| endpoint.policy.public.is_some()).count(), 3);
}
