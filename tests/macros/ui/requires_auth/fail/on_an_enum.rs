use auth_axum::requires_auth;

#[requires_auth(bearer)]
enum Kind {
    One,
}

fn main() {}
