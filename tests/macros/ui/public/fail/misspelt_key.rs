use auth_axum::public;

#[public(resaon = "health check")]
async fn health() {}

fn main() {}
