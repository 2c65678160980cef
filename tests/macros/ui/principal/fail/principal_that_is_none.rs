struct User;

fn main() {
    let _realm = auth_axum::Realm::<User>::builder("demo").bearer(Tokens);
}

struct Tokens;

impl auth_axum::Verifier<auth_axum::credential::BearerToken> for Tokens {
    type Value = auth_axum::Claims;

    async fn verify(
        &self,
        _: auth_axum::credential::BearerToken,
        _: auth_axum::Attempt,
    ) -> Result<auth_axum::Verified<auth_axum::Claims>, auth_axum::VerifyError> {
        unimplemented!()
    }
}
