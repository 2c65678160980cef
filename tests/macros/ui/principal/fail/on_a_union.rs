use auth_axum::Principal;

#[derive(Principal)]
union User {
    id: u8,
}

fn main() {}
