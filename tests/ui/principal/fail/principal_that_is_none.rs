struct User;

fn main() {
    let _realm = auth_axum::Realm::<User>::builder("demo").bearer(tokens());
}

fn tokens() -> auth_axum::jwt::JwtVerifier {
    unimplemented!()
}
