//! Without the feature `jwt`, the compiler says which one it is.
use auth_axum::jwt::JwtVerifier;

fn main() {
    let _ = JwtVerifier::builder();
}
