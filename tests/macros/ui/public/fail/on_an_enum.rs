use auth_axum::public;

#[public(reason = "open")]
enum Kind {
    One,
}

fn main() {}
