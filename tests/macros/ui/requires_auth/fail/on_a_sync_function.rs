use auth_axum::requires_auth;

#[requires_auth(bearer)]
fn list() -> &'static str {
    "all"
}

fn main() {
    let _route: auth_axum::MethodRouter = auth_axum::get(list);
}
