//! A block in a module without a prelude.
#![no_implicit_prelude]
#![deny(warnings)]

use ::auth_axum::{EndpointPolicy, auth_impl};
use ::std::string::String;

struct Api<T>(T);

#[auth_impl]
impl<T: ::core::marker::Copy> Api<T>
where
    T: ::core::marker::Send,
{
    const LIMIT: ::core::primitive::u8 = 1;

    /// Lists.
    #[requires_auth(bearer, scope = "items:read")]
    async fn list(&self, count: ::core::primitive::u8) -> ::core::primitive::u8 {
        let _ = self.0;
        count + Self::LIMIT
    }

    #[public(reason = "open")]
    async fn open() -> String {
        String::new()
    }

    #[requires_auth(basic)]
    async fn r#type(self) {}
}

fn main() {
    let api = Api(1_u8);
    let _list = |proof| async move { api.list(proof, 1).await };
    let _open = Api::<()>::open;
    let _type = Api::<()>::r#type;
    ::std::assert_eq!(<ApiListAuth as EndpointPolicy>::ENDPOINT.name, "Api::list");
    ::std::assert_eq!(<ApiTypeAuth as EndpointPolicy>::ENDPOINT.name, "Api::type");
    ::std::assert_eq!(<ApiOpenAuth as EndpointPolicy>::ENDPOINT.policy.public, ::core::option::Option::Some("open"));
}
