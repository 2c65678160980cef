use auth_tower::requires_auth;

#[requires_auth(bearer)]
async fn list(limit: u32) -> u32 {
    limit
}

fn main() {}
