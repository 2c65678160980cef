#[requires_auth(bearer)]
async fn list() {}

fn main() {}
