use auth_axum::requires_auth;

fn main() {
    #[requires_auth(bearer)]
    let _list = 1;
}
