use auth_axum::{Router, get};
use axum::extract::{Path, State};

async fn list(State(_): State<u8>, Path(_): Path<u8>) {}

async fn add(_: String) {}

fn main() {
    let _app: Router<u8> = Router::new().route("/", get(list).post(add));
}
