//! Schemes of the application's own, beside the built-in ones.

use auth_axum::{EndpointPolicy, get, requires_auth};

mod schemes {
    use std::marker::PhantomData;

    use auth_axum::Scheme;

    #[derive(Scheme)]
    #[scheme(bearer, prefix = "neb_")]
    pub struct NebulaKey;

    #[derive(Scheme)]
    #[scheme(cookie = "__Host-session", name = "web_session")]
    pub struct Session;

    /// By hand, since it is generic.
    pub struct Tenant<A, B>(PhantomData<(A, B)>);

    impl<A: Send + Sync + 'static, B: Send + Sync + 'static> auth_core::Scheme for Tenant<A, B> {
        const NAME: &'static str = "tenant";
        const CHALLENGE: auth_core::ChallengeForm = auth_core::ChallengeForm::ApiKey;
        type Credential = auth_core::credential::OpaqueToken;

        fn carrier(&self) -> auth_core::Carrier {
            auth_core::Carrier::header("X-Tenant")
        }
    }
}

use schemes::NebulaKey;

#[requires_auth(NebulaKey, schemes::Session, schemes::Tenant<u8, Vec<(u8, u8)>>, basic)]
async fn list() {}

fn main() {
    let _route: auth_axum::MethodRouter = get(list);
    assert_eq!(ListAuth::ENDPOINT.policy.to_string(), "nebula_key, web_session, tenant, basic");
}
