use auth_axum::{Require, Router, get};
use axum::extract::State;

#[auth_axum::requires_auth(bearer)]
struct Members;

async fn late(_: State<u8>, _: Require<Members>) {}

fn main() {
    let _app: Router<u8> = Router::new().route("/", get(late));
}
