use auth_axum::requires_auth;

#[requires_auth(bearer)]
trait Api {}

fn main() {}
