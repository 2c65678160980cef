use auth_axum::requires_auth;

unsafe extern "C" {
    #[requires_auth(bearer)]
    fn list();
}

fn main() {}
